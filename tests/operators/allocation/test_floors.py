"""Floors: promises, ageing and switching as prices, so that the cheap class is not starved."""

from typing import Any

import numpy as np
import pytest

from operators.allocation.allocation import Allocation
from operators.allocation.floors import Floors
from operators.allocation.lines import ABSENT, Lines
from tower.errors import UsageError

EXPRESS, STANDARD, ECONOMY = range(3)


def test_lateness_costs_once_by_the_hour_and_more_each_day() -> None:
    floors = Floors()
    one, day = 60, 1440
    assert floors.lateness([EXPRESS, ECONOMY, ECONOMY], [0, one, day]).tolist() == [
        0, 800 + 60 + 60 * 200 * 3600 // (60 * 100 * 2 * 1440), 800 + 60 * 24 + 60 * 24,
    ]  # fmt: skip


def test_breaking_a_promise_that_is_kept_costs_and_one_that_is_not_does_not() -> None:
    floors = Floors(late_cents=(0, 0, 0), late_hour_cents=(0, 0, 0), break_cents=(30, 20, 10))
    cost = floors.costs(np.zeros((3, 2)), [[0, 60], [60, 60], [0, 60]], [EXPRESS, EXPRESS, ECONOMY], [0, 0, ABSENT])
    assert cost.tolist() == [[0, 30], [0, 0], [0, 0]]
    left = floors.left([1000, 1000], [[0], [60]], [0, 0], [STANDARD, STANDARD], [0, 0])
    assert left.tolist() == [1000 + 200 + 20, 1000 + 200]


def days_until_economy_goes(floors: Floors) -> int:
    """One unit leaves a day, an express line comes every day, and an economy line has been there from the first."""
    for day in range(40):
        grade, late = np.array([ECONOMY, EXPRESS]), np.array([day, 0]) * 1440
        cost = floors.costs(np.zeros((2, 1)), late[:, None], grade, [ABSENT, ABSENT])
        left = floors.left([4000, 4000], late[:, None], late + 1440, grade, [ABSENT, ABSENT])
        made = Allocation([1], 1)
        made.put([0, 1], Lines.of([[0], [0]], cost, left, grade=grade))
        if made.plan().taken[0] != ABSENT:
            return day
    return 40


def test_ageing_serves_the_cheap_class_in_the_end_and_without_it_it_starves() -> None:
    assert days_until_economy_goes(Floors(ageing_percent=(0, 0, 0))) == 40
    assert days_until_economy_goes(Floors(ageing_percent=(100, 100, 200))) < 40


@pytest.mark.parametrize(("wrong", "said"), [
    ({"late_cents": (1, 2, 0)}, "late_cents must not rise from express to standard to economy (got (1, 2, 0))"),
    ({"ageing_percent": (-1, 0, 0)}, "ageing_percent must be from 0"),
    ({"left_cents": -5}, "left_cents must be from 0"),
])  # fmt: skip
def test_floors_that_contradict_themselves_are_refused_with_the_clause(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as refused:
        Floors(**wrong)
    assert said in refused.value.what
