"""Invariants: what must hold is held against plain recounts; a book that somebody falsifies is found."""

from collections import Counter
from typing import Any

import numpy as np
import pytest

from operators.chain import Chain
from operators.invariants import NAMES
from streams.control import make
from tests.determinism.evening import straight
from tests.suites import anyorder
from tests.suites.story import Event, Story, at, event, leg, planned
from tower import ids, layouts
from tower.ids import UNKNOWN
from tower.table import Table

BOOKS = ("load_books", "stock_books", "door_books")
NAMED = {ids.of("invariant", name): name for name in NAMES}


def stands(story: Story) -> dict[str, tuple[int, int, int]]:
    """By name: held against, broken, excess."""
    return of(story.table("invariants"))


def of(rows: np.ndarray) -> dict[str, tuple[int, int, int]]:
    return {NAMED[int(row["name"])]: (int(row["checked"]), int(row["broken"]), int(row["excess"])) for row in rows}


def booked(order: str, on: str, quantity: int = 1, loads: int = 1) -> list[dict[str, object]]:
    lines = [{"line": "1", "sku": "S", "quantity": quantity, "value_cents": 10_000, "loads": loads}]
    return [event("order.placed", -9, order=order, customer="C", priority="standard", ship_to="B",
                  promise_by=at(900), lines=lines),
            event("line.booked", -8, order=order, line="1", leg=on, site="A")]  # fmt: skip


def docked(name: str) -> list[dict[str, object]]:
    said = {"visit": name, "site": "A", "door": "D1"}
    return [event("visit.booked", -9, **said, window_start=at(0), window_end=at(60)),
            event("visit.arrived", -3, **said), event("visit.docked", -2, **said)]  # fmt: skip


def test_two_at_a_door_too_many_on_a_leg_and_more_claimed_than_counted_are_broken() -> None:
    story = Story()
    counted = event("stock.counted", -30, site="A", sku="S", on_hand=5)
    story.tell(0, planned("L1", dep=600, arr=700, capacity_loads=1), counted, *booked("O1", "L1", 4), *docked("V1"))
    story.wait(1)
    assert stands(story) == {"door_occupancy": (1, 0, 0), "leg_load": (1, 0, 0), "stock_allocation": (1, 0, 0),
                             "load_books": (1, 0, 0), "stock_books": (1, 0, 0), "door_books": (1, 0, 0)}  # fmt: skip
    story.tell(5, *booked("O2", "L1", 3), *docked("V2"))
    story.wait(6)
    assert [stands(story)[name] for name in NAMES[:3]] == [(1, 1, 1), (1, 1, 1), (1, 1, 2)]
    row = story.table("invariants")[[NAMED[int(n)] for n in story.table("invariants")["name"]].index("leg_load")]
    assert (int(row["worst"]), int(row["since"])) == (ids.of("leg", "L1"), at(6))
    story.tell(7, event("visit.left", 7, visit="V1", site="A"), event("order.cancelled", 7, order="O2"))
    story.wait(9)
    assert [stands(story)[name] for name in NAMES[:3]] == [(1, 0, 0)] * 3
    assert set(story.table("invariants")["since"].tolist()) == {-1}


def test_goods_are_claimed_by_who_is_booked_and_has_not_got_them() -> None:
    """Picked and left behind: they stand ready. Held for room or goods: booked anew. Held for credit: theirs."""
    story = Story()
    counted = event("stock.counted", -30, site="A", sku="S", on_hand=50)
    story.tell(0, planned("L1", dep=600, arr=700), counted, *booked("O1", "L1", 4), *booked("O2", "L1", 20))
    said = {"order": "O1", "line": "1"}

    def claimed() -> int:
        return int(story.table("stock")["allocated"][0])

    assert claimed() == 24
    for at_min, reason, left in ((1, "capacity", 20), (3, "stock", 20), (5, "credit", 24)):
        story.tell(at_min, event("line.held", at_min, reason=reason, **said))
        assert claimed() == left
        story.tell(at_min + 1, event("line.booked", at_min + 1, leg="L1", site="A", **said))
        assert claimed() == 24
    story.tell(8, event("line.picked", 8, quantity=4, **said), event("stock.moved", 8, site="A", sku="S", quantity=4))
    story.tell(9, event("line.failed", 9, leg="L1", reason="left behind", **said))
    story.tell(10, event("line.booked", 10, leg="L1", site="A", **said))
    assert claimed() == 20
    story.wait(61)
    assert stands(story)["stock_books"] == (1, 0, 0)


