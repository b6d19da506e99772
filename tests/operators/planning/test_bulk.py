"""Legs that are full by kg or m3: the plan keeps them, says so, and is as it was where they do not bind."""

from typing import Any

import numpy as np
import pytest

from api.unserved import says
from operators.planning.bulk import that_fit
from operators.planning.rows import NOWHERE
from tests.operators.planning.test_plans import order, plans, stock
from tests.suites.story import Story, planned
from tower import ids
from tower.outcomes import WHYS


def told(*lines: dict[str, Any], **leg: Any) -> Story:
    """What is planned of lines of so many kg and m3 on two legs of so much."""
    story = Story()
    ways = [planned(f"L{n}", dep=300 + 60 * n, arr=400 + 60 * n, capacity_loads=5, **leg) for n in range(2)]
    story.tell(0, stock(9), *ways, *(one for n, line in enumerate(lines) for one in order(n, **line)))
    story.wait(11)
    return story


def test_a_leg_takes_no_more_kg_than_it_can_and_the_next_takes_the_rest() -> None:
    found = plans(told(*[{"weight_kg": 400.0}] * 3, capacity_kg=1000.0))
    assert sorted(found.values()) == [("L0", "new"), ("L0", "new"), ("L1", "new")]


@pytest.mark.parametrize(("size", "leg", "why"), [("weight_kg", "capacity_kg", "full_kg"),
                                                  ("volume_m3", "capacity_m3", "full_m3")])  # fmt: skip
def test_what_no_leg_takes_any_more_is_told_with_the_leg_and_the_measure(size: str, leg: str, why: str) -> None:
    story = told(*[{size: 7.5}] * 3, **{leg: 10.0})
    assert sorted(plans(story).values()) == [("", why), ("L0", "new"), ("L1", "new")]
    left = [r for r in story.table("plans") if WHYS[r["why"]] == why]
    assert [int(r["resource"]) for r in left] == [ids.of("leg", "L0")]
    assert [says(r, {ids.of("leg", "L0"): "L0"}) for r in left] == [f"L0 full: 5 {size[-2:]} short"], "7.5 on 2.5"
    assert {int(r["resource"]) for r in story.table("prices")} >= {ids.of("leg", "L0")}


def test_what_is_booked_and_picked_weighs_on_its_leg_too() -> None:
    story = Story()
    way = planned("L0", dep=300, arr=400, capacity_loads=5, capacity_kg=1000.0)
    story.tell(0, stock(9), way, *order(0, on="L0", weight_kg=800.0), *order(1, weight_kg=400.0, value_cents=0))
    story.wait(11)
    assert plans(story) == {1: ("", "full_kg")}


def test_kg_that_do_not_bind_change_nothing() -> None:
    lines: list[dict[str, Any]] = [{"promise": 450 + 10 * n} for n in range(7)]
    weighed = [{**line, "weight_kg": 100.0} for line in lines]
    assert told(*weighed, capacity_kg=9000.0).table("plans").tolist() == told(*lines).table("plans").tolist()


def test_the_same_lines_in_another_order_are_planned_the_same() -> None:
    kg = [310.0, 290.0, 420.0, 150.0, 600.0]

    def planned_in(numbers: list[int]) -> dict[int, tuple[str, str]]:
        story = Story()
        ways = [planned(f"L{n}", dep=300 + 60 * n, arr=400 + 60 * n, capacity_loads=5, capacity_kg=700.0)
                for n in range(2)]  # fmt: skip
        story.tell(0, stock(9), *ways, *(one for n in numbers for one in order(n, promise=420 + n, weight_kg=kg[n])))
        story.wait(11)
        return plans(story)

    assert planned_in([0, 1, 2, 3, 4]) == planned_in([4, 2, 0, 3, 1])


def test_moves_of_an_option_are_made_one_after_the_other_as_far_as_legs_take_them() -> None:
    class Small:
        free, bulk, bulk_free = np.array([1, 1]), np.zeros((2, 2), "i8"), np.array([[500, 9], [300, 9]])
        wants = np.array([(1, 1, 400, 1), (2, 1, 250, 1), (3, 1, 500, 1)],
                         [("key", "u8"), ("loads", "i8"), ("grams", "i8"), ("litres", "i8")])  # fmt: skip
        at = np.array([1, NOWHERE, NOWHERE])

    scene: Any = Small()
    assert that_fit(scene, np.array([0, 1, 2]), np.array([0, 1, 1])).tolist() == [True, True, False]
