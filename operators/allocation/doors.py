"""Doors: visits to doors and times, by a search with a counted budget, never worse than the plan in force."""

from typing import Any, Final

import numpy as np

from operators.allocation.door_costs import charge, of_all
from operators.allocation.door_search import insert, search, search_crewed
from operators.allocation.visits import NOWHERE, Doors, Visits

COLD: Final = 2_000_000
"""Moves of a first plan."""
WARM: Final = 200_000
"""Moves of a plan after a change."""
HOT_CENTS: Final = 60.0
"""What a move may lose at the beginning; a plan in force begins at a twentieth."""


def plan(visits: Visits, budget: int = COLD, seed: int = 0, hot_cents: float = HOT_CENTS) -> Doors:
    """The best order of visits that `budget` moves find. The same input, budget and seed give the same plan."""
    rows, doors, shut = visits.yard()
    order, counts, unplaced = _begun(visits, rows, doors, shut)
    before = _worked(visits, rows, doors, shut, order, counts)[0]
    movable = np.setdiff1d(np.flatnonzero(~visits.fixed), unplaced)
    arguments = (order, counts, movable, budget, hot_cents, seed)
    if visits.crews < len(doors):
        search_crewed(rows, visits.duration, doors, shut, visits.crews, *arguments)
    else:
        search(rows, visits.duration, doors, shut, *arguments)
    cost, start = _worked(visits, rows, doors, shut, order, counts)
    held = _held(visits, rows)
    door = np.full(len(visits), NOWHERE)
    for j in range(len(doors)):
        door[order[j, : counts[j]]] = j
    door[visits.fixed], start[visits.fixed] = visits.door[visits.fixed], visits.start[visits.fixed]
    start[unplaced] = NOWHERE
    moved = np.flatnonzero((visits.door != NOWHERE) & (door != visits.door))
    return Doors(door, start, int(cost + held), int(before + held), unplaced, moved, budget if movable.size else 0)


def again(visits: Visits, budget: int = WARM, seed: int = 0) -> Doors:
    """The plan in force made better after a change, without throwing it over."""
    return plan(visits, budget, seed, HOT_CENTS / 20)


def _begun(visits: Visits, rows: Any, doors: Any, shut: Any) -> tuple[Any, Any, Any]:
    """Orders (G, V) of doors, how many each has, visits that no door is for: the plan in force, then others."""
    order = np.zeros((len(doors), len(visits) + 1), "i8")
    counts = np.zeros(len(doors), "i8")
    planned = np.flatnonzero((visits.door != NOWHERE) & ~visits.fixed)
    for i in planned[np.lexsort((planned, visits.start[planned]))]:
        order[visits.door[i], counts[visits.door[i]]] = i
        counts[visits.door[i]] += 1
    new = np.flatnonzero((visits.door == NOWHERE) & ~visits.fixed)
    new = new[np.lexsort((new, visits.due[new]))]
    unplaced = [i for i in new if not insert(rows, visits.duration, doors, shut, order, counts, i)]
    return order, counts, np.array(sorted(unplaced), "i8")


def _worked(visits: Visits, rows: Any, doors: Any, shut: Any, order: Any, counts: Any) -> tuple[int, Any]:
    """Cents and starts of these orders."""
    start = np.full(len(visits), NOWHERE)
    crews, m = min(visits.crews, len(doors)), len(doors)
    room = np.zeros(crews, "i8"), np.zeros(m, "i8"), np.zeros(m, "i8")
    return of_all(rows, visits.duration, doors, shut, crews, order, counts, *room, start), start


def _held(visits: Visits, rows: Any) -> int:
    """Cents of fixed visits, which nothing changes."""
    held = np.flatnonzero(visits.fixed)
    ends = visits.start[held] + visits.duration[held, visits.door[held]]
    return sum(int(charge(rows[i], visits.door[i], end)) for i, end in zip(held, ends, strict=True))
