"""One destination is solved as the library solves it: the same plan and prices, whatever it begins with."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from operators.allocation.allocation import Allocation
from operators.allocation.lines import ABSENT, Lines
from operators.allocation.net import FAR
from operators.planning.market import solve
from operators.planning.paths import Sheet


def problem(seed: int) -> dict[str, Any]:
    """Lines on legs of little room, some of which they cannot take; costs that tie often."""
    draw = np.random.default_rng(seed)
    n, m = int(draw.integers(1, 40)), int(draw.integers(1, 12))
    lines, legs = draw.integers(1, 1 << 63, n).astype("u8"), draw.integers(1, 1 << 63, m).astype("u8")
    cost = draw.integers(0, draw.choice([5, 2000]), (n, m))
    cost[draw.random((n, m)) < 0.3] = FAR
    return {"lines": lines, "legs": legs, "cost": cost, "left": draw.integers(0, 3000, n),
            "room": draw.integers(0, 1 + 2 * n // m, m)}


def blank_sheet(lines: int, legs: int) -> Sheet:
    """A sheet to write on."""
    d = legs + 1
    return Sheet(
        np.empty((lines, d), "i8"), np.empty((d, d), "i8"), np.empty((d, d), "i4"), np.empty(d, "i8"),
        np.empty(d, "i8"), np.empty(d, "i8"), np.empty(d + 1, "i8"), np.empty(d + 1, "i8"), np.empty(d + 1, "i8"),
        np.empty(d + 1, "i8"),
    )  # fmt: skip


def solved(given: dict[str, Any], price: Any) -> tuple[Any, Any, Any]:
    n, m = given["cost"].shape
    taken, last, following = np.zeros(n, "i8"), np.zeros(m, "i8"), np.zeros(m, "i8")
    wide = np.zeros(m + 2, "i8")
    wide[:m] = price
    columns = (given[name] for name in ("lines", "legs", "cost", "left", "room"))
    solve(*columns, blank_sheet(n, m), wide, taken, last, following)
    return taken, last, following


def referee(given: dict[str, Any]) -> tuple[Any, Any, Any]:
    """The same problem, by the library: every leg is an option."""
    cost, room = given["cost"], given["room"]
    n, m = cost.shape
    option = np.where(cost < FAR, np.arange(m), ABSENT)
    lines = Lines.of(option, np.where(cost < FAR, cost, 0), given["left"], key=given["lines"].astype("i8"))
    allocation = Allocation(room, m, given["legs"].astype("i8"))
    allocation.put(np.arange(n), lines)
    plan = allocation.plan()
    return plan.taken, plan.last_cents, plan.next_cents


@given(st.integers(0, 1 << 30))
@settings(max_examples=150, deadline=None)
def test_a_market_is_solved_as_the_library_does_wherever_prices_begin(seed: int) -> None:
    given, draw = problem(seed), np.random.default_rng(seed + 1)
    expected = referee(given)
    for price in (0, draw.integers(-500, 2000, given["room"].size) << 37):
        found = solved(given, price)
        assert [column.tolist() for column in found] == [column.tolist() for column in expected]
