from pathlib import Path

import numpy as np
import pytest

import detectors
from detectors.judge import Judge
from operators.chain import State
from operators.step import Step
from streams import control, ingest, names
from streams.advance import Advance, Home
from streams.build import activate, activated, id_of
from streams.control import make
from streams.entries import records
from streams.states import States
from tests.suites.small_world import deliver, envelopes, legs, memory_root, run
from tower import ids
from tower.logs import urls
from tower.record import Record

NETWORK = "east"
SAID = envelopes(legs(40), together=5)


def next_build(saved: State) -> list[Step]:
    """The steps of a build that has no rule for late legs any more."""
    steps = make(saved)
    tables = {name: table for step in steps[:-1] for name, table in step.tables.items()}
    rules = [d for d in detectors.ALL if not d.rule.kind.startswith("leg.")]
    return [*steps[:-1], Judge(saved.get("judge"), rules, tables)]


def half(root: str, start: int, stop: int) -> None:
    deliver(root, NETWORK, SAID[start:stop])
    run(ingest.over(root, [NETWORK], ends=True, most=7))


def home(root: str, folder: Path, build: str) -> Home:
    steps = make if build == "one" else next_build
    return Home(root, States(str(folder), newest=1), steps, build, every=10)


def outcomes(root: str) -> list[Record]:
    return list(records(urls.reader(names.outcomes(root, NETWORK))))


def log_of(root: str) -> list[Record]:
    return list(records(urls.reader(names.log(root, NETWORK))))


@pytest.fixture
def changed(tmp_path: Path) -> tuple[str, Path]:
    """A network that ran half a day on build one and then went over to build two."""
    root = memory_root()
    half(root, 0, 4)
    activate(root, NETWORK, "one")
    half(root, 4, len(SAID) // 2)
    first = home(root, tmp_path, "one")
    run(control.over(first, [NETWORK], ends=True))
    first.states.wait()
    activate(root, NETWORK, "two")
    half(root, len(SAID) // 2, len(SAID))
    second = home(root, tmp_path, "two")
    run(control.over(second, [NETWORK], ends=True))
    second.states.wait()
    return root, tmp_path


def test_outcomes_say_which_build_the_network_was_on(changed: tuple[str, Path]) -> None:
    found = outcomes(changed[0])
    builds = [record.build for record in found]
    first, second = (record.number for record in log_of(changed[0]) if activated(record))
    assert builds == [0] * (first - 1) + [id_of("one")] * (second - first) + [id_of("two")] * (len(found) - second + 1)


def test_a_state_is_kept_where_a_build_was_activated(changed: tuple[str, Path]) -> None:
    root, folder = changed
    switch = [record.number for record in log_of(root) if activated(record)]
    states = States(str(folder))
    assert set(switch) <= set(states.numbers(NETWORK))
    assert all(states.head(NETWORK, number)["kept"] for number in switch)


def test_control_that_ends_leaves_a_state_for_the_next_build(changed: tuple[str, Path]) -> None:
    root, folder = changed
    assert len(log_of(root)) in States(str(folder)).numbers(NETWORK)


def test_a_new_build_closes_what_no_rule_owns_and_says_all_anew(changed: tuple[str, Path]) -> None:
    root = changed[0]
    switch = next(record.number for record in log_of(root) if activated(record) == id_of("two"))
    before, at = outcomes(root)[: switch - 1], outcomes(root)[switch - 1]
    said = np.concatenate([record.rows("deviations") for record in before])
    still_open = {int(d["id"]) for d in said if d["status"] < 2} - {int(d["id"]) for d in said if d["status"] >= 2}
    kinds = {ids.of("deviation", d.rule.kind) for d in detectors.ALL if d.rule.kind.startswith("leg.")}
    orphans = {int(d["id"]) for d in said if int(d["id"]) in still_open and int(d["kind"]) in kinds}
    closed = at.rows("deviations")[at.rows("deviations")["status"] == 3]
    assert set(closed["id"].tolist()) == orphans != set()
    assert set(at.rows("legs")["key"].tolist()) >= {int(k) for r in before for k in r.rows("legs")["key"]}


def test_a_network_of_two_builds_recovers_from_the_state_at_the_change(changed: tuple[str, Path]) -> None:
    root, folder = changed
    switch = next(record.number for record in log_of(root) if activated(record) == id_of("two"))
    advance = Advance(home(root, folder, "two"), NETWORK, switch)
    again = [advance(record).encode() for record in log_of(root)[switch:]]
    assert again == [record.encode() for record in outcomes(root)[switch:]]
