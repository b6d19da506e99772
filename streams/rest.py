"""Rest: a worker whose inputs are all dry sleeps until one of them is not."""

import threading
from collections.abc import Sequence
from typing import Final, Protocol, cast

from tower import clock
from tower.logs import LogReader
from tower.logs.bell import Watched, wait_any

DRY: Final = 3
"""Reads in vain before sleeping: a record seldom comes alone."""
SLEEP_S: Final = 0.1
NAP_S: Final = 0.001


class Rest:
    """Shared by the inputs of a flow; each worker (a thread) sleeps for itself."""

    def __init__(self) -> None:
        self._own = threading.local()

    def busy(self, name: str) -> None:
        """That input had something."""
        self._dry()[name] = 0

    def dry(self, name: str, readers: Sequence[LogReader], wait_s: float = SLEEP_S) -> None:
        """That input had nothing. Sleeps, at most `wait_s`, if no input of this worker has had for a while."""
        counts = self._dry()
        counts[name] = counts.get(name, 0) + 1
        self._own.readers[name] = readers
        if min(counts.values()) > DRY:
            self._sleep([reader for all_of in self._own.readers.values() for reader in all_of], wait_s)

    def _dry(self) -> dict[str, int]:
        if not hasattr(self._own, "counts"):
            self._own.counts, self._own.readers = {}, {}
        counts: dict[str, int] = self._own.counts
        return counts

    @staticmethod
    def _sleep(readers: list[LogReader], wait_s: float) -> None:
        """By the bell where all are files; else by naps, as one cannot wait for many at once."""
        if readers and all(hasattr(reader, "path") for reader in readers):
            wait_any(cast("list[Watched]", readers), wait_s)
        elif readers and all(hasattr(reader, "ready") for reader in readers):
            nap(cast("list[Polled]", readers), wait_s)
        else:
            clock.sleep(NAP_S)


class Polled(Protocol):
    """A reader that can be asked, at no cost, whether a read would bring something: one of Kafka."""

    def ready(self) -> bool:
        """Whether it would."""


def nap(readers: Sequence[Polled], wait_s: float) -> None:
    """Until one of them is ready, at most `wait_s`: a read in vain would cost a round trip each time."""
    until = clock.steady_s() + wait_s
    while not any(reader.ready() for reader in readers) and clock.steady_s() < until:
        clock.sleep(NAP_S)
