"""Decisions: options are proposed, people and policy decide, actions leave and come back; nothing is silent."""

import random
from typing import Any

import numpy as np
import pytest

from operators import deciding
from tests.suites.choices import Choice
from tests.suites.story import at, event, planned
from tower import ids
from tower.outcomes import CAUSES, DECISION_STATES

ASKED, DONE, FAILED, VOID = range(4)


def state(story: Choice, decision: str) -> str:
    return DECISION_STATES[int(story.decision(decision)["state"])]


def action_of(story: Choice, decision: str) -> int:
    return int(story.decision(decision)["action"])


def action(story: Choice, decision: str) -> np.void:
    rows = story.table("actions")
    found: np.void = rows[rows["key"] == story.decision(decision)["action"]][0]
    return found


def leg(name: str) -> int:
    return ids.of("leg", name)


def test_the_best_option_of_an_incident_is_proposed_with_what_it_is_worth_and_until_when() -> None:
    story = Choice()
    row = story.decision(story.proposed())
    assert (row["state"], row["incident"]) == (deciding.PROPOSED, story.incident)
    assert (row["option"], row["net_cents"], row["stake_cents"]) == (ids.of("option", "usual"), 50_000, 50_000)
    assert (row["moves"], row["expires_at"], row["wanted"]) == (2, at(500), 1)


def test_doing_nothing_is_not_proposed() -> None:
    story = Choice()
    story.option("nothing", kind=2)
    story.tell(3)
    assert len(story.table("decisions")) == 0


def test_approving_sends_one_action_with_its_moves_and_until_when_it_can_be_taken_back() -> None:
    story = Choice()
    decision = story.proposed()
    assert story.say(4, "approved", decision) == []
    assert state(story, decision) == "acting"
    row = action(story, decision)
    assert (row["state"], row["moves"], row["undo_until"]) == (0, 2, at(720 - 240))
    assert story.moves_of(int(row["key"])) == [("O1", ASKED, leg("L2")), ("O2", ASKED, leg("L2"))]
    assert story.decision(decision)["by"] == ids.of("person", "ann")


def test_what_was_done_ends_the_decision_and_lines_that_were_not_moved_are_named() -> None:
    story = Choice()
    decision = story.proposed()
    story.say(4, "approved", decision)
    sent = action_of(story, decision)
    assert story.answer(5, "acknowledged", sent) == []
    assert state(story, decision) == "acting"
    failed = [{"order": "O2", "line": "1", "reason": "picked"}]
    assert story.answer(6, "executed", sent, failed=failed) == []
    assert state(story, decision) == "executed"
    assert [(order, state) for order, state, _ in story.moves_of(sent)] == [("O1", DONE), ("O2", FAILED)]
    assert (action(story, decision)["done"], action(story, decision)["failed"]) == (1, 1)


def test_an_action_that_fails_fails_its_decision_with_the_reason() -> None:
    story = Choice()
    decision = story.proposed()
    story.say(4, "approved", decision)
    story.answer(5, "failed", action_of(story, decision), reason="system down")
    assert state(story, decision) == "failed"
    assert story.decision(decision)["reason"] == ids.of("text", "system down")


def test_an_approval_on_an_old_basis_does_what_still_holds_and_names_what_does_not() -> None:
    story = Choice()
    decision = story.proposed()
    story.drop("usual")
    story.option("newer", ("O1", "L2"), net=51_000)
    story.tell(4, event("line.booked", 4, order="O2", line="1", leg="L3", site="A"))
    assert story.say(5, "approved", decision) == []
    assert [(order, state) for order, state, _ in story.moves_of(action_of(story, decision))] == [
        ("O1", ASKED), ("O2", VOID)]  # fmt: skip
    assert (story.decision(decision)["moves"], story.decision(decision)["void"]) == (1, 1)


def test_an_approval_of_which_nothing_holds_any_more_is_refused_as_superseded() -> None:
    story = Choice()
    decision = story.proposed()
    story.tell(4, event("leg.cancelled", 4, leg="L2"))
    assert story.say(5, "approved", decision) == ["superseded: none of its moves holds any more"]
    assert state(story, decision) == "superseded"
    assert len(story.table("actions")) == 0


def test_what_nobody_decides_on_expires_with_its_option() -> None:
    story = Choice()
    decision = story.proposed(expires=30)
    story.wait(29)
    assert state(story, decision) == "proposed"
    story.wait(31)
    assert state(story, decision) == "expired"
    assert story.say(32, "approved", decision) == ["expired: it is expired"]


