"""How it is planned is policy: usual where nobody says, refused by clause where it cannot hold."""

from typing import Any

import pytest

from operators.planning.settings import PLAN, Settings
from operators.policies import Policies, settings_in
from tests.suites.story import Story, event
from tower.clock import HOUR, MINUTE


def set_to(plan: object, prices: object = None) -> Story:
    story = Story()
    document = {"plan": plan, "prices": prices or {}}
    story.tell(0, event("policy.set", 0, policy="p", version=1, document=document))
    return story


def settings(story: Story) -> Settings:
    return settings_in(next(s for s in story.chain.steps if isinstance(s, Policies)).tables["price_list"])


def test_without_a_policy_the_usual_holds_and_a_policy_changes_what_it_says() -> None:
    usual = settings(Story())
    assert (usual.moves_most, usual.every, usual.money.pick_lead) == (200, 10 * MINUTE, 150 * MINUTE)
    told = settings(set_to({"every_min": 2, "horizon_h": 30}, {"switch_cents": [9, 8, 7]}))
    assert (told.every, told.money.horizon, told.money.switch.tolist()) == (2 * MINUTE, 30 * HOUR, [9, 8, 7])
    assert told.moves_most == usual.moves_most


def test_what_moving_and_waiting_cost_follows_the_late_fee_unless_it_is_said_in_cents() -> None:
    usual, fees = settings(Story()).money, {"late_fee_cents": [1250, 600, 400]}
    assert (usual.switch.tolist(), usual.broken.tolist()) == ([2000, 2000, 2000], [0, 1500, 3000])
    assert (usual.wait.tolist(), usual.rush.tolist()) == ([30, 30, 30], [500, 500, 500])
    halved = settings(set_to({}, fees)).money
    assert (halved.switch.tolist(), halved.broken.tolist()) == ([1000, 1000, 1000], [0, 750, 1500])
    assert (halved.wait.tolist(), halved.rush.tolist()) == ([15, 15, 15], [250, 250, 250])
    said = settings(set_to({}, fees | {"switch_cents": [9, 8, 7], "wait_cents": [3, 2, 1]})).money
    assert (said.switch.tolist(), said.wait.tolist(), said.rush.tolist()) == ([9, 8, 7], [3, 2, 1], [250, 250, 250])


@pytest.mark.parametrize("plan, clause", [
    ({"pick_lead_min": 30}, "clause plan.pick_lead_min: shorter than cutoff_lead_min"),
    ({"release_lead_min": 50, "pick_lead_min": 70}, "clause plan.release_lead_min: shorter than cutoff_lead_min"),
    ({"horizon_h": 2}, "clause plan.horizon_h: no leg could be booked within it"),
    ({"moves_most": 0}, "clause plan.moves_most: not a whole number from 1"),
    ({"budget": 3}, "clause plan.budget: there is no such clause"),
    ([1], "clause plan: not an object"),
])  # fmt: skip
def test_what_cannot_hold_is_refused_by_clause_and_what_held_stays(plan: Any, clause: str) -> None:
    story = set_to(plan)
    told = [o.names[int(row["reason"])] for o in story.outcomes for row in o.rows("rejected")]
    assert [reason.startswith(clause) for reason in told] == [True], told
    assert settings(story).moves_most == PLAN["moves_most"][0]
