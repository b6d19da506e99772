import subprocess
import sys
from pathlib import Path

import pytest

from streams.copy import copy
from tower.errors import Diverged, Lost
from tower.logs import urls
from tower.logs.memory import MemoryLog

ENTRIES = [b"%d" % number for number in range(1, 201)]


def log_of(*entries: bytes) -> MemoryLog:
    log = MemoryLog()
    log.writer().append(1, entries)
    return log


def free(log: MemoryLog) -> MemoryLog:
    log.owner = ""
    return log


def test_a_copy_has_the_same_entries_under_the_same_numbers() -> None:
    source, target = log_of(*ENTRIES), MemoryLog()
    assert copy(source.reader(), target.writer()) == len(ENTRIES)
    assert target.entries == ENTRIES


def test_a_copy_goes_on_where_it_was_stopped() -> None:
    source, target = log_of(*ENTRIES), free(log_of(*ENTRIES[:77]))
    assert copy(source.reader(), target.writer()) == len(ENTRIES) - 77
    assert target.entries == ENTRIES
    assert copy(source.reader(), free(target).writer()) == 0


def test_a_copy_into_another_log_is_refused_and_changes_nothing() -> None:
    target = free(log_of(b"1", b"another"))
    with pytest.raises(Diverged, match="entry 2 of the target is not the source's"):
        copy(log_of(*ENTRIES).reader(), target.writer())
    assert target.entries == [b"1", b"another"]


def test_a_copy_into_a_longer_log_is_refused() -> None:
    with pytest.raises((Diverged, Lost)):
        copy(log_of(*ENTRIES[:2]).reader(), free(log_of(*ENTRIES)).writer())


def test_the_program_copies_from_url_to_url(tmp_path: Path) -> None:
    urls.writer(f"file:{tmp_path}/a").append(1, ENTRIES)
    command = [sys.executable, "-m", "streams.copy", f"file:{tmp_path}/a"]
    done = subprocess.run([*command, f"file:{tmp_path}/b"], check=True, capture_output=True, text=True)
    assert done.stdout == "200 entries copied\n"
    assert [bytes(data) for _, data in urls.reader(f"file:{tmp_path}/b").read(0, 1000)] == ENTRIES
    wrong = subprocess.run([*command, "nowhere"], check=False, capture_output=True, text=True)
    assert wrong.returncode == 1
    assert "Try: write it in one of these forms" in wrong.stderr
