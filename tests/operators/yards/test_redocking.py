"""Redocking: a plan of doors is an option of the incident at its docks; approved, it is sent, done or taken back."""

from typing import Any

import numpy as np
import pytest

from operators import deciding
from operators.yards.rules import USUAL
from tests.suites.small_yard import morning, proposal
from tests.suites.story import Event, Story, at, event
from tower import ids
from tower.outcomes import ACTION_TYPES, ADVISE, OPTIONS

ASKED, DONE, FAILED, VOID = range(4)


def jam(*before: Event) -> Story:
    """The morning, while a visit stands at a door for much longer than was booked: an incident at the docks."""
    story = Story()
    if before:
        story.tell(-300, *before)
    stuck = event("visit.booked", -200, visit="X", site="EWR", window_start=at(-100), window_end=at(-10), work_min=30)
    there = [event("visit.arrived", -95, visit="X"), event("visit.docked", -90, visit="X", door="D1")]
    story.tell(0, stuck, *there)
    story.tell(3, *morning())
    found = proposal(story, 3)
    assert found is not None
    story.tell(4, found)
    return story


@pytest.fixture
def story() -> Story:
    return jam()


def newest(story: Story) -> np.void:
    return max(story.table("decisions"), key=lambda row: int(row["nth"]))


def options(story: Story) -> dict[str, Any]:
    rows = story.table("options")
    return {OPTIONS[row["kind"]]: row for row in rows[rows["keep_until"] < 0]}


def approve(story: Story, now: float) -> Any:
    decision = newest(story)
    story.tell(now, event("decision.approved", now, decision=f"#{int(decision['key']):016x}", by="ann"))
    return newest(story)


def asked(story: Story, action: int) -> dict[str, np.void]:
    names = {ids.of("visit", name): name for name in "ABCX"}
    rows = story.table("action_moves")
    return {names[int(row["visit"])]: row for row in rows[rows["action"] == np.uint64(action)]}


def answer(now: float, word: str, action: int, **more: Any) -> Event:
    return event(f"action.{word}", now, action=f"#{action:016x}", **more)


def test_a_plan_of_doors_is_an_option_beside_leaving_it_and_is_proposed(story: Story) -> None:
    found = options(story)
    assert set(found) == {"redock", "nothing"}
    option, yard = found["redock"], story.table("yards")[0]
    assert option["net_cents"] == yard["before_cents"] - yard["cost_cents"] > 0
    assert option["net_p10_cents"] <= option["net_p90_cents"]
    assert 0.5 < option["confidence"] <= 1
    assert option["rank"] < found["nothing"]["rank"]
    decision = newest(story)
    assert (decision["option"], decision["state"]) == (option["key"], deciding.PROPOSED)
    assert ACTION_TYPES[decision["type"]] == "redock"
    assert decision["moves"] == len(story.table("doorplans"))


def test_nobody_is_sent_to_a_door_before_who_lingers_there_can_be_gone(story: Story) -> None:
    rows = story.table("doorplans")
    at_taken = rows[rows["door"] == np.uint64(ids.of("door", "D1"))]
    assert at_taken.size
    assert (at_taken["start"] >= at(3 + USUAL.lingers_min)).all()


def test_approved_it_is_sent_visit_by_visit_and_executed_when_the_yard_says_so(story: Story) -> None:
    decision = approve(story, 5)
    assert decision["state"] == deciding.ACTING
    action = int(decision["action"])
    moves = asked(story, action)
    plan = {int(row["visit"]): row for row in story.table("doorplans")}
    for row in moves.values():
        mine = plan[int(row["visit"])]
        assert (row["to_door"], row["to_start"], row["state"]) == (mine["door"], mine["start"], ASKED)
    failed = [{"key": f"#{ids.of('visit', 'B'):016x}", "reason": "visit: at a door"}]
    story.tell(6, answer(6, "executed", action, failed=failed))
    assert newest(story)["state"] == deciding.EXECUTED
    assert {name: int(row["state"]) for name, row in asked(story, action).items()}["B"] == FAILED


def test_who_is_at_a_door_by_then_is_not_asked_and_a_closed_door_is_no_place(story: Story) -> None:
    story.tell(5, event("visit.docked", 5, visit="C", door="D2"))
    moves = asked(story, int(approve(story, 6)["action"]))
    assert moves["C"]["state"] == VOID
    assert {int(row["state"]) for name, row in moves.items() if name != "C"} == {ASKED}


def test_it_is_taken_back_by_sending_each_visit_where_it_came_from(story: Story) -> None:
    action = int(approve(story, 5)["action"])
    story.tell(6, answer(6, "executed", action))
    decision = newest(story)
    story.tell(7, event("decision.rolled_back", 7, decision=f"#{int(decision['key']):016x}", by="ann"))
    back = asked(story, int(newest(story)["action"]))
    there = asked(story, action)
    assert newest(story)["state"] == deciding.UNDOING
    assert {name: int(row["to_start"]) for name, row in back.items()} == {
        name: int(row["from_start"]) for name, row in there.items()}  # fmt: skip


def test_a_plan_of_doors_is_not_adjusted(story: Story) -> None:
    moves = [{"order": "O1", "line": "1", "leg": "L1"}]
    said = story.tell(5, event("decision.adjusted", 5, decision=f"#{int(newest(story)['key']):016x}", by="ann",
                               moves=moves))  # fmt: skip
    assert [said.names[int(code)] for code in said.rows("rejected")["reason"]] == [
        "moves: a plan of doors stands or falls as a whole: reject it instead"]  # fmt: skip


def test_policy_has_a_word_on_it_of_its_own() -> None:
    said = {"decisions": {"redock": {"mode": "advise"}}}
    story = jam(event("policy.set", -300, policy="p", version=1, document=said))
    assert newest(story)["mode"] == ADVISE
    approve(story, 5)
    assert newest(story)["state"] == deciding.PROPOSED


def test_the_option_goes_when_its_incident_is_over(story: Story) -> None:
    story.tell(5, *[event(f"visit.{word}", 5, visit="X") for word in ("finished", "left")])
    story.wait(60)
    assert options(story) == {}
    assert newest(story)["state"] in (deciding.SUPERSEDED, deciding.EXPIRED)
