"""Lines of several loads in the chain: planned whole, counted by loads wherever they are, told by loads."""

import random
from typing import Any

import numpy as np
import pytest

from api.unserved import says
from operators.chain import Chain
from operators.planning import rows
from streams.control import make
from tests.operators.planning.network import opening
from tests.operators.planning.network import order as placed_at_random
from tests.operators.planning.test_offers import classed, lost, moves, options
from tests.operators.planning.test_plans import legs, order, plans, shorts, stock
from tests.suites.story import Event, Story, at, event, leg, planned
from tower import ids
from tower.ids import UNKNOWN
from tower.table import Table


def told(*events: Event, loads: tuple[int, ...], count: int = 2, room: int = 4, wait: float = 11) -> Story:
    """What is planned of lines of so many loads."""
    story = Story()
    lines = [one for n, several in enumerate(loads) for one in order(n, loads=several)]
    story.tell(0, stock(99), *legs(count, room), *lines, *events)
    story.wait(wait)
    return story


def sentences(story: Story) -> set[str | None]:
    return {says(row, {ids.of("leg", f"L{n}"): f"L{n}" for n in range(9)}) for row in story.table("plans")}


def test_lines_go_whole_on_legs_that_take_all_of_them() -> None:
    assert sorted(plans(told(loads=(3, 3, 1, 1))).values()) == [("L0", "new")] * 2 + [("L1", "new")] * 2


def test_a_full_leg_tells_how_many_loads_it_is_short_of() -> None:
    story = told(loads=(4, 3), count=1)
    assert (sorted(why for _, why in plans(story).values()), shorts(story)) == (["full", "new"], {"full": [3]})
    assert "L0 full: 3 loads short" in sentences(story)


def test_a_line_that_no_leg_takes_whole_is_too_large_for_the_largest_and_others_are_short_without_it() -> None:
    smaller = planned("L2", dep=290, arr=390, capacity_loads=2)
    story = told(smaller, loads=(9, 4, 4), count=1)
    assert plans(story)[0] == ("", "too_large")
    assert sentences(story) == {None, "too large for any leg, the largest is L0: 5 loads short",
                                "L0 full: 4 loads short"}, "L2 leaves sooner, and never takes four"  # fmt: skip


def test_what_is_picked_counts_by_its_loads() -> None:
    story = told(*order(9, on="L0", loads=3), event("line.picked", -10, order="O9", line="1", quantity=1), loads=(2,),
                 count=1)  # fmt: skip
    assert shorts(story) == {"full": [1]}


def test_a_line_whose_loads_are_corrected_is_planned_anew_by_what_holds() -> None:
    story = told(loads=(1, 3), count=1)
    assert {leg for leg, _ in plans(story).values()} == {"L0"}
    story.tell(12, {**order(0, loads=2)[0], "at": at(-400)})
    story.wait(21)
    assert shorts(story) == {"full": [1]}
    booked = event("line.booked", 22, order="O1", line="1", leg="L0", site="A")
    story.tell(22, booked, {**order(0, loads=1)[0], "at": at(-300)})
    story.wait(31)
    assert plans(story) == {0: ("L0", "new")}


def test_booked_lines_of_several_loads_make_room_and_are_taken_off_a_leg_that_is_lost() -> None:
    story = told(*order(8, on="L0", loads=4), loads=())
    story.tell(12, leg("cancelled", 12, "L0"), lost(8, 12))
    story.wait(13)
    assert plans(story) == {8: ("L1", "stranded")}


def test_a_full_leg_has_a_price_of_a_load() -> None:
    prices = told(loads=(2, 2, 2), room=4, count=1).table("prices")
    assert prices["resource"].tolist() == [ids.of("leg", "L0")]
    assert prices["next_unit_cents"][0] > 0


def crowded(loads: int, **leg_has: float) -> Story:
    """L0 with an express line of so many loads is cancelled; on the next leg are three economy lines of one load."""
    story = Story()
    first, second, third = ({**one, **leg_has} for one in legs(3, room=3))
    second = {**second, "dep_planned": at(480), "arr_planned": at(510)}
    third = {**third, "dep_planned": at(1500), "arr_planned": at(1600)}
    economy = [one for n in (1, 2, 3) for one in classed(order(n, 3000, on="L1"), "economy")]
    story.tell(0, stock(9), first, second, third, *economy, *classed(order(0, 700, on="L0", loads=loads), "express"))
    story.wait(6)
    story.tell(7, leg("cancelled", 7, "L0"), lost(0))
    story.wait(8.1)
    return story


@pytest.mark.parametrize("loads", [1, 2])
def test_options_say_the_same_where_legs_tell_kg_that_do_not_bind(loads: int) -> None:
    told, weighed = (crowded(loads, **leg_has).table("options") for leg_has in ({}, {"capacity_kg": 9000.0}))
    assert told.tolist() == weighed.tolist()
    assert told["lines_kept"].max() == 1


