"""Docks: visits at the gate, at a door, and gone."""

from simulators.world import tell
from simulators.world.rows import DROPPED, GATE, IN, NOW, ON_LEG, OUT, STAGED, WORKED, W
from simulators.world.tell import later
from tower.table import kernel


@kernel
def site_of(w: W, v: int) -> int:
    """Where a visit takes place."""
    return w.offered[v >> 2].origin if v & 3 == 0 else w.offered[v >> 2].dest


@kernel
def doors_of(w: W, v: int) -> int:
    """The doors that a visit waits for."""
    return 4 * site_of(w, v) + (OUT if v & 3 == 0 else IN)


@kernel
def book(w: W, at: int, v: int, kind: int) -> None:
    """Tell the window of a visit: from when it starts until loading has to end."""
    tell.tell(w, at, kind, v, due(w, v), w.legs[v >> 2].etd - w.rules.window_lead)


@kernel
def due(w: W, v: int) -> int:
    """When a visit is expected: as planned, or later by what its carrier has said since."""
    return w.visits[v].start + w.legs[v >> 2].etd - w.offered[v >> 2].dep


@kernel
def arrive(w: W, at: int, v: int) -> bool:
    """A visit comes to the gate, unless its leg is dropped or its carrier has said later; whether it is there."""
    if w.legs[v >> 2].state == DROPPED:
        return False
    if due(w, v) > at:
        later(w, due(w, v), GATE, v)
        return False
    w.visits[v].arrived = at
    tell.tell(w, at, tell.VISIT_ARRIVED, v)
    return True


@kernel
def free_door(w: W, place: int, wanted: int) -> int:
    """The wanted door if it is free, else the first free one."""
    if wanted >= 0 and not (w.places[place].doors >> wanted) & 1:
        return wanted
    door = 0
    while (w.places[place].doors >> door) & 1:
        door += 1
    return door


@kernel
def take_door(w: W, place: int, v: int) -> None:
    """A visit docks and its work starts."""
    if w.legs[v >> 2].state != DROPPED and w.visits[v].door < 0:
        now, door = w.clock[NOW], free_door(w, place, w.visits[v].wanted)
        w.visits[v].door = door
        w.places[place].doors |= 1 << door
        w.places[place].busy += 1
        tell.tell(w, now, tell.VISIT_DOCKED, v, door)
        tell.tell(w, now, tell.VISIT_STARTED, v)
        later(w, now + work(w, v), WORKED, v)


@kernel
def work(w: W, v: int) -> int:
    """How long a visit works: a recorded leg is prepared for all it can carry."""
    return w.rules.load_fix + w.rules.load_each * w.offered[v >> 2].room


@kernel
def load(w: W, g: int) -> None:
    """What is staged for leg g is on it; from now on the rest joins until it leaves."""
    i = w.legs[g].head
    while i >= 0:
        if w.lines[i].state == STAGED:
            w.lines[i].state = ON_LEG
        i = w.lines[i].next
    w.legs[g].loaded = 1


@kernel
def finish(w: W, at: int, v: int) -> None:
    """The work of a visit is done and it leaves its door, to the apron or the gate."""
    if w.legs[v >> 2].state != DROPPED:
        load(w, v >> 2)
        tell.tell(w, at, tell.VISIT_FINISHED, v)
        tell.tell(w, at, tell.VISIT_LEFT, v)
    w.places[doors_of(w, v)].doors &= ~(1 << w.visits[v].door)
