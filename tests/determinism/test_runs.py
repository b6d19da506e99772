import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from operators.chain import state_hash
from streams import control, names
from streams.advance import Advance, Home
from streams.control import make
from streams.entries import records
from streams.replay import Keep, append
from streams.states import States
from streams.tally import ledger, unbalanced
from tests.determinism.evening import NETWORK, Played, encoded, straight
from tests.determinism.timeline import timelines
from tests.suites import same_facts
from tests.suites.small_world import memory_root, run
from tower.logs import urls


def test_the_ledger_balances_for_every_source() -> None:
    counts = ledger([straight().replay])
    assert unbalanced(counts) == []
    assert sum(row["received"] for row in counts) == straight().replay.tally.events > 20_000


def test_the_evening_has_something_to_disagree_about() -> None:
    lines = timelines(straight().held.outcomes)
    assert len(lines) > 5_000
    assert len({kind for kind, _ in lines}) > 5


def test_three_runs_give_the_same_hashes() -> None:
    said = [Played().hashes()]
    for seed in ("1", "2"):
        fresh = [sys.executable, "-m", "tests.determinism.evening"]
        out = subprocess.run(fresh, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed}).stdout
        said.append(json.loads(out))
    assert said == [straight().hashes()] * 3


@pytest.mark.parametrize("most", [1, 100])
def test_facts_and_what_stands_open_do_not_depend_on_the_size_of_records(most: int) -> None:
    other = Played(most)
    assert len(other.held.log) > len(straight().held.log)
    assert other.facts() == straight().facts()
    assert timelines(other.held.outcomes) == timelines(straight().held.outcomes)
    assert same_facts.kpis(other.chain) == same_facts.kpis(straight().chain)
    assert same_facts.ledger(other.chain) == same_facts.ledger(straight().chain)


@pytest.mark.parametrize("tick_s", [1, 600])
def test_facts_and_deviations_do_not_depend_on_how_often_the_log_ticks(tick_s: int) -> None:
    other = Played(tick_s=tick_s)
    assert len(other.held.log) != len(straight().held.log)
    assert other.facts() == straight().facts()
    assert same_facts.deviations(other.held.outcomes) == same_facts.deviations(straight().held.outcomes)
    assert same_facts.kpis(other.chain) == same_facts.kpis(straight().chain)
    assert same_facts.ledger(other.chain) == same_facts.ledger(straight().chain)


def with_log(*networks: str) -> str:
    """A root that has the evening's LOG for each of these networks."""
    root = memory_root()
    for network in networks:
        append(urls.writer(names.log(root, network)), straight().held.log)
    return root


def said_by(root: str, network: str) -> list[bytes]:
    """OUTCOMES, less hop stamps."""
    return encoded(records(urls.reader(names.outcomes(root, network))))


def test_going_on_from_a_state_in_the_middle_ends_where_a_straight_run_does(tmp_path: Path) -> None:
    root = with_log(NETWORK)
    home = Home(root, States(str(tmp_path)), make, every=400)
    first = Advance(home, NETWORK, 0)
    for record in straight().held.log[:600]:
        first(record)
    home.states.wait()
    number = home.states.numbers(NETWORK)[-1]
    second = Advance(home, NETWORK, number)
    outcomes = [second(record) for record in records(urls.reader(names.log(root, NETWORK)), number)]
    assert 0 < number < len(straight().held.log)
    assert encoded(outcomes) == encoded(straight().held.outcomes[number:])
    saved = second.chain.saved()
    assert state_hash({NETWORK: saved}) == straight().hashes()["state"]


@pytest.mark.parametrize("workers", [1, 2])
def test_two_networks_say_the_same_on_one_and_on_two_workers(tmp_path: Path, workers: int) -> None:
    root = with_log("east", "west")
    run(control.over(Home(root, States(str(tmp_path)), make), ["east", "west"], ends=True), workers)
    told = encoded(straight().held.outcomes)
    assert said_by(root, "east") == told
    assert said_by(root, "west") == told


def test_a_replay_of_what_was_kept_says_the_same(tmp_path: Path) -> None:
    root = f"file:{tmp_path}"
    keep = Keep(root, NETWORK)
    Played(keep=keep)
    keep.close()
    assert encoded(records(urls.reader(names.log(root, NETWORK)))) == encoded(straight().held.log)
    assert said_by(root, NETWORK) == encoded(straight().held.outcomes)
