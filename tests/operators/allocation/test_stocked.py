"""Stock by SKU and site beside what resources take: never more than there is, and a gap that is true and small."""

import numpy as np
import pytest

from operators.allocation.lines import ABSENT, Lines
from operators.allocation.plan import FULL, NO_STOCK, Plan, reasons
from operators.allocation.stocked import Stock, Stocked
from simulators.bench import instances, referee
from simulators.bench.instances import Shelves
from tower.errors import UsageError


def solved(shelves: Shelves) -> Plan:
    return Stocked(shelves.lines, shelves.stock, shelves.room).plan()


def holds(shelves: Shelves, plan: Plan) -> None:
    """Neither room nor stock is exceeded."""
    assert (plan.load <= shelves.room + plan.over).all()
    served = np.flatnonzero(plan.taken != ABSENT)
    used = np.zeros_like(shelves.stock.units)
    np.add.at(used, (shelves.stock.sku[served], shelves.stock.site[served, plan.taken[served]]), 1)
    assert (used <= shelves.stock.units).all()


def least(shelves: Shelves) -> int:
    flow = referee.stocked_arcs(shelves)
    flow.solve()
    return int(flow.optimal_cost())


@pytest.mark.parametrize("seed", range(4))
def test_the_certified_gap_is_true_and_below_a_twentieth_of_a_percent(seed: int) -> None:
    shelves = instances.shelves(10_000, 1000, 30, seed=seed)
    plan, best = solved(shelves), least(shelves)
    holds(shelves, plan)
    assert plan.cost_cents - plan.gap_cents <= best <= plan.cost_cents
    assert plan.gap_cents <= 5e-4 * plan.cost_cents


def test_small_and_short_ones_hold_their_limits_and_prove_true_gaps() -> None:
    for seed in range(30):
        shelves = instances.shelves(60, 8, 5, options=3, seed=seed)
        plan, best = solved(shelves), least(shelves)
        holds(shelves, plan)
        assert plan.cost_cents - plan.gap_cents <= best <= plan.cost_cents


def test_changed_lines_keep_limits_and_a_true_gap() -> None:
    shelves = instances.shelves(4000, 400, 20)
    made = Stocked(shelves.lines, shelves.stock, shelves.room)
    made.plan()
    rows = np.arange(0, 4000, 50)
    old = shelves.lines.take(rows)
    made.change(rows, Lines.of(old.option, old.cost + 35, old.unserved, key=old.key))
    cost = shelves.lines.cost.copy()
    cost[rows] += 35
    after = Shelves(Lines.of(shelves.lines.option, cost, shelves.lines.unserved), shelves.stock, shelves.room)
    plan = made.plan()
    holds(after, plan)
    assert plan.cost_cents - plan.gap_cents <= least(after) <= plan.cost_cents


def test_the_same_input_gives_the_same_plan_and_prices() -> None:
    shelves = instances.shelves(2000, 200, 20)
    one, two = solved(shelves), solved(shelves)
    assert (one.taken.tolist(), one.last_cents.tolist()) == (two.taken.tolist(), two.last_cents.tolist())


def test_what_is_sold_out_and_what_is_full_is_told_apart() -> None:
    lines = Lines.of([[0]] * 3 + [[1]] * 3, [[100]] * 6, [900] * 6)
    stock = Stock([0] * 3 + [1] * 3, [[0]] * 3 + [[1]] * 3, [[1, 0], [0, 9]])
    plan = Stocked(lines, stock, [9, 2]).plan()
    assert sorted(plan.unserved["reason"]) == sorted([NO_STOCK, NO_STOCK, FULL])
    assert set(reasons(plan.unserved[plan.unserved["reason"] == NO_STOCK], "SKU {}".format)) == {
        "no stock of SKU 0 within promise: 2 lines"
    }


def test_frozen_lines_keep_their_stock_and_their_place() -> None:
    lines = Lines.of([[0, 1]] * 2, [[100, 200]] * 2, [900] * 2, current=[1, ABSENT], frozen=[True, False])
    plan = Stocked(lines, Stock([0, 0], [[0, 0]] * 2, [[1]]), [5, 5]).plan()
    assert plan.taken.tolist() == [1, ABSENT]


def test_one_resource_may_be_reached_from_several_sites() -> None:
    """Of each site as much as is there; costs that change, so that the other site is the cheaper, change that not."""
    lines = Lines.of([[0, 0]] * 3, [[100, 150]] * 3, [900] * 3)
    made = Stocked(lines, Stock([0] * 3, [[0, 1]] * 3, [[1, 1]]), [5])
    assert (sorted(made.plan().taken), made.plan().cost_cents, made.plan().gap_cents) == ([ABSENT, 0, 1], 1150, 0)
    made.change(np.arange(3), Lines.of([[0, 0]] * 3, [[100, 50]] * 3, [900] * 3))
    assert (sorted(made.plan().taken), made.plan().cost_cents, made.plan().gap_cents) == ([ABSENT, 0, 1], 1050, 0)


def test_negative_stock_is_refused() -> None:
    with pytest.raises(UsageError, match=r"stock: units must be from 0 to \d+ \(got -2\)"):
        Stock([0], [[0]], [[-2]])
