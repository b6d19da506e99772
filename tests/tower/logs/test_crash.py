"""The power is cut at every call to the disk, and what is left is a whole log that holds all that was acknowledged."""

import itertools
import random
from contextlib import suppress
from pathlib import Path
from shutil import rmtree

import pytest

from tests.suites.faulty_disk import Crash, FaultyDisk
from tests.suites.log_suite import entries_of
from tower.logs.files import FileReader, FileWriter

APPENDS = 14


class Work:
    """A seeded writer's life: appends of several entries, small segments, trims, closing and opening again."""

    def __init__(self, path: Path, seed: int, durable: bool) -> None:
        self.path, self.durable, self.draw = str(path), durable, random.Random(seed)
        self.sent: list[bytes] = []
        self.ends = [0]
        self.acknowledged = self.shown = self.trimmed = 0

    def run(self, disk: FaultyDisk) -> None:
        writer = self.open(disk)
        for _ in range(APPENDS):
            writer = self.append(writer, disk)
        writer.close()

    def open(self, disk: FaultyDisk) -> FileWriter:
        return FileWriter(self.path, self.durable, segment_bytes=200, disk=disk)

    def append(self, writer: FileWriter, disk: FaultyDisk) -> FileWriter:
        if self.draw.random() < 0.15:
            writer.close()
            writer = self.open(disk)
        # few sizes, so that they are often equal: what was cut must not come back behind a later append
        sizes = [self.draw.choice((0, 8, 50)) for _ in range(self.draw.randint(1, 4))]
        entries = [self.draw.randbytes(size) for size in sizes]
        first = len(self.sent) + 1
        self.sent += entries
        self.ends.append(len(self.sent))
        writer.append(first, entries)
        self.acknowledged = len(self.sent)
        if self.draw.random() < 0.15:
            self.trimmed = max(self.trimmed, first - 3)
            writer.trim(first - 3)
        return writer

    def cut(self, disk: FaultyDisk) -> None:
        """Run until the power goes, look at what readers see, and leave what the disk holds."""
        try:
            self.run(disk)
        except Crash:
            self.shown = FileReader(self.path).last()[0]
        disk.crash()

    def left(self) -> list[tuple[int, bytes]]:
        """What a new writer finds; it must be able to go on."""
        writer = self.open(FaultyDisk(0))
        found = entries_of(writer, writer.first() - 1)
        end = writer.last()[0]
        assert end in self.ends, "an append is all or nothing"
        assert writer.first() <= self.trimmed + 1, "nothing goes but what was trimmed"
        writer.append(end + 1, [b"on"])
        assert entries_of(FileReader(self.path), end) == [(end + 1, b"on")]
        writer.close()
        assert found == list(enumerate(self.sent[:end], 1))[writer_first(found) - 1 :]
        return found


def writer_first(found: list[tuple[int, bytes]]) -> int:
    return found[0][0] if found else 1


def calls(path: Path, seed: int, durable: bool) -> int:
    disk = FaultyDisk(seed)
    Work(path, seed, durable).run(disk)
    rmtree(path)
    return len(disk.calls)


@pytest.mark.parametrize("seed", range(4))
def test_a_crash_at_every_call_leaves_whole_appends_and_all_that_was_acknowledged(tmp_path: Path, seed: int) -> None:
    for crash_at in range(1, calls(tmp_path / "log", seed, durable=True) + 1):
        work = Work(tmp_path / "log", seed, durable=True)
        work.cut(FaultyDisk(crash_at, crash_at))
        found = work.left()
        assert (found[-1][0] if found else 0) >= max(work.acknowledged, work.shown)
        rmtree(work.path)


@pytest.mark.parametrize("seed", range(2))
def test_a_crash_of_a_log_that_is_not_durable_leaves_whole_appends(tmp_path: Path, seed: int) -> None:
    for crash_at in range(1, calls(tmp_path / "log", seed, durable=False) + 1):
        work = Work(tmp_path / "log", seed, durable=False)
        work.cut(FaultyDisk(crash_at, crash_at))
        work.left()
        rmtree(work.path)


def test_a_crash_at_every_call_of_the_recovery_loses_nothing_more(tmp_path: Path) -> None:
    for crash_at, again in itertools.product(range(8, 90, 7), range(1, 13)):
        work = Work(tmp_path / "log", 5, durable=True)
        work.cut(FaultyDisk(crash_at, crash_at))
        second = FaultyDisk(again, again)
        with suppress(Crash):
            work.open(second).close()
        second.crash()
        found = work.left()
        assert (found[-1][0] if found else 0) >= work.acknowledged
        rmtree(work.path)
