"""Facts do not depend on the order, the grouping or the repetition of events, nor on when a correction comes."""

import random

import pytest

from operators.step import Step
from tests.suites.anyorder import events, facts
from tests.suites.story import Event, Story
from tower.outcomes import JUDGED

COLUMNS = ("sources", "ledger", "past", "seen", "voided", "alarms", "hazards", "deltas", "claims", "baskets",
           "links", "blames", "reached", "cells", "tallies", "places", "legs_counted", "lines_counted", "pulse", "acts",
           "followed", "wants", "ways", "goals", "shelves", "rates", "flown", "offers", "rounds", "flows", "shares",
           "clocks", "covers", "shapes", "best", "foretold", "turns", "rotations", "waits", "threats", "staying",
           "counted", *JUDGED)  # fmt: skip


def told(story: Story) -> dict[str, list[list[object]]]:
    tables = {n: t.rows for s in story.chain.steps if isinstance(s, Step) for n, t in s.tables.items()}
    return facts({n: rows for n, rows in tables.items() if not n.startswith(COLUMNS)})


def played(parts: list[list[Event]]) -> Story:
    story = Story()
    for part in parts:
        story.tell(100, *part)
    return story


@pytest.mark.parametrize("seed", range(12))
def test_any_shuffle_and_any_repetition_leave_the_same_facts(seed: int) -> None:
    straight = events(seed)
    expected = told(played([straight]))
    draw = random.Random(seed + 1000)
    for _ in range(3):
        shuffled = straight + draw.sample(straight, 15)
        draw.shuffle(shuffled)
        cuts = sorted(draw.sample(range(1, len(shuffled)), 4))
        parts = [shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, len(shuffled)], strict=True)]
        assert told(played(parts)) == expected


@pytest.mark.parametrize("seed", range(6))
def test_one_event_a_record_gives_what_one_record_gives(seed: int) -> None:
    straight = events(seed + 50)
    assert told(played([[e] for e in straight])) == told(played([straight]))


@pytest.mark.parametrize("seed", range(6))
def test_what_was_taken_back_leaves_no_trace(seed: int) -> None:
    """Facts of everything told equal the facts of only what was right (corrections' own words included)."""
    straight = events(seed + 100)
    wrong = {e["corrects"]["id"] for e in straight if "corrects" in e}
    right = [{k: v for k, v in e.items() if k != "corrects"} for e in straight if e["id"] not in wrong]
    assert told(played([straight])) == told(played([right]))


def test_the_ledger_balances_whatever_is_told() -> None:
    straight = events(3)
    story = played([straight, straight[:10], [{**straight[0], "at": "2013-01-01T00:00:00Z", "id": "old"}]])
    counts = story.ledger()
    assert counts["received"] == counts["accepted"] + counts["duplicate"] + counts["late"] + counts["rejected"]
    assert (counts["duplicate"], counts["late"]) == (10, 1)