def test_a_leg_is_held_against_the_loads_on_it_not_against_the_lines() -> None:
    story = Story()
    story.tell(0, planned("L1", dep=600, arr=700, capacity_loads=5), *booked("O1", "L1", loads=3), *booked("O2", "L1"))
    story.wait(1)
    assert stands(story)["leg_load"] == (1, 0, 0)
    story.tell(2, *booked("O3", "L1", loads=4))
    story.wait(3)
    assert stands(story)["leg_load"] == (1, 1, 3)


def on_leg(story: Story, leg: str) -> tuple[int, int]:
    """Lines and loads that are counted on it."""
    row = story.row("loads", "leg", leg)
    return int(row["lines"]), int(row["loads"])


def test_loads_of_a_line_are_counted_where_it_is_as_many_as_were_told_last() -> None:
    story = Story()
    legs = [planned(name, dep=600, arr=700, capacity_loads=9) for name in ("L1", "L2")]
    first, on = booked("O1", "L1", loads=3)
    story.tell(0, *legs, {**first, "id": "placed"}, on, *booked("O2", "L1"))
    assert on_leg(story, "L1") == (2, 4)
    more = booked("O1", "L1", loads=5)[0]
    story.tell(1, {**more, "at": at(-8.5), "id": "more"})
    assert on_leg(story, "L1") == (2, 6)
    story.tell(2, {**more, "at": at(-8.5), "lines": [{"line": "1", "sku": "S", "quantity": 1}],
                   "corrects": {"id": "more", "reason": "typed"}})  # fmt: skip
    assert on_leg(story, "L1") == (2, 2), "nobody tells any more how many: one"
    story.tell(3, {**more, "at": at(-8)})
    story.tell(4, event("line.booked", 4, order="O1", line="1", leg="L2", site="A"))
    assert (on_leg(story, "L1"), on_leg(story, "L2")) == ((1, 1), (1, 5))
    story.tell(5, event("line.picked", 5, order="O1", line="1", quantity=1))
    assert on_leg(story, "L2") == (1, 5)
    story.tell(6, event("line.failed", 6, order="O1", line="1", leg="L2", reason="left behind"))
    assert on_leg(story, "L2") == (0, 0)
    story.tell(61, leg("estimated", 61, "L1", dep_estimated=at(610), arr_estimated=at(710)))
    story.wait(62)
    assert stands(story)["load_books"] == (2, 0, 0)


def older(saved: Any) -> Any:
    """A state as a build left it that did not count loads."""
    blanks = {"loads": layouts.blank("loads"), "lines": layouts.blank("lines")}
    steps = {step: dict(tables) for step, tables in saved.items()}
    for name, blank in blanks.items():
        rows = Table.from_bytes(blank, steps["lines"][name]).rows.copy()
        rows["loads" if name == "loads" else "counted_loads"] = -1
        steps["lines"][name] = Table(blank, rows).to_bytes()
    return steps


def test_on_a_state_of_a_build_that_did_not_count_loads_they_are_counted_as_if_it_had() -> None:
    stories = [Story(), Story()]
    for story, is_older in zip(stories, (False, True), strict=True):
        story.tell(0, planned("L1", dep=600, arr=700, capacity_loads=9), *booked("O1", "L1", loads=3),
                   *booked("O2", "L1", loads=2), *booked("O3", "L2"))  # fmt: skip
        story.tell(1, event("line.held", 1, order="O2", line="1", reason="capacity"))
        saved = story.chain.saved()
        story.chain = Chain(make, older(saved) if is_older else saved, story.chain.after)
        story.tell(2, event("line.booked", 2, order="O1", line="1", leg="L2", site="A"))
    assert [on_leg(stories[1], name) for name in ("L1", "L2")] == [(0, 0), (2, 4)]
    assert stories[0].table("loads").tolist() == stories[1].table("loads").tolist()


def test_nothing_is_said_where_nothing_has_changed() -> None:
    story = Story()
    story.tell(0, planned("L1", dep=600, arr=700, capacity_loads=1), *booked("O1", "L1"))
    assert story.wait(1).rows("invariants").size > 0
    assert story.wait(20).rows("invariants").size == 0
    story.tell(21, leg("estimated", 21, "L1", dep_estimated=at(610), arr_estimated=at(710)))
    assert story.wait(22).rows("invariants").size == 0, "it was looked at, and is as it was"


