"""Referee: what the best plan costs, by OR-Tools, where it is installed; for tests and benches only.

ortools and highspy cannot share a process, so nothing here imports the latter.
"""

from importlib.util import find_spec
from typing import Any

import numpy as np

from operators.allocation.lines import ABSENT, Lines
from simulators.bench.instances import Instance, Shelves


def is_there() -> bool:
    """Whether OR-Tools is installed."""
    return find_spec("ortools") is not None


def least_cost(instance: Instance) -> int:
    """What the best plan costs with switching, in cents, by SimpleMinCostFlow; frozen lines stay where they are."""
    flow, fixed = arcs(instance)
    flow.solve()
    return int(flow.optimal_cost()) + fixed


def arcs(instance: Instance) -> tuple[Any, int]:
    """The network, ready to be solved, and what frozen lines cost."""
    from ortools.graph.python import min_cost_flow

    lines, room = instance.lines, np.array(instance.room)
    cost, unserved = lines.charged()
    rows = np.flatnonzero(lines.frozen)
    booked = rows[lines.current[rows] != ABSENT]
    fixed = int(cost[booked, lines.current[booked]].sum() + unserved[np.setdiff1d(rows, booked)].sum())
    room -= np.bincount(lines.option[booked, lines.current[booked]], minlength=len(room))
    free = np.flatnonzero(~lines.frozen)
    n, d = len(free), len(room)
    at, k = np.nonzero(lines.option[free] != ABSENT)
    flow = min_cost_flow.SimpleMinCostFlow()
    line, sink = np.arange(n), n + d
    flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([at, line, n + np.arange(d)]),
        np.concatenate([n + lines.option[free][at, k], np.full(n, sink), np.full(d, sink)]),
        np.concatenate([np.ones(len(at) + n, "i8"), np.maximum(0, room)]),
        np.concatenate([cost[free][at, k], unserved[free], np.zeros(d, "i8")]),
    )
    flow.set_nodes_supplies(np.arange(sink + 1), np.concatenate([np.ones(n, "i8"), np.zeros(d, "i8"), [-n]]))
    return flow, fixed


def stocked_arcs(shelves: Shelves) -> Any:
    """Lines to cells (SKU, site) to sites to the sink, or from a line straight to the sink; ready to be solved."""
    from ortools.graph.python import min_cost_flow

    lines, stock, room = shelves.lines, shelves.stock, shelves.room
    n, d = len(lines), len(room)
    cost, unserved = lines.charged()
    at, k = np.nonzero(lines.option != ABSENT)
    cells, cell = np.unique(stock.sku[at] * d + stock.site[at, k], return_inverse=True)
    first, sites, sink = n, n + len(cells), n + len(cells) + d
    flow = min_cost_flow.SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([at, first + np.arange(len(cells)), sites + np.arange(d), np.arange(n)]),
        np.concatenate([first + cell, sites + cells % d, np.full(d, sink), np.full(n, sink)]),
        np.concatenate([np.ones(len(at), "i8"), stock.units[cells // d, cells % d], room, np.ones(n, "i8")]),
        np.concatenate([cost[at, k], np.zeros(len(cells) + d, "i8"), unserved]),
    )
    flow.set_nodes_supplies(np.arange(sink + 1), np.concatenate([np.ones(n, "i8"), np.zeros(sink - n, "i8"), [-n]]))
    return flow


def sized_least(lines: Lines, size: Any, room: Any) -> int:
    """What the best plan of lines costs that take loads, kg and m3, whole, in cents: by HiGHS through scipy."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    at, k = np.nonzero(lines.option != ABSENT)
    cost, unserved = lines.charged()
    once = (at[None] == np.arange(len(lines))[:, None]).astype("f8")
    there = lines.option[at, k][None] == np.arange(len(room))[:, None]
    limits = [LinearConstraint(once, ub=1), *(LinearConstraint(there * size[at, r], ub=room[:, r]) for r in range(3))]
    gain = (cost - unserved[:, None])[at, k]
    found = milp(
        gain, integrality=np.ones(at.size), bounds=Bounds(0, 1), constraints=limits, options={"mip_rel_gap": 0}
    )
    return round(float(found.fun)) + int(unserved.sum())
