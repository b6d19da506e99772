import os
import subprocess
import sys
import time
from pathlib import Path
from shutil import copytree, rmtree
from threading import Timer

import pytest

from tests.suites.log_suite import entries_of, texts
from tower.errors import Damaged, Lost, Trimmed
from tower.logs.commit import NUMBER
from tower.logs.files import FileReader, FileWriter, wait_any
from tower.logs.segment import firsts, hints_path, pack_entries, segment_path

ECHO = """
import sys
from tower.logs.files import FileReader
reader = FileReader(sys.argv[1])
print("ready", flush=True)
print(bytes(reader.read(0, 1, 60)[0][1]).decode(), flush=True)
"""


def write(path: Path, entries: list[bytes], segment_bytes: int = 200) -> FileWriter:
    writer = FileWriter(str(path), durable=False, segment_bytes=segment_bytes)
    for number, data in enumerate(entries, writer.last()[0] + 1):
        writer.append(number, [data])
    return writer


def test_a_reader_in_another_process_is_woken_also_when_it_was_there_before_the_log(tmp_path: Path) -> None:
    echo = subprocess.Popen([sys.executable, "-c", ECHO, tmp_path / "log"], stdout=subprocess.PIPE, text=True)
    assert echo.stdout
    assert echo.stdout.readline() == "ready\n"
    time.sleep(0.1)
    write(tmp_path / "log", [b"hello"])
    assert echo.communicate(timeout=30)[0] == "hello\n"


def test_one_wait_watches_many_logs(tmp_path: Path) -> None:
    writers = [write(tmp_path / str(place), [b"a"]) for place in range(20)]
    readers = [FileReader(writer.path) for writer in writers]
    for reader in readers:
        reader.read(0, 9)
        assert reader.read(1, 9) == []
    assert not wait_any(readers, 0.02)
    timer = Timer(0.05, writers[13].append, (2, [b"b"]))
    timer.start()
    assert wait_any(readers, 30)
    timer.join()
    assert [place for place, reader in enumerate(readers) if reader.ready()] == [13]


def test_a_wait_does_not_sleep_over_what_came_before_it(tmp_path: Path) -> None:
    writer = write(tmp_path, [b"a"])
    reader = FileReader(str(tmp_path))
    assert reader.read(1, 9) == []
    writer.append(2, [b"b"])
    begin = time.monotonic()
    assert wait_any([reader], 30)
    assert time.monotonic() - begin < 10


def test_a_waiting_reader_learns_that_its_log_was_removed(tmp_path: Path) -> None:
    writer = write(tmp_path / "log", [b"a"])
    reader = FileReader(str(tmp_path / "log"))
    assert reader.read(1, 1) == []
    writer.close()
    timer = Timer(0.05, rmtree, (tmp_path / "log",))
    timer.start()
    with pytest.raises(Lost, match="removed"):
        reader.read(1, 1, 30)
    timer.join()


@pytest.mark.parametrize("position", [0, 2, 3])
def test_a_log_made_anew_under_a_reader_is_lost_even_if_it_grew_longer(tmp_path: Path, position: int) -> None:
    write(tmp_path / "log", texts(3)).close()
    reader = FileReader(str(tmp_path / "log"))
    if position:
        assert len(reader.read(0, position)) == position
    rmtree(tmp_path / "log")
    writer = write(tmp_path / "log", texts(30))
    with pytest.raises(Lost) as caught:
        entries_of(reader, position, count=1)
    assert caught.value.try_
    writer.close()


def test_segments_removed_beside_the_rest_make_the_log_lost(tmp_path: Path) -> None:
    write(tmp_path, texts(3)).close()
    reader = FileReader(str(tmp_path))
    for path in tmp_path.glob("*.seg"):
        path.unlink()
    with pytest.raises(Lost):
        FileReader(str(tmp_path)).read(0, 1)
    old = reader.id
    writer = write(tmp_path, texts(9))
    assert writer.id != old
    with pytest.raises(Lost):
        reader.read(0, 1)


def test_a_log_whose_last_number_fell_is_lost_with_the_fix(tmp_path: Path) -> None:
    writer = write(tmp_path, texts(9), segment_bytes=1 << 20)
    reader = FileReader(str(tmp_path))
    assert reader.read(0, 9)[-1][0] == 9
    (tmp_path / "writer").write_bytes(NUMBER.pack(4))
    with pytest.raises(Lost, match="beyond the last number, 4") as caught:
        reader.read(9, 1)
    assert "remove what was derived" in caught.value.try_
    writer.close()


