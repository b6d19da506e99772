"""What schedules have found, each as the smallest story that shows it."""

import os
from contextlib import suppress
from pathlib import Path

import orjson
import pytest

from operators.chain import Chain
from streams import control, ingest, names, poison, skips
from streams.adapters import decode_all
from streams.advance import Home
from streams.control import make
from streams.cutter import cut, run_of
from streams.entries import records
from streams.mend import mend
from streams.states import States
from tests.schedules.control import build_one, trial
from tests.schedules.day import POISON
from tests.suites.faulty_disk import Crash, FaultyDisk
from tests.suites.small_world import deliver, envelopes, legs, run
from tests.suites.story import Story, at, event
from tower.envelope import Envelope
from tower.errors import Fenced
from tower.logs import urls
from tower.logs.commit import NUMBER
from tower.logs.files import FileWriter
from tower.logs.segment import segment_path
from tower.record import Record

NETWORK = "east"
SAID = envelopes(legs(20), together=5)


def log_of(root: str) -> list[Record]:
    return list(records(urls.reader(names.log(root, NETWORK))))


def inboxes_of(found: list[Record]) -> list[tuple[int, int, int]]:
    """Where each event in the log comes from."""
    return [(int(h["source"]), int(h["inbox"]), int(h["row"])) for record in found for h in record.rows("event")]


def show(folder: str, number: int) -> None:
    """What a writer leaves that ends after its sync and before it has shown what it wrote."""
    fd = os.open(f"{folder}/writer", os.O_WRONLY)
    os.pwrite(fd, NUMBER.pack(number), 0)
    os.close(fd)


def test_ingest_that_began_before_the_end_of_the_log_stops_and_then_loses_nothing(tmp_path: Path) -> None:
    root = f"file:{tmp_path}"
    deliver(root, NETWORK, SAID[:6], driven=False)
    run(ingest.over(root, [NETWORK], ends=True, most=7))
    show(f"{tmp_path}/{NETWORK}/log", len(log_of(root)) - 1)
    deliver(root, NETWORK, SAID[6:], driven=False)
    with pytest.raises(Fenced, match="LOG holds another record"):
        run(ingest.over(root, [NETWORK], ends=True, most=4))
    run(ingest.over(root, [NETWORK], ends=True, most=4))
    told = inboxes_of(log_of(root))
    assert len(told) == len(set(told)) == len(legs(20))


def test_what_was_rejected_before_any_event_is_told_once_though_the_record_before_is_full() -> None:
    full = decode_all([(1, SAID[0])], NETWORK)
    mixed = decode_all([(1, Envelope("dock", 0, "", b"{")), (2, SAID[1])], NETWORK)
    runs = [run_of(1, [1], full), run_of(2, [1, 2], mixed)]
    parts = [part for record in cut(runs, len(full)) for part in record]
    assert sum(part.batch.rows("rejected").size for part in parts) == mixed.rows("rejected").size == 1
    assert sum(len(part.batch) for part in parts) == len(full) + len(mixed)


def test_control_starts_although_a_power_cut_tore_outcomes(tmp_path: Path) -> None:
    root = f"file:{tmp_path}"
    deliver(root, NETWORK, SAID)
    run(ingest.over(root, [NETWORK], ends=True, most=7))
    home = Home(root, States(f"{tmp_path}/states"), make)
    run(control.over(home, [NETWORK], ends=True))
    path = segment_path(f"{tmp_path}/{NETWORK}/outcomes", 1)
    os.truncate(path, os.path.getsize(path) - 1000)
    run(control.over(home, [NETWORK], ends=True))
    chain = Chain(make)
    told = records(urls.reader(names.outcomes(root, NETWORK)))
    assert [record.encode() for record in told] == [chain.advance(record).encode() for record in log_of(root)]


@pytest.mark.parametrize("call", range(30))
def test_what_is_answered_after_a_process_ended_anywhere_survives_a_power_cut_later(tmp_path: Path, call: int) -> None:
    disk = FaultyDisk(call)
    writer = FileWriter(str(tmp_path), segment_bytes=64, disk=disk)
    writer.append(1, [b"a" * 50])
    disk.crash_at = len(disk.calls) + 1 + call
    with suppress(Crash):
        for number in range(2, 30):
            writer.append(number, [b"b" * 50])
    writer.close()
    disk.crash_at = 0
    writer = FileWriter(str(tmp_path), segment_bytes=64, disk=disk)
    number, data = writer.last()[0] + 1, b"c" * 50
    writer.append(number, [data])
    disk.crash()
    assert FileWriter(str(tmp_path)).last() == (number, data)


def test_mended_logs_show_all_that_is_kept_though_nobody_writes_them_again(tmp_path: Path) -> None:
    root = f"file:{tmp_path}"
    deliver(root, NETWORK, SAID, driven=False)
    sources = names.sources(root, NETWORK)
    held = {source: urls.reader(names.inbox(root, NETWORK, source)).last() for source in sources}
    for source in sources:
        show(f"{tmp_path}/{NETWORK}/inbox/{source}", 0)
    writing = urls.writer(names.log(root, NETWORK))
    mend(root)
    writing.close()
    assert {source: urls.reader(names.inbox(root, NETWORK, source)).last() for source in sources} == held


def test_a_second_event_of_a_record_that_ends_control_is_found_as_the_row_that_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, legs_said = f"file:{tmp_path}", ("L1", POISON, "L2", POISON)
    said = [event("leg.departed", i, id=f"e{i}", leg=name, network=NETWORK) for i, name in enumerate(legs_said)]
    deliver(root, NETWORK, [Envelope("dock", at(9), "application/json", orjson.dumps(said))], driven=False)
    run(ingest.over(root, [NETWORK], ends=True))
    monkeypatch.setattr(poison, "trial", lambda chain, ahead, seconds: trial(build_one, chain, ahead))
    home, found = Home(root, States(f"{tmp_path}/states"), build_one), []
    while skip := poison.search(home, NETWORK):
        skips.add(urls.writer(names.skips(root, NETWORK)), skip)
        found.append((skip.number, skip.event))
    assert found == [(1, 1), (1, 3)]


def test_a_visit_is_published_as_it_is_counted() -> None:
    story = Story()
    story.tell(0, event("visit.booked", 0, visit="V1", site="A", window_start=at(0), window_end=at(60)))
    story.tell(1, event("visit.docked", 1, visit="V1", door="1"))
    assert story.outcomes[-1].rows("visits").tobytes() == story.table("visits").tobytes()
