import errno
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from shutil import copytree, rmtree

import pytest

from tests.suites.faulty_disk import Crash, FaultyDisk
from tests.suites.log_suite import entries_of, texts
from tower.errors import Damaged, Fenced, FormatError, Full, LogError, Lost, Refused
from tower.logs.files import FileReader, FileWriter
from tower.logs.segment import ENTRY, HEAD, VERSION, firsts, pack_entries, segment_path

HOLD = """
import sys, time
from tower.logs.files import FileWriter
writer = FileWriter(sys.argv[1])
print("open", flush=True)
time.sleep(60)
"""

WRITE = """
import sys
from tower.logs.files import FileWriter
writer = FileWriter(sys.argv[1], segment_bytes=20_000)
while True:
    first = writer.last()[0] + 1
    writer.append(first, [b"%d " % number * (number % 50) for number in range(first, first + first % 4 + 1)])
    print(writer.last()[0], flush=True)
"""


def start(program: str, path: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", program, path], stdout=subprocess.PIPE, text=True)


def end(process: "subprocess.Popen[str]") -> str:
    process.kill()
    return process.communicate()[0]


def test_another_process_is_refused_by_name_until_the_first_is_gone(tmp_path: Path) -> None:
    holder = start(HOLD, tmp_path)
    assert holder.stdout
    assert holder.stdout.readline() == "open\n"
    with pytest.raises(Refused, match=f"pid {holder.pid}") as caught:
        FileWriter(str(tmp_path))
    assert caught.value.try_
    end(holder)
    FileWriter(str(tmp_path)).close()


def test_a_writer_killed_at_any_moment_leaves_a_whole_log_with_all_that_was_acknowledged(tmp_path: Path) -> None:
    for wait in range(8):
        writer = start(WRITE, tmp_path)
        assert writer.stdout
        writer.stdout.readline()
        time.sleep(0.01 + 0.013 * wait)
        said = end(writer).split("\n")[:-1]  # the last line may be cut off
        found = entries_of(FileReader(str(tmp_path)))
        assert found == [(number, b"%d " % number * (number % 50)) for number in range(1, len(found) + 1)]
        assert len(found) >= int(said[-1] if said else 0)


def test_a_forked_child_does_not_keep_the_lock_and_cannot_append(tmp_path: Path) -> None:
    writer = FileWriter(str(tmp_path))
    reading, writing = os.pipe()
    if not (child := os.fork()):
        try:
            writer.append(1, [b"no"])
        except LogError as error:
            os.write(writing, error.what.encode())
        time.sleep(30)
        os._exit(0)
    assert b"belongs to the process that opened it" in os.read(reading, 1000)
    writer.close()
    FileWriter(str(tmp_path)).close()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    os.close(writing)


def test_a_forked_child_leaves_the_lock_to_its_parent(tmp_path: Path) -> None:
    writer = FileWriter(str(tmp_path))
    if not (child := os.fork()):
        os._exit(0)
    os.waitpid(child, 0)
    with pytest.raises(Refused):
        FileWriter(str(tmp_path))
    writer.append(1, [b"a"])
    writer.close()


def test_a_full_disk_tears_nothing_and_the_writer_goes_on_when_there_is_room(tmp_path: Path) -> None:
    disk = FaultyDisk(seed=1, room=3000)
    writer, reader = FileWriter(str(tmp_path), segment_bytes=700, disk=disk), FileReader(str(tmp_path))
    number, refusals = 0, 0
    while refusals < 5:
        try:
            writer.append(number + 1, texts(3, number + 1))
            number += 3
        except Full:
            refusals += 1
            assert reader.last() == (number, texts(1, number)[0])
            disk.room += 500
    assert entries_of(reader) == list(enumerate(texts(number), 1))
    writer.close()


def test_a_new_log_on_a_full_disk_says_so_and_can_be_made_later(tmp_path: Path) -> None:
    for room in range(0, 300, 7):
        try:
            writer = FileWriter(str(tmp_path), disk=FaultyDisk(seed=room, room=room))
        except Full:
            assert FileReader(str(tmp_path)).last() == (0, b"")
            continue
        writer.close()
        rmtree(tmp_path)
    FileWriter(str(tmp_path)).append(1, [b"a"])
    assert entries_of(FileReader(str(tmp_path))) == [(1, b"a")]


def test_a_failed_sync_kills_the_writer_and_opening_again_reads_what_is_there(tmp_path: Path) -> None:
    disk = FaultyDisk(seed=1)
    writer = FileWriter(str(tmp_path), disk=disk)
    writer.append(1, [b"kept"])
    disk.errors.append(("fdatasync", errno.EIO))
    with pytest.raises(LogError, match="sync"):
        writer.append(2, [b"unknown"])
    syncs = disk.calls.count("fdatasync")
    with pytest.raises(LogError, match="failed in an earlier append"):
        writer.append(2, [b"again"])
    assert disk.calls.count("fdatasync") == syncs
    writer.close()
    assert entries_of(FileWriter(str(tmp_path))) == [(1, b"kept")]


def test_what_a_failed_sync_left_in_memory_is_not_believed_when_the_log_is_opened_again(tmp_path: Path) -> None:
    disk = FaultyDisk(seed=1)
    writer = FileWriter(str(tmp_path), disk=disk)
    writer.append(1, [b"kept"])
    disk.errors += [("fdatasync", errno.EIO), ("ftruncate", errno.EIO)]
    with pytest.raises(LogError):
        writer.append(2, [b"in memory only"])
    writer.close()
    shown = FileWriter(str(tmp_path), disk=disk).last()
    disk.crash()
    assert FileWriter(str(tmp_path)).last() == shown == (1, b"kept")


def test_a_sync_that_finds_no_room_is_no_full_disk_but_a_dead_writer(tmp_path: Path) -> None:
    disk = FaultyDisk(seed=1)
    writer = FileWriter(str(tmp_path), disk=disk)
    disk.errors.append(("fdatasync", errno.ENOSPC))
    with pytest.raises(LogError) as caught:
        writer.append(1, [b"a"])
    assert not isinstance(caught.value, Full)
    with pytest.raises(LogError, match="failed in an earlier append"):
        writer.append(1, [b"a"])
    writer.close()


def test_the_number_of_an_emptied_log_is_never_taken_for_that_of_the_new_one(tmp_path: Path) -> None:
    for crash_at in range(1, 14):
        writer = FileWriter(str(tmp_path))
        writer.append(1, texts(5))
        writer.close()
        Path(segment_path(str(tmp_path), 1)).unlink()
        with suppress(Crash):
            FileWriter(str(tmp_path), disk=FaultyDisk(crash_at, crash_at)).close()
        assert FileReader(str(tmp_path)).last() == (0, b"")
        rmtree(tmp_path)


@pytest.mark.parametrize("call", ["fdatasync", "ftruncate", "fsync_folder", "open", "pwrite"])
def test_an_error_of_any_call_loses_nothing_that_was_acknowledged(tmp_path: Path, call: str) -> None:
    for place in range(12):
        disk = FaultyDisk(seed=place)
        writer = FileWriter(str(tmp_path), segment_bytes=100, disk=disk)
        number = 0
        for step in range(8):
            if step == place:
                disk.errors += [(call, errno.EIO), ("ftruncate", errno.EIO)]
            try:
                writer.append(number + 1, texts(2, number + 1))
                number += 2
            except LogError:
                break
        writer.close()
        found = entries_of(FileWriter(str(tmp_path)))
        assert found == list(enumerate(texts(len(found)), 1))
        assert len(found) >= number
        rmtree(tmp_path)


def test_a_log_removed_under_its_writer_fences_it(tmp_path: Path) -> None:
    writer = FileWriter(str(tmp_path / "log"))
    writer.append(1, [b"a"])
    rmtree(tmp_path / "log")
    newer = FileWriter(str(tmp_path / "log"))
    with pytest.raises(Fenced, match="removed"):
        writer.append(2, [b"b"])
    assert newer.last() == (0, b"")
    newer.close()


def test_a_log_of_a_newer_version_is_left_alone_and_the_error_says_what_to_do(tmp_path: Path) -> None:
    writer = FileWriter(str(tmp_path))
    writer.append(1, texts(4))
    writer.close()
    path = Path(segment_path(str(tmp_path), 1))
    raw = bytearray(path.read_bytes())
    raw[8] = VERSION + 1
    path.write_bytes(raw)
    for opening in (lambda: FileWriter(str(tmp_path)), lambda: FileReader(str(tmp_path)).read(0, 1)):
        with pytest.raises(FormatError, match=f"version {VERSION + 1}") as caught:
            opening()
        assert caught.value.try_
    assert path.read_bytes() == raw


def test_a_segment_whose_head_is_rotten_is_damaged_not_emptied(tmp_path: Path) -> None:
    writer = FileWriter(str(tmp_path))
    writer.append(1, texts(4))
    writer.close()
    path = Path(segment_path(str(tmp_path), 1))
    raw = b"x" + path.read_bytes()[1:]
    path.write_bytes(raw)
    with pytest.raises(Damaged, match="head"):
        FileWriter(str(tmp_path))
    assert path.read_bytes() == raw


def test_segments_of_another_log_are_lost(tmp_path: Path) -> None:
    for name in ("one", "two"):
        writer = FileWriter(str(tmp_path / name))
        writer.append(1, [b"a"])
        writer.close()
    (tmp_path / "one" / "id").write_bytes((tmp_path / "two" / "id").read_bytes())
    with pytest.raises(Lost, match="segments are of log"):
        FileWriter(str(tmp_path / "one"))


def test_a_log_whose_id_file_is_gone_gets_back_the_id_in_its_segments(tmp_path: Path) -> None:
    writer = FileWriter(str(tmp_path))
    writer.append(1, [b"a"])
    writer.close()
    (tmp_path / "id").unlink()
    assert FileWriter(str(tmp_path)).id == writer.id == (tmp_path / "id").read_text().strip()


def test_a_new_log_may_begin_with_any_number(tmp_path: Path) -> None:
    writer = FileWriter(str(tmp_path), first=101)
    assert (writer.first(), writer.last()) == (101, (100, b""))
    writer.append(101, [b"a"])
    assert entries_of(FileReader(str(tmp_path)), 100) == [(101, b"a")]


def tails(path: Path, sent: list[bytes]) -> tuple[Path, bytes, list[int]]:
    """The newest segment, its bytes, and where each of the last three entries and the end lie in it."""
    writer = FileWriter(str(path), segment_bytes=200)
    for number, data in enumerate(sent, 1):
        writer.append(number, [data])
    writer.close()
    newest = Path(segment_path(str(path), firsts(str(path))[-1]))
    raw, at, places = newest.read_bytes(), HEAD.size, []
    while at < len(raw):
        places.append(at)
        at += ENTRY.size + ENTRY.unpack_from(raw, at)[0]
        at += -at & 7
    return newest, raw, [*places[-3:], len(raw)]


def tear(raw: bytes, at: int, how: str) -> bytes:
    return {
        "cut": raw[:at],
        "zeros": raw[:at] + bytes(len(raw) - at),
        "longer": raw[:at] + bytes(len(raw) - at + 5000),
        "noise": raw[:at] + bytes(byte ^ 0x5A for byte in raw[at:]),
        "hole": raw[:at] + bytes(min(8, len(raw) - at)) + raw[at + 8 :],
    }[how]


@pytest.mark.parametrize("how", ["cut", "zeros", "longer", "noise", "hole"])
def test_a_tail_torn_at_any_byte_is_cut_to_whole_entries_and_never_shown(tmp_path: Path, how: str) -> None:
    sent = [*texts(12), b"a" * 50, b"", b"b" * 31]
    newest, raw, places = tails(tmp_path / "log", sent)
    assert len(places) == 4
    committed = (tmp_path / "log" / "writer").read_bytes()
    for at in range(places[0], len(raw)):
        newest.write_bytes(tear(raw, at, how))
        (tmp_path / "log" / "writer").write_bytes(committed)
        if tear(raw, at, how) == raw:
            continue
        shown: list[tuple[int, bytes]] = []
        reader = FileReader(str(tmp_path / "log"))
        with suppress(Damaged):  # the committed number was written, its entry is torn: said aloud, not passed over
            while some := reader.read(len(shown), 1):
                shown += [(number, bytes(data)) for number, data in some]
        writer = FileWriter(str(tmp_path / "log"), segment_bytes=1 << 20)
        found = entries_of(writer)
        whole = sum(place <= at for place in places[1:])
        assert found in ([*enumerate(sent, 1)][: 12 + whole], [*enumerate(sent, 1)][: 13 + whole])
        assert shown == found[: len(shown)]
        writer.append(len(found) + 1, [b"on"])
        assert entries_of(FileReader(str(tmp_path / "log")))[len(found) :] == [(len(found) + 1, b"on")]
        writer.close()


def test_an_append_that_was_cut_between_its_entries_never_happened(tmp_path: Path) -> None:
    writer = FileWriter(str(tmp_path / "log"))
    writer.append(1, [b"a", b"b"])
    writer.append(3, [b"c" * 70_000, b"d", b"e"])  # there is a hint to d
    writer.close()
    copytree(tmp_path / "log", tmp_path / "archive")
    (tmp_path / "archive" / "writer").unlink()
    for name in ("log", "archive"):
        path = Path(segment_path(str(tmp_path / name), 1))
        path.write_bytes(path.read_bytes()[:-8])
    assert entries_of(FileReader(str(tmp_path / "archive"))) == [(1, b"a"), (2, b"b")]
    assert entries_of(FileWriter(str(tmp_path / "log"))) == [(1, b"a"), (2, b"b")]


def test_entries_behind_a_torn_one_do_not_come_back_when_its_place_is_filled(tmp_path: Path) -> None:
    for seed in range(20):
        writer = FileWriter(str(tmp_path))
        writer.append(1, texts(4))
        writer.close()
        path = Path(segment_path(str(tmp_path), 1))
        torn = bytearray(pack_entries(5, [b"12345678"])[0] + pack_entries(6, [b"stale"])[0])
        torn[16] ^= 1
        path.write_bytes(path.read_bytes() + torn)
        disk = FaultyDisk(seed)
        writer = FileWriter(str(tmp_path), durable=False, disk=disk)
        writer.append(5, [b"87654321"])
        assert FileReader(str(tmp_path)).last() == (5, b"87654321")
        if seed:
            disk.crash()
        writer.close()
        assert FileWriter(str(tmp_path)).last() in [(4, texts(4)[3]), (5, b"87654321")]
        rmtree(tmp_path)


def test_the_error_of_a_folder_that_cannot_be_made_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LogError, match=re.escape(f"open {tmp_path}/file/log")):
        FileWriter(f"{tmp_path}/file/log")
