"""What schedules have found, each as the smallest story that shows it."""

import os
from pathlib import Path

import pytest

from operators.chain import Chain
from streams import control, ingest, names
from streams.advance import Home
from streams.control import make
from streams.entries import records
from streams.states import States
from tests.suites.small_world import deliver, envelopes, legs, run
from tower.errors import Fenced
from tower.logs import urls
from tower.logs.commit import NUMBER
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
