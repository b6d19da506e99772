"""Who may decide what: what a policy says is what holds; one that contradicts itself is refused by clause."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from operators.clauses import Unfit
from operators.gates import CEILING_CENTS, USUAL, Gate, clauses, gate_in
from operators.policies import Policies
from tests.suites.story import Event, Story, event
from tower.outcomes import ADVISE, APPROVE, AUTO


def setting(version: int, decisions: Any, when: float = 0, policy: str = "p") -> Event:
    return event("policy.set", when, policy=policy, version=version, document={"decisions": decisions})


def gate(story: Story) -> Gate:
    return gate_in(next(s for s in story.chain.steps if isinstance(s, Policies)).tables["gates"])


def reasons(story: Story) -> list[str]:
    return [o.names[int(row["reason"])] for o in story.outcomes for row in o.rows("rejected")]


def test_without_a_policy_people_decide_and_the_tower_nothing() -> None:
    assert gate(Story()) == USUAL
    assert USUAL.mode_of(0, 1.0, 1e9) == APPROVE


def test_of_clauses_the_newest_policy_that_has_them_counts() -> None:
    story = Story()
    story.tell(0, setting(1, {"rebook": {"mode": "auto", "auto_most_cents": 500, "four_eyes_cents": 9_000}}))
    story.tell(1, setting(1, {"stop": True, "rebook": {"quiet_min": 5}}, 1, "q"))
    found = gate(story)
    assert (found.mode, found.auto_most_cents, found.four_eyes_cents, found.stop, found.quiet_min) == (
        AUTO, 500, 9_000, 1, 5)  # fmt: skip
    assert found.mode_of(0, 1.0, 1e9) == APPROVE, "stopped"
    story.tell(2, setting(2, {"stop": False}, 2, "q"))
    assert gate(story).mode_of(0, 1.0, 1e9) == AUTO


@pytest.mark.parametrize(("said", "why"), [
    ({"rebook": {"mode": "approve", "auto_most_cents": 5}}, "rebook.auto_most_cents: says what is automatic"),
    ({"rebook": {"auto_confidence": 0.5}}, "rebook.auto_confidence: says what is automatic, and mode is not said"),
    ({"rebook": {"mode": "auto", "auto_most_cents": CEILING_CENTS + 1}}, "rebook.auto_most_cents: above the ceiling"),
    ({"rebook": {"mode": "auto", "auto_most_cents": 900, "four_eyes_cents": 800}},
     "rebook.auto_most_cents: alone up to 900, and four eyes above 800"),
    ({"rebook": {"mode": "advise", "four_eyes_cents": 5}}, "rebook.four_eyes_cents: says who approves"),
    ({"rebook": {"role": "approver", "adjust_role": "admin"}}, "rebook.adjust_role: adjusting asks for more"),
    ({"rebook": {"mode": "perhaps"}}, "rebook.mode: not one of advise, approve, auto (got 'perhaps')"),
    ({"rebook": {"role": "viewer"}}, "rebook.role: not one of dispatcher, approver, admin"),
    ({"rebook": {"mode": "auto", "auto_confidence": 1.5}}, "rebook.auto_confidence: not between 0 and 1"),
    ({"rebook": {"four_eyes_cents": -1}}, "rebook.four_eyes_cents: not a whole number"),
    ({"rebok": {}}, "decisions.rebok: there is no such clause"),
    ({"rebook": {"moode": 1}}, "rebook.moode: there is no such clause"),
    ({"stop": 1}, "decisions.stop: neither true nor false"), ([], "clause decisions: not an object"),
    ({"rebook": 1}, "clause decisions.rebook: not an object"),
])  # fmt: skip
def test_a_policy_that_cannot_hold_is_refused_by_clause_and_what_held_before_stays(said: Any, why: str) -> None:
    story = Story()
    story.tell(0, setting(1, {"rebook": {"quiet_min": 7}}))
    story.tell(1, setting(2, said, 1))
    assert why in reasons(story)[0]
    assert gate(story).quiet_min == 7


NUMBERS = some.integers(0, 2 * CEILING_CENTS)


@given(NUMBERS, NUMBERS, NUMBERS, some.floats(0, 1), some.floats(0, 1), some.integers(0, 600), some.floats(-60, 600))
def test_whatever_policy_is_not_refused_the_tower_never_decides_alone_beyond_the_ceiling_or_four_eyes(
    most: int, eyes: int, stake: int, least: float, confidence: float, undo: int, left: float
) -> None:
    said = {"mode": "auto", "auto_most_cents": most, "four_eyes_cents": eyes, "auto_confidence": least,
            "auto_undo_min": undo}  # fmt: skip
    try:
        found = {name.removeprefix("rebook_"): value for name, value in clauses({"rebook": said}).items()}
    except Unfit:
        assert most > min(CEILING_CENTS, eyes)
        return
    gate = Gate(**found)  # type: ignore[arg-type]
    if gate.mode_of(stake, confidence, left) == AUTO:
        assert stake <= CEILING_CENTS
        assert gate.wanted(stake) == 1
        assert confidence >= least
        assert left >= undo


def test_where_policy_advises_nothing_is_decided() -> None:
    assert Gate(mode=ADVISE).mode_of(0, 1.0, 1e9) == ADVISE
