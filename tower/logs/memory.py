"""A log in memory: the reference for the contract, and what tests use. Threads may share it; processes cannot."""

import os
import threading
from collections.abc import Sequence

from tower.errors import Fenced, LogError, Lost, Refused, Trimmed
from tower.logs import Entry


class MemoryLog:
    """The log itself; `reader()` and `writer()` open it. Its first entry will be number `first`."""

    def __init__(self, first: int = 1) -> None:
        self.id = os.urandom(16).hex()
        self.before = first - 1
        self.entries: list[bytes] = []
        self.owner = ""
        self.grown = threading.Condition()

    @property
    def end(self) -> int:
        """The last number."""
        return self.before + len(self.entries)

    def reader(self) -> "MemoryReader":
        """One more reader."""
        return MemoryReader(self)

    def writer(self, name: str = "a writer") -> "MemoryWriter":
        """The writer; raises Refused, naming the one that is open."""
        return MemoryWriter(self, name)


class MemoryReader:
    """Reads a MemoryLog."""

    def __init__(self, log: MemoryLog) -> None:
        self._log = log

    @property
    def id(self) -> str:
        """The log's own id."""
        return self._log.id

    def first(self) -> int:
        """The oldest number that can be read; last + 1 if there is none."""
        return self._log.before + 1

    def last(self) -> Entry:
        """The newest entry; in a log that has none, the number before its first and no bytes."""
        with self._log.grown:
            return self._log.end, self._log.entries[-1] if self._log.entries else b""

    def read(self, after: int, count: int, wait_s: float = 0.0) -> list[Entry]:
        """Up to `count` entries behind number `after`; waits up to `wait_s` for the first of them."""
        log = self._log
        with log.grown:
            log.grown.wait_for(lambda: log.end != after, wait_s)
            if after > log.end:
                raise Lost(f"{after} is beyond the last number, {log.end}", "start from a state of this log")
            if after < log.before:
                raise Trimmed(f"{after + 1} is trimmed", log.before + 1, "start from a newer state")
            at = after - log.before
            return list(enumerate(log.entries[at : at + count], after + 1))

    def close(self) -> None:
        """Nothing is held."""


class MemoryWriter(MemoryReader):
    """The one writer of a MemoryLog."""

    def __init__(self, log: MemoryLog, name: str) -> None:
        with log.grown:
            if log.owner:
                raise Refused(f"the log is written by {log.owner}", "close that one first")
            log.owner = name
        super().__init__(log)
        self._open = True

    def append(self, first: int, entries: Sequence[bytes]) -> None:
        """Add entries as numbers first, first + 1, ...; raises Fenced unless `first` is next."""
        if not self._open:
            raise LogError("the writer is closed", "open the log again")
        with self._log.grown:
            if first != self._log.end + 1:
                raise Fenced(f"the next number is {self._log.end + 1}, not {first}", "go on behind the last entry")
            self._log.entries += map(bytes, entries)
            self._log.grown.notify_all()

    def trim(self, upto: int) -> None:
        """Forget entries up to number `upto`; never the newest one."""
        with self._log.grown:
            gone = max(0, min(upto, self._log.end - 1) - self._log.before)
            del self._log.entries[:gone]
            self._log.before += gone

    def close(self) -> None:
        """Let another one write. Twice is fine."""
        if self._open:
            self._log.owner, self._open = "", False
