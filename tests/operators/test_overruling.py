"""Who serves, as people say: by name and with a reason, until somebody takes it back."""

from typing import Any

import numpy as np
import pytest

from operators.chain import Chain
from operators.predict import contest, gate
from operators.predictions import Predictions
from tests.suites.flown import chain_of, steps
from tests.suites.story import Event, Story, event, leg, planned
from tower import ids

MODEL = "arrival_two_hours_before"


def promoted(when: float, **more: Any) -> Event:
    return event("model.promoted", when, **{"model": MODEL, "serves": "linear", "by": "ann", "reason": "drift", **more})


def back(when: float) -> Event:
    return event("model.rolled_back", when, model=MODEL, by="bob", reason="it was the weather")


def stands(story: Story) -> tuple[int, int, int]:
    row = story.row("models", "model", MODEL)
    return int(row["serves"]), int(row["ruled"]), int(row["by"])


def test_who_is_promoted_serves_until_he_is_rolled_back_and_the_ledger_says_by_whom() -> None:
    story = chain_of()
    story.tell(0, planned("L1", 60, 180))
    story.tell(1, promoted(1))
    assert stands(story) == (contest.LINEAR, 1, ids.of("person", "ann"))
    assert ids.of("text", "drift") == story.row("models", "model", MODEL)["reason"]
    story.chain = Chain(steps, story.chain.saved(), story.chain.after)
    story.tell(2, planned("L2", 90, 190))
    story.wait(10)
    rows, later = story.table("predictions"), np.uint64(ids.of("leg", "L2"))
    assert rows[(rows["moment"] == 0) & (rows["subject"] == later)]["served_by"].tolist() == [contest.LINEAR]
    story.tell(20, back(20))
    assert stands(story) == (contest.TILES, 0, ids.of("person", "bob"))


def test_the_newest_word_counts_in_whichever_order_words_come() -> None:
    one, other = chain_of(), chain_of()
    one.tell(30, promoted(10), back(20))
    other.tell(30, back(20))
    other.tell(31, promoted(10))
    assert stands(one) == stands(other) == (contest.TILES, 0, ids.of("person", "bob"))


@pytest.mark.parametrize("more", [{"model": "all"}, {"serves": "nobody"}, {"reason": ""}, {"by": None},
                                  {"role": "viewer"}, {"model": "cancellation_hours_before"}])  # fmt: skip
def test_what_cannot_be_is_refused_with_the_reason(more: dict[str, Any]) -> None:
    story = chain_of()
    outcome = story.tell(1, promoted(1, **more))
    assert outcome.rows("rejected").size == 1
    assert story.ledger()["rejected"] == 1
    assert len(story.table("models")) == 0


def test_chances_of_cancellation_are_learned_behind_a_gate_of_their_own() -> None:
    story = chain_of()
    story.tell(0, planned("L1", 300, 400), planned("L2", 500, 600))
    story.wait(200)
    step = next(s for s in story.chain.steps if isinstance(s, Predictions))
    book: Any = step._book
    book.gate.tally[gate.SHUT] = 1
    book.gate.tally[gate.BREACHED] = 1 << 40
    story.tell(310, leg("departed", 310, "L1"))
    story.wait(361)
    taught = book.fate.middle[2]
    assert taught > 0
    book.fate_gate.tally[gate.SHUT], book.fate_gate.tally[gate.BREACHED] = 1, 1 << 40
    story.tell(510, leg("departed", 510, "L2"))
    story.wait(561)
    assert book.fate.middle[2] == taught
    assert book.fate_gate.tally[gate.KEPT_BACK] == 1