def test_an_archive_is_read_to_its_last_whole_append(tmp_path: Path) -> None:
    write(tmp_path / "log", texts(40)).close()
    copytree(tmp_path / "log", tmp_path / "archive")
    (tmp_path / "archive" / "writer").unlink()
    archive = FileReader(str(tmp_path / "archive"))
    assert entries_of(archive, count=7) == list(enumerate(texts(40), 1))
    assert archive.last() == (40, texts(40)[-1])
    assert archive.id == FileReader(str(tmp_path / "log")).id
    assert archive.read(40, 1, 0.01) == []
    with pytest.raises(Lost):
        archive.read(41, 1)


def test_a_writer_may_go_on_behind_an_archive_while_it_is_read(tmp_path: Path) -> None:
    write(tmp_path, texts(4)).close()
    (tmp_path / "writer").unlink()
    archive = FileReader(str(tmp_path))
    assert len(entries_of(archive)) == 4
    writer = write(tmp_path, [b"on"])
    assert entries_of(archive, 4) == [(5, b"on")]
    writer.close()


def test_no_reader_passes_the_committed_number(tmp_path: Path) -> None:
    writer = write(tmp_path, texts(9), segment_bytes=1 << 20)
    (tmp_path / "writer").write_bytes(NUMBER.pack(4))
    reader = FileReader(str(tmp_path))
    assert entries_of(reader) == list(enumerate(texts(4), 1))
    assert reader.last() == (4, texts(4)[-1])
    writer.close()


def test_bytes_that_were_read_ahead_and_then_taken_back_are_not_believed(tmp_path: Path) -> None:
    writer = write(tmp_path, texts(4), segment_bytes=1 << 20)
    path = Path(segment_path(str(tmp_path), 1))
    whole = path.stat().st_size
    with path.open("ab") as file:
        file.write(pack_entries(5, [b"taken back"])[0])
    reader = FileReader(str(tmp_path))
    assert len(reader.read(0, 4)) == 4
    os.truncate(path, whole)
    writer.append(5, [b"kept"])
    assert entries_of(reader, 4) == [(5, b"kept")]
    writer.close()


def test_a_reader_overtaken_by_trimming_is_told_where_to_go_on(tmp_path: Path) -> None:
    writer = write(tmp_path, [b"x" * 100] * 4)
    reader = FileReader(str(tmp_path))
    reader.read(0, 1)
    for number in range(5, 30):
        writer.append(number, [b"x" * 100])
    writer.trim(20)
    with pytest.raises(Trimmed) as caught:
        entries_of(reader, 1, count=1)
    assert caught.value.first == writer.first() > 10
    assert reader.read(caught.value.first - 1, 1)[0][0] == caught.value.first
    writer.close()


def test_a_rotten_entry_is_damaged_and_named(tmp_path: Path) -> None:
    write(tmp_path, [b"x" * 50] * 20).close()
    first = firsts(str(tmp_path))[1]
    path = Path(segment_path(str(tmp_path), first))
    raw = bytearray(path.read_bytes())
    raw[70] ^= 1
    path.write_bytes(raw)
    with pytest.raises(Damaged, match=f"entry {first},"):
        entries_of(FileReader(str(tmp_path)))


def test_any_record_is_found_through_the_hints_and_without_them(tmp_path: Path) -> None:
    writer = FileWriter(str(tmp_path), durable=False)
    for first in range(1, 20_001, 500):
        writer.append(first, [b"%d" % number * 20 for number in range(first, first + 500)])
    hints = Path(hints_path(str(tmp_path), 1))
    assert hints.stat().st_size // 16 > 20
    for content in (hints.read_bytes(), b"", b"\x07" * 999, hints.read_bytes()[:-5], hints.read_bytes()[8:]):
        hints.write_bytes(content)
        for after in (0, 1, 777, 10_000, 19_999):
            number, data = FileReader(str(tmp_path)).read(after, 1)[0]
            assert (number, bytes(data)) == (after + 1, b"%d" % (after + 1) * 20)
    writer.close()


def test_readers_use_no_inotify_instance_each(tmp_path: Path) -> None:
    write(tmp_path, [b"a"]).close()
    readers = [FileReader(str(tmp_path)) for _ in range(300)]
    assert all(reader.read(1, 1, 0.0001) == [] for reader in readers)
