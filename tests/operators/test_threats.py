"""Which delays are felt is what a plain look at legs and lines says, in whatever order these were told."""

import random
from typing import Any

import numpy as np
import pytest

from operators.orders import LAST_MILE
from operators.predict.claims import CARRIERS, OURS
from operators.telling import ALONG, BEFORE, DEPARTED
from operators.threats import LATE_MIN, lateness
from tests.suites.story import Event, Story, at, event, leg, planned, restarted
from tower import clock, ids, layouts
from tower.pairing import pair
from tower.table import Table, upsert

LEGS, ORDERS, NOW = tuple(f"L{n}" for n in range(5)), tuple(f"O{n}" for n in range(6)), 100
OFTEN = {"leg.planned": 10, "leg.estimated": 6, "order.placed": 10, "line.booked": 12, "leg.departed": 2,
         "leg.arrived": 1, "leg.cancelled": 1}  # fmt: skip


def told(seed: int, count: int = 60) -> list[Event]:
    """Legs that are late, overdue or neither, with lines whose promises leave some room, none, or are lost."""
    draw = random.Random(seed)
    return [{"id": f"e{i}", **one(draw)} for i in range(count)]


def one(draw: random.Random) -> Event:
    """Any one of them."""
    kind = draw.choices(*zip(*OFTEN.items(), strict=True))[0]
    when, start, name, order = draw.randrange(NOW), draw.randrange(300), draw.choice(LEGS), draw.choice(ORDERS)
    if kind == "leg.planned":
        return {**planned(name, start, start + 60), "at": at(when)}
    if kind == "leg.estimated":
        return leg("estimated", when, name, dep_estimated=at(start), arr_estimated=at(start + 60))
    if kind == "order.placed":
        lines = [{"line": "1", "sku": "S", "quantity": 1, "value_cents": 100}]
        return event(kind, when, order=order, customer="C", priority="standard", ship_to="B",
                     promise_by=at(draw.randrange(200, 600)), lines=lines)  # fmt: skip
    if kind == "line.booked":
        return event(kind, when, order=order, line="1", leg=name, site="A")
    return leg(kind.partition(".")[2], when, name)


def plain(story: Story) -> dict[int, tuple[float, bool]]:
    """How late each leg is, if that is felt, and whether it is overdue, if that is: of those that are either."""
    found = {}
    for row in story.table("legs"):
        if row["arrived_at"] >= 0 or row["cancelled_at"] >= 0 or row["arr_planned"] < 0:
            continue
        late = float(row["arr_expected"] - row["arr_planned"]) / clock.MINUTE
        moment = "dep" if row["departed_at"] < 0 else "arr"
        waited = float(at(NOW) - row[f"{moment}_expected"]) / clock.MINUTE
        room = rooms(story, row)
        is_late = late >= LATE_MIN and (not room or any(0 <= minutes < late for minutes in room))
        is_due = waited >= 0 and at(NOW) >= row[f"{moment}_planned"]
        is_overdue = bool(is_due) and (not room or any(0 <= minutes < late + waited for minutes in room))
        if is_late or is_overdue:
            found[int(row["key"])] = late if is_late else 0.0, is_overdue
    return found


def rooms(story: Story, row: Any) -> list[float]:
    """By how many minutes the leg may be late for each promise on it; below nothing where that is lost by plan."""
    promises = [int(line["promised_by"]) for line in story.table("lines")
                if line["on_leg"] == row["key"] and line["promised_by"] >= 0]  # fmt: skip
    return [(promise - LAST_MILE - int(row["arr_planned"])) / clock.MINUTE for promise in promises]


def said(story: Story) -> dict[int, tuple[float, bool]]:
    """The same, as the step has it."""
    rows = {int(row["key"]): (float(row["late_min"]) if row["late_min"] >= LATE_MIN else 0.0, bool(row["is_overdue"]))
            for row in story.table("threats")}  # fmt: skip
    return {key: row for key, row in rows.items() if row != (0.0, False)}


