"""On Kafka the tower says what it says on files, byte for byte."""

from contextlib import closing
from functools import cache
from pathlib import Path

import pytest

from operators.chain import Chain
from streams import control, ingest, names
from streams.advance import Home
from streams.control import make
from streams.copy import copy
from streams.entries import records
from streams.replay import append
from streams.states import States
from tests.determinism import worker
from tests.determinism.evening import Played, deliver, encoded, facts, straight
from tests.determinism.worker import Worker
from tests.kafka_broker.broker import Broker
from tests.suites.small_world import memory_root, run
from tower.logs import urls
from tower.logs.kafka import create_topics

pytest_plugins = ["tests.kafka_broker.fixtures"]
pytestmark = [pytest.mark.full, pytest.mark.xdist_group("kafka"), pytest.mark.timeout(300, func_only=True)]


@pytest.fixture
def root(kafka: Broker) -> str:
    return f"kafka://{kafka.bootstrap}"


@cache
def long_evening() -> Played:
    """The evening with a tick each second: long enough to be killed in."""
    return Played(tick_s=1)


@cache
def taken_in() -> str:
    """A root in memory where ingest has made LOG of the evening's inboxes."""
    memory = memory_root()
    deliver(memory, "evening")
    run(ingest.over(memory, ["evening"], ends=True))
    return memory


def copied(root: str, network: str, played: Played) -> None:
    """Put the LOG of a replay on Kafka, entry by entry, out of another log."""
    held = memory_root()
    append(urls.writer(names.log(held, network)), played.held.log)
    names.prepare(root, network)
    with closing(urls.writer(names.log(root, network))) as target:
        copy(urls.reader(names.log(held, network)), target)


def test_outcomes_of_a_log_copied_to_kafka_are_those_of_the_log(root: str, tmp_path: Path) -> None:
    copied(root, "copied", straight())
    run(control.over(Home(root, States(str(tmp_path)), make), ["copied"], ends=True))
    assert worker.outcomes(root, "copied") == encoded(straight().held.outcomes)


def test_ingest_makes_the_same_log_of_inboxes_on_kafka(root: str) -> None:
    deliver(root, "evening")
    run(ingest.over(root, ["evening"], ends=True))
    assert worker.log(root, "evening") == worker.log(taken_in(), "evening")


def test_control_killed_twice_goes_on_where_its_outcomes_end(root: str, tmp_path: Path) -> None:
    copied(root, "killed", long_evening())
    told, url = encoded(long_evening().held.outcomes), names.outcomes(root, "killed")
    stopped = 0
    for number in (1_500, 5_000):
        with Worker("control", root, "killed", tmp_path) as control_flow:
            control_flow.reach(url, number)
        stopped = worker.last_of(url)
        assert number <= stopped < len(told)
    with Worker("control", root, "killed", tmp_path) as control_flow:
        control_flow.reach(url, len(told))
    assert worker.outcomes(root, "killed") == told
    assert any((tmp_path / "states" / "killed").iterdir())


def test_both_flows_run_by_their_environment_and_may_start_before_anything_is_said(root: str, tmp_path: Path) -> None:
    chain = Chain(make)
    told = [chain.advance(record).encode() for record in records(urls.reader(names.log(taken_in(), "evening")))]
    with Worker("control", root, "told", tmp_path) as control_flow, Worker("ingest", root, "told", tmp_path) as ingests:
        control_flow.until(lambda: "told" in names.networks(root))
        deliver(root, "told")
        ingests.reach(names.log(root, "told"), len(told))
        control_flow.reach(names.outcomes(root, "told"), len(told))
    assert worker.outcomes(root, "told") == told
    assert facts(chain) == straight().facts()


def test_topics_of_another_kind_are_no_networks(root: str) -> None:
    names.prepare(root, "alone", "carrier")
    create_topics(root.removeprefix("kafka://"), ["tower.in.supply", "tower.actions", "elsewhere.yonder.log"], 1)
    assert "alone" in names.networks(root)
    assert {"in", "actions", "yonder"} & set(names.networks(root)) == set()
    assert names.sources(root, "alone") == ["carrier"]
