"""Gate: at most so many records of a network are under way between a source and its sink."""

from typing import Final

MOST: Final = 64
"""Bytewax queues have no bound; this is the bound."""


class Gate:
    """Counts what was sent in and what has come through. Source and sink are in one process; threads may share it."""

    def __init__(self, most: int = MOST) -> None:
        self.most, self.sent, self.passed = most, 0, 0

    def room(self) -> int:
        """How many more may be sent now."""
        return self.most - (self.sent - self.passed)


class Gates(dict[str, Gate]):
    """A gate per network, made when asked for."""

    def __init__(self, most: int = MOST) -> None:
        super().__init__()
        self.most = most

    def __missing__(self, network: str) -> Gate:
        return self.setdefault(network, Gate(self.most))
