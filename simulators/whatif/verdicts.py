"""Verdicts: what the tower's plan must be worth against the others, on every day, price list and seed."""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import numpy as np

from simulators.whatif.board import Cells, Where
from simulators.whatif.days import CALM
from simulators.whatif.paired import interval
from simulators.whatif.scores import CLASSES, Score

Runs = dict[str, Score]
"""The runs of one day, price list and seed, by plan."""
OURS, PEER, BEST, FREE, TOLD, OWN = "joint", "greedy", "bound", "close", "forecast", "predicted"
NEEDED: Final = {OURS: {OURS, PEER, BEST, FREE}, TOLD: {OURS, PEER, BEST, TOLD}, OWN: {OURS, OWN}}
"""The plans that have to be played for something to be asked of one."""


class Must(NamedTuple):
    """What is asked: `value` of the runs of one seed against a limit. sign: 1 at least, -1 at most. plan: whose it is,
    beside those that it is held against.
    """

    name: str
    value: Callable[[Runs], float]
    limit: float
    sign: int
    is_calm: bool | None
    plan: str = OURS


class Verdict(NamedTuple):
    """How many of n cells hold, and the worst value with where it is."""

    name: str
    must: float
    met: int
    n: int
    worst: float
    where: Where


def gap_closed(runs: Runs, plan: str = OURS) -> float:
    """The share of what greedy costs more than the bound that a plan saves."""
    greedy, ours, bound = (runs[name]["cost_cents"] for name in (PEER, plan, BEST))
    return (greedy - ours) / (greedy - bound) if greedy > bound else float("nan")


def class_lost(runs: Runs, plan: str = OURS) -> float:
    """Points by which the class that pays most is less on time than with greedy."""
    return max(100 * (runs[PEER][f"on_time_{name}"] - runs[plan][f"on_time_{name}"]) for name in CLASSES)


def undelivered_more(runs: Runs) -> float:
    """Lines undelivered more than with greedy."""
    return runs[OURS]["undelivered"] - runs[PEER]["undelivered"]


def saving_kept(runs: Runs) -> float:
    """The share of what joint planning can save of greedy's cost that floors and calm leave."""
    greedy, ours, free = (runs[plan]["cost_cents"] for plan in (PEER, OURS, FREE))
    return (greedy - ours) / (greedy - free) if greedy > free else float("nan")


def dearer(runs: Runs, plan: str = TOLD) -> float:
    """By what share the tower's plan costs more with a forecast, or with its own predictions, than without."""
    return runs[plan]["cost_cents"] / runs[OURS]["cost_cents"] - 1


MUSTS: Final = (
    Must("share of the gap greedy to bound closed", gap_closed, 0.42, 1, is_calm=False),
    Must("points that a class loses on time", class_lost, 5, -1, None),
    Must("undelivered more than greedy", undelivered_more, 0, -1, None),
    Must("voluntary moves a line and day", lambda runs: runs[OURS]["moves_a_line_day"], 0.2, -1, None),
    Must("voluntary moves within 2 h of pick", lambda runs: runs[OURS]["moves_near_pick"], 0, -1, None),
    Must("calm: share of the joint saving kept", saving_kept, 0.9, 1, is_calm=True),
    Must("forecast: share of the gap closed", lambda runs: gap_closed(runs, TOLD), 0.6, 1, False, TOLD),
    Must("forecast: points that a class loses", lambda runs: class_lost(runs, TOLD), 5, -1, None, TOLD),
    Must("calm, forecast: share that it costs more", dearer, 0.01, -1, True, TOLD),
    Must("own predictions: share that it costs more", lambda runs: dearer(runs, OWN), 0, -1, None, OWN),
)


def by_seed(cells: Cells) -> dict[tuple[str, str, int], Runs]:
    """The runs of each day, price list and seed."""
    found: dict[tuple[str, str, int], Runs] = {}
    for where, score in cells.items():
        found.setdefault((where.day, where.prices, where.seed), {})[where.plan] = score
    return found


def verdicts(cells: Cells) -> Iterator[Verdict]:
    """Each that these cells can answer."""
    for must in MUSTS:
        found = list(values(cells, must))
        if found:
            worst, where = min(found, key=lambda one: must.sign * one[0])
            met = sum(must.sign * value >= must.sign * must.limit for value, _ in found)
            yield Verdict(must.name, must.limit, met, len(found), worst, where)


def values(cells: Cells, must: Must) -> Iterator[tuple[float, Where]]:
    """What is asked, of each day, price list and seed that it is asked of."""
    for (day, prices, seed), runs in by_seed(cells).items():
        is_asked = must.is_calm is None or must.is_calm == (day == CALM.name)
        value = must.value(runs) if is_asked and NEEDED[must.plan] <= runs.keys() else float("nan")
        if not np.isnan(value):
            yield value, Where(day, prices, seed, must.plan)


def gap_interval(
    cells: Cells, day: str, prices: str, plan: str = OURS
) -> tuple[float, float | None, float | None]:
    """The mean share of the gap that a plan closes over the seeds of a day and price list, and its 95 % interval."""
    shares = np.array([gap_closed(runs, plan) for (d, p, _), runs in by_seed(cells).items()
                       if (d, p) == (day, prices) and {plan, PEER, BEST} <= runs.keys()])  # fmt: skip
    return float(shares.mean()) if shares.size else float("nan"), *interval(shares)
