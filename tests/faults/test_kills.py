"""A whole tower under load, killed with -9 again and again: nothing is lost, nothing is twice, and it comes back.

`pytest -s -m full tests/faults/test_kills.py` prints how long each took to go on from where it was.
"""

import math
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.truth import check
from tests.faults.under_load import PROGRAMS, ROOT, VICTIMS, UnderLoad, environment

pytestmark = pytest.mark.xdist_group("kills")


@pytest.fixture
def tower(tmp_path: Path) -> Iterator[UnderLoad]:
    under_load = UnderLoad(tmp_path / "tower")
    try:
        under_load.start()
        yield under_load
    finally:
        under_load.close()


def told(seconds: list[float]) -> str:
    """The recovery figures, for people."""
    p95 = sorted(seconds)[math.ceil(0.95 * len(seconds)) - 1]
    return f"{len(seconds)} kills: recovery p50 {statistics.median(seconds):.1f} s, p95 {p95:.1f} s"


@pytest.mark.full
@pytest.mark.timeout(400)
def test_each_process_killed_once_under_load_changes_nothing(tower: UnderLoad) -> None:
    draw, took = random.Random(7), []
    for victim in draw.sample(VICTIMS, len(VICTIMS)):
        time.sleep(draw.uniform(0.1, 0.8))
        took.append(tower.kill(victim))
        print(f"{victim:<12} back after {took[-1]:.1f} s")
    tower.drain()
    assert check(tower.here) > 100
    print(told(took))


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_forty_kills_at_any_moment_change_nothing(tower: UnderLoad) -> None:
    draw, took = random.Random(8), []
    for victim in [*VICTIMS * 4, *draw.choices(VICTIMS, k=8)]:
        time.sleep(draw.uniform(0.0, 2.0))
        took.append(tower.kill(victim, 120))
        print(f"{victim:<12} back after {took[-1]:.1f} s")
    tower.drain()
    assert check(tower.here) > 1000
    print(told(took))


@pytest.mark.long
@pytest.mark.timeout(900)
def test_processes_that_stand_still_for_a_while_change_nothing(tower: UnderLoad) -> None:
    draw = random.Random(9)
    for name in PROGRAMS:
        for seconds in (0.1, draw.uniform(0.1, 3), 10.0):
            tower.pause(name, seconds)
    tower.drain()
    assert check(tower.here) > 1000


@pytest.mark.long
@pytest.mark.timeout(600)
def test_history_away_for_two_minutes_is_made_up_for(tower: UnderLoad) -> None:
    shown = tower.progress["views"].most()
    tower.keep_away("clickhouse", 120)
    assert tower.progress["views"].most() > shown + 100
    tower.drain()
    assert check(tower.here) > 1000


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("flow", ["ingest", "control"])
def test_a_second_writer_of_a_log_is_refused_by_name_and_the_first_goes_on(tower: UnderLoad, flow: str) -> None:
    first = tower.pid(flow)
    second = started(tower, flow, 60)
    assert re.search(rf"^Error: .* is written by .*pid {first}\nTry: ", second, re.MULTILINE), second
    assert tower.pid(flow) == first
    tower.drain()
    assert check(tower.here) > 100


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("flow", ["views", "record"])
def test_a_second_sink_of_a_kind_changes_nothing(tower: UnderLoad, flow: str) -> None:
    started(tower, flow, 15)
    tower.drain()
    assert check(tower.here) > 100


def started(tower: UnderLoad, flow: str, seconds: float) -> str:
    """What a second process of a flow says, in so many seconds at most."""
    command = [sys.executable, "-m", "api.worker", flow]
    env = {**environment(), **tower.here.environment()}
    second = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True)
    try:
        return second.communicate(timeout=seconds)[1]
    except subprocess.TimeoutExpired:
        second.kill()
        return second.communicate()[1]
