"""What every log promises, as tests that run against each implementation.

A test module makes its logs in a fixture `make_log`, which returns a function; each call of it makes one `MadeLog`:

    class TestMemoryLog(LogSuite):
        @pytest.fixture
        def make_log(self) -> Iterator[MakeLog]: ...

Whoever makes a log closes what was opened of it. What only files or only Kafka promise is tested beside them.
"""

import threading
import time
from collections.abc import Callable
from typing import Protocol

import pytest

from tower.errors import Fenced, LogError, Lost, Refused, Trimmed
from tower.logs import LogReader, LogWriter


class MadeLog(Protocol):
    """A fresh, empty log, whose first entry will be number 1."""

    def writer(self) -> LogWriter:
        """Open the writer; again after it was closed, which is how a process starts again."""

    def reader(self) -> LogReader:
        """Open one more reader."""

    def remake(self) -> None:
        """Empty the log and make it anew under the same name; its writer was closed before."""


MakeLog = Callable[[], MadeLog]


def entries_of(reader: LogReader, after: int = 0, count: int = 1000) -> list[tuple[int, bytes]]:
    """All entries behind `after`, as bytes, read `count` at a time."""
    found: list[tuple[int, bytes]] = []
    while some := reader.read(after, count):
        found += [(number, bytes(data)) for number, data in some]
        after = found[-1][0]
    return found


def texts(count: int, first: int = 1) -> list[bytes]:
    """Entries that tell their numbers, of all small sizes."""
    return [b"%d," % number * (number % 9) for number in range(first, first + count)]


