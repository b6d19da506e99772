"""Options of incidents: three, best first, worth what they say, within room, and gone when they do not hold."""

import random
from collections import Counter
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.operators.planning.network import LEGS, happens, opening
from tests.operators.planning.test_plans import legs, order, stock
from tests.suites.story import Event, Story, at, event, leg, planned
from tower import ids
from tower.events import PRIORITIES
from tower.ids import UNKNOWN
from tower.outcomes import OPTIONS


def options(story: Story) -> dict[str, Any]:
    """The options of the one incident there is, by kind."""
    return {OPTIONS[row["kind"]]: row for row in story.table("options")}


def moves(story: Story, option: Any) -> list[Any]:
    return [row for row in story.table("moves") if row["option"] == option["key"]]


def lost(number: int, when: float = 7, on: str = "L0") -> Event:
    return event("line.failed", when, order=f"O{number}", line="1", reason="leg_cancelled", quantity=1, leg=on)


def classed(events: list[Event], priority: str) -> list[Event]:
    return [{**e, "priority": priority} if e["kind"] == "order.placed" else e for e in events]


def crowded() -> Story:
    """L0 with an express line is cancelled; the next leg is full of economy that could wait for the last one."""
    story = Story()
    first, second, third = legs(3, room=1)
    second = {**second, "dep_planned": at(480), "arr_planned": at(510)}
    third = {**third, "dep_planned": at(1500), "arr_planned": at(1600)}
    story.tell(0, stock(9), first, second, third, *classed(order(0, 700, on="L0"), "express"),
               *classed(order(1, 3000, on="L1"), "economy"))  # fmt: skip
    story.wait(6)
    assert len(story.table("options")) == 0
    story.tell(7, leg("cancelled", 7, "L0"), lost(0))
    story.wait(8.1)
    return story


def test_joint_makes_room_where_a_planner_by_phone_could_not() -> None:
    told = options(crowded())
    assert [told[kind]["rank"] for kind in ("joint", "spare", "nothing")] == [1, 2, 3]
    assert told["joint"]["net_cents"] > told["spare"]["net_cents"] > told["nothing"]["net_cents"] == 0
    assert (told["joint"]["moves"], told["joint"]["churn_lines"], told["spare"]["moves"]) == (2, 1, 1)
    assert told["joint"]["express_cents"] > 0 > told["joint"]["economy_cents"]
    assert (told["joint"]["on_time_delta"], told["joint"]["express_on_time"]) == (1, 1)
    assert told["spare"]["on_time_delta"] == 0
    assert (told["nothing"]["unserved"], told["joint"]["unserved"], told["joint"]["lines"]) == (1, 0, 1)


def test_an_option_expires_when_the_first_of_its_moves_cannot_be_made() -> None:
    told = options(crowded())
    assert told["joint"]["expires_at"] == at(480 - 360)
    assert told["spare"]["expires_at"] == at(1500 - 150)
    assert told["nothing"]["expires_at"] == -1


def test_options_that_do_not_hold_any_more_are_taken_back_within_a_minute() -> None:
    story = crowded()
    before = set(story.table("options")["key"].tolist())
    story.tell(9, leg("cancelled", 9, "L2"))
    story.wait(10.1)
    told = options(story)
    assert told["spare"]["moves"] == 0
    gone = {int(r["key"]) for o in story.outcomes for r in o.rows("gone") if r["table"] == ids.of("table", "options")}
    assert gone & before == before - {int(r["key"]) for r in told.values()} != set()


def test_an_option_whose_leg_has_filled_is_worked_out_anew_with_the_next_plan() -> None:
    story = crowded()
    assert options(story)["spare"]["moves"] == 1
    story.tell(9, *order(2, 3000, on="L2"))
    story.wait(10.1)
    assert options(story)["spare"]["moves"] == 0


def test_the_same_moves_are_the_same_option() -> None:
    story = crowded()
    before = sorted(story.table("options")["key"].tolist())
    story.tell(20, *order(7))
    story.wait(40)
    assert sorted(story.table("options")["key"].tolist()) == before


