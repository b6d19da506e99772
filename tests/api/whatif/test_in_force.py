"""The policy that was in force at a record, from a state or from the beginning, and what is played by it."""

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from api.whatif.in_force import in_force
from api.whatif.words import Words, day_of
from simulators.scenarios.blizzard import SCENARIO
from simulators.scenarios.obeying import Errand, Seating, Task
from simulators.scenarios.week import week
from simulators.whatif.branch import orders
from simulators.world.rows import DOCK, LIFT, PUT
from streams import names
from streams.control import make
from streams.states import Place, States
from tests.suites.story import Event, Story, event
from tower.errors import UsageError
from tower.ids import of, pairs
from tower.logs import urls
from tower.record import entry

FORK = {"of": "blizzard", "moment": SCENARIO.start_ms, "from": "2013-02-06T05:00:00.000Z"}


def policy(version: int, fee: int) -> Event:
    return event("policy.set", version, policy="p", version=version, document={"prices": {"late_fee_cents": [fee] * 3}})


@pytest.fixture
def root(tmp_path: Path) -> str:
    """A log of five records, each of which but the last sets a policy; what the third says is unfit. A state at two."""
    story, found, states = Story(make), f"file:{tmp_path}/logs", States(str(tmp_path / "states"))
    for number, said in enumerate([policy(1, 100), policy(2, 200), policy(1, 300), policy(4, 400)], 1):
        story.tell(number, said)
        if number == 2:
            states.save("n", Place("", 2, story.records[-1].now), story.chain.saved())
    story.tell(9, event("network.declared", 9, network="n", plan={"work_a_minute": 600}))
    states.wait()
    with closing(urls.writer(names.log(found, "n"))) as log:
        for record in story.records:
            log.append(record.number, [entry(record.encode())])
    return found


def test_the_policy_in_force_is_that_of_the_highest_version_by_then(root: str, tmp_path: Path) -> None:
    states = str(tmp_path / "states")
    fees = [in_force(root, states, "n", position)["late_fee_cents"][0] for position in range(1, 6)]
    assert fees == [100, 200, 200, 400, 400]
    assert fees == [in_force(root, str(tmp_path), "n", n)["late_fee_cents"][0] for n in range(1, 6)], "without a state"
    assert in_force(root, states, "n", 5)["plan_work_a_minute"] == 600


def test_a_log_that_does_not_say_any_more_is_refused(
    root: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tower.logs.files_reader.FileReader.first", lambda _: 3)
    assert in_force(root, str(tmp_path / "states"), "n", 4)["late_fee_cents"][0] == 400
    with pytest.raises(UsageError, match="too little is kept"):
        in_force(root, str(tmp_path), "n", 4)


def test_a_variant_is_priced_by_what_was_in_force_unless_it_names_another_policy() -> None:
    day, said = day_of(FORK, ""), {"late_fee_cents": [7, 6, 5]}
    assert Words().variant("blizzard", day, said).policy.prices.fee_cents.tolist() == [7, 6, 5]
    assert Words(policy="doubled").variant("blizzard", day, said).policy.prices.fee_cents.tolist() == [5000, 2400, 1600]


def test_as_run_goes_on_as_it_was_and_another_plan_decides_itself() -> None:
    assert [Words().goes_on, Words(plan="joint").goes_on] == [True, False]
    assert [Words(after="clerk").goes_on, Words(plan="joint", after="as_was").goes_on] == [False, True]


def test_the_day_is_the_storms_or_the_forks_own_where_that_is_later() -> None:
    later = {**FORK, "moment": SCENARIO.start_ms + 4 * 86_400_000}
    assert [day_of(FORK, "").name, day_of(later, "").name] == ["2013-02-08", "2013-02-10"]
    assert day_of(later, "2013-02-07").counted[0] == SCENARIO.start_ms


def test_what_people_did_is_done_again_and_what_the_week_does_not_have_is_left_out() -> None:
    facts = week(SCENARIO.seed)
    order, line, leg = facts.lines.order[0], facts.lines.line[0], facts.legs.names[3]
    named = (np.array([of(kind, text)], "u8") for kind, text in (("order", order), ("line", line)))
    key = f"#{int(pairs(*named)[0]):016x}"
    hub = facts.legs.origin[3]
    tasks: list[Task] = [
        Errand(key, order, line, leg, was_on_leg=True), Errand("#" + "0" * 16, "", "", leg, was_on_leg=False),
        Seating("", f"{leg}-load", f"{hub}-02", 77), Seating("", f"{leg}-load", "XXX-02", 77),
        Seating("", "none-load", f"{hub}-02", 77),
    ]  # fmt: skip
    assert orders(facts, tasks, 5).tolist() == [[5, DOCK, 12, 1, 77], [5, LIFT, 0, 0, 0], [5, PUT, 0, 3, 1]]
    assert orders(facts, [], 5).shape == (0, 5)
