"""The plan in the chain: it is the one optimum, keeps within room and goods, and says what it cannot do and why."""

import random
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from api.unserved import says
from operators.planning.plans import Plans
from operators.work import Work
from tests.operators.planning.network import opening, over_taken, planned_in_records, played
from tests.suites.story import Event, Story, at, event, leg, planned
from tower import ids
from tower.ids import UNKNOWN, pairs
from tower.outcomes import WHYS
from tower.record import Record

TOLD = ["line", "order", "order_line", "from_leg", "to_leg", "cost_cents", "why", "resource", "short", "sku"]


def order(number: int, promise: float = 900, on: str = "", **more: Any) -> list[Event]:
    """An order of one line to B, booked on a leg from A if that is named."""
    lines = [{"line": "1", "sku": "S", "quantity": 1, "value_cents": 10_000, **more}]
    told = [event("order.placed", -500, order=f"O{number}", customer="C", priority="standard", ship_to="B",
                  promise_by=at(promise), lines=lines)]  # fmt: skip
    return [*told, event("line.booked", -490, order=f"O{number}", line="1", leg=on, site="A")] if on else told


def stock(units: int, when: float = -600) -> Event:
    return event("stock.counted", when, site="A", sku="S", on_hand=units)


def legs(count: int, room: int) -> list[Event]:
    return [planned(f"L{n}", dep=300 + 60 * n, arr=400 + 60 * n, capacity_loads=room) for n in range(count)]


def plans(story: Story) -> dict[int, tuple[str, str]]:
    """By order number: the leg that the plan has its line on ("" for none), and why."""
    names = {ids.of("leg", f"L{n}"): f"L{n}" for n in range(20)}
    keys = {int(pairs(np.array(ids.of("order", f"O{n}"), "u8"), np.array(ids.of("line", "1"), "u8"))): n
            for n in range(20)}  # fmt: skip
    return {keys[int(r["line"])]: (names.get(int(r["to_leg"]), ""), WHYS[r["why"]]) for r in story.table("plans")}


def test_new_lines_are_planned_on_the_legs_that_have_room_within_minutes() -> None:
    story = Story()
    story.tell(0, stock(9), *legs(2, room=2), *order(0), *order(1), *order(2))
    assert plans(story) == {}
    story.wait(11)
    assert sorted(plans(story).values()) == [("L0", "new"), ("L0", "new"), ("L1", "new")]
    named = {(int(row["order"]), int(row["order_line"])) for row in story.table("plans")}
    assert named == {(ids.of("order", f"O{n}"), ids.of("line", "1")) for n in range(3)}


def lost(n: int, when: float, on: str = "L0") -> Event:
    return event("line.failed", when, order=f"O{n}", line="1", reason="leg_cancelled", quantity=1, leg=on)


@pytest.mark.parametrize("seconds", [1, 5, 60])
def test_a_line_whose_leg_is_cancelled_is_planned_anew_after_the_seconds_that_policy_says(seconds: int) -> None:
    story = Story()
    soon = event("policy.set", -700, policy="p", version=1, document={"plan": {"urgent_s": seconds}})
    story.tell(0, soon, stock(9), *legs(2, room=2), *order(0, on="L0"))
    story.wait(11)
    story.tell(12, leg("cancelled", 12, "L0"), lost(0, 12))
    story.wait(12 + (seconds - 1) / 60)
    assert plans(story) == {}
    story.wait(12 + seconds / 60)
    assert plans(story) == {0: ("L1", "stranded")}


def test_what_is_lost_as_a_minute_ends_is_planned_when_it_is_over() -> None:
    """Where nothing follows, the log passes no second until the next minute is over, too."""
    story = Story()
    story.tell(0, stock(9), *legs(2, room=2), *order(0, on="L0"))
    story.wait(11)
    story.tell(12 + 57 / 60, leg("cancelled", 12 + 57 / 60, "L0"), lost(0, 12 + 57 / 60))
    assert plans(story) == {}
    story.wait(13)
    assert plans(story) == {0: ("L1", "stranded")}


def test_what_is_lost_within_the_same_seconds_is_planned_together() -> None:
    story = Story()
    story.tell(0, stock(9), *legs(2, room=2), *order(0, on="L0"), *order(1, on="L0"))
    story.wait(11)
    story.tell(12, leg("cancelled", 12, "L0"), lost(0, 12))
    story.tell(12.05, lost(1, 12.05))
    assert plans(story) == {}
    story.wait(12 + 5 / 60)
    assert plans(story) == {0: ("L1", "stranded"), 1: ("L1", "stranded")}


