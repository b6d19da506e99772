"""A decision's receipt: all that led to it, and whether the log says the same when it is taken again."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from api import receipt
from api.reading import Texts
from api.receipt_words import worded
from streams import names
from tests.suites.choices import Choice, Put, steps
from tests.suites.small_world import memory_root
from tower import ids
from tower.logs import urls
from tower.record import Record, entry

NETWORK = "n"


def executed() -> tuple[Choice, str]:
    """A decision that was adjusted by one, approved by another, and done but for one line."""
    story = Choice()
    story.option("other", ("O1", "L3"), net=40_000, rank=2)
    decision = story.proposed()
    story.say(4, "adjusted", decision, by="dan", role="dispatcher", moves=[{"order": "O1", "line": "1", "leg": "L3"}])
    story.say(5, "approved", decision, by="ann")
    action = int(story.decision(decision)["action"])
    story.answer(6, "executed", action, failed=[{"order": "O2", "line": "1", "reason": "picked"}])
    return story, decision


def kept(story: Choice, change: Callable[[Record], Record] = lambda outcome: outcome) -> str:
    """A root with the story's logs; `change` may spoil outcomes."""
    root = memory_root()
    log, outcomes = urls.writer(names.log(root, NETWORK)), urls.writer(names.outcomes(root, NETWORK))
    for record, outcome in zip(story.records, story.outcomes, strict=True):
        log.append(record.number, [entry(record.encode())])
        outcomes.append(outcome.number, [entry(change(outcome).encode())])
    return root


def taken_apart(story: Choice, root: str, decision: str, states: Path) -> dict[str, object]:
    """The receipt, recomputed by the story's steps."""
    texts, put = Texts(), Put()
    put.done = dict(story.put.done)
    found = receipt.story(root, NETWORK, int(decision[1:], 16), texts)
    assert found is not None
    return receipt.receipt(found, receipt.recomputed(root, str(states), found, steps(put)), texts)


def test_it_tells_who_saw_what_and_what_came_of_it_and_the_log_says_the_same(tmp_path: Path) -> None:
    story, decision = executed()
    told = taken_apart(story, kept(story), decision, tmp_path)
    assert told["recomputed"]["equal"] is True  # type: ignore[index]
    assert [one["state"] for one in told["steps"]] == ["proposed", "adjusted", "acting", "executed"]  # type: ignore[attr-defined]
    assert {one["key"] for one in told["options"]} == {  # type: ignore[attr-defined]
        f"#{ids.of('option', name):016x}" for name in ("usual", "other")}
    assert told["approvers"] == ["ann"]
    assert [one["state"] for one in told["actions"]] == ["executed"]  # type: ignore[attr-defined]
    assert sorted(one["state"] for one in told["lines"]) == ["done", "failed"]  # type: ignore[attr-defined]
    words = worded(told)
    assert "approved by ann" in words
    assert "decision.adjusted by dan" in words
    assert words.endswith("equal")


def spoil(outcome: Record) -> Record:
    rows = outcome.rows("decisions").copy()
    if not rows.size or rows["state"][-1] != 6:
        return outcome
    rows["by"] = ids.of("person", "eve")
    return replace(outcome, tables={**outcome.tables, "decisions": rows})


def spoil_history(outcome: Record) -> Record:
    return replace(outcome, chain=outcome.chain ^ 1) if outcome.number == 6 else outcome


@pytest.mark.parametrize("how", [spoil, spoil_history])
def test_an_outcome_that_was_changed_is_not_equal_and_its_record_is_named(
    tmp_path: Path, how: Callable[[Record], Record]
) -> None:
    story, decision = executed()
    told = taken_apart(story, kept(story, how), decision, tmp_path)
    assert told["recomputed"]["equal"] is False  # type: ignore[index]
    assert len(told["recomputed"]["differ"]) == 1  # type: ignore[index]
    assert "NOT EQUAL at records" in worded(told)


def test_what_nobody_decided_on_has_a_receipt_too(tmp_path: Path) -> None:
    story = Choice()
    decision = story.proposed(expires=30)
    story.wait(31)
    told = taken_apart(story, kept(story), decision, tmp_path)
    assert told["recomputed"]["equal"] is True  # type: ignore[index]
    assert (told["approvers"], told["actions"]) == ([], [])
    assert "approved by nobody" in worded(told)


def test_there_is_none_of_what_is_no_decision() -> None:
    story, _ = executed()
    assert receipt.story(kept(story), NETWORK, 12, Texts()) is None
    assert np.uint64(12) not in story.table("decisions")["key"]