def test_an_option_that_is_better_by_enough_takes_its_place_and_one_that_is_hardly_better_does_not() -> None:
    story = Choice()
    first = story.proposed()
    story.option("hardly", ("O1", "L3"), net=55_000, rank=0)
    story.tell(4)
    assert story.newest() == first
    story.drop("hardly")
    story.option("better", ("O1", "L3"), ("O2", "L2"), net=70_000, rank=0)
    story.tell(5)
    second = story.newest()
    assert (state(story, first), state(story, second)) == ("superseded", "proposed")
    assert story.say(6, "approved", first) == ["superseded: it is superseded"]


def test_what_somebody_has_adjusted_is_not_superseded_by_a_better_option() -> None:
    story = Choice()
    decision = story.proposed()
    story.say(4, "adjusted", decision, role="dispatcher", moves=[{"order": "O1", "line": "1", "leg": "L3"}])
    story.option("better", ("O1", "L2"), net=900_000, rank=0)
    story.tell(5)
    assert state(story, decision) == "adjusted"
    story.say(6, "approved", decision)
    assert story.moves_of(action_of(story, decision)) == [("O1", ASKED, leg("L3")), ("O2", ASKED, leg("L2"))]


def test_a_line_that_is_adjusted_to_stay_is_not_moved() -> None:
    story = Choice()
    decision = story.proposed()
    assert story.say(4, "adjusted", decision, moves=[{"order": "O2", "line": "1", "leg": None}]) == []
    assert story.decision(decision)["moves"] == 1


@pytest.mark.parametrize(("moves", "why"), [
    ([{"order": "O9", "line": "1", "leg": "L2"}], "moves: a line is unknown"),
    ([{"order": "O1", "line": "1", "leg": "L9"}], "moves: leg: unknown"),
    ([{"order": "O1", "line": "1", "leg": "L1"}], "moves: leg: cancelled"),
    ([], "moves: not a list of 1 to 10,000 lines"),
    ([{"order": "O1", "leg": "L1"}], "order, line: not two names"),
])  # fmt: skip
def test_an_adjustment_that_cannot_be_done_is_refused_and_changes_nothing(moves: Any, why: str) -> None:
    story = Choice()
    decision = story.proposed()
    assert story.say(4, "adjusted", decision, moves=moves) == [why]
    assert state(story, decision) == "proposed"


def test_after_a_no_nothing_is_proposed_for_a_while_and_the_same_never_again() -> None:
    story = Choice()
    decision = story.proposed()
    assert story.say(4, "rejected", decision, role="dispatcher", reason="crew is out") == []
    assert (state(story, decision), story.decision(decision)["reason"]) == ("rejected", ids.of("text", "crew is out"))
    story.option("other", ("O1", "L3"), net=900_000, rank=0)
    story.tell(5)
    assert story.newest() == decision
    story.wait(40)
    story.drop("other")
    story.option("usual", ("O1", "L2"), ("O2", "L2"), net=950_000, rank=0)
    story.tell(41)
    assert story.newest() == decision
    story.option("third", ("O1", "L3"), net=960_000, rank=0)
    story.option("usual", ("O1", "L2"), ("O2", "L2"), rank=3)
    story.tell(42)
    assert story.newest() != decision


def test_above_the_limit_two_different_people_have_to_approve() -> None:
    story = Choice({"rebook": {"four_eyes_cents": 40_000}})
    decision = story.proposed()
    assert story.decision(decision)["wanted"] == 2
    assert story.say(4, "approved", decision, by="ann") == []
    assert (state(story, decision), story.decision(decision)["approvals"]) == ("approved", 1)
    assert story.say(5, "approved", decision, by="ann") == ["over limit: two different people have to approve"]
    assert story.say(6, "approved", decision, by="bob") == []
    row = story.decision(decision)
    assert (state(story, decision), row["approved_by"], row["by"]) == (
        "acting", ids.of("person", "ann"), ids.of("person", "bob"))  # fmt: skip


def test_who_turns_to_another_option_is_its_first_approver() -> None:
    story = Choice({"rebook": {"four_eyes_cents": 40_000}})
    other = story.option("other", ("O1", "L3"), net=45_000, rank=2)
    decision = story.proposed()
    story.say(4, "approved", decision, by="ann")
    assert story.say(5, "approved", decision, by="bob", option=f"#{other:016x}") == []
    row = story.decision(decision)
    assert (row["option"], row["approvals"], row["approved_by"]) == (np.uint64(other), 1, ids.of("person", "bob"))
    story.say(6, "approved", decision, by="ann")
    assert story.moves_of(action_of(story, decision)) == [("O1", ASKED, leg("L3"))]