def test_of_legs_alike_the_earlier_is_taken_until_booking_it_would_be_a_rush() -> None:
    story = Story()
    ahead = [planned(f"L{n}", dep=500 + 60 * n, arr=900, capacity_loads=2) for n in range(3)]
    story.tell(0, stock(9), *ahead, *order(0, promise=3000))
    story.wait(11)
    assert plans(story) == {0: ("L0", "new")}
    story.wait(31)
    assert plans(story) == {0: ("L1", "new")}, "L0 leaves within eight hours now"
    assert story.table("plans")[TOLD].tolist() == planned_cold(story).tolist()


def test_a_plan_that_has_been_booked_is_taken_back() -> None:
    story = Story()
    story.tell(0, stock(9), *legs(1, room=2), *order(0))
    story.wait(11)
    story.tell(12, event("line.booked", 12, order="O0", line="1", leg="L0", site="A"))
    story.wait(21)
    assert plans(story) == {}
    assert ids.of("table", "plans") in story.outcomes[-1].rows("gone")["table"].tolist()


def test_what_cannot_go_is_told_with_its_reason() -> None:
    story = Story()
    late = [planned("L5", dep=100, arr=150, capacity_loads=5, dest="C")]
    elsewhere = [{**e, "ship_to": "C"} if e["kind"] == "order.placed" else e for e in order(4)]
    story.tell(0, stock(9), *legs(1, room=1), *late, *order(0), *order(1), *order(2, sku="none"), *order(3, loads=2),
               *elsewhere)  # fmt: skip
    story.wait(11)
    told = Counter(plans(story).values())
    assert told == {("L0", "new"): 1, ("", "full"): 1, ("", "no_stock"): 1, ("", "too_large"): 1,
                    ("", "no_candidate"): 1}  # fmt: skip
    full = [r for r in story.table("plans") if WHYS[r["why"]] == "full"]
    assert full[0]["resource"] == ids.of("leg", "L0")
    names = {ids.of("leg", "L0"): "L0", ids.of("sku", "none"): "none"}
    assert {said for row in story.table("plans") if (said := says(row, names))} == {
        "L0 full: 1 load short", "no stock of none within promise: 1 unit wanted", "no leg can be caught",
        "too large for any leg, the largest is L0: 1 load short",
    }  # fmt: skip


def test_a_full_leg_is_short_of_as_many_loads_as_lines_would_go_on_it_and_says_so_anew_when_that_changes() -> None:
    story = Story()
    story.tell(0, stock(9), *legs(1, room=2), *(one for n in range(5) for one in order(n)))
    story.wait(11)
    assert shorts(story) == {"full": [3, 3, 3]}
    story.tell(12, *order(5))
    story.wait(21)
    assert shorts(story) == {"full": [4, 4, 4, 4]}
    story.tell(22, event("leg.planned", 22, leg="L0", mode="air", origin="A", dest="B", dep_planned=at(300),
                         arr_planned=at(400), capacity_loads=9))  # fmt: skip
    story.wait(31)
    assert shorts(story) == {}


def shorts(story: Story) -> dict[str, list[int]]:
    """What is told to be short, by why."""
    found: dict[str, list[int]] = {}
    for row in story.table("plans"):
        if row["short"] >= 0:
            found.setdefault(WHYS[row["why"]], []).append(int(row["short"]))
    return found


def test_a_line_that_is_picked_has_its_goods_and_no_leg_from_where_they_stand() -> None:
    story = Story()
    away = planned("L0", dep=300, arr=400, capacity_loads=2, origin="X")
    lost = planned("L1", dep=200, arr=300, capacity_loads=2)
    story.tell(-400, stock(9), away, lost, *order(0, on="L1"))
    failed = event("line.failed", -5, order="O0", line="1", reason="leg_cancelled", quantity=1, leg="L1")
    story.tell(0, event("line.picked", -10, order="O0", line="1", quantity=1), leg("cancelled", -5, "L1"), failed)
    story.wait(11)
    assert plans(story) == {0: ("", "no_candidate")}


def test_a_leg_that_is_full_has_a_price_and_one_with_room_has_none() -> None:
    story = Story()
    early, late = legs(2, room=1)
    story.tell(0, stock(9), early, {**late, "capacity_loads": 9}, *order(0, promise=600), *order(1, promise=600))
    story.wait(11)
    prices = story.table("prices")
    assert prices["resource"].tolist() == [ids.of("leg", "L0")]
    assert prices["window_start"].tolist() == [at(300)]
    assert 0 < prices["next_unit_cents"][0] <= prices["last_unit_cents"][0]
    story.tell(12, leg("cancelled", 12, "L0"))
    story.wait(21)
    assert len(story.table("prices")) == 0


def test_a_network_without_lines_keeps_nothing() -> None:
    story = Story()
    story.tell(0, stock(9), *legs(3, room=2))
    story.wait(60)
    assert all(len(story.table(name)) == 0 for name in ("wants", "ways", "goals", "rounds", "plans"))


