"""Rules: how doors are planned is policy, in force where plans are made, from the state and from outcomes alike."""

from typing import Any

import pytest

from operators.yards import rules
from operators.yards.following import Following
from operators.yards.rules import USUAL
from tests.operators.yards.test_kinds import told
from tests.suites.small_yard import morning, proposal
from tests.suites.story import Event, Story, event
from tower.outcomes import TABLES


def setting(doors: Any, version: int = 1) -> Event:
    return event("policy.set", -80, policy="p", version=version, document={"doors": doors})


def reasons(story: Story) -> list[str]:
    return [o.names[int(row["reason"])] for o in story.outcomes for row in o.rows("rejected")]


def followed(story: Story) -> rules.Rules:
    seen = Following()
    for outcome in story.outcomes:
        seen.take(outcome)
    assert rules.Rules(*(story.table("doorrules")[name][0] for name in rules.Rules._fields)) == seen.rules
    return seen.rules


def test_every_rule_is_a_column_of_what_is_told() -> None:
    assert rules.Rules._fields == tuple(rules.CLAUSES) == tuple(f.name for f in TABLES["doorrules"][2:])


def test_without_a_policy_the_usual_holds_and_nothing_is_told() -> None:
    story = told(setting({"every_min": USUAL.every_min}))
    assert len(story.table("doorrules")) == 0


def test_what_is_set_is_what_the_next_plan_goes_by() -> None:
    story = told(setting({"wait_cents": 7, "better_cents": 1, "tries": 900, "pricing_tries": 100}), *morning())
    assert followed(story) == USUAL._replace(wait_cents=7, better_cents=1, tries=900, pricing_tries=100)
    found = proposal(story, 3)
    assert found is not None
    assert found["certificate"]["before_cents"] == 7 * (90 + 3 + 30 - 60)
    assert found["certificate"]["tried"] == 900


def test_a_newer_version_goes_back_to_what_is_usual() -> None:
    story = told(setting({"wait_cents": 7}))
    story.tell(4, setting({}, 2))
    assert followed(story) == USUAL


@pytest.mark.parametrize("doors, why", [
    ({"tries": 0}, "clause doors.tries: not a whole number from 1 to 10,000,000 (got 0)"),
    ({"speed": 1}, "clause doors.speed: there is no such clause"),
    ([], "clause doors: not an object"),
    ({"work_least_percent": 160}, "clause doors.work_least_percent: more than work_most_percent (got 160 and 150)"),
    ({"tries": 100}, "clause doors.pricing_tries: a door's price is looked for longer than the plan"),
    ({"every_min": 300}, "clause doors.horizon_min: who comes before every_min is over would not be looked at"),
])  # fmt: skip
def test_a_policy_that_cannot_hold_is_refused_with_the_clause(doors: Any, why: str) -> None:
    story = told(setting(doors))
    assert reasons(story)[0].startswith(why)
    assert len(story.table("doorrules")) == 0