@pytest.mark.parametrize("loads", [1, 2, 3])
def test_joint_makes_as_much_room_as_the_line_takes_loads(loads: int) -> None:
    story = crowded(loads)
    found = options(story)
    assert found["joint"]["net_cents"] > found["spare"]["net_cents"] > 0
    assert (found["joint"]["moves"], found["joint"]["churn_lines"]) == (1 + loads, loads)
    assert [int(row["to_leg"]) for row in moves(story, found["spare"])] == [ids.of("leg", "L2")]


def test_an_option_is_taken_back_when_its_leg_has_not_room_for_all_loads_any_more() -> None:
    story = crowded(2)
    assert options(story)["spare"]["moves"] == 1
    story.tell(9, *order(7, 3000, on="L2", loads=2))
    story.wait(10.1)
    assert options(story)["spare"]["moves"] == 0


def test_lines_that_an_earlier_build_did_not_plan_are_planned_when_this_one_is_activated() -> None:
    stories = [Story(), Story()]
    for story, is_older in zip(stories, (False, True), strict=True):
        story.tell(0, stock(99), *legs(2, 4), *order(0, loads=3), *order(1, on="L0", loads=3), *order(2, loads=1))
        saved: Any = {step: dict(tables) for step, tables in story.chain.saved().items()}
        if is_older:
            wants = Table.from_bytes(rows.WANT, saved["plans"]["wants"]).rows.copy()
            wants["stand"][wants["loads"] > 1] = 3
            saved["plans"]["wants"] = Table(rows.WANT, wants).to_bytes()
        story.chain = Chain(make, saved, story.chain.after)
        story.tell(1, event("build.activated", 1, build="another"))
        story.wait(11)
    assert plans(stories[0]) == plans(stories[1]) == {0: ("L1", "new"), 2: ("L0", "new")}


# --- a world that does as planned


@pytest.mark.parametrize("seed", range(8))
def test_where_all_is_done_that_is_planned_no_leg_is_ever_over_what_it_takes(seed: int) -> None:
    draw, story, done = random.Random(seed), Story(), 0
    story.tell(0, *({**one, "on_hand": 99} if one["kind"] == "stock.counted" else one
                    for one in opening(draw, 8) if one["kind"] != "line.booked"))  # fmt: skip
    for n in range(12):
        now = 10.0 * n + 11
        story.wait(now)
        asked = [did(row, story, now) for row in story.table("plans") if row["from_leg"] != row["to_leg"]]
        done += len(asked)
        story.tell(now + 1, *asked)
        story.tell(now + 2, *strays(draw, story, n, now + 2))
        story.wait(now + 4)
        broken = {int(row["name"]): int(row["broken"]) for row in story.table("invariants")}
        assert [broken.get(ids.of("invariant", name), 0) for name in ("leg_load", "load_books")] == [0, 0]
    assert done > 15 < sum(int(row["loads"]) > 1 for row in story.table("lines"))


def did(row: np.void, story: Story, now: float) -> Event:
    """What happens where a plan is followed; lines that are taken off wait."""
    numbers = {int(ids.of("order", f"O{n}")): f"O{n}" for n in range(60)}
    names = {int(ids.of("leg", f"L{n}")): f"L{n}" for n in range(20)}
    lines = story.table("lines")
    said = {"order": numbers[int(lines["order"][lines["key"] == row["line"]][0])], "line": "1"}
    if row["to_leg"] == UNKNOWN:
        return event("line.held", now, reason="capacity", **said)
    origin = story.row("legs", "leg", names[int(row["to_leg"])])["origin"]
    site = next(name for name in ("A", "X") if ids.of("site", name) == origin)
    return event("line.booked", now, leg=names[int(row["to_leg"])], site=site, **said)


def strays(draw: random.Random, story: Story, n: int, now: float) -> list[Event]:
    """A leg that is lost with all that is on it, a line that is picked on another, and an order that is new."""
    off = f"L{draw.randrange(14)}"
    numbers = {int(ids.of("order", f"O{k}")): k for k in range(60)}
    on, rest = list[int](), list[int]()
    for line in story.table("lines")[story.table("lines")["on_leg"] != UNKNOWN]:
        (on if line["on_leg"] == ids.of("leg", off) else rest).append(numbers[int(line["order"])])
    picks = [event("line.picked", now, order=f"O{k}", line="1", quantity=1) for k in rest[:1]]
    return [leg("cancelled", now, off), *(lost(k, now, off) for k in on), *placed_at_random(draw, 20 + n, now, 8)[:1],
            *picks]  # fmt: skip
