"""The plan flow: proposes through the log, once, whatever is killed; what it says is taken in like anything else."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import orjson
import pytest

from streams import control, ingest, names, plan
from streams.advance import Home
from streams.control import make
from streams.entries import entries, records
from streams.inbox import InboxWriter, tick
from streams.planner import SOURCE, Planner
from streams.states import States
from tests.suites.small_world import memory_root, run
from tests.suites.small_yard import morning, visit
from tests.suites.story import Event, at
from tower import clock
from tower.envelope import Envelope
from tower.fields import FOREVER
from tower.logs import urls
from tower.record import Record

ROOT = Path(__file__).parents[2]
NETWORK = "n"


def told(root: str, moments: Sequence[tuple[float, list[Event]]]) -> None:
    """Messages of one source at these minutes, and that time has passed."""
    door, driver = InboxWriter(root, NETWORK, "yard"), InboxWriter(root, NETWORK, names.CLOCK)
    for minute, events in moments:
        said = [{"id": f"{minute}/{n}", **one} for n, one in enumerate(events)]
        door.put(Envelope("yard", at(minute), "application/json", orjson.dumps(said)))
        tick(driver, at(minute) + clock.SECOND)
    door.close()
    driver.close()


def through(root: str, states: States) -> list[Record]:
    """Ingest and control to their end; the outcomes."""
    run(ingest.over(root, [NETWORK], ends=True))
    run(control.over(Home(root, states, lambda saved: make(saved, ())), [NETWORK], ends=True))
    return list(records(urls.reader(names.outcomes(root, NETWORK))))


def proposals(root: str) -> list[Event]:
    """What was proposed, in order."""
    if SOURCE not in names.sources(root, NETWORK):
        return []
    return [one for _, data in entries(urls.reader(names.inbox(root, NETWORK, SOURCE)))
            for one in orjson.loads(Envelope.decode(bytes(data)).data)]  # fmt: skip


class Stopped(Exception):
    """The process is gone."""


class Stopping(Planner):
    """Ends after so many records, in the middle of whatever it does."""

    left = FOREVER

    def take(self, found: Sequence[Record]) -> None:
        for record in found:
            super().take([record])
            self.left -= 1
            if self.left == 0:
                self.close()
                raise Stopped


def planned(root: str, states: States, each: int = 0) -> None:
    """The flow to its end; with `each` it ends and starts again after so many records more each time."""
    left = each or FOREVER
    while True:
        made: list[Stopping] = []

        def one(network: str, left: int = left, made: list[Stopping] = made) -> Stopping:
            made.append(Stopping(root, network, states, FOREVER))
            made[0].left = left
            return made[0]

        try:
            run(plan.over(root, [NETWORK], one, ends=True))
        except Stopped:
            left += each
            continue
        made[0].close()
        return


def day() -> list[tuple[float, list[Event]]]:
    """A morning with trouble, and some more of it half an hour later."""
    later = [*visit("D", 40, 400, 90), *visit("E", 41, 400, 90), *visit("F", 42, 110)]
    return [(3, morning()), (6, []), (11, []), (43, later), (46, []), (51, []), (56, [])]


def recorded(states: Path, root: str = "") -> str:
    root = root or memory_root()
    told(root, day())
    through(root, States(str(states)))
    return root


def test_what_is_proposed_comes_back_through_the_log_as_rows(tmp_path: Path) -> None:
    states = States(str(tmp_path))
    root = recorded(tmp_path)
    planned(root, states)
    told(root, [(57, [])])
    outcomes = through(root, states)
    rows = [row for outcome in outcomes for row in outcome.rows("doorplans")]
    assert rows
    newest = max(one["basis"] for one in proposals(root))
    assert {int(row["basis"]) for row in rows} == {newest}, "older ones that come with it say nothing"
    assert sum(outcome.rows("rejected").size for outcome in outcomes) == 0


@pytest.mark.parametrize("each", [1, 3])
def test_however_often_it_ends_and_starts_again_it_proposes_the_same_once(tmp_path: Path, each: int) -> None:
    once, often = recorded(tmp_path / "once"), recorded(tmp_path / "often")
    planned(once, States(str(tmp_path / "none")))
    planned(often, States(str(tmp_path / "often")), each)
    assert proposals(often) == proposals(once)
    assert len({one["id"] for one in proposals(once)}) == len(proposals(once)) >= 2


def test_what_was_proposed_once_is_not_proposed_again_while_it_stands(tmp_path: Path) -> None:
    states = States(str(tmp_path))
    root = recorded(tmp_path)
    planned(root, states)
    told(root, [(57, []), (61, [])])
    through(root, states)
    before = len(proposals(root))
    planned(root, states)
    assert len(proposals(root)) == before


def started(folder: Path) -> subprocess.Popen[bytes]:
    env = {"PATH": "/usr/bin:/bin", "TOWER_DATA": str(folder), "TOWER_NETWORKS": NETWORK, "PYTHONPATH": str(ROOT),
           **{name: value for name, value in os.environ.items() if name.startswith("NUMBA")}}  # fmt: skip
    return subprocess.Popen([sys.executable, "-m", "api.worker", "plan"], env=env, cwd=ROOT,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip


@pytest.mark.full
def test_killed_after_each_word_it_proposes_the_same_once(tmp_path: Path) -> None:
    """A real process, killed with SIGKILL as soon as it has said something more, while outcomes come in."""
    here, apart = f"file:{tmp_path}/logs", memory_root()
    states = States(str(tmp_path / "states"))
    for minute, events in day():
        for root in (here, apart):
            told(root, [(minute, events)])
            through(root, states if root is here else States(str(tmp_path / "apart")))
        before = len(proposals(apart))
        planned(apart, States(str(tmp_path / "none")))
        if len(proposals(apart)) == before:
            continue
        process, until = started(tmp_path), clock.steady_s() + 60
        while len(proposals(here)) < len(proposals(apart)) and clock.steady_s() < until:
            clock.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert proposals(here) == proposals(apart)
    assert len({one["id"] for one in proposals(here)}) == len(proposals(here)) >= 2
