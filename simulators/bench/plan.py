"""Plan: allocations and doors, cold, after changes and event by event, in CPU time, beside solvers and rules.

Peers (`plan_peers`) are SimpleMinCostFlow and CP-SAT of OR-Tools where that is installed, in a process of their own,
HiGHS through scipy, and rules: greedy in the order of lines, and by regret.
"""

import statistics
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import numpy as np

from operators.allocation import doors, marginal, sized
from operators.allocation.exact import Exact
from operators.allocation.lines import ABSENT, Lines
from operators.allocation.stocked import Stocked
from operators.allocation.visits import Doors
from operators.planning.plotting import Plotter
from operators.planning.settings import settings_of
from operators.planning.sizes import rooms_of, sizes_of
from operators.prices import USUAL
from simulators.bench import instances, plan_peers, plan_storm, yards
from simulators.bench.destinations import NOW, scene_at
from simulators.bench.figures import Row, cpu_s, row
from simulators.bench.instances import Instance, Shelves

COLD: Final = {(1_000, 20): 2.0, (10_000, 50): 20.0, (100_000, 50): 80.0}
"""Lines and resources -> target in ms."""
WARM: Final = {(1_000, 20): 0.15, (10_000, 50): 1.0, (100_000, 50): 2.0}
"""The same after 1 % of the lines have changed."""
SIZES: Final = tuple(COLD)
QUICK: Final = SIZES[:1]
EVENT_US, GAP_SHARE, STOCKED_S, STOCKED_MS = 25.0, 1e-4, 1.4, 60.0
DOORS_S, AGAIN_MS, CP_SAT_S, CP_SAT_QUICK_S = 0.4, 40.0, 60.0, 2.0
ROUNDS: Final = 5
CHANGES: Final = 10
"""Changes of 1 % that are timed together: one alone is shorter than what a collection of garbage leaves behind."""


def run(*, quick: bool = False) -> list[Row]:
    """Every row of the plan's targets."""
    rounds = 1 if quick else ROUNDS
    rows = [row for size in (QUICK if quick else SIZES) for row in of_size(*size, rounds)]
    rows += of_events(*(QUICK if quick else SIZES)[-1], 20 if quick else 400)
    rows += plan_storm.rows(quick=quick)
    rows += of_stock(*((2_000, 200, 20) if quick else (100_000, 10_000, 50)))
    rows += of_sizes(600, 12)
    rows += of_loads(100, 30)
    return rows + list(of_doors(CP_SAT_QUICK_S if quick else CP_SAT_S))


