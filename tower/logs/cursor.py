"""Cursor: a place in one segment, from which whole entries are taken in order.

It knows nothing of what is committed: its caller says up to which number it may believe.
Entries are views into megabyte chunks: nothing is copied, and one that is kept keeps its chunk.
"""

import os
from bisect import bisect_right

from xxhash import xxh3_64_intdigest

from tower.errors import Damaged
from tower.logs import Entry
from tower.logs.segment import ENTRY, FOREVER, HEAD, MORE, PAIR, hints_path, read_head, segment_path

CHUNK_BYTES = 1 << 20


class Cursor:
    """Stands behind entry `number` of the segment that starts with `first`; FileNotFoundError if there is none.

    `whole` is the number and the position behind the last append that was met to its end.
    """

    _fd = -1

    def __init__(self, folder: str, first: int) -> None:
        self.first, self.number, self.id = first, first - 1, ""
        self.whole = first - 1, HEAD.size
        self.path = segment_path(folder, first)
        self._hints = hints_path(folder, first)
        self._base, self._at, self._buf = 0, 0, b""
        self._fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)

    @property
    def position(self) -> int:
        """Where in the file the next entry starts."""
        return self._base + self._at

    def enter(self) -> bool:
        """Pass the head, once it is whole; raises FormatError, and Damaged if entries lie behind a broken one."""
        raw = b"" if self.id else os.pread(self._fd, HEAD.size + 1, 0)
        if not self.id and (log_id := read_head(raw, self.path)):
            self.id, self._base = log_id, HEAD.size
        elif not self.id and len(raw) > HEAD.size:
            raise Damaged(f"{self.path}: its head is not that of a log segment", "restore it from an archive")
        return bool(self.id)

    def take(self, count: int, upto: int) -> list[Entry]:
        """The next entries, at most `count` and none behind number `upto`; [] if no whole one is there."""
        stop = min(self.number + count, upto)
        if stop <= self.number or not (self.id or self.enter()):
            return []
        while not (entries := self._parse(stop)) and self._refill():
            pass
        return entries

    def skip(self, after: int) -> bool:
        """Stand behind entry `after`, by way of a hint; False if the segment ends before it."""
        self._jump(after + 1)
        while self.number < after and self.take(after - self.number, after):
            pass
        return self.number == after

    def entry(self, number: int) -> bytes | None:
        """The entry with this number, None if it is not whole or not here."""
        found = self.take(1, number) if number >= self.first and self.skip(number - 1) else []
        return bytes(found[0][1]) if found else None

    def end(self) -> int:
        """The number behind whose append nothing whole comes."""
        self._jump(FOREVER)
        hinted = self.number
        while self.take(4096, FOREVER):
            pass
        if hinted >= self.first and self.whole[0] <= hinted:  # the hint led into an append that has no end
            self._place(self.first, HEAD.size)
            while self.take(4096, FOREVER):
                pass
        return self.whole[0]

    def forget(self) -> None:
        """Drop the bytes that were read ahead: they are read again when they are needed."""
        self._base, self._at, self._buf = self._base + self._at, 0, b""

    def close(self) -> None:
        """Free the file. Twice is fine."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    __del__ = close

    def _parse(self, stop: int) -> list[Entry]:
        entries: list[Entry] = []
        number, at, view, size = self.number, self._at, memoryview(self._buf), len(self._buf)
        whole, whole_at = self.whole[0], self.whole[1] - self._base
        while number < stop and at + ENTRY.size <= size:
            length, more, check = ENTRY.unpack_from(view, at)
            data = view[at + ENTRY.size : at + ENTRY.size + length]
            if len(data) < length or xxh3_64_intdigest(data, number + 1 + (more << MORE)) != check:
                break
            number += 1
            entries.append((number, data))
            at += ENTRY.size + length + (-length & 7)
            if not more:
                whole, whole_at = number, at
        self.whole = whole, whole_at + self._base
        self.number, self._at = number, at
        return entries

    def _refill(self) -> bool:
        """Read on from the place; False if that brings nothing new."""
        had, wanted = max(0, len(self._buf) - self._at), self._wanted()
        self.forget()
        self._buf = os.pread(self._fd, wanted, self._base)
        return len(self._buf) > had

    def _wanted(self) -> int:
        """A chunk, or the whole next entry; never more than the file has, for a torn size says anything."""
        rest = os.fstat(self._fd).st_size - self.position
        known = len(self._buf) - self._at >= ENTRY.size
        entry = ENTRY.size + ENTRY.unpack_from(self._buf, self._at)[0] if known else 0
        return max(0, min(max(CHUNK_BYTES, entry), rest))

    def _jump(self, number: int) -> None:
        """Stand before the newest hinted entry up to `number`; a hint that does not prove true is not used."""
        pairs = self._pairs()
        near = bisect_right(pairs, (number, FOREVER)) - 1
        if not self.enter() or near < 0 or pairs[near][1] < HEAD.size or pairs[near][0] < self.first:
            return
        self._place(*pairs[near])
        if self.take(1, FOREVER):
            self.number, self._at = self.number - 1, 0
        else:
            self._place(self.first, HEAD.size)

    def _place(self, number: int, position: int) -> None:
        self.number, self._base, self._at, self._buf = number - 1, position, 0, b""

    def _pairs(self) -> list[tuple[int, int]]:
        try:
            with open(self._hints, "rb") as file:
                raw = file.read()
        except FileNotFoundError:
            return []
        return sorted(PAIR.iter_unpack(raw[: len(raw) // PAIR.size * PAIR.size]))
