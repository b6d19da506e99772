"""One destination is solved as the library solves it: the same plan and prices, whatever it begins with."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from operators.allocation.allocation import Allocation
from operators.allocation.lines import ABSENT, Lines
from operators.allocation.net import FAR, TIE
from operators.planning.market import solve
from operators.planning.rows import NOWHERE, WANT, WAY


def problem(seed: int) -> dict[str, Any]:
    """Lines on legs of little room, some of which they cannot take; costs that tie often."""
    draw = np.random.default_rng(seed)
    n, m = int(draw.integers(1, 40)), int(draw.integers(1, 12))
    wants, ways = np.repeat(WANT, n), np.repeat(WAY, m)
    wants["key"], ways["key"] = draw.integers(1, 1 << 63, n), draw.integers(1, 1 << 63, m)
    cost = draw.integers(0, draw.choice([5, 2000]), (n, m))
    cost[draw.random((n, m)) < 0.3] = FAR
    at = np.where(draw.random(n) < 0.5, draw.integers(0, m, n), NOWHERE)
    return {"wants": wants, "ways": ways, "at": np.where(cost[np.arange(n), at] < FAR, at, NOWHERE), "cost": cost,
            "left": draw.integers(0, 3000, n), "room": draw.integers(0, 1 + 2 * n // m, m)}  # fmt: skip


def solved(given: dict[str, Any], most: int, price: Any) -> tuple[Any, Any, Any, int]:
    n, m = given["cost"].shape
    taken, last, following = np.zeros(n, "i8"), np.zeros(m, "i8"), np.zeros(m, "i8")
    ties, wide = np.zeros(8 * n * (min(most, m) + 1) + 1000, TIE), np.zeros(m + 2, "i8")
    wide[:m] = price
    columns = (given[name] for name in ("wants", "ways", "at", "cost", "left", "room"))
    rounds = solve(*columns, most, ties, wide, taken, last, following)
    return taken, last, following, int(rounds)


def referee(given: dict[str, Any]) -> tuple[Any, Any, Any]:
    """The same problem, by the library: every leg is an option."""
    cost, room = given["cost"], given["room"]
    n, m = cost.shape
    option = np.where(cost < FAR, np.arange(m), ABSENT)
    lines = Lines.of(option, np.where(cost < FAR, cost, 0), given["left"], key=given["wants"]["key"].astype("i8"))
    allocation = Allocation(room, m, given["ways"]["key"].astype("i8"))
    allocation.put(np.arange(n), lines)
    plan = allocation.plan()
    return plan.taken, plan.last_cents, plan.next_cents


@given(st.integers(0, 1 << 30))
@settings(max_examples=150, deadline=None)
def test_a_market_is_solved_as_the_library_does_whatever_is_weighed_and_wherever_prices_begin(seed: int) -> None:
    given, draw = problem(seed), np.random.default_rng(seed + 1)
    m = given["room"].size
    expected = referee(given)
    for most, price in ((m, 0), (2, 0), (3, draw.integers(0, 2000, m) << 37)):
        *found, rounds = solved(given, most, price)
        assert [column.tolist() for column in found] == [column.tolist() for column in expected]
        assert rounds < 60