def test_work_over_the_budget_waits_for_the_next_minutes_and_says_so() -> None:
    story = Story()
    tight = event("policy.set", -700, policy="p", version=1, document={"plan": {"work_a_minute": 1}})
    told = [planned(f"L{n}", dep=300, arr=400, capacity_loads=2, dest=dest) for n, dest in enumerate("BCD")]
    orders = [{**e, "ship_to": dest} for n, dest in enumerate("BCD") for e in order(n)]
    story.tell(0, tight, stock(9), *told, *orders)
    counts = []
    for minute in (10.1, 11.1, 12.1, 21.1):
        counts.append((len(story.table("plans")), story.wait(minute).rows("notes").size))
    assert counts[0] == (0, 1)
    assert len(story.table("plans")) == 3


def test_what_is_urgent_comes_before_what_was_left_over_and_has_a_part_of_the_budget_to_itself() -> None:
    """Six of eight are spent at the full minute on F, which has two legs, and on four of the five other places."""
    story = Story()
    tight = event("policy.set", -700, policy="p", version=1, document={"plan": {"work_a_minute": 8}})
    told = [planned(f"L{n}", dep=900, arr=990, capacity_loads=2, dest=dest) for n, dest in enumerate("BCDEG")]
    orders = [{**e, "ship_to": dest} for n, dest in enumerate("BCDEG") for e in order(n, promise=2000)]
    to_f = [planned(f"L{n}", dep=900 + 60 * (n - 5), arr=999, capacity_loads=2, dest="F") for n in (5, 6)]
    far = [{**e, "ship_to": "F"} if e["kind"] == "order.placed" else e for e in order(5, promise=2000, on="L5")]
    story.tell(0, tight, stock(9), *to_f, *far)
    story.tell(9.5, *told, *orders)
    story.wait(10.05)
    assert len(plans(story)) == 4
    story.tell(10.1, leg("cancelled", 10.1, "L5"), lost(5, 10.1, "L5"))
    story.wait(10.3)
    assert plans(story)[5] == ("L6", "stranded")
    assert len(plans(story)) == 5
    story.wait(11.1)
    assert len(plans(story)) == 6


def test_what_is_due_by_the_hour_does_not_come_before_what_is_stranded() -> None:
    """Places that were planned long ago are due again as lines there grow dearer: they have waited since then only."""
    story = Story()
    tight = event("policy.set", -700, policy="p", version=1, document={"plan": {"work_a_minute": 8}})
    late = [{**e, "ship_to": dest} if e["kind"] == "order.placed" else e for n, dest in enumerate("BCDEG")
            for e in order(n, promise=50)]  # fmt: skip
    told = [planned(f"L{2 * n + k}", dep=900, arr=990 + k, capacity_loads=0, dest=dest)
            for n, dest in enumerate("BCDEG") for k in range(2)]  # fmt: skip
    to_f = [planned(f"L{n}", dep=900, arr=990 + n, capacity_loads=2, dest="F") for n in (10, 11)]
    far = [{**e, "ship_to": "F"} if e["kind"] == "order.placed" else e for e in order(5, promise=2000, on="L10")]
    story.tell(0, tight, stock(9), *to_f, *told, *far, *late)
    for minute in range(11, 119):
        story.wait(minute)
    story.wait(120.05)
    waits = story.table("goals")
    assert (waits["is_dirty"] == 1).any()
    assert (waits["since"][waits["is_dirty"] == 1] >= at(110)).all()
    story.tell(120.1, leg("cancelled", 120.1, "L10"), lost(5, 120.1, "L10"))
    story.wait(120.3)
    assert plans(story)[5][1] == "stranded"


def test_what_is_urgent_is_planned_once_a_minute_where_that_is_all_the_budget_allows() -> None:
    story = Story()
    tight = event("policy.set", -700, policy="p", version=1, document={"plan": {"work_a_minute": 1}})
    told = [planned(f"L{2 * n + k}", dep=300 + 60 * k, arr=400 + 60 * k, capacity_loads=2, dest=dest)
            for n, dest in enumerate("BCD") for k in range(2)]  # fmt: skip
    orders = [{**e, "ship_to": dest} if e["kind"] == "order.placed" else e
              for n, dest in enumerate("BCD") for e in order(n, on=f"L{2 * n}")]  # fmt: skip
    story.tell(0, tight, stock(9), *told, *orders)
    story.wait(11)
    story.wait(15)
    assert plans(story) == {}
    for n in range(3):
        story.tell(16 + n / 10, leg("cancelled", 16 + n / 10, f"L{2 * n}"), lost(n, 16 + n / 10, f"L{2 * n}"))
    found = [len(plans(story)) for tick in range(1, 40) if story.wait(16.2 + tick / 12)]
    assert sorted(set(found)) == [1, 2, 3]
    assert [found.index(n) for n in (2, 3)] == [9, 21], "at 17:00 and 18:00"


