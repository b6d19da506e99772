import pytest

from tests.suites.log_suite import LogSuite, MakeLog
from tower.errors import Refused
from tower.logs import LogReader, LogWriter
from tower.logs.memory import MemoryLog


class Made:
    def __init__(self) -> None:
        self.log = MemoryLog()

    def writer(self) -> LogWriter:
        return self.log.writer()

    def reader(self) -> LogReader:
        return self.log.reader()

    def remake(self) -> None:
        self.log = MemoryLog()


class TestMemoryLog(LogSuite):
    @pytest.fixture
    def make_log(self) -> MakeLog:
        return Made

    def test_the_refusal_names_who_writes(self) -> None:
        log = MemoryLog()
        log.writer("ingest")
        with pytest.raises(Refused, match="ingest"):
            log.writer()

    def test_a_log_may_begin_later(self) -> None:
        writer = MemoryLog(first=101).writer()
        assert (writer.first(), writer.last()) == (101, (100, b""))
        writer.append(101, [b"a"])
        assert writer.read(100, 9) == [(101, b"a")]
