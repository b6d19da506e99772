"""Door costs: when the visits of a door come to be worked in their order, and what their lateness costs."""

from operators.allocation.visits import LIMIT
from tower.compiled import kernel


@kernel
def opening(doors, shut, j, at, span):
    """The first moment from `at` on at which door j is open for so long; its shut times are in order."""
    for s in range(doors[j].first, doors[j].last):
        if shut[s, 0] < at + span and at < shut[s, 1]:
            at = shut[s, 1]
    return at


@kernel
def charge(visit, j, end):
    """Cents of a visit that ends at door j then."""
    cost = visit.moving if visit.home >= 0 and visit.home != j else 0
    if end > visit.due:
        cost += visit.weight * min(end - visit.due, LIMIT)
    return cost


@kernel
def of_door(visits, duration, doors, shut, j, order, count):
    """Cents of the first `count` visits of `order` at door j, one after the other, crews being enough."""
    at = doors[j].ready
    cost = 0
    for q in range(count):
        i = order[q]
        at = opening(doors, shut, j, max(at, visits[i].release), duration[i, j]) + duration[i, j]
        cost += charge(visits[i], j, at)
    return cost


@kernel
def of_all(visits, duration, doors, shut, crews, order, counts, busy, heads, free, start):
    """Cents of all doors with so many crews: whoever can start first does; `start` (V,) says when.

    busy: (crews,), heads, free: (G,) are room to work in.
    """
    doors_count = counts.size
    busy[:] = -LIMIT
    heads[:] = 0
    for j in range(doors_count):
        free[j] = doors[j].ready
    cost = 0
    while True:
        crew = 0
        for c in range(1, crews):
            if busy[c] < busy[crew]:
                crew = c
        best = -1
        least = 0
        for j in range(doors_count):
            if heads[j] == counts[j]:
                continue
            i = order[j, heads[j]]
            at = opening(doors, shut, j, max(free[j], visits[i].release, busy[crew]), duration[i, j])
            if best < 0 or at < least:
                best = j
                least = at
        if best < 0:
            return cost
        i = order[best, heads[best]]
        start[i] = least
        free[best] = least + duration[i, best]
        busy[crew] = free[best]
        heads[best] += 1
        cost += charge(visits[i], best, free[best])
