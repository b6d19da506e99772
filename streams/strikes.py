"""Strikes: how often control has ended at the same record. Once is chance."""

from typing import Final

STRIKES: Final = 2


class Strikes:
    """Counts how often control has ended at the same record."""

    def __init__(self) -> None:
        self._at, self._times = -1, 0

    def ended(self, last_outcome: int) -> bool:
        """Control ended; whether that makes the next record poison."""
        self._times = self._times + 1 if last_outcome == self._at else 1
        self._at = last_outcome
        return self._times >= STRIKES
