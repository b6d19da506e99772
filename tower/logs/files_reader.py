"""The reader of a file log: finds the segment, takes from it what is committed, goes on to the next, waits for more."""

from bisect import bisect_right
from contextlib import closing, suppress

from tower.clock import steady_s
from tower.errors import Damaged, Lost, Trimmed
from tower.logs import Entry
from tower.logs.bell import bell, wait_any
from tower.logs.commit import Committed
from tower.logs.cursor import Cursor
from tower.logs.identity import RESET, Identity
from tower.logs.segment import firsts

RACES = 10
BEHIND = "start the log's writer, which mends what a power cut left; if that does not help, " + RESET


class FileReader:
    """Reads the log in a folder. Without a file `writer` it is an archive: all that is whole can be read.

    Raises Lost once another log, or none, lies there; FormatError for segments of a newer version.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._identity, self._committed = Identity(path), Committed(path)
        self._cursor: Cursor | None = None
        self._trusted = self._after = 0

    @property
    def id(self) -> str:
        """The log's own id; empty while nobody has made the log."""
        return self._identity.check()

    def first(self) -> int:
        """The oldest number that can be read; last + 1 if there is none."""
        return min(firsts(self.path), default=1)

    def last(self) -> Entry:
        """The newest entry; in a log that has none, the number before its first and no bytes."""
        for _ in range(RACES):
            with suppress(FileNotFoundError):
                return self._newest()
        raise Lost(f"{self.path}: the last number that was shown is before the first", BEHIND)

    def read(self, after: int, count: int, wait_s: float = 0.0) -> list[Entry]:
        """Up to `count` entries behind number `after`; waits up to `wait_s` for the first of them.

        Raises Trimmed, Lost, and Damaged where a committed entry is not whole.
        """
        self._after = after
        entries = self._look(after, count)
        until = steady_s() + wait_s if wait_s > 0 and not entries else 0.0
        while until and not entries and wait_any([self], until - steady_s()):
            entries = self._look(after, count)
        return entries

    def ready(self) -> bool:
        """Whether a read behind the same number would bring an entry, or an error, by now."""
        return self._committed.number() not in (None, self._after) or self._identity.changed()

    def close(self) -> None:
        """Free what is held. Twice is fine."""
        if self._cursor:
            self._cursor.close()
        self._cursor = None
        self._committed.close()
        bell().forget(self.path)

    def _newest(self) -> Entry:
        end = self._end()
        numbers = firsts(self.path)
        if not numbers or end == numbers[0] - 1:
            return end if numbers else 0, b""
        if end < numbers[0]:
            raise FileNotFoundError  # trimmed between asking and listing
        with closing(self._open(numbers[bisect_right(numbers, end) - 1])) as cursor:
            data = cursor.entry(end)
            if data is None:
                raise self._damaged(cursor)
            return end, data

    def _end(self) -> int:
        """The last number that can be believed; an archive's is that of its last whole append."""
        known = self._committed.number()
        if known is not None:
            return known
        newest = max(firsts(self.path), default=0)
        if not newest:
            return 0
        with closing(self._open(newest)) as cursor:
            return cursor.end()

    def _stand(self, after: int) -> Cursor | None:
        """The cursor, behind entry `after`; None while there is no log."""
        if self._cursor is None or self._cursor.number != after:
            self._cursor = self._seek(after)
        return self._cursor

    def _seek(self, after: int) -> Cursor | None:
        end = self._end()
        numbers = firsts(self.path)
        if after > end or (end and not numbers):
            raise self._lost(after, end if numbers else 0)
        if not numbers:
            self._identity.check()
            return None
        if after + 1 < numbers[0]:
            raise self._trimmed(after)
        cursor = self._enter(numbers[bisect_right(numbers, after + 1) - 1])
        if not cursor.skip(after):
            raise self._damaged(cursor)
        return cursor

    def _look(self, after: int, count: int) -> list[Entry]:
        cursor = self._stand(after)
        return self._take(cursor, count) if cursor else []

    def _take(self, cursor: Cursor, count: int) -> list[Entry]:
        upto = self._upto(cursor)
        entries = cursor.take(count, upto)
        while not entries and count > 0 and cursor.number < upto:
            self._cursor = cursor = self._cross(cursor)
            entries = cursor.take(count, upto)
        if not entries:
            self._identity.check()
        return entries

    def _upto(self, cursor: Cursor) -> int:
        """How far to believe. Bytes that were read before that was asked do not count."""
        if cursor.number < self._trusted:
            return self._trusted
        self._trusted = self._end()
        if cursor.number > self._trusted:
            raise self._lost(cursor.number, self._trusted)
        cursor.forget()
        return self._trusted

    def _cross(self, cursor: Cursor) -> Cursor:
        """The segment that goes on where this one ends."""
        self._identity.check()
        following, numbers = cursor.number + 1, firsts(self.path)
        if following != cursor.first and following in numbers:
            return self._enter(following)
        if not numbers or following < numbers[0]:
            raise self._trimmed(cursor.number)
        raise self._damaged(cursor)

    def _enter(self, first: int) -> Cursor:
        """A cursor in a segment that is there unless it was trimmed just now."""
        try:
            return self._open(first)
        except FileNotFoundError:
            raise self._trimmed(first - 1) from None

    def _open(self, first: int) -> Cursor:
        cursor = Cursor(self.path, first)
        if cursor.enter():
            self._identity.meet(cursor.id)
        return cursor

    def _lost(self, after: int, end: int) -> Lost:
        return Lost(f"{self.path}: {after} is beyond the last number, {end}", BEHIND)

    def _trimmed(self, after: int) -> Trimmed:
        first = self.first()
        return Trimmed(f"{self.path}: {after + 1} is trimmed, the oldest is {first}", first, "start from a newer state")

    def _damaged(self, cursor: Cursor) -> Damaged:
        what = f"{cursor.path}: entry {cursor.number + 1}, at byte {cursor.position}, is not what was written"
        return Damaged(what, "start the log's writer if it is down; else restore the segment from an archive")