@pytest.mark.parametrize(("table", "column", "name"), [
    ("loads", "lines", "load_books"), ("loads", "loads", "load_books"), ("stock", "allocated", "stock_books"),
    ("doors", "occupants", "door_books"),
])  # fmt: skip
def test_a_book_that_is_falsified_is_found_within_the_hour(table: str, column: str, name: str) -> None:
    story = Story()
    counted = event("stock.counted", -30, site="A", sku="S", on_hand=5)
    story.tell(0, planned("L1", dep=600, arr=700), counted, *booked("O1", "L1", 4), *docked("V1"))
    story.wait(1)
    kept = next(step.tables[table] for step in story.chain.steps if table in step.tables)
    kept.rows[column] += 2
    story.tell(50, leg("estimated", 50, "L1", dep_estimated=at(610), arr_estimated=at(710)))
    story.wait(51)
    assert stands(story)[name][1] == 0, "books are counted anew once an hour"
    story.tell(70, leg("estimated", 70, "L1", dep_estimated=at(620), arr_estimated=at(720)))
    story.wait(71)
    assert stands(story)[name] == (1, 1, 2)


def plainly(tables: dict[str, Table]) -> dict[str, int]:
    """How many are broken, counted in plain Python."""
    doors, loads, stock, legs, lines, visits = (
        tables[name].rows for name in ("doors", "loads", "stock", "legs", "lines", "visits")
    )
    takes = {int(row["key"]): int(row["capacity_loads"]) for row in legs if row["capacity_loads"] >= 0}
    on, stand = (np.unique(column[column != UNKNOWN], return_counts=True) for column in
                 (lines["on_leg"], visits["at_door"]))  # fmt: skip
    loads_on = Counter[int]()
    for row in lines:
        loads_on[int(row["on_leg"])] += max(int(row["loads"]), 1)
    on_leg, at_door = (dict(zip(keys.tolist(), counts.tolist(), strict=True)) for keys, counts in (on, stand))
    return {
        "door_occupancy": sum(int(row["occupants"]) > 1 for row in doors),
        "leg_load": sum(int(row["loads"]) > takes.get(int(row["key"]), 1 << 60) for row in loads),
        "stock_allocation": sum(
            int(row["counted_at"]) >= 0 and int(row["allocated"]) > max(0, int(row["balance"])) for row in stock
        ),
        "load_books": sum((max(0, int(row["lines"])), max(0, int(row["loads"])))
                          != (on_leg.get(int(row["key"]), 0), loads_on[int(row["key"])]) for row in loads),
        "door_books": sum(max(0, int(row["occupants"])) != at_door.get(int(row["key"]), 0) for row in doors),
    }


def test_on_the_storm_the_world_holds_legs_and_goods_and_the_books_agree() -> None:
    """At doors stand some of whom nobody said, this evening, that they left."""
    played, worst = straight(), dict.fromkeys(NAMES, 0)
    tables = {name: table for step in played.chain.steps for name, table in step.tables.items()}
    for outcome in played.held.outcomes:
        for name, (_, broken, _) in of(outcome.rows("invariants")).items():
            worst[name] = max(worst[name], broken)
    assert sum(of(outcome.rows("invariants")).keys() >= {"load_books"} for outcome in played.held.outcomes) > 0
    assert [worst[name] for name in ("leg_load", "stock_allocation", *BOOKS)] == [0] * 5
    assert {name: count for name, count in plainly(tables).items() if count} == {
        name: count for name, (_, count, _) in of(tables["invariants"].rows).items() if count
    }


def own(one: Event, hour: int) -> Event:
    """The event under an id of its hour; what it corrects too."""
    wrong = {"corrects": {**one["corrects"], "id": f"{hour}-{one['corrects']['id']}"}} if "corrects" in one else {}
    return {**one, **wrong, "id": f"{hour}-{one['id']}"}


@pytest.mark.parametrize("count", [2_000, pytest.param(1_000_000, marks=[pytest.mark.long, pytest.mark.timeout(3600)])])
def test_books_agree_whatever_is_told_late_again_or_taken_back(count: int) -> None:
    """Legs, visits, lines, orders, stock and supply at random, with corrections, 40 events a record."""
    told, hours = 0, 0
    for seed in range(count):
        story = Story()
        for hour in range(1, 6):
            more = [own(one, hour) for one in anyorder.events(1000 * seed + hour)]
            told += len(more)
            story.tell(60 * hour - 5, *more)
            story.wait(60 * hour + 1)
            found = stands(story)
            assert {name: found[name][1] for name in BOOKS if name in found} == {
                name: 0 for name in BOOKS if name in found
            }
            hours += len(found)
        if told >= count:
            break
    assert hours > 0
