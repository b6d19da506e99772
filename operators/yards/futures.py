"""Futures: what a plan of doors saves where work takes more or less time than was booked; assumed, not measured."""

from typing import Any, Final

import numpy as np

from operators.allocation.visits import Doors
from operators.yards.first_come import Comer, first_come
from operators.yards.yard import Yard
from tower.ids import pairs

FUTURES: Final = 32
SPREAD: Final = (0.7, 1.5)
"""Each visit's work is drawn evenly between so many times what was booked."""


def futures(yard: Yard, found: Doors) -> Any:
    """Cents saved against first come, first served in each of FUTURES; both meet the same visits' work."""
    p = yard.problem
    keys = np.array([visit.key for visit in yard.visits], "u8")
    work = np.array([visit.work for visit in yard.visits])
    moved = int(found.moved.size) * int(p.moving.max(initial=0))
    saved = []
    for future in range(FUTURES):
        drawn = (pairs(keys, np.full(keys.size, future, "u8")) >> np.uint64(40)) / float(1 << 24)
        takes = np.maximum(1, np.rint(work * (SPREAD[0] + (SPREAD[1] - SPREAD[0]) * drawn))).astype("i8")
        turns, order = by_turn(yard, takes) + takes, in_order(yard, found, takes) + takes
        saved.append(late(yard, turns) - late(yard, order) - moved)
    return np.array(saved)


def late(yard: Yard, ends: Any) -> int:
    """What lateness costs."""
    return int((yard.problem.weight * np.maximum(0, ends - yard.problem.due)).sum())


def by_turn(yard: Yard, takes: Any) -> Any:
    """When visits start, first come, first served."""
    comers = [Comer((visit.window_start, i), int(yard.problem.release[i]), int(takes[i]))
              for i, visit in enumerate(yard.visits)]  # fmt: skip
    return np.array([minute for _, minute in first_come(comers, yard.ready)])


def in_order(yard: Yard, found: Doors, takes: Any) -> Any:
    """When visits start, each door in the plan's order."""
    free, starts = list(yard.ready), np.zeros(len(yard.visits), "i8")
    for i in np.lexsort((np.arange(starts.size), found.start)).tolist():
        door = int(found.door[i])
        starts[i] = max(free[door], int(yard.problem.release[i]))
        free[door] = int(starts[i] + takes[i])
    return starts
