"""Ranges: records gathered for one insert: so many at most, and none waits longer than it is told, however many follow.

(Bytewax's `collect` begins to wait anew with each item: with one a second it waits until it is full.)
"""

from datetime import datetime, timedelta
from typing import Final

from bytewax.operators import StatefulBatchLogic

from streams.connect import Keyed
from tower import clock

SOON: Final = timedelta(milliseconds=100)
"""What the first one waits: after a start, or a kill, history goes on at once."""


class Ranges(StatefulBatchLogic[Keyed, list[Keyed], None]):
    """The records of one network."""

    def __init__(self, most: int, fill: timedelta) -> None:
        self._most, self._fill, self._wait = most, fill, min(SOON, fill)
        self._held: list[Keyed] = []
        self._due: datetime | None = None

    def on_batch(self, values: list[Keyed]) -> tuple[list[list[Keyed]], bool]:
        """The ranges that are full."""
        self._held += values
        full = [self._held[at : at + self._most] for at in range(0, len(self._held) - self._most + 1, self._most)]
        self._held = self._held[len(full) * self._most :]
        if full or self._due is None:
            self._due = clock.moment(clock.wall_ms()) + self._wait if self._held else None
        return full, False

    def on_notify(self) -> tuple[list[list[Keyed]], bool]:
        """What there is."""
        held, self._held, self._due, self._wait = self._held, [], None, self._fill
        return [held] if held else [], False

    def on_eof(self) -> tuple[list[list[Keyed]], bool]:
        """What is left."""
        return self.on_notify()

    def notify_at(self) -> datetime | None:
        """When the oldest has waited long enough."""
        return self._due

    def snapshot(self) -> None:
        """Positions are in the warehouse."""
