"""FaultyDisk: a disk over a real folder that can stop at any call, and then forgets what was not synced.

After `crash()` each file holds what was synced, and of the later writes and cuts a random prefix or subset, torn; and
of the names that were made, moved and taken since the folder was synced, a random prefix or subset. All by seed.
Eight bytes at a multiple of eight are never torn: neither a sector nor a processor does that.
"""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tower.logs.disk import RealDisk

Change = tuple[int, bytes | None]
"""Bytes at a position, or a cut at it."""


class Crash(BaseException):
    """The power is gone: no code of the writer may run on."""


@dataclass
class File:
    synced: bytes = b""
    changes: list[Change] = field(default_factory=list)


def changed(content: bytes, change: Change) -> bytes:
    at, data = change
    content = content.ljust(at, b"\0")
    return content[:at] if data is None else content[:at] + data + content[at + len(data) :]


class FaultyDisk:
    """Stops at call number `crash_at`, if that is not 0, and takes no more than `room` bytes of new file contents.

    `errors` are (call, errno) raised by the next calls of that name, oldest first. `calls` are the names so far.
    """

    def __init__(self, seed: int, crash_at: int = 0, room: int = 1 << 40) -> None:
        self.calls: list[str] = []
        self.errors: list[tuple[str, int]] = []
        self.crash_at, self.room = crash_at, room
        self._draw = random.Random(seed)
        self._real = RealDisk()
        self._names: dict[str, File] = {}
        self._synced_names: dict[str, File] = {}
        self._moves: list[Callable[[dict[str, File]], object]] = []
        self._open: dict[int, File] = {}

    def folder(self, path: str, /) -> None:
        os.makedirs(path, exist_ok=True)

    def open(self, path: str, /) -> int:
        self._step("open")
        if path not in self._names:
            self._adopt(path)
        fd = self._real.open(path)
        self._open[fd] = self._names[path]
        return fd

    def close(self, fd: int, /) -> None:
        if self._open.pop(fd, None):
            self._real.close(fd)

    def pwrite(self, fd: int, data: bytes | memoryview, at: int, /) -> int:
        dead = self._step("pwrite", partly=True)
        taken = self._part(at, bytes(data)) if dead else bytes(data)[: self._taken(fd, len(data), at)]
        self._open[fd].changes.append((at, taken))
        self._real.pwrite(fd, taken, at)
        self._stop(dead)
        return len(taken)

    def ftruncate(self, fd: int, size: int, /) -> None:
        dead = self._step("ftruncate", partly=True)
        self.room += max(0, os.fstat(fd).st_size - size)
        file = self._open[fd]
        grown = size - os.fstat(fd).st_size
        file.changes.append((size, None) if grown <= 0 else (size - grown, bytes(grown)))
        self._real.ftruncate(fd, size)
        self._stop(dead)

    def fdatasync(self, fd: int, /) -> None:
        """After an error the changes are still read, but no later sync will write them: that is what Linux does."""
        file = self._open[fd]
        try:
            dead = self._step("fdatasync", partly=True)
        except OSError:
            file.changes.clear()
            raise
        for change in file.changes:
            file.synced = changed(file.synced, change)
        file.changes.clear()
        self._stop(dead)

    def uncache(self, fd: int, /) -> None:
        self._step("uncache")
        file = self._open[fd]
        content = file.synced
        for change in file.changes:
            content = changed(content, change)
        self._real.ftruncate(fd, 0)
        self._real.pwrite(fd, content, 0)

    def rename(self, old: str, new: str, /) -> None:
        dead = self._step("rename", partly=True)
        self._move(lambda names: names.update({new: names.pop(old)} if old in names else {}))
        self._real.rename(old, new)
        self._stop(dead)

    def unlink(self, path: str, /) -> None:
        dead = self._step("unlink", partly=True)
        if os.path.exists(path):
            self.room += os.path.getsize(path)
            self._move(lambda names: names.pop(path, None))
        self._real.unlink(path)
        self._stop(dead)

    def fsync_folder(self, path: str, /) -> None:
        dead = self._step("fsync_folder", partly=True)
        self._synced_names, self._moves = dict(self._names), []
        self._stop(dead)

    def crash(self) -> None:
        """Leave in the folder what a power cut would; free every descriptor."""
        for fd in list(self._open):
            self.close(fd)
        for path in self._names:
            self._real.unlink(path)
        scattered, count = self._draw.random() < 0.5, self._draw.randint(0, len(self._moves))
        for place, move in enumerate(self._moves):
            if self._draw.random() < 0.5 if scattered else place < count:
                move(self._synced_names)
        for path, file in self._synced_names.items():
            with open(path, "wb") as left:
                left.write(self._survives(file))

    def _survives(self, file: File) -> bytes:
        content, changes = file.synced, list(file.changes)
        whole = self._draw.randint(0, len(changes))
        scattered = self._draw.random() < 0.5
        for place, (at, data) in enumerate(changes):
            kept = self._draw.random() < 0.5 if scattered else place < whole
            torn = place == whole and data is not None
            if kept or torn:
                part = self._part(at, data) if torn and data is not None else data
                content = changed(content, (at, part))
        return content

    def _part(self, at: int, data: bytes) -> bytes:
        size = self._draw.randint(0, len(data))
        return data if size and len(data) == 8 and at % 8 == 0 else data[:size]

    def _adopt(self, path: str) -> None:
        """Know the file: one that lay there before is synced, a new one has a name that is not."""
        if os.path.exists(path):
            with open(path, "rb") as there:
                self._names[path] = self._synced_names[path] = File(there.read())
        else:
            file = File()
            self._move(lambda names: names.update({path: file}))

    def _move(self, move: Callable[[dict[str, File]], object]) -> None:
        move(self._names)
        self._moves.append(move)

    def _taken(self, fd: int, size: int, at: int) -> int:
        """Sometimes a part, as the real call may; all that fits; raises ENOSPC when nothing does."""
        grows = max(0, at + size - os.fstat(fd).st_size)
        if grows and self.room <= 0:
            raise OSError(28, "No space left on device")
        fits = size - max(0, grows - self.room)
        taken = self._draw.randint(1, fits) if self._draw.random() < 0.1 and fits > 8 else fits
        self.room -= max(0, at + taken - os.fstat(fd).st_size)
        return taken

    def _step(self, name: str, partly: bool = False) -> bool:
        """Count the call; whether it is the one to stop in, half-way if it can be done by parts."""
        if self.crash_at and len(self.calls) >= self.crash_at:
            raise Crash
        self.calls.append(name)
        for place, (call, number) in enumerate(self.errors):
            if call == name:
                del self.errors[place]
                raise OSError(number, os.strerror(number))
        dead = len(self.calls) == self.crash_at
        if dead and not (partly and self._draw.random() < 0.5):
            raise Crash
        return dead

    def _stop(self, dead: bool) -> None:
        if dead:
            raise Crash
