"""What the tower predicts itself of legs counts in the plan where policy says so, from a floor on, else not at all."""

import random
from typing import Any

import numpy as np
import pytest

from operators.chain import Chain
from operators.chances import AHEAD
from operators.planning.own import LISTEN
from operators.planning.rows import WAY
from operators.telling import BEFORE
from tests.operators.planning.network import happens, opening, planned_in_records
from tests.operators.planning.test_plans import TOLD, legs, order, planned_cold, plans, stock
from tests.suites.guessed import Guess, any_chance, chain_of
from tests.suites.story import Event, Story, at, event, leg, planned
from tower import ids, layouts
from tower.clock import MINUTE
from tower.ids import pairs
from tower.table import Table, upsert

PLANNED = ("plans", "prices", "options", "moves", "wants", "goals")


def counts_from(percent: int) -> Event:
    """A policy in which chances count from there on; 101: never."""
    return event("policy.set", -700, policy="p", version=1, document={"plan": {"own_chances_percent": percent}})


# --- listening


@pytest.mark.parametrize("seed", range(3))
def test_of_each_leg_is_heard_what_plain_python_hears(seed: int) -> None:
    draw = np.random.default_rng(seed)
    ways, told = np.repeat(WAY, 40), Table(layouts.blank("predictions"))
    ways["key"], ways["arr"], ways["is_open"] = np.arange(40) + 1, draw.integers(0, 3, 40), draw.random(40) < 0.8
    told.reserve(80)
    for key in ways["key"][draw.random(40) < 0.8]:
        for moment in (AHEAD, BEFORE):
            row: Any = told.t.rows[upsert(told.t, pairs(np.array(key), np.array(moment, "u8"))[()])]
            row["moment"], row["subject"], row["arr_planned"] = moment, key, draw.integers(0, 3)
            row["labelled_at"] = draw.choice([-1, -1, 5])
            row["p_cancelled"] = draw.choice([np.nan, 0.1, 0.3, 1.0])
            row["p50"] = draw.choice([np.nan, -9.5, 15.5, 90.0])
    LISTEN.call(told.t, ways, 0.3, 15)
    rows = {(int(row["subject"]), int(row["moment"])): row for row in told.rows if row["labelled_at"] < 0}
    for way in ways:
        ahead, before = (rows.get((int(way["key"]), moment)) if way["is_open"] else None for moment in (AHEAD, BEFORE))
        assert way["chance"] == (ahead["p_cancelled"] if ahead is not None and ahead["p_cancelled"] >= 0.3 else 0.0)
        counts = before is not None and before["p50"] >= 15 and before["arr_planned"] == way["arr"]
        assert way["late"] == (int(before["p50"]) * MINUTE if before is not None and counts else 0)
    assert np.count_nonzero(ways["chance"]) > 3
    assert np.count_nonzero(ways["late"]) > 0


# --- in the chain


def said_of(name: str, *leads: int) -> Guess:
    """That leg will not fly, so many hours ahead; all others will."""
    return lambda leg, lead_h: 0.9 if leg == ids.of("leg", name) and lead_h in leads else 0.0


def there(guess: Guess, percent: int) -> Story:
    """Three lines that all go by the first of two legs, which leaves in five hours."""
    story = Story(chain_of(guess))
    orders = (e for n in range(3) for e in order(n, promise=620))
    story.tell(0, counts_from(percent), stock(9), *legs(2, room=3), *orders)
    story.wait(11)
    return story


def test_lines_keep_off_a_leg_that_will_likely_not_fly_until_that_is_said_no_more() -> None:
    story = there(said_of("L0", 6), 50)
    assert {on for on, _ in plans(story).values()} == {"L1"}
    story.wait(59.5)
    assert {on for on, _ in plans(story).values()} == {"L1"}
    story.wait(60.1)
    assert {on for on, _ in plans(story).values()} == {"L0"}


