"""Legs: planned, cancelled, revised, gone and arrived, as recorded; what that means for lines and visits."""

from simulators.world import docks, lines, places, tell
from simulators.world.rows import (
    BOOKED,
    CUT,
    DELIVER,
    DOCK_OVERRUN,
    DONE,
    DROPPED,
    ENDED,
    GATE,
    GONE,
    LEG_CANCELLED,
    MISSED_CUTOFF,
    ON_LEG,
    PICKERS,
    PLANNED,
    QUEUED,
    RELEASE,
    STAGED,
    W,
)  # fmt: skip
from simulators.world.tell import later
from tower.table import kernel


@kernel
def plan(w: W, at: int, g: int) -> None:
    """Leg g can be booked: its visit, the release of its lines and its cut-off go on the calendar."""
    w.legs[g].state = PLANNED
    docks.book(w, at, 4 * g, tell.VISIT_BOOKED)
    later(w, w.visits[4 * g].start, GATE, 4 * g)
    later(w, w.legs[g].etd - w.rules.cut_lead, CUT, g)
    later(w, w.legs[g].etd - w.rules.pick_lead, RELEASE, g)


@kernel
def cancel(w: W, at: int, g: int) -> None:
    """Leg g will not go: its visit is off and its lines are stranded."""
    w.legs[g].state = DROPPED
    tell.tell(w, at, tell.VISIT_CANCELLED, 4 * g)
    while w.legs[g].head >= 0:
        lines.strand(w, at, w.legs[g].head, LEG_CANCELLED)


@kernel
def revise(w: W, at: int, g: int) -> None:
    """The carrier says when leg g will really go, and its visit moves with it."""
    w.legs[g].etd, w.legs[g].eta = w.offered[g].revised_dep, w.offered[g].revised_arr
    docks.book(w, at, 4 * g, tell.VISIT_RESCHEDULED)


@kernel
def depart(w: W, at: int, g: int) -> None:
    """Leg g leaves with what is on it or staged beside it; the rest is stranded."""
    w.legs[g].state = GONE
    i = w.legs[g].head
    while i >= 0:
        after, state = w.lines[i].next, w.lines[i].state
        if state == ON_LEG or (state == STAGED and w.legs[g].loaded):
            w.lines[i].state = ON_LEG
            tell.tell(w, at, tell.LINE_SHIPPED, i, g, w.lines[i].got)
        else:
            lines.strand(w, at, i, DOCK_OVERRUN)
        i = after


@kernel
def arrive(w: W, at: int, g: int) -> None:
    """Leg g is there; its lines are at their ship-to after the last mile."""
    w.legs[g].state = ENDED
    later(w, at + w.rules.last_mile, DELIVER, g)


@kernel
def deliver(w: W, at: int, g: int) -> None:
    """The lines of leg g are at their ship-to."""
    i = w.legs[g].head
    while i >= 0:
        w.lines[i].state = DONE
        tell.tell(w, at, tell.LINE_DELIVERED, i, w.lines[i].got)
        i = w.lines[i].next


@kernel
def release(w: W, at: int, g: int) -> None:
    """The lines of leg g go to the pickers, or later if the leg goes later."""
    if w.legs[g].etd - w.rules.pick_lead > at:
        later(w, w.legs[g].etd - w.rules.pick_lead, RELEASE, g)
    else:
        i = w.legs[g].head
        while i >= 0:
            after = w.lines[i].next
            if w.lines[i].state == BOOKED:
                queue(w, i, g)
            i = after


@kernel
def queue(w: W, i: int, g: int) -> None:
    """Line i waits for a picker; the leg that leaves first is picked first."""
    w.lines[i].state = QUEUED
    places.ask(w, 4 * w.offered[g].origin + PICKERS, i, w.legs[g].etd)


@kernel
def cut(w: W, at: int, g: int) -> None:
    """Lines of leg g that nobody has begun to pick have missed it."""
    if w.legs[g].etd - w.rules.cut_lead > at:
        later(w, w.legs[g].etd - w.rules.cut_lead, CUT, g)
    else:
        i = w.legs[g].head
        while i >= 0:
            after = w.lines[i].next
            if w.lines[i].state == BOOKED or w.lines[i].state == QUEUED:
                lines.strand(w, at, i, MISSED_CUTOFF)
            i = after


@kernel
def book(w: W, at: int, i: int, g: int) -> None:
    """Line i goes on leg g if it may, and to the pickers at once if the leg's lines are there already."""
    if lines.may_go(w, at, i, g):
        lines.assign(w, at, i, g)
        if w.lines[i].state == BOOKED and at >= w.legs[g].etd - w.rules.pick_lead:
            queue(w, i, g)


@kernel
def put(w: W, at: int, i: int, g: int, was_on_leg: int) -> None:
    """Line i, which has been lifted or had no leg, goes on leg g, else back to where it was, else it waits."""
    if w.lines[i].leg >= 0:
        return
    before = w.lines[i].last
    was_lifted = was_on_leg == 1 and before >= 0 and w.legs[before].state < GONE
    if g >= 0:
        book(w, at, i, g)
    if w.lines[i].leg < 0 and g >= 0 and was_lifted:
        book(w, at, i, before)
    if was_lifted:
        lines.rest(w, at, i)
