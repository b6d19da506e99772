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
def of_door(visits, duration, doors, shut, j, order, count, most):
    """Cents of the first `count` visits of `order` at door j, one after the other, crews being enough.

    Anything above `most` where it costs more than that.
    """
    door = doors[j]
    at = door.ready
    open_always = door.first == door.last
    cost = 0
    for q in range(count):
        i = order[q]
        visit = visits[i]
        span = duration[i, j]
        at = max(at, visit.release)
        if not open_always:
            at = opening(doors, shut, j, at, span)
        at += span
        cost += charge(visit, j, at)
        if cost > most:
            return cost
    return cost


@kernel
def seat(yard, busy, j, at, span):
    """The first moment from `at` on at which door j is open and a crew is there for so long, and which crew: of those
    that can then the last. busy: (crews,) until when each works.
    """
    if yard.off.shape[0] == 0:
        crew = 0
        for c in range(1, busy.size):
            if busy[c] < busy[crew]:
                crew = c
        return opening(yard.doors, yard.shut, j, max(at, busy[crew]), span), crew
    least, crew = 0, -1
    for c in range(busy.size):
        start, before = max(at, busy[c]), -LIMIT
        while start != before:
            before = start
            start = opening(yard.crews, yard.off, c, opening(yard.doors, yard.shut, j, start, span), span)
        if crew < 0 or start <= least:
            least, crew = start, c
    return least, crew


@kernel
def of_all(yard, order, counts, busy, heads, free, start):
    """Cents of all doors with the crews there are: whoever can start first does; `start` (V,) says when.

    busy: (crews,), heads, free: (G,) are room to work in.
    """
    visits, duration, doors = yard.visits, yard.duration, yard.doors
    doors_count = counts.size
    busy[:] = -LIMIT
    heads[:] = 0
    for j in range(doors_count):
        free[j] = doors[j].ready
    cost = 0
    while True:
        best, crew, least = -1, 0, 0
        for j in range(doors_count):
            if heads[j] == counts[j]:
                continue
            i = order[j, heads[j]]
            at, who = seat(yard, busy, j, max(free[j], visits[i].release), duration[i, j])
            if best < 0 or at < least:
                best, crew, least = j, who, at
        if best < 0:
            return cost
        i = order[best, heads[best]]
        start[i] = least
        free[best] = least + duration[i, best]
        busy[crew] = free[best]
        heads[best] += 1
        cost += charge(visits[i], best, free[best])


@kernel
def by_turn(yard, waits, busy, free, door, start):
    """First come, first served: of those who wait (`waits` (V,), cleared) whoever can start first does, of several the
    one whose turn, its row, is first, at the door that is free first. Who has no door keeps waiting.
    """
    visits, duration, doors = yard.visits, yard.duration, yard.doors
    for j in range(doors.size):
        free[j] = doors[j].ready
    busy[:] = -LIMIT
    while True:
        best, at_door, crew, least = -1, 0, 0, 0
        for i in range(waits.size):
            if not waits[i] or (best >= 0 and visits[i].release >= least):
                continue
            for j in range(doors.size):
                if duration[i, j] == 0:
                    continue
                at, who = seat(yard, busy, j, max(free[j], visits[i].release), duration[i, j])
                if best < 0 or at < least or (at == least and i == best and free[j] < free[at_door]):
                    best, at_door, crew, least = i, j, who, at
        if best < 0:
            return
        waits[best] = False
        door[best], start[best] = at_door, least
        free[at_door] = busy[crew] = least + duration[best, at_door]
