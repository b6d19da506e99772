"""Sizing: the kernels of sized lines: prices by counted steps, and at these a plan within all limits.

Lines come in an order that does not change (by key): what comes out depends on that order, and on nothing else.
"""

import math

import numpy as np

from operators.allocation.net import FAR
from tower.compiled import kernel

NOWHERE = -1
EACH = 4
"""A plan is made each so many steps, and with the best prices."""
KEPT = 0.6
"""Of the step before, in the next."""
PATIENCE = 8
"""Steps are halved after so many that proved no more."""


@kernel
def solve(cost, left, size, room, rounds, looks, price, at):
    """Fill price (D, 3) and at (n,), a resource or NOWHERE; the bound and what the plan costs, in cents.

    cost: (n, D), FAR where a line cannot go. left: (n,). size: (n, 3), room: (D, 3) whole numbers. `at` begins with any
    plan, limits kept or not, and price with any prices.
    """
    n, D = cost.shape
    taken, load = np.empty(n, np.int64), np.empty((D, 3), np.int64)
    now, best_price, trial = price.copy(), price.copy(), np.empty(n, np.int64)
    way, regret, order = np.zeros((D, 3)), np.empty(n), np.empty(n, np.int64)
    spent = np.int64(FAR)
    bound, length, failed = -np.inf, 1.0, 0
    for step in range(rounds + 1):
        if step == rounds:
            now[:] = best_price
        found = bound_at(cost, left, size, room, now, taken, load)
        if found > bound + 0.5:
            bound, failed = found, 0
            best_price[:] = now
        else:
            failed += 1
            if failed == PATIENCE:
                length, failed = length / 2, 0
                now[:], way[:] = best_price, 0.0
                found = bound_at(cost, left, size, room, now, taken, load)
        if step % EACH == 0 or step == rounds:
            by_regret(cost, left, size, now, regret, order)
            made = pack(cost, left, size, room, now, order, looks, trial)
            if made < spent:
                spent = made
                at[:] = trial
        if spent - bound < 1:
            break
        move(now, way, load, room, length * (spent - found))
    price[:] = best_price
    return whole(bound), spent


@kernel
def whole(bound):
    """Cents below a bound that was counted in floats, beyond what they round."""
    return np.int64(math.floor(bound - 1e-9 * abs(bound) - 1e-3))


@kernel
def bound_at(cost, left, size, room, price, taken, load):
    """Cents that no plan is below by these prices; fills where each line costs least, and what that takes (D, 3)."""
    n, D = cost.shape
    load[:] = 0
    total = 0.0
    for i in range(n):
        least = float(left[i])
        taken[i] = NOWHERE
        for j in range(D):
            if cost[i, j] < FAR:
                here = reduced(cost, size, price, i, j)
                if here < least:
                    least = here
                    taken[i] = j
        total += least
        if taken[i] != NOWHERE:
            for r in range(3):
                load[taken[i], r] += size[i, r]
    for j in range(D):
        for r in range(3):
            total -= price[j, r] * room[j, r]
    return total


@kernel
def reduced(cost, size, price, i, j):
    """What line i costs at j, with what it takes of it."""
    return cost[i, j] + price[j, 0] * size[i, 0] + price[j, 1] * size[i, 1] + price[j, 2] * size[i, 2]


@kernel
def move(price, way, load, room, far):
    """Prices a step on: each measure by the share that it is over, or under, its room (Polyak 1969), and a part of the
    step before (Camerini, Fratta, Maffioli 1975), which is kept in `way`, (D, 3).
    """
    norm = 0.0
    for j in range(room.shape[0]):
        for r in range(3):
            over = (load[j, r] - room[j, r]) / max(1.0, float(room[j, r]))
            way[j, r] = over + KEPT * way[j, r]
            if price[j, r] == 0.0 and way[j, r] < 0.0:
                way[j, r] = 0.0
            norm += way[j, r] * way[j, r]
    if norm == 0.0:
        return
    for j in range(room.shape[0]):
        for r in range(3):
            price[j, r] = max(0.0, price[j, r] + far / norm * way[j, r] / max(1.0, float(room[j, r])))


