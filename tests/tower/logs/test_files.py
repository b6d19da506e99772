import itertools
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import pytest

from tests.suites.log_suite import LogSuite, MakeLog
from tower.logs import LogReader, LogWriter
from tower.logs.files import FileReader, FileWriter


class Made:
    """Small segments, so that every test rolls over."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.opened: list[LogReader] = []

    def writer(self) -> LogWriter:
        opened = FileWriter(self.path, durable=False, segment_bytes=300)
        self.opened.append(opened)
        return opened

    def reader(self) -> LogReader:
        self.opened.append(FileReader(self.path))
        return self.opened[-1]

    def remake(self) -> None:
        rmtree(self.path)


class TestFileLog(LogSuite):
    @pytest.fixture
    def make_log(self, tmp_path: Path) -> Iterator[MakeLog]:
        logs: list[Made] = []
        names = map(str, itertools.count())

        def make() -> Made:
            logs.append(Made(tmp_path / next(names)))
            return logs[-1]

        yield make
        for opened in [each for log in logs for each in log.opened]:
            opened.close()