def test_an_incident_that_is_over_has_no_options() -> None:
    story = crowded()
    story.tell(9, event("line.booked", 9, order="O0", line="1", leg="L2", site="A"))
    story.tell(2500, *(leg("arrived", 2500, f"L{n}") for n in (1, 2)))
    story.tell(2600, *(event("line.delivered", 2600, order=f"O{n}", line="1", quantity=1) for n in (0, 1)))
    story.wait(2700)
    assert len(story.table("options")) == len(story.table("moves")) == 0


@given(st.integers(0, 1 << 30), st.sampled_from((1, 8)))
@settings(max_examples=40, deadline=None)
def test_whatever_happens_joint_is_worth_no_less_than_spare_and_both_keep_within_room(seed: int, most: int) -> None:
    draw, story, when = random.Random(seed), Story(), 0.0
    story.tell(0, *opening(draw, most), event("site.declared", -600, site="A", station="A"))
    for n in range(6):
        when += draw.randrange(1, 30)
        off = f"L{draw.randrange(LEGS)}"
        story.tell(when, *happens(draw, n, when, most), leg("cancelled", when, off), *stranded(story, off, when))
    story.wait(when + 12)
    told = story.table("options")
    for incident in np.unique(told["incident"]):
        joint, spare, nothing = np.sort(told[told["incident"] == incident], order="rank")
        assert [joint["kind"], spare["kind"], nothing["kind"]] == [0, 1, 2]
        assert joint["net_cents"] >= spare["net_cents"] >= nothing["net_cents"] == 0
        for option in (joint, spare, nothing):
            check(story, option)


def stranded(story: Story, off: str, when: float) -> list[Event]:
    """What the world says of lines that were on a leg that is cancelled."""
    numbers = {int(ids.of("order", f"O{n}")): n for n in range(40)}
    on = [r for r in story.table("lines") if r["on_leg"] == ids.of("leg", off) and int(r["order"]) in numbers]
    return [lost(numbers[int(r["order"])], when, off) for r in on]


def check(story: Story, option: Any) -> None:
    """What an option says adds up, and its moves fit beside what is booked."""
    assert option["net_cents"] == option["value_kept_cents"] - option["cost_cents"]
    assert option["net_cents"] == sum(option[f"{name}_cents"] for name in PRIORITIES)
    assert option["on_time_delta"] == sum(option[f"{name}_on_time"] for name in PRIORITIES)
    assert option["net_p10_cents"] <= option["net_p90_cents"]
    assert 0 <= option["confidence"] <= 1
    steps = moves(story, option)
    assert len(steps) == option["moves"]
    assert -sum(int(r["cost_cents"]) for r in steps) == option["net_cents"]
    loads = {int(r["key"]): max(int(r["loads"]), 1) for r in story.table("lines")}
    on = Counter({int(r["key"]): max(int(r["loads"]), 0) for r in story.table("loads")})
    into = Counter[int]()
    for step in steps:
        on[int(step["from_leg"])] -= loads[int(step["line"])]
        into[int(step["to_leg"])] += loads[int(step["line"])]
    room = {int(r["key"]): int(r["capacity_loads"]) for r in story.table("legs")}
    assert [key for key, count in into.items() if key != UNKNOWN and on[key] + count > room[key]] == []
    check_kg(story, steps)


def check_kg(story: Story, steps: list[Any]) -> None:
    """No leg that a line is moved onto has more kg after the moves than it takes."""
    to = {int(step["line"]): int(step["to_leg"]) for step in steps}
    on, lines = Counter[int](), story.table("lines")
    for line in lines:
        leg = int(line["booked_leg"] if line["state"] in (3, 4) else UNKNOWN)
        on[to.get(int(line["key"]), leg)] += round(1000 * float(np.nan_to_num(line["weight_kg"])))
    takes = {int(r["key"]): 1000 * float(r["capacity_kg"]) for r in story.table("legs") if r["capacity_kg"] >= 0}
    assert [leg for leg in to.values() if on[leg] > takes.get(leg, 1 << 60)] == []


__all__ = ["planned"]
