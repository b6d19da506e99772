"""Seats: a visit that is told to come to another door, or at another moment, while it has not come to one."""

from simulators.world import docks, places, tell
from simulators.world.rows import GONE, PLANNED, W
from tower.table import kernel


@kernel
def seat(w: W, at: int, v: int, door: int, start: int) -> None:
    """Visit v is to come to that door from `start` on: its window moves, and its place among those who wait."""
    g = v >> 2
    if w.visits[v].door >= 0 or not PLANNED <= w.legs[g].state < GONE:
        return
    w.visits[v].wanted = door
    w.visits[v].start = start - (w.legs[g].etd - w.offered[g].dep)
    docks.book(w, at, v, tell.VISIT_RESCHEDULED)
    if w.visits[v].arrived >= 0:
        places.ask_again(w, docks.doors_of(w, v), v, turn(w, v))


@kernel
def turn(w: W, v: int) -> int:
    """By what visits take their turn: as planned at first; as it was told to come, where it was."""
    return docks.due(w, v) if w.visits[v].wanted >= 0 else w.visits[v].start