def of_size(lines: int, resources: int, rounds: int) -> Iterator[Row]:
    """Cold and after changes, each with its certified gap, beside peers at the same instance."""
    instance = instances.regional(lines, resources)
    changes = [instances.altered(instance.lines, lines // 100, seed) for seed in range(CHANGES)]
    size, load = f"{lines:,} x {resources}", f"K = 5, median of {rounds}, CPU"
    cold, warm, gaps, exact = list[float](), list[float](), 0.0, begun(instance)
    for _ in range(rounds + 1):
        exact = begun(instance)
        cold.append(1e3 * cpu_s(partial(changed, exact, np.arange(lines), instance.lines)))
        gaps = max(gaps, marginal.gap(exact.net))
        best = cost(exact, instance.lines)
        warm.append(1e3 * cpu_s(partial(all_changed, exact, changes)) / CHANGES)
        gaps = max(gaps, marginal.gap(exact.net))
    yield row("plan", f"{size} cold", statistics.median(cold[1:]), "ms", "low", load, target=COLD[lines, resources],
              **peer("SimpleMinCostFlow", plan_peers.flow(instance)))  # fmt: skip
    yield row("plan", f"{size} 1 % changed", statistics.median(warm[1:]), "ms", "low",
              f"{load}, mean of {CHANGES} in a row", target=WARM[lines, resources])  # fmt: skip
    yield row("plan", f"{size} certified gap", gaps, "cents", "low", "cold and changed, the worst", target=0)
    yield from rules(instance, size, best)


def rules(instance: Instance, size: str, best: int) -> Iterator[Row]:
    """How much dearer rules are, and how long HiGHS takes."""
    for name, paid in (("greedy", plan_peers.greedy(instance)), ("regret", plan_peers.regret(instance))):
        yield row("plan", f"{size} {name} above the optimum", 100 * (paid / best - 1), "%", "high", "cost of the plan")
    if len(instance.lines) <= 10_000:
        spent, told = plan_peers.highs(instance)
        yield row("plan", f"{size} HiGHS (scipy)", spent, "ms", "low", f"the same cost: {abs(told - best) < 1}")


def begun(instance: Instance) -> Exact:
    """A market without lines."""
    size = len(instance.room)
    return Exact(np.arange(size), instance.room, instance.lines.option.shape[1], len(instance.lines))


def changed(exact: Exact, rows: Any, lines: Lines) -> None:
    """Some lines, and the optimum."""
    exact.change(rows, lines.key, lines.option, lines.cost, lines.unserved)
    exact.solve()


def all_changed(exact: Exact, changes: list[tuple[Any, Lines]]) -> None:
    """One change after the other, the optimum after each."""
    for rows, lines in changes:
        changed(exact, rows, lines)


def cost(exact: Exact, lines: Lines) -> int:
    """Cents of the plan."""
    wide = np.concatenate([lines.cost, lines.unserved[:, None]], axis=1)
    return int(np.take_along_axis(wide, exact.net.at[: len(lines), None].astype("i8"), 1).sum())


def of_events(lines: int, resources: int, batches: int) -> Iterator[Row]:
    """One line after the other, optimal after each: the median of batches of 20."""
    instance = instances.regional(lines, resources)
    exact = begun(instance)
    changed(exact, np.arange(lines), instance.lines)
    drawn = [instances.altered(instance.lines, 20, seed) for seed in range(batches + 1)]
    columns = [(rows, new.key, new.option, new.cost, new.unserved) for rows, new in drawn]
    spans = [1e6 * cpu_s(partial(exact.follow, *batch)) / 20 for batch in columns]
    yield row("plan", f"{lines:,} x {resources} one event", statistics.median(spans[1:]), "us", "low",
              f"median of {batches} batches of 20, gap {marginal.gap(exact.net):.0f}", target=EVENT_US)  # fmt: skip


def of_stock(lines: int, skus: int, sites: int) -> Iterator[Row]:
    """Stock by SKU and site with throughput, cold and after changes; the second of two runs counts."""
    shelves, size = instances.shelves(lines, skus, sites), f"stock x throughput, {lines:,} lines"
    made: list[Stocked] = []
    spans = [cpu_s(lambda: made.append(stocked(shelves))) for _ in range(2)]
    plan = made[-1].plan()
    load = f"{skus:,} SKUs x {sites} sites, {len(plan.unserved):,} unserved"
    yield row("plan", f"{size} cold", spans[-1], "s", "low", load, target=STOCKED_S,
              **peer("SimpleMinCostFlow", plan_peers.stocked_flow(shelves), 1e-3))  # fmt: skip
    yield row("plan", f"{size} certified gap", 100 * plan.gap_cents / plan.cost_cents, "%", "low", load,
              target=100 * GAP_SHARE)  # fmt: skip
    rows, _ = instances.altered(shelves.lines, lines // 100)
    kept = shelves.lines.take(rows)
    shaken = kept.cost + np.random.default_rng(7).integers(-60, 60, kept.cost.shape)
    new = Lines.of(kept.option, shaken, kept.unserved, key=kept.key)
    span = cpu_s(partial(made[-1].change, rows, new)) + cpu_s(made[-1].plan)
    after = made[-1].plan()
    yield row("plan", f"{size} 1 % changed", 1e3 * span, "ms", "low",
              f"certified gap {100 * after.gap_cents / after.cost_cents:.4f} %", target=STOCKED_MS)  # fmt: skip


def stocked(shelves: Shelves) -> Stocked:
    """Made and planned."""
    made = Stocked(shelves.lines, shelves.stock, shelves.room)
    made.plan()
    return made


def of_sizes(lines: int, resources: int) -> Iterator[Row]:
    """Lines that take loads and kg, in whole, where both are short: the second of two runs counts."""
    instance = instances.regional(lines, resources)
    kg = np.random.default_rng(4).integers(100, 900, lines)
    size = np.stack([np.ones(lines), kg, np.zeros(lines)], axis=1).astype("i8")
    room = np.stack([instance.room, instance.room * 400, np.full(resources, sized.UNLIMITED)], axis=1)
    found: list[sized.Sized] = []
    spans = [cpu_s(lambda: found.append(sized.plan(instance.lines, size, room))) for _ in range(2)]
    told, bound = plan_peers.highs_sized(instance.lines, size, room)
    name, best = f"{lines:,} x {resources} in loads and kg", found[-1]
    yield row("plan", name, 1e3 * spans[-1], "ms", "low", "whole lines", peer="HiGHS, relaxed", against=told)
    yield row("plan", f"{name}, certified gap", 100 * best.gap_cents / best.cost_cents, "%", "low",
              f"{100 * (best.cost_cents / bound - 1):.2f} % above HiGHS, relaxed")  # fmt: skip


def of_loads(lines: int, legs: int) -> Iterator[Row]:
    """A destination of the plan in the chain: the same lines of one load, and of up to eight; the second run counts."""
    settings, plotter, spans = settings_of(USUAL, {}), Plotter(), dict[int, float]()
    for most in (1, 8):
        scene = scene_at(1, lines, legs, most)
        spans[most] = 1e3 * [cpu_s(partial(plotter.plan_one, scene, 0, settings, NOW)) for _ in range(2)][-1]
    taken, board = plotter.plan_one(scene, 0, settings, NOW)[2], plotter.board(scene)
    cost, left = board.cost[: lines * legs].reshape(lines, legs), board.left[:lines]
    size, room = sizes_of(scene, np.arange(lines)), rooms_of(scene.room, scene.bulk)
    which = np.where((size[:, None] <= room[None]).all(2), np.arange(legs), ABSENT)
    made = Lines.of(which, np.where(which == ABSENT, 0, cost), left)
    told, bound = plan_peers.highs_sized(made, size, room)
    spent = int(np.where(taken < 0, left, np.take_along_axis(cost, np.maximum(taken, 0)[:, None], 1)[:, 0]).sum())
    name = f"a destination, {lines} lines of 1 to 8 loads x {legs} legs"
    yield row("plan", name, spans[8], "ms", "low", f"of one load each: {spans[1]:.2f} ms", peer="HiGHS, relaxed",
              against=told)  # fmt: skip
    yield row("plan", f"{name}, above HiGHS, relaxed", 100 * (spent / bound - 1), "%", "low", "whole lines")


def of_doors(limit_s: float) -> Iterator[Row]:
    """240 visits x 30 doors at 112 % load, and again after a delay; CP-SAT has `limit_s` of CPU."""
    visits = yards.heavy(240, 30)
    doors.plan(visits, 10)
    found: list[Doors] = []
    span = cpu_s(lambda: found.append(doors.plan(visits)))
    best = found[-1]
    load = f"112 % load, {best.tried:,} moves"
    yield row("plan", "240 visits x 30 doors", span, "s", "low", load, target=DOORS_S)
    solver = peer("CP-SAT", plan_peers.cp_sat(visits, limit_s))
    yield row("plan", "240 visits x 30 doors, lateness", best.cost_cents, "weighted minutes", "low",
              f"CP-SAT has {limit_s:g} s of CPU, two workers", target=1.0, of="ratio", **solver)  # fmt: skip
    yield row("plan", "240 visits x 30 doors, insertion alone", best.before_cents, "weighted minutes", "low", load)
    late = yards.delayed(visits, best.door, best.start, 17)
    span = cpu_s(lambda: found.append(doors.again(late)))
    yield row("plan", "doors again after a delay", 1e3 * span, "ms", "low",
              f"{found[-1].before_cents} -> {found[-1].cost_cents} weighted minutes", target=AGAIN_MS)  # fmt: skip


def peer(name: str, told: float | None, times: float = 1.0) -> dict[str, Any]:
    """The peer's columns; where it is not installed, that is what they say."""
    return {"peer": f"{name} (not installed)"} if told is None else {"peer": name, "against": max(told * times, 1e-9)}
