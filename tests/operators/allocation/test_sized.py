"""Lines with loads, kg and m3: within all limits, a bound that holds, and near what HiGHS finds best."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from operators.allocation import sized
from operators.allocation.allocation import Allocation
from operators.allocation.lines import ABSENT, Lines
from operators.allocation.parts import NO_PARTS, Parts
from operators.allocation.sized import Sized
from simulators.bench import instances, referee
from tower.errors import UsageError

Drawn = tuple[Lines, Any, Any]


def drawn(seed: int, loads: int = 4, n: int = 24, d: int = 4) -> Drawn:
    """Lines of some loads, kg and m3 that do not all fit."""
    draw = np.random.default_rng(seed)
    option = np.argsort(draw.random((n, d)), axis=1)[:, :3]
    lines = Lines.of(option, draw.integers(100, 2000, option.shape), draw.integers(1500, 9000, n))
    size = np.stack([draw.integers(1, loads + 1, n), draw.integers(0, 900, n), draw.integers(0, 500, n)], axis=1)
    return lines, size, (size.sum(0) * draw.uniform(0.15, 0.3, (d, 3))).astype("i8")


def holds(given: Drawn, plan: Sized, parts: Parts = NO_PARTS) -> None:
    """All limits are kept, and the plan costs what it says."""
    lines, size, room = given
    left, cents = np.array(room), 0
    for i in range(len(lines)):
        whole, k, other = int(size[i, 0]), int(plan.taken[i]), int(plan.second[i])
        if k == ABSENT:
            cents += int(lines.unserved[i])
            continue
        for option, count in ((k, int(plan.loads[i])), (other, whole - int(plan.loads[i]))):
            if option != ABSENT:
                assert other == ABSENT or count >= parts.least
                left[lines.option[i, option]] -= -(-size[i] * count // whole)
                cents += -(-int(lines.cost[i, option]) * count // whole)
        cents += parts.cents * (other != ABSENT)
    assert (left >= 0).all()
    assert (plan.cost_cents, plan.bound_cents <= plan.cost_cents) == (cents, True)


@pytest.mark.parametrize("seed", range(12))
def test_the_best_plan_is_between_the_bound_and_ours_and_near_ours(seed: int) -> None:
    given = drawn(seed)
    plan, best = sized.plan(*given), referee.sized_least(*given)
    holds(given, plan)
    assert plan.bound_cents <= best <= plan.cost_cents <= 1.06 * best
    assert plan.bound_cents == sized.bound_cents(*given, plan.cents)


def test_a_line_goes_in_two_parts_where_policy_lets_it_and_that_is_worth_its_fee() -> None:
    lines = Lines.of([[0, 1]], [[100, 200]], [9000])
    size, room, parts = [[5, 500, 0]], [[3, 900, 9], [9, 250, 9]], Parts(True, 2, 50)
    whole, split = sized.plan(lines, size, room), sized.plan(lines, size, room, parts)
    assert (whole.taken.tolist(), whole.cost_cents) == ([ABSENT], 9000)
    assert (split.taken.tolist(), split.second.tolist(), split.loads.tolist()) == ([0], [1], [3])
    assert split.cost_cents == 60 + 80 + 50
    dear = sized.plan(lines, size, room, parts._replace(cents=9000))
    assert (dear.taken.tolist(), dear.cost_cents) == ([ABSENT], 9000)


@pytest.mark.parametrize("seed", range(6))
def test_parts_keep_limits_and_the_least_and_cost_no_more_than_the_whole(seed: int) -> None:
    given, parts = drawn(seed, loads=9), Parts(True, 2, 40)
    plan = sized.plan(*given, parts)
    holds(given, plan, parts)
    assert plan.cost_cents <= sized.plan(*given).cost_cents


def test_units_within_kg_and_m3_are_planned_to_the_bit_as_without() -> None:
    instance = instances.regional(400, 12)
    alone = Allocation(instance.room, 5)
    alone.put(np.arange(400), instance.lines)
    room = np.stack([instance.room, np.full(12, 10**6), np.full(12, 10**6)], axis=1)
    plan = sized.plan(instance.lines, [[1, 900, 30]] * 400, room)
    assert plan.taken.tolist() == alone.plan().taken.tolist()
    assert plan.gap_cents == 0


def test_kg_that_bind_are_kept_with_a_proven_gap() -> None:
    instance = instances.regional(600, 12)
    kg = np.random.default_rng(4).integers(100, 900, 600)
    room = np.stack([instance.room, instance.room * 400, np.full(12, sized.UNLIMITED)], axis=1)
    given = instance.lines, np.stack([np.ones(600), kg, np.zeros(600)], axis=1).astype("i8"), room
    plan = sized.plan(*given)
    holds(given, plan)
    assert plan.gap_cents <= 0.01 * plan.cost_cents


def test_the_order_of_rows_does_not_matter() -> None:
    lines, size, room = drawn(3)
    order = np.random.default_rng(1).permutation(len(lines))
    one, two = sized.plan(lines, size, room), sized.plan(lines.take(order), size[order], room)
    assert (one.taken[order].tolist(), one.bound_cents) == (two.taken.tolist(), two.bound_cents)


def test_what_cannot_be_is_refused() -> None:
    lines, size, room = drawn(0)
    with pytest.raises(UsageError, match="sized: loads must be 1 or more"):
        sized.plan(lines, size * [0, 1, 1], room)
    with pytest.raises(UsageError, match="sized: no line may be frozen"):
        sized.plan(replace(lines, frozen=np.ones(len(lines), "?")), size, room)
