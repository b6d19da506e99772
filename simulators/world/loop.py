"""Loop: one loop over three sorted sources, so that the size of steps and forks change nothing.

At equal moments: exogenous rows first, then the calendar by (moment, kind, entity), then decisions in their order.
"""

from typing import Final

from simulators.world import docks, legs, lines, places, seats
from simulators.world.heap import pop
from simulators.world.rows import (
    ASSIGN,
    CURSOR,
    CUT,
    DEAD,
    DECIDED,
    DECISIONS,
    DELIVER,
    DOCK,
    FULL,
    GATE,
    LIFT,
    NEVER,
    NOW,
    OPEN,
    PENDING,
    PICKED,
    PICKERS,
    PUT,
    QUEUED,
    RELEASE,
    RUN,
    UNASSIGN,
    WORKED,
    X_ARRIVED,
    X_CANCELLED,
    X_DEPARTED,
    X_ESTIMATED,
    X_HEADS,
    X_PLACED,
    X_PLANNED,
    X_WITHDRAWN,
    W,
)  # fmt: skip
from tower.table import kernel

JOB: Final = (1 << 40) - 1


@kernel
def happen(w: W, at: int, kind: int, e: int, value: int) -> None:
    """An exogenous row: it happens whatever the plan."""
    if kind == X_PLACED:
        w.lines[e].state = OPEN
    elif kind == X_WITHDRAWN:
        withdraw(w, e)
    elif kind == X_HEADS:
        w.places[e].cap = value
        places.serve(w, e)
    else:
        move(w, at, kind, e)


@kernel
def move(w: W, at: int, kind: int, g: int) -> None:
    """What a record says of leg g."""
    if kind == X_PLANNED:
        legs.plan(w, at, g)
    elif kind == X_CANCELLED:
        legs.cancel(w, at, g)
    elif kind == X_ESTIMATED:
        legs.revise(w, at, g)
    elif kind == X_DEPARTED:
        legs.depart(w, at, g)
    elif kind == X_ARRIVED:
        legs.arrive(w, at, g)


@kernel
def withdraw(w: W, i: int) -> None:
    """The customer takes line i back, if nobody has begun to pick it."""
    if OPEN <= w.lines[i].state <= QUEUED:
        lines.detach(w, i)
        w.lines[i].state = DEAD


@kernel
def due(w: W, at: int, kind: int, e: int) -> None:
    """A thing on the world's own calendar."""
    if kind == PICKED:
        lines.picked(w, at, e)
        places.give_back(w, 4 * w.lines[e].place + PICKERS)
    elif kind == RELEASE:
        legs.release(w, at, e)
    elif kind == CUT:
        legs.cut(w, at, e)
    elif kind == DELIVER:
        legs.deliver(w, at, e)
    else:
        visit(w, at, kind, e)


@kernel
def visit(w: W, at: int, kind: int, v: int) -> None:
    """The next step of visit v."""
    if kind == GATE:
        if docks.arrive(w, at, v):
            places.ask(w, docks.doors_of(w, v), v, seats.turn(w, v))
    elif kind == WORKED:
        docks.finish(w, at, v)
        places.give_back(w, docks.doors_of(w, v))


@kernel
def decide(w: W, at: int, kind: int, a: int, b: int, c: int) -> None:
    """A decision is carried out, if it still can be."""
    if kind == ASSIGN:
        legs.book(w, at, a, b)
    elif kind == UNASSIGN:
        lines.hold(w, at, a)
    elif kind == DOCK:
        seats.seat(w, at, a, b, c)
    elif kind == LIFT:
        lines.lift(w, a)
    elif kind == PUT:
        legs.put(w, at, a, b, c)


@kernel
def next_at(w: W) -> tuple[int, int, int]:
    """When the next exogenous row, calendar entry and decision are due."""
    c = w.clock
    outside = w.exogenous[c[CURSOR], 0] if c[CURSOR] < len(w.exogenous) else NEVER
    own = w.calendar[0].key if c[PENDING] > 0 else NEVER
    decided = w.decisions[c[DECIDED], 0] if c[DECIDED] < c[DECISIONS] else NEVER
    return outside, own, decided


@kernel
def step(w: W, at: int, outside: int, own: int) -> None:
    """Do the first thing that is due at this moment."""
    c = w.clock
    if outside == at:
        row = w.exogenous[c[CURSOR]]
        c[CURSOR] += 1
        happen(w, at, row[1], row[2], row[3])
    elif own == at:
        _, job = pop(w.calendar, 0, c[PENDING])
        c[PENDING] -= 1
        due(w, at, job >> 40, job & JOB)
    else:
        row = w.decisions[c[DECIDED]]
        c[DECIDED] += 1
        decide(w, at, row[1], row[2], row[3], row[4])


@kernel
def run(w: W, until: int, margin: int) -> bool:
    """Until the time is up (True), or the page has less than `margin` rows left or a queue is full (False)."""
    while w.told[0] < len(w.page) - margin and w.clock[FULL] == 0:
        outside, own, decided = next_at(w)
        at = min(outside, own, decided)
        if at > until:
            w.clock[NOW] = max(w.clock[NOW], until)
            return True
        w.clock[NOW] = max(w.clock[NOW], at)
        w.clock[RUN] += 1
        step(w, at, outside, own)
    return False
