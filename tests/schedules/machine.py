"""Machine: what a schedule runs on: a clock, disks that stop and forget, logs on them. All of it by seed."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

import pytest

from tests.suites.dying import Dying
from tests.suites.faulty_disk import FaultyDisk
from tests.suites.story import at
from tower import clock
from tower.clock import MINUTE
from tower.logs import Entry, LogReader, LogWriter, urls
from tower.logs.files import FileWriter

NEVER: Final = 1 << 40
_made: Final = urls.writer


class Machine:
    """The logs under `root`: files in a folder, or in memory. Patches the tower's clock and its way to open logs."""

    def __init__(self, draw: random.Random, root: str, patch: pytest.MonkeyPatch) -> None:
        self.draw, self.root, self.calm = draw, root, False
        self.wall, self.steady = at(120), 1000.0
        self.segment_bytes = draw.choice([700, 1 << 20])
        self.disks: dict[str, FaultyDisk] = {}
        self.dying: list[Dying] = []
        patch.setattr(clock, "wall_ms", lambda: self.wall)
        patch.setattr(clock, "steady_s", lambda: self.steady)
        patch.setattr(urls, "writer", self.writer)

    def pass_time(self, seconds: float) -> None:
        """Nothing else happens for so long."""
        self.wall += round(seconds * 1000)
        self.steady += seconds

    def writer(self, url: str, durable: bool = True, segment_bytes: int = 0) -> LogWriter:
        """What `urls.writer` gives, on a disk that can fail."""
        if url.startswith("memory:"):
            self.dying.append(Dying(_made(url), NEVER, before=self.draw.random() < 0.5))
            return self.dying[-1]
        path = urlsplit(url).path
        disk = self.disks.setdefault(path, FaultyDisk(self.draw.randrange(1 << 30)))
        with freed(disk):
            return FileWriter(path, durable, self.segment_bytes, disk=disk)

    def reader(self, url: str) -> LogReader:
        """What `urls.reader` gives, which reads less than it could, and now and then nothing yet."""
        return Hesitant(urls.reader(url), self)

    def arm(self) -> None:
        """Some disk will stop at one of its next calls, or a writer in memory at one of its next appends."""
        if self.disks:
            disk = self.draw.choice(list(self.disks.values()))
            disk.crash_at = len(disk.calls) + self.draw.randint(1, 12)
        elif self.dying:
            self.draw.choice(self.dying[-8:]).appends = self.draw.randrange(2)

    def disarm(self) -> None:
        """Whatever has stopped goes on: only a process has ended."""
        for disk in self.disks.values():
            disk.crash_at = 0
        for writer in self.dying:
            writer.appends = NEVER

    def cut_power(self) -> None:
        """What was not synced is lost, or torn, or is there after all. Nobody holds a log any more."""
        for disk in self.disks.values():
            disk.crash()
        self.disks.clear()


@contextmanager
def freed(disk: FaultyDisk) -> Iterator[None]:
    """A process that ends while it opens a log leaves nothing open."""
    before = set(disk._open)
    try:
        yield
    except BaseException:
        for fd in set(disk._open) - before:
            disk.close(fd)
        raise


class Hesitant:
    """A reader as one that looked a moment too early, or that was not given the time to read all."""

    def __init__(self, reader: LogReader, machine: Machine) -> None:
        self._reader, self._machine = reader, machine
        self.last: Callable[[], Entry] = reader.last
        self.first, self.close = reader.first, reader.close

    @property
    def id(self) -> str:
        return self._reader.id

    def read(self, after: int, count: int, wait_s: float = 0.0) -> list[Entry]:
        chance = self._machine.draw.random() + self._machine.calm
        return [] if chance < 0.1 else self._reader.read(after, min(count, 2) if chance < 0.3 else count)


GAPS: Final = (0.1, 0.3, 1, 5, 20, 90, 4 * MINUTE / 1000, 4000)
"""Seconds between moves: within a log second, past timers, past the hour."""
