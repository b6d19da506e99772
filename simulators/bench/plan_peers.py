"""Plan peers: what others take or pay for the same plan; OR-Tools, which clashes with others, in its own process.

Run as a program it reads a task from a pickle that this module wrote and prints one number.
"""

import os
import pickle
import subprocess
import sys
import tempfile
import threading
from typing import Any

import numpy as np

from operators.allocation.lines import ABSENT, Lines
from operators.allocation.visits import Visits
from simulators.bench import referee
from simulators.bench.instances import Instance, Shelves
from tower import clock


def flow(instance: Instance) -> float | None:
    """CPU ms of SimpleMinCostFlow's solve, without building; None where it is not installed."""
    return _told("flow", instance)


def stocked_flow(shelves: Shelves) -> float | None:
    """The same with stock."""
    return _told("stocked_flow", shelves)


def cp_sat(visits: Visits, limit_s: float) -> float | None:
    """Weighted lateness that CP-SAT finds; infinite where it finds no plan. It may use `limit_s` of CPU by two workers,
    and ten times as much wall time, which on a machine that others use too it may need.
    """
    return _told("cp_sat", (visits.duration, visits.release, visits.due, visits.weight, limit_s))


def greedy(instance: Instance, order: Any = None) -> int:
    """What a plan costs that gives each line in turn the cheapest option with room."""
    lines, left, total = instance.lines, instance.room.tolist(), 0
    option, cost, unserved = lines.option.tolist(), lines.cost.tolist(), lines.unserved.tolist()
    for i in range(len(lines)) if order is None else order:
        fits = [c for c, j in zip(cost[i], option[i], strict=True) if left[j] > 0 and c < unserved[i]]
        total += min(fits, default=unserved[i])
        if fits:
            left[option[i][cost[i].index(min(fits))]] -= 1
    return total


def regret(instance: Instance) -> int:
    """The same, lines first that would lose most by their second choice."""
    wide = np.sort(np.minimum(instance.lines.cost, instance.lines.unserved[:, None]), axis=1)
    return greedy(instance, np.argsort(wide[:, 0] - wide[:, 1], kind="stable").tolist())


def highs(instance: Instance) -> tuple[float, float]:
    """CPU ms and cents of the linear program by HiGHS through scipy."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_matrix

    lines, n, d = instance.lines, len(instance.lines), len(instance.room)
    at, k = np.nonzero(lines.option != ABSENT)
    column = np.arange(len(at))
    rows = np.concatenate([at, n + lines.option[at, k]])
    matrix = coo_matrix((np.ones(2 * len(at)), (rows, np.tile(column, 2))), shape=(n + d, len(at))).tocsr()
    gain = (lines.cost - lines.unserved[:, None])[at, k]
    start = clock.cpu_s()
    told = linprog(gain, A_ub=matrix, b_ub=np.concatenate([np.ones(n), instance.room]), bounds=(0, 1), method="highs")
    return 1e3 * (clock.cpu_s() - start), float(told.fun) + float(lines.unserved.sum())


def highs_sized(lines: Lines, size: Any, room: Any) -> tuple[float, float]:
    """CPU ms and cents of the same with lines that take loads, kg and m3, in as many parts as that likes."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_matrix

    n, d = len(lines), len(room)
    at, k = np.nonzero(lines.option != ABSENT)
    rows = np.concatenate([at, *(n + r * d + lines.option[at, k] for r in range(3))])
    values = np.concatenate([np.ones(at.size), *(size[at, r] for r in range(3))])
    matrix = coo_matrix((values, (rows, np.tile(np.arange(at.size), 4)))).tocsr()
    start = clock.cpu_s()
    told = linprog((lines.cost - lines.unserved[:, None])[at, k], A_ub=matrix,
                   b_ub=np.concatenate([np.ones(n), room.T.ravel()]), bounds=(0, 1), method="highs")  # fmt: skip
    return 1e3 * (clock.cpu_s() - start), float(told.fun) + float(lines.unserved.sum())


def _told(task: str, given: Any) -> float | None:
    """What a process of its own says to the task."""
    if not referee.is_there():
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "task")
        with open(path, "wb") as file:
            pickle.dump((task, given), file)
        command = [sys.executable, "-P", "-m", "simulators.bench.plan_peers", path]
        found = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(found.stdout)


def _solved(network: Any) -> float:
    start = clock.cpu_s()
    network.solve()
    return 1e3 * (clock.cpu_s() - start)


def _cp_sat(duration: Any, release: Any, due: Any, weight: Any, limit_s: float) -> float:
    """Optional intervals, one a visit and door, that do not overlap at a door."""
    from ortools.sat.python import cp_model

    model, end = cp_model.CpModel(), int(release.max() + duration.max(1).sum() / duration.shape[1] * 2 + 200)
    at_door: list[list[Any]] = [[] for _ in range(duration.shape[1])]
    late = []
    for i, spans in enumerate(duration.tolist()):
        start, done = model.new_int_var(int(release[i]), end, ""), model.new_int_var(0, 2 * end, "")
        late.append(model.new_int_var(0, 2 * end, ""))
        model.add(late[-1] >= done - int(due[i]))
        chosen = []
        for j, span in enumerate(spans):
            if span:
                chosen.append(model.new_bool_var(""))
                at_door[j].append(model.new_optional_fixed_size_interval_var(start, span, chosen[-1], ""))
                model.add(done == start + span).only_enforce_if(chosen[-1])
        model.add_exactly_one(chosen)
    for intervals in at_door:
        model.add_no_overlap(intervals)
    model.minimize(sum(int(w) * minutes for w, minutes in zip(weight, late, strict=True)))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.max_time_in_seconds = 2, 10 * limit_s
    begun, over = clock.cpu_s(), threading.Event()
    watch = threading.Thread(target=_stop_after, args=(solver, begun + limit_s, over), daemon=True)
    watch.start()
    found = solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    over.set()
    return float(solver.objective_value) if found else float("inf")


def _stop_after(solver: Any, end_s: float, over: threading.Event) -> None:
    """Stop the solver when this process has used so much CPU."""
    while not over.wait(0.1):
        if clock.cpu_s() > end_s:
            solver.stop_search()
            return


def main(path: str) -> float:
    """The number that the task asks for."""
    with open(path, "rb") as file:
        task, given = pickle.load(file)  # noqa: S301  # written by `_told`, in a folder of its own
    if task == "cp_sat":
        return _cp_sat(*given)
    return _solved(referee.arcs(given)[0] if task == "flow" else referee.stocked_arcs(given))


if __name__ == "__main__":
    print(main(sys.argv[1]))
