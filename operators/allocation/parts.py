"""Parts: a line of several loads on two resources, where policy lets it: each part pays its share, and a fee comes on
top.
"""

from typing import NamedTuple

import numpy as np

from operators.allocation.net import FAR
from operators.allocation.sizing import NOWHERE, paid, take
from tower.compiled import kernel


class Parts(NamedTuple):
    """allowed: whether a line may go in two parts. least: loads of a part, at least. cents: what a split costs."""

    allowed: bool
    least: int
    cents: int


NO_PARTS = Parts(False, 1 << 40, 0)


@kernel
def share(amount, loads, whole_loads):
    """What so many of a line's loads take, or cost, of what all do: rounded up."""
    return -((-amount * loads) // whole_loads)


@kernel
def part(cost, left, size, room, least, cents, at, second, loads):
    """Split lines where that costs less than they do, in the order of their rows; cents that this changes the cost by.

    at: (n,) as `solve` leaves it; second (n,), loads (n,): filled for lines that are split.
    """
    n, D = cost.shape
    free = room.copy()
    for i in range(n):
        take(free, size, i, at[i], 1)
    changed = np.int64(0)
    for i in range(n):
        if size[i, 0] < 2 * least:
            continue
        take(free, size, i, at[i], -1)
        lowest, first, other, count = paid(cost, left, i, at[i]), at[i], NOWHERE, size[i, 0]
        for a in range(D):
            some = loads_at(cost, size, free, i, a)
            for b in range(D):
                if a == b or some < least:
                    continue
                here = min(some, size[i, 0] - least)
                if loads_at(cost, size, free, i, b) < size[i, 0] - here:
                    continue
                pays = cents + share(cost[i, a], here, size[i, 0]) + share(cost[i, b], size[i, 0] - here, size[i, 0])
                if pays < lowest:
                    lowest, first, other, count = pays, a, b, here
        changed += lowest - paid(cost, left, i, at[i])
        at[i], second[i], loads[i] = first, other, count
        if other == NOWHERE:
            take(free, size, i, first, 1)
        else:
            for r in range(3):
                free[first, r] -= share(size[i, r], count, size[i, 0])
                free[other, r] -= share(size[i, r], size[i, 0] - count, size[i, 0])
    return changed


@kernel
def loads_at(cost, size, free, i, j):
    """How many loads of line i there is room for at j."""
    if cost[i, j] >= FAR:
        return np.int64(0)
    most = min(size[i, 0], free[j, 0])
    for r in range(1, 3):
        if size[i, r] > 0:
            most = min(most, free[j, r] * size[i, 0] // size[i, r])
    return max(np.int64(0), most)
