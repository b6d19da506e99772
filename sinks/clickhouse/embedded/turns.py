"""Turns: how many may be inside at once, how many may wait for it, and how all are brought to an end."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sinks.clickhouse.embedded.refusal import busy


class Turns:
    """A door for `at_once`, with room for `waiting` before it; whoever comes later, or waits too long, is refused.

    Readers and the writer have a door each, so neither can starve the other.
    """

    def __init__(self, who: str, at_once: int, waiting: int, wait_s: float = 30.0) -> None:
        self._who, self._at_once, self._waiting, self._wait_s = who, at_once, waiting, wait_s
        self._changed = threading.Condition()
        self._inside = self._before = 0
        self._closed = False

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Be inside; raises Refusal if there is no room, it takes too long, or the door was closed."""
        self._enter()
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    def drain(self) -> None:
        """Let nobody in any more and wait for those inside."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._inside == 0)

    def _enter(self) -> None:
        with self._changed:
            if not self._free() and self._before >= self._waiting:
                raise busy(f"{self._inside} {self._who} are served and {self._before} wait: come back later")
            self._before += 1
            try:
                self._changed.wait_for(lambda: self._closed or self._free(), self._wait_s)
            finally:
                self._before -= 1
            self._take()

    def _take(self) -> None:
        if self._closed:
            raise busy("the warehouse is stopping: come back when it is up again")
        if not self._free():
            raise busy(f"waited {self._wait_s:g} s behind other {self._who}: come back later")
        self._inside += 1

    def _free(self) -> bool:
        return self._inside < self._at_once
