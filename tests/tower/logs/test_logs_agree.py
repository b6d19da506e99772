"""Any life of a file log, step by step, is that of the reference in memory."""

from contextlib import suppress
from pathlib import Path
from shutil import rmtree

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.suites.log_suite import entries_of
from tower.errors import LogError, Trimmed
from tower.logs import LogReader
from tower.logs.files import FileReader, FileWriter
from tower.logs.memory import MemoryLog

ENTRIES = st.lists(st.binary(max_size=90), max_size=5)
STEP = st.one_of(
    st.tuples(st.just("append"), ENTRIES),
    st.tuples(st.just("append at"), st.integers(0, 40)),
    st.tuples(st.just("read"), st.integers(0, 40), st.integers(0, 9)),
    st.tuples(st.just("trim"), st.integers(0, 40)),
    st.tuples(st.just("open again")),
)


def answer(reader: LogReader, after: int, count: int) -> list[tuple[int, bytes]] | type[LogError]:
    """What a read gives, or the kind of error it raises."""
    try:
        return [(number, bytes(data)) for number, data in reader.read(after, count)]
    except LogError as error:
        return type(error)


def agree(got: list[tuple[int, bytes]] | type[LogError], told: list[tuple[int, bytes]] | type[LogError]) -> bool:
    """A file log may give fewer at a time, but some, and may still have what the reference trimmed."""
    if isinstance(got, list) and isinstance(told, list):
        return got == told[: len(got)] and bool(got) == bool(told)
    return got == told or told is Trimmed


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, max_size=25), st.integers(50, 400))
def test_a_file_log_answers_like_the_reference(
    tmp_path: Path, steps: list[tuple[object, ...]], segment_bytes: int
) -> None:
    rmtree(tmp_path / "log", ignore_errors=True)
    log = MemoryLog()
    told, writer, reader = log.writer(), FileWriter(str(tmp_path / "log"), False, segment_bytes), None
    for step in steps:
        match step:
            case ["append", list(entries)]:
                for each in (told, writer):
                    each.append(log.end + 1 if each is told else writer.last()[0] + 1, entries)
            case ["append at", int(number)] if number != log.end + 1:
                with suppress(LogError):
                    writer.append(number, [b"no"])
            case ["read", int(after), int(count)]:
                reader = reader or FileReader(str(tmp_path / "log"))
                assert agree(answer(reader, after, count), answer(log.reader(), after, count))
            case ["trim", int(upto)]:
                told.trim(upto)
                writer.trim(upto)
            case ["open again"]:
                writer.close()
                writer = FileWriter(str(tmp_path / "log"), False, segment_bytes)
        assert writer.last() == told.last()
    assert entries_of(writer, told.first() - 1) == entries_of(told, told.first() - 1)
    assert writer.first() <= told.first()
    writer.close()
