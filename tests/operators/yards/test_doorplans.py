"""Door plans: better than first come, first served; taken in as far as they hold; a replay makes none."""

import pytest

from operators.chain import Chain, State
from operators.step import Step
from operators.yards.doorplans import CHANGED, CLOSED, KEEPS_PLACE, MAKES_ROOM, NO_VISIT, SOONER
from operators.yards.rules import USUAL
from streams.control import make
from tests.suites.small_yard import SITE, morning, proposal
from tests.suites.story import Event, Story, at, event
from tower import ids


def steps(saved: State) -> list[Step]:
    """The chain up to the step that takes plans of doors in."""
    found = make(saved, ())
    return found[: [step.name for step in found].index("doorplans") + 1]


def begun() -> Story:
    story = Story(steps)
    story.tell(3, *morning())
    return story


def offered() -> tuple[Story, Event]:
    story = begun()
    found = proposal(story, 3)
    assert found is not None
    return story, found


def whys(story: Story) -> dict[str, int]:
    names = {ids.of("visit", name): name for name in "ABC"}
    return {names[int(row["visit"])]: int(row["why"]) for row in story.table("doorplans")}


def reasons(story: Story) -> list[str]:
    last = story.outcomes[-1]
    return [last.names[int(code)] for code in last.rows("rejected")["reason"]]


def test_who_is_due_first_comes_to_a_door_before_those_who_have_time() -> None:
    _, found = offered()
    starts = {one["visit"]: one["start"] for one in found["moves"]}
    assert starts[f"#{ids.of('visit', 'C'):016x}"] == at(3)
    proof = found["certificate"]
    assert proof["bound_cents"] <= proof["cost_cents"] <= proof["before_cents"] - USUAL.better_cents
    assert (proof["before_cents"], proof["visits"], proof["doors"]) == (100 * (90 + 3 + 30 - 60), 3, 2)
    assert proof["wait_min"] < proof["before_wait_min"]
    assert proof["next_door_cents"] <= proof["cost_cents"]
    assert proof["last_door_cents"] > 0


def test_the_same_state_gives_the_same_proposal_under_the_same_id() -> None:
    assert offered()[1] == offered()[1]


def test_where_nobody_would_be_late_nothing_is_proposed() -> None:
    story = Story(steps)
    story.tell(3, *[e for e in morning() if e.get("visit") != "C"])
    assert proposal(story, 3) is None


def test_what_still_holds_is_taken_in_and_the_site_says_what_it_is_worth() -> None:
    story, found = offered()
    said = story.tell(4, found)
    rows = story.table("doorplans")
    assert whys(story)["C"] == SOONER
    assert MAKES_ROOM in whys(story).values()
    assert rows["basis"].tolist() == [1] * len(rows)
    yard = said.rows("yards")[0]
    moved = sum(why < KEEPS_PLACE for why in whys(story).values())
    assert (yard["site"], yard["moves"], yard["dropped"], yard["basis"]) == (SITE, moved, 0, 1)
    assert yard["before_cents"] - yard["cost_cents"] == found["certificate"]["before_cents"] - yard["cost_cents"]


def test_a_visit_that_has_changed_since_and_a_door_that_has_closed_are_listed_with_the_reason() -> None:
    story, found = offered()
    moved = event("visit.rescheduled", 3, visit="C", window_start=at(10), window_end=at(90))
    story.tell(4, moved)
    story.tell(5, found)
    assert whys(story)["C"] == CHANGED
    assert story.table("yards")["dropped"].tolist() == [1]

    story, found = offered()
    story.tell(4, *[event("door.closed", 4, site="EWR", door=door) for door in ("D1", "D2")])
    story.tell(5, found)
    assert set(whys(story).values()) == {CLOSED}


def test_a_visit_that_nobody_knows_any_more_is_listed_too() -> None:
    story, found = offered()
    story.tell(4, {**found, "moves": [{**found["moves"][0], "visit": "#00000000000000aa"}]})
    assert story.table("doorplans")["why"].tolist() == [NO_VISIT]


def test_a_row_goes_once_its_visit_stands_at_a_door() -> None:
    story, found = offered()
    story.tell(4, found)
    said = story.tell(5, event("visit.docked", 5, visit="C", door="D1"))
    assert "C" not in whys(story)
    assert ids.of("visit", "C") in said.rows("gone")["key"].tolist()


def test_a_newer_proposal_takes_the_place_of_an_older_one_and_an_older_one_says_nothing() -> None:
    story, found = offered()
    story.tell(4, found)
    story.tell(5, {**found, "id": "newer", "basis": 2, "moves": found["moves"][:1]})
    assert len(story.table("doorplans")) == 1
    story.tell(6, {**found, "id": "late"})
    assert len(story.table("doorplans")) == 1
    story.tell(7, {**found, "id": "back", "basis": 4, "moves": []})
    assert len(story.table("doorplans")) == 0


@pytest.mark.parametrize("wrong, why", [
    ({"basis": 0}, "basis"), ({"basis": 9}, "basis"), ({"moves": [3]}, "moves"), ({"site": "EWR"}, "site"),
    ({"certificate": None}, "certificate"), ({"moves": [{"visit": "C"}]}, "visit"),
])  # fmt: skip
def test_a_proposal_that_cannot_be_read_is_rejected_with_the_reason(wrong: Event, why: str) -> None:
    story, found = offered()
    story.tell(4, {**found, **wrong})
    assert reasons(story)[0].startswith(why)
    counts = story.ledger()
    assert counts["received"] == counts["accepted"] + counts["rejected"]


def test_a_plan_that_costs_more_than_the_one_in_force_is_refused() -> None:
    story, found = offered()
    worse = {**found["certificate"], "cost_cents": found["certificate"]["before_cents"] + 1}
    story.tell(4, {**found, "certificate": worse})
    assert reasons(story) == ["certificate: the plan costs more than the one in force"]


def test_one_about_something_else_is_nobodys_here() -> None:
    story, found = offered()
    story.tell(4, {**found, "plan": "labour"})
    assert reasons(story) == []
    assert len(story.table("yards")) == 0


def test_a_restart_goes_on_with_the_plans_that_stand() -> None:
    story, found = offered()
    story.tell(4, found)
    last = event("visit.docked", 5, visit="C", door="D1")
    resumed = Chain(steps, story.chain.saved(), story.chain.after)
    straight = story.tell(5, last)
    assert resumed.advance(story.records[-1]).chain == straight.chain
