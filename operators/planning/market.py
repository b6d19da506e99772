"""Market: the lines to one destination on its legs at least cost, exactly, from whatever prices it begins with.

All legs are weighed for all lines. Ties are broken by a hash, so there is one optimum only: it does not depend on the
prices it began with.
"""

from typing import Final

import numpy as np

from operators.allocation.net import FAR, SCALE_BITS, tie
from operators.planning.paths import NEVER, NO_MOVE, balance, least, settle, survey
from operators.planning.rows import NOWHERE
from tower.table import kernel

_HALF: Final = 1 << (SCALE_BITS - 1)


@kernel
def scaled(lines, legs, cost, left, wide):
    """Fill costs with their tie bits, (n, m + 1): the last column is to stay without. lines, legs: their keys."""
    for i in range(lines.size):
        key = np.int64(lines[i])
        for j in range(legs.size):
            wide[i, j] = FAR if cost[i, j] >= FAR else (cost[i, j] << SCALE_BITS) + tie(key, np.int64(legs[j]))
        wide[i, legs.size] = (left[i] << SCALE_BITS) + tie(key, np.int64(-1))


@kernel
def seat(wide, price, taken, load):
    """Put each line where it costs least at these prices, in taken (n,) and load (m + 1,)."""
    load[:] = 0
    for i in range(taken.size):
        least = np.int64(FAR)
        for j in range(load.size):
            least = min(least, wide[i, j] + price[j])
        best = load.size - 1
        while wide[i, best] + price[best] != least:
            best -= 1
        taken[i] = best
        load[best] += 1


@kernel
def fits(room, load):
    """Whether there is room for all."""
    for j in range(room.size):
        if load[j] > room[j]:
            return False
    return True


@kernel
def solve(lines, legs, cost, left, room, sheet, price, taken, last, following):
    """Fill taken (n,), a leg or NOWHERE; price (m + 2,), scaled; last and following (m,) cents.

    lines (n,), legs (m,): their keys. `price` begins with those of the plan before, and nought in the last two places.
    """
    m = legs.size
    scaled(lines, legs, cost, left, sheet.wide)
    last[:], following[:], sheet.distance[:] = 0, 0, 0
    seat(sheet.wide, sheet.distance, taken, sheet.load)
    is_easy = fits(room, sheet.load)
    if is_easy:
        price[:] = 0
    else:
        for j in range(m):
            price[j] = max(price[j], 0)
        seat(sheet.wide, price, taken, sheet.load)
        survey(sheet.wide, taken, sheet.weight, sheet.who)
        balance(room, price, sheet.load, sheet.flow, sheet.excess)
        settle(room, price, taken, sheet)
    values(taken, price, room, sheet, is_easy, last, following)
    for i in range(taken.size):
        if taken[i] == m:
            taken[i] = NOWHERE


@kernel
def values(taken, price, room, sheet, is_easy, last, following):
    """Cents that the last unit of each leg saves and that one more would, as `allocation.marginal`: over all legs.

    is_easy: each line is where it costs least, so one more load is worth nothing.
    """
    if is_easy:
        full = 0
        for j in range(room.size):
            full += 0 < sheet.load[j] == room[j]
        if full == 0:
            return
        survey(sheet.wide, taken, sheet.weight, sheet.who)
    spread(sheet.weight, price, room, sheet.load, False, sheet.distance, sheet.ahead)
    for j in range(room.size):
        if 0 < sheet.load[j] >= room[j] and sheet.distance[j] < NEVER:
            last[j] = max(0, (sheet.distance[j] + price[j] + _HALF) >> SCALE_BITS)
    spread(sheet.weight, price, room, sheet.load, True, sheet.distance, sheet.ahead)
    for j in range(room.size):
        if sheet.load[j] >= room[j] and sheet.distance[j] < NEVER:
            following[j] = max(0, (price[j] - sheet.distance[j] + _HALF) >> SCALE_BITS)


@kernel
def spread(weight, price, room, load, away, distance, ahead):
    """Fill distance (m + 2,) by reduced costs: from the sink to each node, or back to it (Dijkstra); NEVER: no way."""
    distance[:], ahead[:] = NEVER, NEVER
    distance[-1] = 0
    u = distance.size - 1
    while u >= 0:
        ahead[u] = NEVER
        for v in range(distance.size):
            far = arc(weight, price, room, load, u, v) if away else arc(weight, price, room, load, v, u)
            if far < NEVER and distance[u] + far < distance[v]:
                distance[v], ahead[v] = distance[u] + far, distance[u] + far
        u = least(ahead)


@kernel
def arc(weight, price, room, load, u, v):
    """What the arc from u to v costs, reduced; NEVER where there is none."""
    d = room.size
    there = load[v] > 0 if u > d else (u == d or load[u] < room[u]) if v > d else weight[u, v] < NO_MOVE
    if not there:
        return np.int64(NEVER)
    return (np.int64(0) if u > d or v > d else weight[u, v]) + price[v] - price[u]


__all__ = ["solve"]