@pytest.mark.parametrize("seed", range(6))
def test_any_order_grouping_and_repetition_say_what_a_plain_look_says(seed: int) -> None:
    draw, straight = random.Random(seed), told(seed)
    for _ in range(3):
        story = Story()
        for start in range(0, len(straight), size := draw.randrange(1, 40)):
            story.tell(NOW, *straight[start : start + size])
        assert said(story) == plain(story)
        straight = straight + draw.sample(straight, 10)
        draw.shuffle(straight)


def test_delays_of_each_sort_are_among_these() -> None:
    rows = []
    for seed in range(6):
        story = Story()
        story.tell(NOW, *told(seed))
        rows += [(row["late_min"] >= LATE_MIN, bool(row["is_overdue"]), row["needed_at"] >= 0)
                 for row in story.table("threats")]  # fmt: skip
    assert {(False, True, True), (True, False, True), (False, False, True), (False, True, False)} <= set(rows)


def test_a_saved_state_goes_on_and_an_older_one_is_caught_up_with() -> None:
    whole, halves, older = restarted("threats", NOW, told(2))
    assert whole.table("threats").tobytes() == halves.table("threats").tobytes()
    assert whole.outcomes[-1].chain == halves.outcomes[-1].chain
    assert said(older) == said(whole)


def test_a_threat_goes_with_its_leg() -> None:
    story = Story()
    story.tell(NOW, *told(3))
    story.tell(NOW + 1, *(leg("cancelled", NOW, name) for name in LEGS))
    step = next(step for step in story.chain.steps if step.name == "threats")
    assert len(step.tables["threats"]) > 0
    step.evict(at(60 * 24 * 20))
    assert len(step.tables["threats"]) == 0


def answered(*answers: tuple[int, int, float, float, int]) -> tuple[Any, Any]:
    """Predictions of a leg: moment, minute, minutes late (in one of twenty 9 sooner), chance to be late, whose is
    shown; and the leg, said to be 40 minutes late at minute 10.
    """
    row = layouts.empty("legs", 1)[0]
    row["key"], row["late_min"], row["estimated_at"] = ids.of("leg", "L1"), 40.0, at(10)
    table = Table(layouts.blank("predictions"))
    table.begin(1, len(answers))
    for moment, minute, late, chance, shown in answers:
        told = table.t.rows[upsert(table.t, np.uint64(pair(row["key"], np.uint64(moment))))]
        told["issued_at"], told["p05"], told["p50"], told["shown_min"], told["p_event"], told["shown"] = (
            at(minute), late - 9, late, late, chance, shown)  # fmt: skip
    return table.t, row


@pytest.mark.parametrize(("answers", "late"), [
    ([], (40, 40)),
    ([(BEFORE, 9, 25, 0.9, OURS)], (40, 40)),
    ([(BEFORE, 11, 25, 0.9, OURS)], (25, 23)),
    ([(BEFORE, 11, 25, 0.55, OURS)], (0, 23)),
    ([(BEFORE, 11, 25, 0.55, CARRIERS)], (25, 25)),
    ([(BEFORE, 11, np.nan, np.nan, OURS)], (40, 40)),
    ([(BEFORE, 11, 25, 0.9, OURS), (DEPARTED, 12, 30, 0.9, OURS)], (25, 23)),
])  # fmt: skip
def test_of_what_is_said_and_predicted_the_newest_counts(answers: list[Any], late: tuple[float, float]) -> None:
    predictions, row = answered(*answers)
    assert lateness(predictions, row) == pytest.approx(late)


def test_what_was_predicted_before_it_left_holds_until_it_is_asked_about_anew() -> None:
    answers = ((BEFORE, 11, 25, 0.9, OURS), (DEPARTED, 12, 30, 0.9, OURS), (ALONG, 13, 50, 0.9, OURS))
    for count, late in ((1, 25), (2, 30), (3, 50)):
        predictions, row = answered(*answers[:count])
        row["departed_at"] = at(11)
        assert lateness(predictions, row)[0] == late