@kernel
def by_regret(cost, left, size, price, regret, order):
    """Fill order (n,): lines that lose most by their second choice first, at these prices."""
    n, D = cost.shape
    for i in range(n):
        first, second = float(left[i]), float(left[i])
        for j in range(D):
            if cost[i, j] < FAR:
                here = reduced(cost, size, price, i, j)
                if here < first:
                    first, second = here, first
                elif here < second:
                    second = here
        regret[i] = second - first
        order[i] = i
    gap = 1
    while 3 * gap < n:
        gap = 3 * gap + 1
    while gap > 0:
        for q in range(gap, n):
            i, p = order[q], q
            while p >= gap and is_first(regret, i, order[p - gap]):
                order[p] = order[p - gap]
                p -= gap
            order[p] = i
        gap //= 3


@kernel
def is_first(regret, a, b):
    """Whether line a is placed before line b."""
    return regret[a] > regret[b] or (regret[a] == regret[b] and a < b)


@kernel
def pack(cost, left, size, room, price, order, looks, at):
    """Fill at (n,): a plan within all limits, each line in turn where it costs least; then bettered. What it costs."""
    n, D = cost.shape
    free = room.copy()
    for i in order:
        least, best = float(left[i]), NOWHERE
        for j in range(D):
            if cost[i, j] < FAR and has_room(free, size, i, j):
                here = reduced(cost, size, price, i, j)
                if here < least:
                    least, best = here, j
        at[i] = best
        take(free, size, i, best, 1)
    better(cost, left, size, free, looks, at)
    spent = np.int64(0)
    for i in range(n):
        spent += paid(cost, left, i, at[i])
    return spent


@kernel
def has_room(free, size, i, j):
    """Whether line i fits at j."""
    return size[i, 0] <= free[j, 0] and size[i, 1] <= free[j, 1] and size[i, 2] <= free[j, 2]


@kernel
def take(free, size, i, j, sign):
    """Line i takes its room at j, or gives it back."""
    if j != NOWHERE:
        for r in range(3):
            free[j, r] -= sign * size[i, r]


@kernel
def paid(cost, left, i, j):
    """What line i pays at j, or left."""
    return left[i] if j == NOWHERE else cost[i, j]


@kernel
def better(cost, left, size, free, looks, at):
    """Move lines to where they cost less, into free room or in the place of others that go elsewhere for less."""
    n, D = cost.shape
    moved = True
    while moved and looks > 0:
        moved = False
        for i in range(n):
            for j in range(D):
                looks -= 1
                gain = paid(cost, left, i, at[i]) - (cost[i, j] if cost[i, j] < FAR else np.int64(FAR))
                if j == at[i] or gain <= 0:
                    continue
                if has_room(free, size, i, j):
                    take(free, size, i, at[i], -1)
                    take(free, size, i, j, 1)
                    at[i] = j
                    moved = True
                    continue
                looks -= n
                if turn_out(cost, left, size, free, at, i, j, gain):
                    moved = True
            if looks <= 0:
                return


@kernel
def turn_out(cost, left, size, free, at, i, j, gain):
    """Put line i at j in the place of the line that loses least by going elsewhere, if that is less than i gains."""
    n, D = cost.shape
    a = at[i]
    take(free, size, i, a, -1)
    least, who, where = gain, NOWHERE, NOWHERE
    for other in range(n):
        if at[other] != j or other == i:
            continue
        take(free, size, other, j, -1)
        if has_room(free, size, i, j):
            here = cost[other, j]
            lost, best = left[other] - here, NOWHERE
            for k in range(D):
                if k != j and cost[other, k] < FAR and cost[other, k] - here < lost and has_room(free, size, other, k):
                    lost, best = cost[other, k] - here, k
            if lost < least:
                least, who, where = lost, other, best
        take(free, size, other, j, 1)
    if who == NOWHERE:
        take(free, size, i, a, 1)
        return False
    take(free, size, who, j, -1)
    take(free, size, who, where, 1)
    take(free, size, i, j, 1)
    at[who] = where
    at[i] = j
    return True


@kernel
def fits(at, size, room):
    """Whether lines at these resources are within all limits."""
    load = np.zeros(room.shape, np.int64)
    for i in range(at.size):
        if at[i] != NOWHERE:
            for r in range(3):
                load[at[i], r] += size[i, r]
    for j in range(room.shape[0]):
        for r in range(3):
            if load[j, r] > room[j, r]:
                return False
    return True