class LogSuite:
    def test_a_new_log_is_empty_and_has_an_id_of_32_hex_digits(self, make_log: MakeLog) -> None:
        writer = make_log().writer()
        assert (writer.first(), writer.last(), writer.read(0, 10)) == (1, (0, b""), [])
        assert len(writer.id) == 32
        assert set(writer.id) <= set("0123456789abcdef")

    def test_entries_come_back_in_order_with_numbers_from_1(self, make_log: MakeLog) -> None:
        log = make_log()
        writer, sent = log.writer(), texts(20)
        writer.append(1, sent[:1])
        writer.append(2, sent[1:20])
        assert entries_of(log.reader()) == list(enumerate(sent, 1))
        assert entries_of(writer) == list(enumerate(sent, 1))

    def test_an_empty_and_a_large_entry_are_entries_like_others(self, make_log: MakeLog) -> None:
        log = make_log()
        sent = [b"", bytes(range(256)) * 2000, b"", b"x"]
        log.writer().append(1, sent)
        assert [data for _, data in entries_of(log.reader())] == sent

    def test_an_append_of_nothing_changes_nothing(self, make_log: MakeLog) -> None:
        writer = make_log().writer()
        writer.append(1, [])
        writer.append(1, [b"a"])
        assert entries_of(writer) == [(1, b"a")]

    def test_read_gives_at_most_count_entries_from_any_number_on(self, make_log: MakeLog) -> None:
        log = make_log()
        sent = list(enumerate(texts(30), 1))
        log.writer().append(1, [data for _, data in sent])
        reader = log.reader()
        for after in (7, 0, 29, 7, 12):
            found = reader.read(after, 3)
            assert found
            assert [(number, bytes(data)) for number, data in found] == sent[after : after + len(found)]
            assert len(found) <= 3
        assert [number for after in range(30) for number, _ in reader.read(after, 1)] == list(range(1, 31))
        assert reader.read(3, 0) == []

    def test_entries_stay_as_they_are_while_they_are_held(self, make_log: MakeLog) -> None:
        log = make_log()
        writer, reader = log.writer(), log.reader()
        writer.append(1, [b"one"])
        held = reader.read(0, 1)
        writer.append(2, [b"two" * 1000] * 100)
        entries_of(reader, 1)
        reader.close()
        assert [(number, bytes(data)) for number, data in held] == [(1, b"one")]

    def test_last_is_the_newest_entry_to_reader_and_writer(self, make_log: MakeLog) -> None:
        log = make_log()
        writer, reader = log.writer(), log.reader()
        for number, data in enumerate(texts(12), 1):
            writer.append(number, [data])
            assert (number, data) == writer.last() == reader.last()

    @pytest.mark.parametrize("first", [0, 1, 3, 5, 99])
    def test_a_number_that_is_not_next_is_fenced_and_nothing_is_written(self, make_log: MakeLog, first: int) -> None:
        writer = make_log().writer()
        writer.append(1, texts(3))
        with pytest.raises(Fenced):
            writer.append(first, [b"no"])
        writer.append(4, [b"yes"])
        assert entries_of(writer)[2:] == [(3, texts(3)[2]), (4, b"yes")]

    def test_a_second_writer_is_refused_or_fences_the_first(self, make_log: MakeLog) -> None:
        log = make_log()
        older = log.writer()
        older.append(1, [b"a"])
        try:
            newer = log.writer()
        except Refused:
            older.append(2, [b"b"])
        else:
            with pytest.raises(Fenced):
                older.append(2, [b"stale"])
            newer.append(2, [b"b"])
        assert entries_of(log.reader()) == [(1, b"a"), (2, b"b")]

    def test_a_closed_writer_appends_nothing(self, make_log: MakeLog) -> None:
        log = make_log()
        writer = log.writer()
        writer.close()
        with pytest.raises(LogError):
            writer.append(1, [b"late"])
        assert log.reader().last() == (0, b"")

    def test_closing_twice_is_fine(self, make_log: MakeLog) -> None:
        log = make_log()
        for opened in (log.writer(), log.reader()):
            opened.close()
            opened.close()

    def test_a_writer_opened_again_goes_on_behind_the_last_entry(self, make_log: MakeLog) -> None:
        log = make_log()
        for number in range(1, 5):
            writer = log.writer()
            assert writer.last()[0] == number - 1
            writer.append(number, [b"%d" % number])
            writer.close()
        assert entries_of(log.reader()) == [(number, b"%d" % number) for number in range(1, 5)]

    def test_the_id_is_the_same_to_all_and_after_opening_again(self, make_log: MakeLog) -> None:
        log = make_log()
        writer = log.writer()
        writer.append(1, [b"a"])
        first = writer.id
        writer.close()
        assert first == log.writer().id == log.reader().id

    def test_two_logs_have_two_ids(self, make_log: MakeLog) -> None:
        assert make_log().writer().id != make_log().writer().id

    def test_a_log_emptied_and_made_anew_is_another_log(self, make_log: MakeLog) -> None:
        log = make_log()
        writer = log.writer()
        writer.append(1, texts(5))
        old = writer.id
        writer.close()
        log.remake()
        writer = log.writer()
        assert writer.last() == (0, b"")
        writer.append(1, texts(1))
        assert writer.id != old

    def test_a_position_beyond_the_end_is_lost_and_tells_what_to_do(self, make_log: MakeLog) -> None:
        log = make_log()
        log.writer().append(1, texts(3))
        with pytest.raises(Lost) as caught:
            log.reader().read(4, 1)
        assert caught.value.try_
        assert log.reader().read(3, 1) == []

    def test_a_read_waits_for_an_entry_and_no_longer_than_it_was_told(self, make_log: MakeLog) -> None:
        log = make_log()
        writer, reader = log.writer(), log.reader()
        writer.append(1, [b"a"])
        begin = time.monotonic()
        assert reader.read(1, 1, 0.15) == []
        assert 0.1 < time.monotonic() - begin < 10

    def test_a_waiting_read_is_woken_by_an_append(self, make_log: MakeLog) -> None:
        log = make_log()
        writer, reader = log.writer(), log.reader()
        reader.read(0, 1)
        timer = threading.Timer(0.1, writer.append, (1, [b"a", b"b"]))
        begin = time.monotonic()
        timer.start()
        found = reader.read(0, 1, 30)
        timer.join()
        assert [(number, bytes(data)) for number, data in found] == [(1, b"a")]
        assert time.monotonic() - begin < 10

    def test_a_read_that_finds_entries_does_not_wait(self, make_log: MakeLog) -> None:
        log = make_log()
        log.writer().append(1, [b"a"])
        begin = time.monotonic()
        assert log.reader().read(0, 5, 30)
        assert time.monotonic() - begin < 10

    def test_trimming_never_takes_the_newest_entry_and_keeps_numbers(self, make_log: MakeLog) -> None:
        log = make_log()
        writer, sent = log.writer(), texts(40)
        for number in range(1, 41, 4):
            writer.append(number, sent[number - 1 : number + 3])
        writer.trim(1000)
        first = log.reader().first()
        assert 1 <= first <= 40
        assert log.reader().last() == (40, sent[39])
        assert entries_of(log.reader(), first - 1) == list(enumerate(sent, 1))[first - 1 :]
        writer.append(41, [b"on"])
        assert log.reader().last() == (41, b"on")

    def test_a_position_that_was_trimmed_says_where_the_log_begins(self, make_log: MakeLog) -> None:
        log = make_log()
        writer = log.writer()
        for number in range(1, 41):
            writer.append(number, [b"x" * 100])
        writer.trim(30)
        first = writer.first()
        assert first <= 31
        if first > 1:
            with pytest.raises(Trimmed) as caught:
                log.reader().read(first - 2, 1)
            assert caught.value.first == first

    def test_readers_do_not_disturb_each_other(self, make_log: MakeLog) -> None:
        log = make_log()
        writer, fast, slow = log.writer(), log.reader(), log.reader()
        got: list[tuple[int, bytes]] = []
        for number in range(1, 31):
            writer.append(number, texts(1, number))
            got += entries_of(fast, number - 1)
        assert got == entries_of(slow, count=7) == list(enumerate(texts(30), 1))
