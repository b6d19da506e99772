"""What an inbox promises of the disk: synced before it answers, and a full one loses and tears nothing."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams import ingest, names
from streams.entries import entries, records
from streams.inbox import InboxWriter
from tests.faults.under_load import ROOT, environment
from tests.suites.small_world import run
from tower.clock import parse
from tower.envelope import Envelope
from tower.errors import Busy
from tower.logs import urls

pytestmark = pytest.mark.full
NETWORK, SOURCE = "east", "gate"
ROOM_MB = 4
START = parse("2026-03-02T06:00:00Z")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few MB."""
    if os.geteuid():
        pytest.skip("only root may mount a disk")
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM_MB}m", "tmpfs", tmp_path], check=True)
    yield tmp_path
    subprocess.run(["umount", "--lazy", tmp_path], check=True)


def message(number: int, size: int = 20_000) -> Envelope:
    return Envelope(SOURCE, START + number, "application/json", b'[{"pad":"%s"}]' % (b"x" * size))


def filled(door: InboxWriter, number: int = 0) -> int:
    """Put messages until the door is busy; how many went in."""
    while took(door, number + 1):
        number += 1
    with pytest.raises(Busy, match="takes nothing") as caught:
        door.put(message(number + 1))
    assert "the disk must be freed" in caught.value.try_
    return number


def took(door: InboxWriter, number: int) -> bool:
    try:
        return door.put(message(number)) == number
    except Busy:
        return False


def kept(root: str) -> list[Envelope]:
    return [Envelope.decode(data) for _, data in entries(urls.reader(names.inbox(root, NETWORK, SOURCE)))]


def test_an_inbox_on_a_full_disk_is_busy_tears_nothing_and_goes_on_when_there_is_room(small_disk: Path) -> None:
    root = f"file:{small_disk}/logs"
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(2 << 20))
    door = InboxWriter(root, NETWORK, SOURCE)
    first = filled(door)
    assert kept(root) == [message(n + 1) for n in range(first)]
    with pytest.raises(Busy):
        door.put(*(message(first + n) for n in range(5)))
    assert len(kept(root)) == first
    ballast.unlink()
    second = filled(door, first)
    assert second > first > 10
    door.close()
    InboxWriter(root, NETWORK, SOURCE).close()
    assert kept(root) == [message(n + 1) for n in range(second)]


def test_what_went_into_an_inbox_before_the_disk_was_full_is_taken_in_later(small_disk: Path, tmp_path: Path) -> None:
    root = f"file:{small_disk}/logs"
    door = InboxWriter(root, NETWORK, SOURCE)
    count = filled(door)
    door.close()
    whole = tmp_path.parent / "whole"
    shutil.copytree(small_disk / "logs", whole)
    run(ingest.over(f"file:{whole}", [NETWORK], ends=True))
    log = records(urls.reader(names.log(f"file:{whole}", NETWORK)))
    assert [int(row["inbox"]) for record in log for row in record.rows("rejected")] == list(range(1, count + 1))


def test_a_message_is_synced_before_anybody_hears_that_it_is_in(tmp_path: Path) -> None:
    calls = traced(tmp_path, f"file:{tmp_path}/logs")
    start, end = (next(i for i, call in enumerate(calls) if words in call) for words in ("is open", "is in"))
    segment = f"{tmp_path}/logs/{NETWORK}/inbox/{SOURCE}/"
    done = [re.match(r"(\w+)\(\d+<(.*?)>", call) for call in calls[start + 1 : end]]
    named = [(found[1], found[2]) for found in done if found and found[2].startswith(segment)]
    written = [i for i, (call, _) in enumerate(named) if call in {"pwrite64", "write"}]
    assert written
    path = named[written[0]][1]
    assert ("fdatasync", path) in named[written[0] + 1 :]


def traced(folder: Path, root: str) -> list[str]:
    """The system calls that matter of a program that puts a message; each that failed is left out."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    out = folder / "calls.txt"
    what = ["strace", "-f", "-y", "-e", "trace=pwrite64,write,fdatasync,fsync", "-o", str(out)]
    command = [*what, sys.executable, "-m", "tests.faults.one_put", root]
    subprocess.run(command, cwd=ROOT, env=environment(), check=True, capture_output=True)
    lines = [line.partition(" ")[2].strip() for line in out.read_text().splitlines()]
    return [line for line in lines if " = -1 " not in line]