# --- one optimum, or one plan near it where lines are of several loads

MOST = st.sampled_from((1, 8))
"""Loads that a line can have."""


def planned_cold(story: Story) -> np.ndarray:
    """The plans of a step that knows the facts only, as of the last multiple of ten minutes."""
    tables = {n: t for s in story.chain.steps for n, t in s.tables.items() if n != "rounds" or isinstance(s, Plans)}
    names = ("price_list", "legs", "lines", "loads", "stock", "incidents", "links", "forecasts", "advisories",
             "stations", "predictions")  # fmt: skip
    step = Plans(None, **{name: tables[name] for name in names})
    step.tables["rates"] = tables["rates"]
    now = story.outcomes[-1].now
    now -= now % 600_000
    step._wakes(now)
    step.plan(Work(Record(1, now, {}), now, 1, happen=False))
    return np.sort(step.tables["plans"].rows, order="key")[TOLD]


@given(st.integers(0, 1 << 30), MOST)
@example(112, 1)  # a line that is planned no more left its leg
@example(389, 1)  # a line was booked on the same leg from another site
@settings(max_examples=30, deadline=None)
def test_the_plan_after_any_events_is_the_one_made_from_nothing(seed: int, most: int) -> None:
    story = played(seed, most=most)
    assert story.table("plans")[TOLD].tolist() == planned_cold(story).tolist()


def test_a_line_that_was_to_be_late_hours_after_the_plan_is_planned_anew_when_it_grows_dearer() -> None:
    story = Story()
    story.tell(0, stock(9), planned("L0", dep=900, arr=1000, capacity_loads=2), *order(0, promise=150))
    found = []
    for minute in (11, 171, 181, 241):
        story.wait(minute)
        assert story.table("plans")[TOLD].tolist() == planned_cold(story).tolist()
        found.append(int(story.table("plans")["cost_cents"][0]))
    assert found[0] == found[1] > found[2] > found[3]


@given(st.integers(0, 1 << 30), MOST)
@settings(max_examples=12, deadline=None)
def test_a_restart_changes_nothing(seed: int, most: int) -> None:
    tables = ("plans", "prices", "options", "moves", "wants", "ways", "goals")
    straight, restarted = played(seed, cut=-1, most=most), played(seed, cut=1, most=most)
    assert [straight.table(n).tolist() for n in tables] == [restarted.table(n).tolist() for n in tables]


@given(st.integers(0, 1 << 30), MOST)
@settings(max_examples=30, deadline=None)
def test_no_plan_takes_more_loads_or_goods_than_there_are(seed: int, most: int) -> None:
    story = played(seed, most=most)
    wants, legs = story.table("wants"), {int(r["key"]): r for r in story.table("legs")}
    wants = wants[wants["keep_until"] < 0]
    on, stays = Counter[int](), Counter[int]()
    for want in wants[wants["to_leg"] != UNKNOWN]:
        on[int(want["to_leg"])] += int(want["loads"])
        stays[int(want["to_leg"])] += int(want["loads"]) if want["leg"] == want["to_leg"] else 0
    for key, count in on.items():
        assert count <= max(int(legs[key]["capacity_loads"]), stays[key])
    check_kg(story, wants)
    assert over_taken(wants, legs, story.table("stock")) == []


def check_kg(story: Story, wants: Any) -> None:
    """No leg has more kg as planned than it takes, unless it had that much already."""
    lines, known = story.table("lines"), set(wants["key"].tolist())
    stays, on = Counter[int](), Counter[int]()
    for line in lines[np.isin(lines["state"], (3, 4)) & (lines["booked_leg"] != UNKNOWN)]:
        kg = float(np.nan_to_num(line["weight_kg"])) if int(line["key"]) not in known else 0.0
        stays[int(line["booked_leg"])] += round(1000 * kg)
        on[int(line["booked_leg"])] += round(1000 * kg)
    for want in wants[wants["to_leg"] != UNKNOWN]:
        on[int(want["to_leg"])] += int(want["grams"])
        stays[int(want["to_leg"])] += int(want["grams"]) if want["leg"] == want["to_leg"] else 0
    for row in story.table("legs")[story.table("legs")["capacity_kg"] >= 0]:
        assert on[int(row["key"])] <= max(1000 * float(row["capacity_kg"]), stays[int(row["key"])])


@pytest.mark.parametrize("most", [1, 8])
@pytest.mark.parametrize("seed", range(3))
def test_what_is_planned_does_not_depend_on_how_records_are_cut(seed: int, most: int) -> None:
    def told(ticks: int) -> list[Any]:
        draw, story = random.Random(seed), Story()
        story.tell(0, *opening(draw, most))
        return planned_in_records(draw, story, ticks, most)

    assert told(1) == told(3)
