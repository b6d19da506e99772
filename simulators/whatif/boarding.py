"""Boarding: a board as tables for people."""

from collections.abc import Iterator

import numpy as np

from simulators.whatif.board import Cells, Where
from simulators.whatif.verdicts import BEST, OURS, OWN, PEER, TOLD, by_seed, dearer, gap_interval, verdicts

HEAD = (f"{'plan':<16}{'cost k$':>9}{'express':>9}{'standard':>9}{'economy':>9}{'undelivered':>12}"
        f"{'moves/line-day':>15}{'near pick':>10}{'seeds':>6}  validity")  # fmt: skip


def table(cells: Cells) -> Iterator[str]:
    """A table for each day and price list, means over the seeds; then what is asked of the tower's plan."""
    for day, prices in dict.fromkeys((where.day, where.prices) for where in cells):
        yield f"{day}, prices {prices}: {closed(cells, day, prices)}"
        yield HEAD
        for plan in dict.fromkeys(where.plan for where in cells):
            mine = [found for where, found in cells.items() if where[:2] == (day, prices) and where.plan == plan]
            if mine:
                yield row(plan, {kpi: float(np.mean([found[kpi] for found in mine])) for kpi in mine[0]}, len(mine))
        yield ""
    yield f"{'asked of the plan':<42}{'must':>8}{'met':>10}{'worst':>11}  where"
    for v in verdicts(cells):
        yield f"{v.name:<42}{v.must:>8.6g}{f'{v.met} of {v.n}':>10}{v.worst:>11.4g}  {placed(v.where)}"


def closed(cells: Cells, day: str, prices: str) -> str:
    """What the tower's plan closes of the gap, and with a forecast or its own predictions, where that was played."""
    found = []
    for plan in (OURS, TOLD):
        share, low, high = gap_interval(cells, day, prices, plan)
        between = "one seed" if low is None or high is None else f"95 %: {100 * low:.1f} to {100 * high:.1f}"
        if not np.isnan(share):
            found.append(f"{plan} closes {100 * share:.1f} % of the gap greedy to bound ({between})")
    return ", ".join([*found, *own(cells, day, prices)]) or f"{OURS}, {PEER} and {BEST} were not all played"


def own(cells: Cells, day: str, prices: str) -> Iterator[str]:
    """By how much the tower's own predictions make its plan dearer, where that was played."""
    shares = [dearer(runs, OWN) for (d, p, _), runs in by_seed(cells).items()
              if (d, p) == (day, prices) and {OURS, OWN} <= runs.keys()]  # fmt: skip
    if shares:
        yield f"{OWN} costs {100 * np.mean(shares):+.2f} % against {OURS}"


def row(plan: str, mean: dict[str, float], seeds: int) -> str:
    """One plan of a table."""
    on_time = "".join(f"{100 * mean[f'on_time_{name}']:>8.1f}%" for name in ("express", "standard", "economy"))
    return (f"{plan:<16}{mean['cost_cents'] / 1e5:>9.1f}{on_time}{mean['undelivered']:>12.1f}"
            f"{mean['moves_a_line_day']:>15.3f}{mean['moves_near_pick']:>10.1f}{seeds:>6}  assumed")  # fmt: skip


def placed(where: Where) -> str:
    """A cell in words."""
    return f"{where.day}, {where.prices}, seed {where.seed}"
