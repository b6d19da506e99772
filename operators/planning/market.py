"""Market: the lines to one destination on its legs at least cost, exactly, from whatever prices it begins with.

Each line is weighed on a few legs only, those that cost least at the last prices; then every leg that was left out and
would cost a line less is let in, until there is none. So the plan is the optimum over all legs, and since ties are
broken by a hash there is only one: it does not depend on the prices it began with, nor on how many legs were weighed.
"""

from typing import Final

import numpy as np

from operators.allocation.marginal import distances, reduced
from operators.allocation.net import FAR, LINES, OUT, SCALE_BITS, WHOLE, WIDTH, Net, tie
from operators.allocation.repair import DONE, build, level, settle
from operators.planning.rows import NOWHERE
from tower.compiled import kernel

MOST_ROUNDS: Final = 60
"""More rounds of letting legs in than any market takes; beyond them the plan is told as not exact."""
_NEVER: Final = 1 << 62
_HALF: Final = 1 << (SCALE_BITS - 1)


@kernel
def scaled(wants, ways, cost, left, wide):
    """Fill costs with their tie bits, (n, m + 1): the last column is to stay without."""
    for i in range(wants.size):
        key = np.int64(wants[i].key)
        for j in range(ways.size):
            wide[i, j] = FAR if cost[i, j] >= FAR else (cost[i, j] << SCALE_BITS) + tie(key, np.int64(ways[j].key))
        wide[i, ways.size] = (left[i] << SCALE_BITS) + tie(key, np.int64(-1))


@kernel
def pick(wide, at, price, option):
    """Fill option (n, K + 1): the leg a line is booked on, then those that cost least at these prices, then none."""
    n, most, m = option.shape[0], option.shape[1] - 1, wide.shape[1] - 1
    value = np.empty(most, np.int64)
    for i in range(n):
        found = 0
        option[i, :] = m
        for j in range(m):
            if wide[i, j] >= FAR:
                continue
            here = -FAR if j == at[i] else wide[i, j] + price[j]
            if found < most:
                p = found
                found += 1
            elif here < value[most - 1]:
                p = most - 1
            else:
                continue
            while p > 0 and value[p - 1] > here:
                value[p], option[i, p] = value[p - 1], option[i, p - 1]
                p -= 1
            value[p], option[i, p] = here, j


@kernel
def let_in(wide, price, option, taken):
    """Let in the leg that costs each line least, where it was left out and is less than what the line has; how many."""
    most, m, count = option.shape[1] - 1, wide.shape[1] - 1, 0
    for i in range(option.shape[0]):
        best, which = wide[i, taken[i]] + price[taken[i]], -1
        for j in range(m):
            if wide[i, j] < FAR and wide[i, j] + price[j] < best:
                best, which = wide[i, j] + price[j], j
        if which < 0:
            continue
        count += 1
        dearest, slot = np.int64(-_NEVER), -1
        for k in range(most):
            j = option[i, k]
            here = np.int64(_NEVER) if j == m else wide[i, j] + price[j]
            if j != taken[i] and here > dearest:
                dearest, slot = here, k
        option[i, slot] = which
    return count


@kernel
def fits(wide, room, taken, load):
    """Put each line where it costs least, in taken (n,) and load (m + 1,); whether there is room for that."""
    m = room.size
    load[:] = 0
    for i in range(taken.size):
        best = m
        for j in range(m):
            if wide[i, j] < wide[i, best]:
                best = j
        taken[i] = best
        load[best] += 1
    for j in range(m):
        if load[j] > room[j]:
            return False
    return True


@kernel
def net_of(wide, option, room, price, ties):
    """A net of these options."""
    n, d = option.shape[0], room.size
    cost = np.empty(option.shape, np.int64)
    for i in range(n):
        for k in range(option.shape[1]):
            empty = option[i, k] == d and k < option.shape[1] - 1
            cost[i, k] = FAR if empty else wide[i, option[i, k]]
    meta = np.zeros(6, np.int64)
    meta[LINES], meta[WIDTH] = n, WHOLE
    return Net(
        option, cost, np.zeros(n, np.int32), price, room, np.zeros(d + 1, np.int64), np.zeros(d + 1, np.int64),
        np.zeros(d + 2, np.int64), np.full((d + 1, d + 1), np.int32(OUT)), np.zeros((d + 1, d + 1), np.int64),
        np.full((d + 1, d + 1), np.int64(FAR)), ties, np.zeros(d + 2, np.int64), np.zeros(d + 2, np.int64),
        np.zeros(d + 2, np.bool_), meta,
    )  # fmt: skip


@kernel
def solve(wants, ways, at, cost, left, room, most, ties, price, taken, last, following):
    """Fill taken (n,), a leg or NOWHERE; price (m + 2,), scaled; last and following (m,) cents. Rounds it took: 0 where
    each line can go where it costs least.

    ties: room for 8 n (K + 1) + 1000 nodes. `price` begins with those of the plan before, not negative.
    """
    n, m = wants.size, ways.size
    wide = np.empty((n, m + 1), np.int64)
    scaled(wants, ways, cost, left, wide)
    load = np.empty(m + 1, np.int64)
    if fits(wide, room, taken, load):
        price[:] = 0
        conclude(wide, taken, price, room, load, last, following)
        return 0
    option = np.empty((n, min(most, m) + 1), np.int32)
    pick(wide, at, price, option)
    rounds = 0
    while True:
        rounds += 1
        net = net_of(wide, option, room, price, ties)
        build(net, True)
        while settle(net) != DONE:
            build(net, False)
        for i in range(n):
            taken[i] = option[i, net.at[i]]
        if rounds == MOST_ROUNDS or let_in(wide, price, option, taken) == 0:
            break
    conclude(wide, taken, price, room, net.load, last, following)
    return rounds


@kernel
def conclude(wide, taken, price, room, load, last, following):
    """What legs are worth in the plan that was found; lines that stay without a leg are NOWHERE."""
    values(wide, taken, price, room, load, last, following)
    for i in range(taken.size):
        if taken[i] == room.size:
            taken[i] = NOWHERE


@kernel
def values(wide, taken, price, room, load, last, following):
    """Cents that the last unit of each leg saves and that one more would, as `allocation.marginal`: over all legs."""
    d = room.size
    weight = np.full((d + 1, d + 1), np.int64(FAR))
    for i in range(taken.size):
        u = taken[i]
        for v in range(d + 1):
            if v != u and wide[i, v] < FAR and wide[i, v] - wide[i, u] < weight[u, v]:
                weight[u, v] = wide[i, v] - wide[i, u]
    arcs = reduced(weight, price, load, room)
    come, go = distances(arcs, d + 1), distances(arcs.T.copy(), d + 1)
    for j in range(d):
        last[j], following[j] = 0, 0
        if load[j] < room[j]:
            continue
        if load[j] > 0 and go[j] < _NEVER:
            last[j] = max(0, (go[j] + price[j] - price[d + 1] + _HALF) >> SCALE_BITS)
        if come[j] < _NEVER:
            following[j] = max(0, (price[j] - price[d + 1] - come[j] + _HALF) >> SCALE_BITS)


__all__ = ["level", "solve"]
