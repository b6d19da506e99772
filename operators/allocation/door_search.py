"""Door search: insertion, then moves and swaps under threshold accepting (Dueck and Scheuer 1990), all counted.

Draws are hash(seed, n). The best order that was met is kept, and the search begins with the plan in force, so that what
comes out is never worse.
"""

import numpy as np

from operators.allocation.door_costs import of_all, of_door
from tower.compiled import kernel
from tower.pairing import scramble

MOVES = 0.6
"""The share of moves to another place; the rest swap two visits."""
LOOK_BACK = 6
"""Insertion tries so many places from the end of a door's order."""
NO_LIMIT = 1 << 62


@kernel
def draw(seed, n):
    """The n-th number of a seed, 32 bits."""
    return np.int64(scramble(np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(n)) >> np.uint64(32))


@kernel
def insert(visits, duration, doors, shut, order, counts, i):
    """Put visit i where that adds least, the shorter work if two places are equal. False: no door is for it."""
    best = -1
    place = 0
    least = (0, 0)
    for j in range(counts.size):
        if duration[i, j] == 0:
            continue
        before = of_door(visits, duration, doors, shut, j, order[j], counts[j], NO_LIMIT)
        trial = np.empty(counts[j] + 1, np.int64)
        for at in range(counts[j], max(-1, counts[j] - LOOK_BACK), -1):
            for q in range(counts[j] + 1):
                trial[q] = order[j, q] if q < at else i if q == at else order[j, q - 1]
            added = (of_door(visits, duration, doors, shut, j, trial, counts[j] + 1, NO_LIMIT) - before, duration[i, j])
            if best < 0 or added < least:
                best = j
                place = at
                least = added
    if best < 0:
        return False
    for q in range(counts[best], place, -1):
        order[best, q] = order[best, q - 1]
    order[best, place] = i
    counts[best] += 1
    return True


@kernel
def propose(duration, order, counts, where, movable, seed, n, a, b):
    """The n-th move: new orders of two doors in `a` and `b` (of one, twice the same door). Door -1: not possible."""
    i = movable[draw(seed, 4 * n) % movable.size]
    j = where[i]
    if draw(seed, 4 * n + 1) < MOVES * 4294967296.0:
        k = draw(seed, 4 * n + 2) % counts.size
        if duration[i, k] == 0:
            return -1, -1, 0, 0
        count = 0
        for q in range(counts[j]):
            if order[j, q] != i:
                a[count] = order[j, q]
                count += 1
        into, size = (a, count) if k == j else (b, counts[k])
        if k != j:
            for q in range(size):
                b[q] = order[k, q]
        place = draw(seed, 4 * n + 3) % (size + 1)
        for q in range(size, place, -1):
            into[q] = into[q - 1]
        into[place] = i
        return j, k, count + (k == j), size + 1
    other = movable[draw(seed, 4 * n + 2) % movable.size]
    k = where[other]
    if other == i or duration[i, k] == 0 or duration[other, j] == 0:
        return -1, -1, 0, 0
    swapped(order[j], counts[j], i, other, a)
    swapped(order[k], counts[k], i, other, b)
    return j, k, counts[j], counts[k]


@kernel
def swapped(order, count, one, other, into):
    """The order with two visits in each other's place."""
    for q in range(count):
        i = order[q]
        into[q] = other if i == one else one if i == other else i


@kernel
def adopt(order, counts, where, j, row, count):
    """Door j has this order now."""
    counts[j] = count
    for q in range(count):
        order[j, q] = row[q]
        where[row[q]] = j


@kernel
def search(visits, duration, doors, shut, order, counts, movable, budget, hot, seed):
    """Better orders in place, after `budget` moves with a threshold from `hot` cents down; cents of the best."""
    n, m = duration.shape
    where = np.full(n, -1)
    costs = np.zeros(m, np.int64)
    for j in range(m):
        costs[j] = of_door(visits, duration, doors, shut, j, order[j], counts[j], NO_LIMIT)
        for q in range(counts[j]):
            where[order[j, q]] = j
    now = costs.sum()
    best, kept, kept_counts = now, order.copy(), counts.copy()
    a, b = np.empty(n + 1, np.int64), np.empty(n + 1, np.int64)
    for step in range(budget if movable.size else 0):
        j, k, many, more = propose(duration, order, counts, where, movable, seed, step, a, b)
        if j < 0:
            continue
        before = costs[j] + (0 if k == j else costs[k])
        bar = threshold(hot, step, budget, seed)
        most = before + np.int64(bar)
        here = of_door(visits, duration, doors, shut, j, a, many, most)
        if here > most:
            continue
        there = 0 if k == j else of_door(visits, duration, doors, shut, k, b, more, most - here)
        change = here + there - before
        if change <= bar:
            adopt(order, counts, where, j, a, many)
            costs[j] = here
            if k != j:
                adopt(order, counts, where, k, b, more)
                costs[k] = there
            now += change
            if now < best:
                best = now
                kept[:] = order
                kept_counts[:] = counts
    order[:] = kept
    counts[:] = kept_counts
    return best


@kernel
def threshold(hot, step, budget, seed):
    """Cents that the step-th move may lose: up to `hot` at the beginning, falling with the square of what is left."""
    left = 1.0 - step / budget
    return hot * left * left * left * (draw(seed + 1, step) / 4294967296.0)


@kernel
def search_crewed(yard, order, counts, movable, budget, hot, seed):
    """As `search` where a door can wait for a crew: every move needs the whole yard looked at."""
    duration = yard.duration
    n, m = duration.shape
    where = np.full(n, -1)
    for j in range(m):
        for q in range(counts[j]):
            where[order[j, q]] = j
    busy, heads, free = np.empty(yard.crews.size, np.int64), np.empty(m, np.int64), np.empty(m, np.int64)
    start = np.empty(n, np.int64)
    now = of_all(yard, order, counts, busy, heads, free, start)
    best, kept, kept_counts = now, order.copy(), counts.copy()
    a, b, old, old_b = (np.empty(n + 1, np.int64), np.empty(n + 1, np.int64), np.empty(n + 1, np.int64),
                        np.empty(n + 1, np.int64))  # fmt: skip
    for step in range(budget if movable.size else 0):
        j, k, many, more = propose(duration, order, counts, where, movable, seed, step, a, b)
        if j < 0:
            continue
        before, before_k = counts[j], counts[k]
        old[:before] = order[j, :before]
        old_b[:before_k] = order[k, :before_k]
        adopt(order, counts, where, j, a, many)
        if k != j:
            adopt(order, counts, where, k, b, more)
        cost = of_all(yard, order, counts, busy, heads, free, start)
        if cost - now <= threshold(hot, step, budget, seed):
            now = cost
            if now < best:
                best = now
                kept[:] = order
                kept_counts[:] = counts
        else:
            adopt(order, counts, where, j, old, before)
            if k != j:
                adopt(order, counts, where, k, old_b, before_k)
    order[:] = kept
    counts[:] = kept_counts
    return best
