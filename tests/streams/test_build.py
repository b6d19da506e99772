from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import detectors
from detectors.judge import Judge
from operators.chain import State
from operators.step import Step
from streams import control, ingest, names
from streams.advance import Advance, Home, Make
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
    rules = [d for d in detectors.ALL if not d.rule.kind.startswith("leg.")]
    return make(saved, rules)


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


def split_opinions(saved: State) -> list[Step]:
    """The steps of a build that has lost the rule for late legs and sees overdue ones only much later."""
    rules = [d for d in detectors.ALL if d.rule.kind not in {"leg.late", "leg.overdue"}]
    slow = [d._replace(rule=replace(d.rule, up=60, down=60, warning=90, critical=120))
            for d in detectors.ALL if d.rule.kind == "leg.overdue"]  # fmt: skip
    return make(saved, [*rules, *slow])


def eager_opinions(saved: State) -> list[Step]:
    """The steps of a build without the rules that the one before had."""
    rules = [d for d in detectors.ALL if d.rule.kind == "leg.cancelled"]
    return make(saved, rules)


def killed(root: str, folder: Path, steps: Make, upto: int) -> None:
    """Run a build over half a day and leave it as a kill does: with no state behind that record."""
    half(root, 0, 4)
    activate(root, NETWORK, "one")
    half(root, 4, len(SAID) // 2)
    first = Home(root, States(str(folder), newest=1000), steps, "one", every=5)
    run(control.over(first, [NETWORK], ends=True))
    first.states.wait()
    for number in first.states.numbers(NETWORK):
        if number > upto:
            (folder / NETWORK / str(number)).unlink()


def open_on_record(found: list[Record]) -> set[int]:
    last = {int(row["id"]): int(row["status"]) for record in found for row in record.rows("deviations")}
    return {key for key, status in last.items() if status < 2}


@pytest.mark.parametrize("old, new", [(make, split_opinions), (eager_opinions, make), (make, eager_opinions)])
@pytest.mark.parametrize("upto", [0, 12, 20])
def test_after_a_build_that_was_killed_what_is_shown_as_open_is_what_the_next_one_holds(
    tmp_path: Path, old: Make, new: Make, upto: int
) -> None:
    root = memory_root()
    killed(root, tmp_path, old, upto)
    end = len(outcomes(root))
    activate(root, NETWORK, "two")
    half(root, len(SAID) // 2, len(SAID))
    second = Home(root, States(str(tmp_path), newest=1000), new, "two", every=5)
    run(control.over(second, [NETWORK], ends=True))
    second.states.wait()
    assert end > upto + 5
    last = second.states.numbers(NETWORK)[-1]
    judge = next(step for step in new(second.states.load(NETWORK, last)) if isinstance(step, Judge))
    assert open_on_record(outcomes(root)) == set(judge.open_ids().tolist())
    assert open_on_record(outcomes(root)[:end]) | open_on_record(outcomes(root)) != set()


def test_a_build_that_is_killed_right_behind_its_activation_goes_on_from_there(tmp_path: Path) -> None:
    root = memory_root()
    killed(root, tmp_path, make, 12)
    activate(root, NETWORK, "two")
    half(root, len(SAID) // 2, len(SAID))
    for _ in range(2):  # the second time from the state that the first has left at its activation
        second = Home(root, States(str(tmp_path), newest=1000), split_opinions, "two", every=1000)
        run(control.over(second, [NETWORK], ends=True))
        second.states.wait()
        switch = max(record.number for record in log_of(root) if activated(record))
        for number in second.states.numbers(NETWORK):
            if number > switch:
                (tmp_path / NETWORK / str(number)).unlink()
    assert len(outcomes(root)) == len(log_of(root))
