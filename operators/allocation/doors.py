"""Doors: visits to doors and times, by a search with a counted budget, never worse than the plan in force."""

from typing import Any, Final

import numpy as np

from operators.allocation.door_costs import by_turn, charge, of_all
from operators.allocation.door_search import insert, search, search_crewed
from operators.allocation.visits import NOWHERE, Doors, Visits, Yard

COLD: Final = 2_000_000
"""Moves of a first plan."""
WARM: Final = 200_000
"""Moves of a plan after a change."""
HOT_CENTS: Final = 60.0
"""What a move may lose at the beginning; a plan in force begins at a twentieth."""


def plan(visits: Visits, budget: int = COLD, seed: int = 0, hot_cents: float = HOT_CENTS) -> Doors:
    """The best order of visits that `budget` moves find. The same input, budget and seed give the same plan."""
    yard = visits.yard()
    order, counts, unplaced = _begun(visits, yard)
    before = _worked(yard, order, counts)[0]
    movable = np.setdiff1d(np.flatnonzero(~visits.fixed), unplaced)
    arguments = (order, counts, movable, budget, hot_cents, seed)
    if visits.is_crewed:
        search_crewed(yard, *arguments)
    else:
        search(*yard[:4], *arguments)
    cost, start = _worked(yard, order, counts)
    held = _held(visits, yard.visits)
    door = np.full(len(visits), NOWHERE)
    for j in range(counts.size):
        door[order[j, : counts[j]]] = j
    door[visits.fixed], start[visits.fixed] = visits.door[visits.fixed], visits.start[visits.fixed]
    start[unplaced] = NOWHERE
    moved = np.flatnonzero((visits.door != NOWHERE) & (door != visits.door))
    return Doors(door, start, int(cost + held), int(before + held), unplaced, moved, budget if movable.size else 0)


def again(visits: Visits, budget: int = WARM, seed: int = 0) -> Doors:
    """The plan in force made better after a change, without throwing it over."""
    return plan(visits, budget, seed, HOT_CENTS / 20)


def first_come(visits: Visits) -> tuple[Any, Any]:
    """(door, start), each (V,): who is not fixed by turn, its row; NOWHERE for those whom no door is for."""
    yard = visits.yard()
    door, start = np.where(visits.fixed, visits.door, NOWHERE), np.where(visits.fixed, visits.start, NOWHERE)
    room = np.zeros(yard.crews.size, "i8"), np.zeros(yard.doors.size, "i8")
    by_turn(yard, ~visits.fixed & (visits.duration > 0).any(axis=1), *room, door, start)
    return door, start


def in_order(visits: Visits) -> Any:
    """When visits start, (V,), if each door takes those that it has in the order of their starts."""
    yard = visits.yard()
    start = _worked(yard, *_begun(visits, yard)[:2])[1]
    return np.where(visits.fixed, visits.start, start)


def cost(visits: Visits, door: Any, start: Any) -> int:
    """Cents that lateness costs with these doors and starts, of visits that have a door."""
    there = np.flatnonzero(door != NOWHERE)
    ends = start[there] + visits.duration[there, door[there]]
    return int((visits.weight[there] * np.maximum(0, ends - visits.due[there])).sum())


def _begun(visits: Visits, yard: Yard) -> tuple[Any, Any, Any]:
    """Orders (G, V) of doors, how many each has, visits that no door is for: the plan in force, then others."""
    order = np.zeros((yard.doors.size, len(visits) + 1), "i8")
    counts = np.zeros(yard.doors.size, "i8")
    planned = np.flatnonzero((visits.door != NOWHERE) & ~visits.fixed)
    for i in planned[np.lexsort((planned, visits.start[planned]))]:
        order[visits.door[i], counts[visits.door[i]]] = i
        counts[visits.door[i]] += 1
    new = np.flatnonzero((visits.door == NOWHERE) & ~visits.fixed)
    new = new[np.lexsort((new, visits.due[new]))]
    unplaced = [i for i in new if not insert(*yard[:4], order, counts, i)]
    return order, counts, np.array(sorted(unplaced), "i8")


def _worked(yard: Yard, order: Any, counts: Any) -> tuple[int, Any]:
    """Cents and starts of these orders."""
    start = np.full(yard.visits.size, NOWHERE)
    m = yard.doors.size
    room = np.zeros(yard.crews.size, "i8"), np.zeros(m, "i8"), np.zeros(m, "i8")
    return of_all(yard, order, counts, *room, start), start


def _held(visits: Visits, rows: Any) -> int:
    """Cents of fixed visits, which nothing changes."""
    held = np.flatnonzero(visits.fixed)
    ends = visits.start[held] + visits.duration[held, visits.door[held]]
    return sum(int(charge(rows[i], visits.door[i], end)) for i, end in zip(held, ends, strict=True))