def test_an_option_that_is_gone_cannot_be_turned_to() -> None:
    story = Choice()
    decision = story.proposed()
    assert story.say(4, "approved", decision, option="#00000000000000aa") == ["superseded: that option is gone"]


@pytest.mark.parametrize(("word", "role", "more", "why"), [
    ("approved", "dispatcher", {}, "over limit: approving takes a key of role approver"),
    ("rejected", "viewer", {}, "over limit: rejecting takes a key of role dispatcher"),
    ("adjusted", "viewer", {"moves": [{"order": "O1", "line": "1", "leg": "L3"}]},
     "over limit: adjusting takes a key of role dispatcher"),
])  # fmt: skip
def test_who_may_not_is_refused_with_the_role_it_takes(word: str, role: str, more: Any, why: str) -> None:
    story = Choice()
    decision = story.proposed()
    assert story.say(4, word, decision, role=role, **more) == [why]
    assert state(story, decision) == "proposed"


AUTO = {"mode": "auto", "auto_most_cents": 60_000, "auto_confidence": 0.9, "auto_undo_min": 30}


def test_where_policy_lets_it_the_tower_decides_alone_and_says_so() -> None:
    story = Choice({"rebook": AUTO})
    decision = story.proposed()
    row = story.decision(decision)
    assert (state(story, decision), row["by"], row["policy"]) == ("acting", ids.of("person", "policy"), 1)


@pytest.mark.parametrize(("more", "policy"), [
    ({"net": 60_001}, AUTO), ({"confidence": 0.89}, AUTO), ({"confidence": float("nan")}, AUTO),
    ({}, {**AUTO, "auto_undo_min": 600}), ({}, {"mode": "approve"}),
])  # fmt: skip
def test_too_much_money_too_little_confidence_or_time_to_undo_is_left_to_people(more: Any, policy: Any) -> None:
    story = Choice({"rebook": policy})
    assert state(story, story.proposed(**more)) == "proposed"


def test_an_emergency_stop_lets_nobody_send_anything() -> None:
    story = Choice({"rebook": AUTO, "stop": True})
    decision = story.proposed()
    assert state(story, decision) == "proposed"
    assert story.say(4, "approved", decision) == ["over limit: an emergency stop is in force"]
    story.tell(5, story.policy({"rebook": {"mode": "approve"}, "stop": False}, version=2, when=5))
    assert story.say(6, "approved", decision) == []


def test_where_policy_only_advises_nobody_approves() -> None:
    story = Choice({"rebook": {"mode": "advise"}})
    assert story.say(4, "approved", story.proposed()) == ["over limit: policy advises only"]


def executed() -> tuple[Choice, str]:
    """A decision of which both lines were moved, and the world has said so."""
    story = Choice()
    decision = story.proposed()
    story.say(4, "approved", decision)
    story.tell(5, *(event("line.booked", 5, order=f"O{n}", line="1", leg="L2", site="A") for n in (1, 2)))
    story.answer(6, "executed", action_of(story, decision))
    return story, decision


def test_rolling_back_sends_the_way_back_and_is_over_when_that_is_done() -> None:
    story, decision = executed()
    first = action_of(story, decision)
    story.tell(7, planned("L1", dep=660, arr=960), event("line.booked", 7, order="O1", line="1", leg="L2", site="A"))
    assert story.say(8, "rolled_back", decision) == []
    assert state(story, decision) == "undoing"
    back = action(story, decision)
    assert (back["undoes"], back["nth"]) == (np.uint64(first), 2)
    assert {to for _, _, to in story.moves_of(int(back["key"]))} == {int(ids.UNKNOWN)}
    story.answer(9, "executed", int(back["key"]))
    assert state(story, decision) == "rolled_back"
    assert story.table("actions")["state"].tolist().count(4) == 1


def test_once_the_pickers_have_the_first_lines_it_is_too_late_to_roll_back() -> None:
    story, decision = executed()
    assert story.say(480, "rolled_back", decision) == ["too late: its first lines are with the pickers"]
    assert state(story, decision) == "executed"


def test_a_way_back_that_fails_leaves_the_decision_failed() -> None:
    story, decision = executed()
    story.say(8, "rolled_back", decision)
    story.answer(9, "failed", action_of(story, decision), reason="no")
    assert state(story, decision) == "failed"


def test_an_incident_that_is_over_wants_no_decision() -> None:
    story = Choice()
    decision = story.proposed()
    story.tell(4, *(event("line.booked", 4, order=f"O{n}", line="1", leg="L2", site="A") for n in (1, 2)))
    story.tell(5, event("leg.arrived", 5, leg="L1"))
    story.wait(60 * 24)
    assert state(story, decision) in {"superseded", "expired"}