@pytest.mark.parametrize("percent", [91, 101])
def test_a_chance_below_the_floor_changes_nothing_to_the_byte(percent: int) -> None:
    heard, unheard = there(said_of("L0", 6, 4), percent), there(lambda *_: 0.0, percent)
    for story in (heard, unheard):
        story.tell(61, leg("cancelled", 61, "L1"))
        story.wait(90)
    assert heard.table("predictions").tobytes() != unheard.table("predictions").tobytes()
    for one, other in zip(heard.outcomes, unheard.outcomes, strict=True):
        names = set(one.tables) - {"predictions"}
        assert {n: one.tables[n].tobytes() for n in names} == {
            n: rows.tobytes() for n, rows in other.tables.items() if n != "predictions"}  # fmt: skip
    states = (story.chain.saved() for story in (heard, unheard))
    assert len({state["plans"]["ways"] for state in states}) == 1


def test_a_policy_that_is_set_is_heeded_at_once_and_taken_back_as_well() -> None:
    story = there(said_of("L0", 6, 4), 101)
    for minute, percent, on in ((12, 50, "L1"), (22, 101, "L0")):
        story.tell(minute, {**counts_from(percent), "version": minute, "at": at(minute)})
        story.wait(minute + 9)
        assert {to for to, _ in plans(story).values()} == {on}


@pytest.mark.parametrize("least, on", [(30, "L1"), (300, "L0")])
def test_a_line_that_was_left_behind_keeps_off_a_leg_that_is_predicted_to_be_late(least: int, on: str) -> None:
    story = Story(chain_of(lambda leg, lead_h: 200.0 * (lead_h == 0 and leg == ids.of("leg", "L0"))))
    policy = event("policy.set", -700, policy="p", version=1, document={"plan": {"own_lateness_min": least}})
    soon = [planned(f"L{n}", 130 + 5 * n, 230 + 30 * n, capacity_loads=3) for n in range(2)]
    gone = planned("L9", 5, 100, capacity_loads=3)
    line = {"order": "O0", "line": "1", "quantity": 1}
    story.tell(0, policy, stock(9), *soon, gone, *order(0, promise=420, on="L9"), event("line.picked", -5, **line))
    story.tell(6, event("line.failed", 6, reason="dock_overrun", leg="L9", **line), leg("departed", 6, "L9"))
    story.wait(21)
    assert {to for to, _ in plans(story).values()} == {on}


def played(seed: int, cut: int = -1, guess: Guess = any_chance, percent: int = 30) -> Story:
    """A network at random of which chances are said; saved and restored behind event `cut`."""
    draw, make = random.Random(seed), chain_of(guess)
    story, when = Story(make), 0.0
    story.tell(0, counts_from(percent), *opening(draw))
    for n in range(draw.randrange(2, 9)):
        when += draw.randrange(1, 30)
        story.tell(when, *happens(draw, n, when))
        if n == cut:
            story.chain = Chain(make, story.chain.saved(), story.chain.after)
    story.wait(when - when % 10 + 20.02)
    return story


@pytest.mark.parametrize("seed", range(5))
def test_with_chances_the_plan_after_any_events_is_the_one_made_from_nothing(seed: int) -> None:
    straight, restarted = played(seed), played(seed, cut=1)
    assert straight.table("plans")[TOLD].tolist() == planned_cold(straight).tolist()
    for name in (*PLANNED, "ways", "predictions"):
        assert straight.table(name).tobytes() == restarted.table(name).tobytes()
    assert straight.outcomes[-1].chain == restarted.outcomes[-1].chain


def test_chances_change_plans() -> None:
    plans_of = [[played(seed, percent=percent).table("plans")[TOLD].tolist() for seed in range(4)]
                for percent in (30, 101)]  # fmt: skip
    assert sum(one != other for one, other in zip(*plans_of, strict=True)) > 1


@pytest.mark.parametrize("seed", range(2))
def test_what_is_planned_with_chances_does_not_depend_on_how_records_are_cut(seed: int) -> None:
    def told(ticks: int) -> list[Any]:
        draw, story = random.Random(seed), Story(chain_of())
        story.tell(0, counts_from(30), *opening(draw))
        return planned_in_records(draw, story, ticks)

    assert told(1) == told(3)
