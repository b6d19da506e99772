"""The writer of a file log: holds its lock, appends, syncs, shows, rolls over to new segments, trims old ones.

After an error of the disk nothing can be known of what was not synced yet (a second sync would succeed and lie), so
the writer is dead from then on; opening the log again reads what the disk holds. A full disk is not such an error.
"""

import errno
import itertools
import os
from collections.abc import Sequence
from contextlib import closing, suppress
from typing import TypeVar
from weakref import WeakSet

from tower.errors import Fenced, Full, LogError, Lost
from tower.logs import Entry
from tower.logs.commit import UNKNOWN, Commit
from tower.logs.cursor import Cursor
from tower.logs.disk import Disk, RealDisk
from tower.logs.files_reader import FileReader
from tower.logs.identity import read_id, write_id
from tower.logs.segment import firsts, hints_path, segment_path
from tower.logs.tail import Tail

SEGMENT_BYTES = 32 << 20
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
ROOM = "free space or trim the log, then go on: nothing is torn"
AGAIN = "look after the disk, then open the log again: what was acknowledged is there"
SWAPPED = "put back the file `id` or the segments that belong together"

Part = TypeVar("Part", Commit, Tail, FileReader)
_writers: "WeakSet[FileWriter]" = WeakSet()


class FileWriter:
    """The one writer of the log at `path`, made there if there is none; a new log starts with number `first`.

    Durable: append returns, and readers see, only what survives a power cut; else only each full segment does, and
    all survives the end of the process. A forked child has no part in it. Raises Refused while another one writes,
    Full if a new log finds no room, Lost if its segments are another log's, FormatError if a newer build wrote.
    """

    def __init__(
        self,
        path: str,
        durable: bool = True,
        segment_bytes: int = SEGMENT_BYTES,
        first: int = 1,
        disk: Disk | None = None,
    ) -> None:
        self.path = path
        self._durable, self._segment_bytes, self._disk = durable, segment_bytes, disk or RealDisk()
        self._parts: list[Commit | Tail | FileReader] = []
        self._fault = ""
        try:
            self._open(first)
        except BaseException:
            self.close()
            raise
        _writers.add(self)

    @property
    def id(self) -> str:
        """The log's own id."""
        return self._id

    def first(self) -> int:
        """The oldest number that can be read; last + 1 if there is none."""
        return self._reader.first()

    def last(self) -> Entry:
        """The newest entry; in a log that has none, the number before its first and no bytes."""
        return self._reader.last()

    def read(self, after: int, count: int, wait_s: float = 0.0) -> list[Entry]:
        """Up to `count` entries behind number `after`, as any reader sees them."""
        return self._reader.read(after, count, wait_s)

    def append(self, first: int, entries: Sequence[bytes]) -> None:
        """Add entries as numbers first, first + 1, ...

        Raises Fenced unless `first` is next, Full if there is no room (then nothing of the append remains), LogError
        if the disk fails (then the writer is dead).
        """
        self._admit(first)
        self._fault = "failed in an earlier append"
        try:
            self._make_room()
            self._tail.append(entries, self._durable)
            self._commit.show(self._tail.number)
        except OSError as cause:
            raise self._failed(cause) from cause
        self._fault = ""

    def trim(self, upto: int) -> None:
        """Forget the segments all of whose entries are at most number `upto`; never the newest entry that is synced."""
        self._admit(self._tail.number + 1)
        synced = self._tail.number if self._durable else self._tail.first - 1
        numbers = firsts(self.path)
        for first, following in itertools.pairwise(numbers):
            if following <= min(upto, synced - 1) + 1:
                self._remove(first)

    def close(self) -> None:
        """Let go of the lock and free what is held. Twice is fine."""
        self._fault = self._fault or "is closed"
        while self._parts:
            self._parts.pop().close()

    __del__ = close

    def _open(self, first: int) -> None:
        try:
            self._disk.folder(self.path)
            self._commit = self._hold(Commit(self._disk, self.path))
            self._recover(firsts(self.path), first)
        except OSError as cause:
            raise self._explain("open", cause) from cause
        self._reader = self._hold(FileReader(self.path))

    def _recover(self, numbers: list[int], first: int) -> None:
        """Show nothing of an old log's number in a new one; else cut, sync, and only then show what is whole."""
        if not numbers:
            self._commit.show(UNKNOWN)
        self._id = self._identify(numbers)
        self._tail = self._hold(Tail(self._disk, self.path, numbers[-1] if numbers else first))
        self._tail.mend(self._id)
        self._commit.show(self._tail.number)

    def _identify(self, numbers: list[int]) -> str:
        """The id in the folder; without it, that of the first segment; without segments it is a new log."""
        told = self._told(numbers[0]) if numbers else ""
        known = read_id(self.path) if numbers else ""
        if known and told and told != known:
            raise Lost(f"{self.path} has the id {known}, its segments are of log {told}", SWAPPED)
        if not known:
            known = told or os.urandom(16).hex()
            write_id(self._disk, self.path, known)
        return known

    def _told(self, first: int) -> str:
        with closing(Cursor(self.path, first)) as cursor:
            cursor.enter()
            return cursor.id

    def _admit(self, first: int) -> None:
        if self._fault:
            raise LogError(f"the writer of {self.path} {self._fault}", AGAIN)
        if self._commit.removed():
            raise Fenced(f"{self.path}: the log was removed under its writer", "open it again")
        if first != self._tail.number + 1:
            what = f"{self.path}: the next number is {self._tail.number + 1}, not {first}"
            raise Fenced(what, "read the last entry and go on behind it")

    def _make_room(self) -> None:
        """Start a new segment when the newest is full. That one is synced first: only the newest can be torn."""
        if self._tail.size < self._segment_bytes:
            return
        self._tail.sync()
        idle = fresh = self._hold(Tail(self._disk, self.path, self._tail.number + 1))
        try:
            fresh.begin(self._id)
            idle, self._tail = self._tail, fresh
        finally:
            self._parts.remove(idle)
            idle.close()

    def _failed(self, cause: OSError) -> LogError:
        """Cut what was written; if that works and there was only no room, the writer goes on."""
        try:
            self._tail.undo()
        except OSError:
            return self._explain("append to", OSError(errno.EIO, cause.strerror))
        if cause.errno in NO_ROOM:
            self._fault = ""
        return self._explain("append to", cause)

    def _explain(self, verb: str, cause: OSError) -> LogError:
        kind, fix = (Full, ROOM) if cause.errno in NO_ROOM else (LogError, AGAIN)
        return kind(f"{verb} {self.path}: {cause.strerror}", fix)

    def _remove(self, first: int) -> None:
        """Take a segment away, oldest first, each for good before the next: a crash leaves no gap."""
        with suppress(FileNotFoundError):
            self._disk.unlink(hints_path(self.path, first))
        self._disk.unlink(segment_path(self.path, first))
        self._disk.fsync_folder(self.path)

    def _hold(self, part: Part) -> Part:
        self._parts.append(part)
        return part


def _let_go() -> None:
    """In a forked child: the parent keeps the lock only if no other process holds the same descriptor."""
    for writer in list(_writers):
        writer._fault = "belongs to the process that opened it"  # noqa: SLF001
        writer.close()


os.register_at_fork(after_in_child=_let_go)