def test_silence_is_a_deviation_from_the_pick_release_and_an_answer_ends_it() -> None:
    story = Choice()
    decision = story.proposed()
    story.say(4, "approved", decision)
    story.wait(479)
    assert story.deviations("action.silent") == []
    story.wait(481)
    assert [status for status, *_ in story.deviations("action.silent")] == [0]
    assert "actions" in {CAUSES[row["cause"]] for row in story.table("incidents") if row["closed_at"] < 0}
    story.answer(482, "acknowledged", action_of(story, decision))
    assert [status for status, *_ in story.deviations("action.silent")] == [0, 2]


@pytest.mark.parametrize(("word", "more", "why"), [
    ("executed", {}, "action: it is executed"), ("failed", {}, "action: it is executed"),
    ("acknowledged", {}, "action: it is executed"),
])  # fmt: skip
def test_an_answer_that_comes_too_late_is_told(word: str, more: Any, why: str) -> None:
    story, decision = executed()
    assert story.answer(7, word, action_of(story, decision), **more) == [why]


def test_an_answer_about_no_action_or_a_strange_line_is_told() -> None:
    story = Choice()
    decision = story.proposed()
    story.say(4, "approved", decision)
    assert story.answer(5, "executed", 12) == ["action: unknown"]
    failed = [{"order": "O7", "line": "1"}]
    assert story.answer(6, "executed", action_of(story, decision), failed=failed) == [
        "failed: 1 lines that it does not move"]  # fmt: skip
    assert state(story, decision) == "acting"


def test_a_decision_that_nobody_knows_is_told() -> None:
    assert Choice().say(4, "approved", "#00000000000000aa") == ["decision: unknown"]


def test_saved_and_restored_in_the_midst_it_goes_on_the_same() -> None:
    whole, parted = Choice(), Choice()
    for story in (whole, parted):
        story.say(4, "approved", story.proposed())
    saved = parted.chain.saved()
    from operators.chain import Chain
    from tests.suites.choices import Put, steps

    parted.put = Put(saved.get("put"))
    parted.chain = Chain(steps(parted.put), saved, parted.chain.after)
    for story in (whole, parted):
        story.answer(6, "executed", action_of(story, story.newest()))
    assert parted.chain.chain == whole.chain.chain


def test_what_a_receiver_is_told_of_an_action_is_all_it_takes_to_do_it() -> None:
    from sinks.webhooks.alerts import sent_in

    story = Choice()
    decision = story.proposed()
    story.say(4, "approved", decision)
    (told,) = sent_in(story.outcomes[-1], {ids.of("leg", "L2"): "L2", ids.of("order", "O1"): "O1"})
    assert (told["id"], told["type"], told["decision"]) == (f"#{action_of(story, decision):016x}", "rebook", decision)
    assert {move["to_leg"] for move in told["moves"]} == {"L2"}
    assert "O1" in {move["order"] for move in told["moves"]}


WORDS: list[tuple[str, dict[str, Any]]] = [
    ("approved", {}), ("approved", {"by": "bob"}), ("approved", {"role": "dispatcher"}),
    ("approved", {"option": f"#{ids.of('option', 'other'):016x}"}), ("rejected", {"reason": "no"}),
    ("adjusted", {"moves": [{"order": "O1", "line": "1", "leg": "L3"}]}),
    ("adjusted", {"moves": [{"order": "O1", "line": "1", "leg": None}]}), ("rolled_back", {}),
]  # fmt: skip
ANSWERS: list[tuple[str, dict[str, Any]]] = [
    ("acknowledged", {}), ("executed", {}), ("failed", {"reason": "no"}),
    ("executed", {"failed": [{"order": "O1", "line": "1", "reason": "picked"}]}),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_silent_each_word_and_each_answer_changes_something_or_is_refused(seed: int) -> None:
    draw = random.Random(seed)
    story = Choice({"rebook": {"four_eyes_cents": draw.choice([10_000, 90_000])}})
    story.option("other", ("O2", "L3"), net=45_000, rank=2)
    decision = story.proposed()
    for minute in range(4, 30):
        actions = story.table("actions")["key"]
        if len(actions) and draw.random() < 0.5:
            word, more = draw.choice(ANSWERS)
            refused, table = story.answer(minute, word, int(draw.choice(list(actions))), **more), "actions"
        else:
            word, more = draw.choice(WORDS)
            refused, table = story.say(minute, word, decision, **more), "decisions"
        has_changed = story.outcomes[-1].rows(table).size > 0
        assert bool(refused) != has_changed, (word, more, refused)
        assert story.ledger()["received"] == story.ledger()["accepted"] + story.ledger()["rejected"]
