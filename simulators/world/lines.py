"""Lines: booked on legs, picked by people, stranded when a leg goes without them."""

from simulators.world import draws, tell
from simulators.world.rows import (
    BOOKED,
    COVERED,
    NOW,
    OPEN,
    PICKED,
    PICKERS,
    PICKING,
    PLANNED,
    QUEUED,
    STAGED,
    W,
)  # fmt: skip
from simulators.world.tell import later
from tower.events import REASONS_HELD
from tower.table import kernel

CAPACITY = REASONS_HELD.index("capacity")


@kernel
def attach(w: W, i: int, g: int) -> None:
    """Put line i first among the lines of leg g."""
    first = w.legs[g].head
    w.lines[i].leg, w.lines[i].next, w.lines[i].prev = g, first, -1
    if first >= 0:
        w.lines[first].prev = i
    w.legs[g].head = i
    w.legs[g].used += w.ordered[i].loads


@kernel
def detach(w: W, i: int) -> None:
    """Take line i off its leg; what was reserved for it and is not picked is free again."""
    g = w.lines[i].leg
    if g >= 0:
        unlink(w, i, g)
        w.legs[g].used -= w.ordered[i].loads
        w.lines[i].leg, w.lines[i].last = -1, g
        if w.lines[i].state == BOOKED or w.lines[i].state == QUEUED:
            w.stock[w.offered[g].origin, w.ordered[i].sku].free += w.ordered[i].quantity
            w.lines[i].state = OPEN


@kernel
def unlink(w: W, i: int, g: int) -> None:
    """Close the gap that line i leaves in the chain of leg g."""
    before, after = w.lines[i].prev, w.lines[i].next
    if before >= 0:
        w.lines[before].next = after
    else:
        w.legs[g].head = after
    if after >= 0:
        w.lines[after].prev = before


@kernel
def strand(w: W, at: int, i: int, why: int) -> None:
    """Line i loses its leg and has to be booked again."""
    g = w.lines[i].leg
    detach(w, i)
    tell.tell(w, at, tell.LINE_FAILED, i, why, g)


@kernel
def hold(w: W, at: int, i: int) -> None:
    """Line i is taken off its leg by a decision and waits for another."""
    if w.lines[i].leg >= 0 and w.lines[i].state <= STAGED:
        detach(w, i)
        tell.tell(w, at, tell.LINE_HELD, i, CAPACITY)


@kernel
def lift(w: W, i: int) -> None:
    """Line i is taken off its leg to be put on another one, unless somebody has begun to pick it; nothing is told."""
    if w.lines[i].leg >= 0 and (w.lines[i].state == BOOKED or w.lines[i].state == QUEUED):
        detach(w, i)


@kernel
def rest(w: W, at: int, i: int) -> None:
    """Line i was on a leg, is on none, and waits for another."""
    if w.lines[i].leg < 0 and w.lines[i].state == OPEN:
        tell.tell(w, at, tell.LINE_HELD, i, CAPACITY)


@kernel
def may_go(w: W, at: int, i: int, g: int) -> bool:
    """Whether line i can still be put on leg g: in time, with room, where its goods are."""
    state, origin, here = w.lines[i].state, w.offered[g].origin, w.lines[i].place
    if not (OPEN <= state <= STAGED and PLANNED <= w.legs[g].state <= COVERED):
        return False
    if at >= w.legs[g].etd - w.rules.cut_lead or w.legs[g].used + w.ordered[i].loads > w.offered[g].room:
        return False
    if here >= 0:
        return here == origin
    reserved = w.lines[i].leg >= 0 and w.offered[w.lines[i].leg].origin == origin
    return reserved or w.stock[origin, w.ordered[i].sku].free >= w.ordered[i].quantity


@kernel
def assign(w: W, at: int, i: int, g: int) -> None:
    """Line i goes from its leg, if it has one, to leg g; its goods are reserved."""
    detach(w, i)
    attach(w, i, g)
    if w.lines[i].state == OPEN:
        w.lines[i].state = BOOKED
        w.stock[w.offered[g].origin, w.ordered[i].sku].free -= w.ordered[i].quantity
    tell.tell(w, at, tell.LINE_BOOKED, i, g, w.offered[g].origin)


@kernel
def is_for(w: W, place: int, i: int) -> bool:
    """Whether the pickers of a place still have to pick line i: it may have moved while it waited."""
    return w.lines[i].state == QUEUED and 4 * w.offered[w.lines[i].leg].origin + PICKERS == place


@kernel
def start_pick(w: W, place: int, i: int) -> None:
    """A picker goes for line i, is busy for a while, and may find less than the record of the shelf says."""
    if is_for(w, place, i):
        site, now, found = place >> 2, w.clock[NOW], w.ordered[i].quantity
        w.stock[site, w.ordered[i].sku].on_hand -= found
        if draws.unit(w.rules.seed, draws.SHRINK, i) < w.rules.shrink:
            kept = int(found * draws.unit(w.rules.seed, draws.SHRINK, i, 1))
            tell.tell(w, now, tell.STOCK_ADJUSTED, i, site, kept - found)
            found = kept
        w.lines[i].state, w.lines[i].got, w.lines[i].place = PICKING, found, site
        w.places[place].busy += 1
        later(w, now + int(w.rules.pick * (0.6 + 0.8 * draws.unit(w.rules.seed, draws.PICK, i))), PICKED, i)


@kernel
def picked(w: W, at: int, i: int) -> None:
    """Line i stands ready at its site."""
    got, site = w.lines[i].got, w.lines[i].place
    w.lines[i].state = STAGED
    tell.tell(w, at, tell.LINE_PICKED, i, got)
    if got < w.ordered[i].quantity:
        tell.tell(w, at, tell.LINE_SHORTED, i, w.ordered[i].quantity - got)
    tell.tell(w, at, tell.STOCK_MOVED, i, site, -got)
