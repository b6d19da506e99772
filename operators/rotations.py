"""Rotations: what ties a leg to those before it: its vehicle, trailer and driver come with one, its lines with others.

The legs of one thing hang in a chain by planned departure; the lines that wait for a leg hang on it. A tie goes with
its leg or line. Whoever changes wakes those that come behind it: their rows of `turns` count as touched.
"""

from typing import Final

import numpy as np

from operators.orders import BOOKED
from tower.ids import UNKNOWN
from tower.pairing import pair
from tower.table import find, kernel, touch, upsert

VEHICLE, TRAILER, DRIVER, GOODS = range(4)
THINGS: Final = GOODS
"""How many things a leg is tied by; goods are tied line by line."""
BACK: Final = 8
"""So many cancelled legs in a row are looked behind."""

TURN: Final = np.zeros(1, np.dtype([
    ("key", "<u8"), ("keep_until", "<i8"), ("look_at", "<i8"), ("dep", "<i8"), ("thing", "<u8", (THINGS,)),
    ("before", "<u8", (THINGS,)), ("after", "<u8", (THINGS,)), ("goods", "<u8"), ("waiting", "<i8"),
]))  # fmt: skip
"""A leg: the things it is hung by and its neighbours there, the first line that waits for it, how many on it wait."""
ROTATION: Final = np.zeros(1, np.dtype([("key", "<u8"), ("keep_until", "<i8"), ("last", "<u8")]))
"""By kind of thing and thing: its last leg."""
WAIT: Final = np.zeros(1, np.dtype([
    ("key", "<u8"), ("keep_until", "<i8"), ("inbound", "<u8"), ("outbound", "<u8"), ("before", "<u8"), ("after", "<u8"),
]))  # fmt: skip
"""A line that waits: for which leg, on which one, and its neighbours among those that wait for the same."""
for _row, _names in ((TURN, ("thing", "before", "after", "goods")), (ROTATION, ("last",)),
                     (WAIT, ("inbound", "outbound", "before", "after"))):  # fmt: skip
    _row["keep_until"] = -1
    for _name in _names:
        _row[_name] = UNKNOWN
TURN["look_at"], TURN["dep"] = -1, -1


@kernel
def thing_of(leg, what):
    """What the leg is tied by, of that kind; nothing before it is planned."""
    if leg.dep_planned < 0:
        return UNKNOWN
    if what == VEHICLE:
        return leg.vehicle
    return leg.trailer if what == TRAILER else leg.driver


@kernel
def is_tied(leg):
    """Whether a leg is tied by anything."""
    return (thing_of(leg, VEHICLE) != UNKNOWN or thing_of(leg, TRAILER) != UNKNOWN
            or thing_of(leg, DRIVER) != UNKNOWN)  # fmt: skip


@kernel
def unlink(turns, rotations, turn, what):
    """Take a leg out of the chain of one of its things."""
    thing, before, after = turn.thing[what], turn.before[what], turn.after[what]
    if thing == UNKNOWN:
        return
    if before != UNKNOWN:
        turns.rows[find(turns, before)].after[what] = after
    if after != UNKNOWN:
        turns.rows[find(turns, after)].before[what] = before
    else:
        rotation = rotations.rows[find(rotations, pair(np.uint64(what), thing))]
        rotation.last = before
        rotation.keep_until = 0 if before == UNKNOWN else -1
    turn.thing[what], turn.before[what], turn.after[what] = UNKNOWN, UNKNOWN, UNKNOWN


@kernel
def link(turns, rotations, turn, what, thing):
    """Hang a leg into the chain of a thing, by planned departure; most come last."""
    rotation = rotations.rows[upsert(rotations, pair(np.uint64(what), thing))]
    before, after = rotation.last, UNKNOWN
    while before != UNKNOWN:
        other = turns.rows[find(turns, before)]
        if (other.dep, other.key) < (turn.dep, turn.key):
            break
        before, after = other.before[what], before
    turn.thing[what], turn.before[what], turn.after[what] = thing, before, after
    if before != UNKNOWN:
        turns.rows[find(turns, before)].after[what] = turn.key
    if after != UNKNOWN:
        turns.rows[find(turns, after)].before[what] = turn.key
    else:
        rotation.last, rotation.keep_until = turn.key, -1


@kernel
def wake_after(legs, turns, turn, what):
    """Wake the leg that comes behind one, and while that is cancelled the next one too."""
    key = turn.after[what]
    for _ in range(BACK):
        if key == UNKNOWN:
            return
        i, k = find(turns, key), find(legs, key)
        touch(turns, i)
        if k < 0 or legs.rows[k].cancelled_at < 0:
            return
        key = turns.rows[i].after[what]


@kernel
def wake_goods(turns, waits, turn):
    """Wake the legs on which lines wait for one."""
    key = turn.goods
    while key != UNKNOWN:
        line = waits.rows[find(waits, key)]
        touch(turns, find(turns, line.outbound))
        key = line.after


@kernel
def wake(legs, turns, waits, turn):
    """Wake all that come behind a leg."""
    for what in range(THINGS):
        wake_after(legs, turns, turn, what)
    wake_goods(turns, waits, turn)


@kernel
def follow(legs, numbers, turns, rotations, waits):
    """Hang legs where they belong now, and wake what came and what comes behind them."""
    for n in numbers:
        leg = legs.rows[n]
        if find(turns, leg.key) < 0 and not is_tied(leg):
            continue
        turn = turns.rows[upsert(turns, leg.key)]
        for what in range(THINGS):
            if turn.dep != leg.dep_planned or turn.thing[what] != thing_of(leg, what):
                wake_after(legs, turns, turn, what)
                unlink(turns, rotations, turn, what)
        turn.dep = leg.dep_planned
        for what in range(THINGS):
            thing = thing_of(leg, what)
            if thing != turn.thing[what]:
                link(turns, rotations, turn, what, thing)
        wake(legs, turns, waits, turn)


@kernel
def stop(turns, waits, line):
    """A line waits no more."""
    if line.inbound == UNKNOWN:
        return
    turns.rows[upsert(turns, line.outbound)].waiting -= 1
    inbound = turns.rows[upsert(turns, line.inbound)]
    if line.before != UNKNOWN:
        waits.rows[find(waits, line.before)].after = line.after
    else:
        inbound.goods = line.after
    if line.after != UNKNOWN:
        waits.rows[find(waits, line.after)].before = line.before
    line.inbound, line.outbound, line.before, line.after = UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN


@kernel
def start(turns, waits, line, inbound, outbound):
    """A line that is to leave with one leg waits for another."""
    turns.rows[upsert(turns, outbound)].waiting += 1
    coming = turns.rows[upsert(turns, inbound)]
    line.inbound, line.outbound, line.before, line.after = inbound, outbound, UNKNOWN, coming.goods
    if coming.goods != UNKNOWN:
        waits.rows[find(waits, coming.goods)].before = line.key
    coming.goods = line.key


@kernel
def wait(lines, numbers, turns, waits):
    """Have lines wait for what brings them, from booking until they are picked."""
    for n in numbers:
        line = lines.rows[n]
        is_waiting = line.state == BOOKED and line.inbound != UNKNOWN and line.on_leg != UNKNOWN
        if find(waits, line.key) < 0 and not is_waiting:
            continue
        held = waits.rows[upsert(waits, line.key)]
        inbound = line.inbound if is_waiting else UNKNOWN
        outbound = line.on_leg if is_waiting else UNKNOWN
        if (held.inbound, held.outbound) != (inbound, outbound):
            stop(turns, waits, held)
            if is_waiting:
                start(turns, waits, held, inbound, outbound)
        elif is_waiting:
            touch(turns, find(turns, outbound))
        held.keep_until = -1 if is_waiting else 0


@kernel
def source_of(known, turn, what, site):
    """The row of the leg that has to bring a thing to where the next one leaves; -1 where nobody can say.

    Cancelled legs are looked behind: where a vehicle is, the last leg says that is not cancelled. If that leaves it
    elsewhere, or there is none, the cancelled one that was to bring it is what is missed.
    """
    missed, key = np.int64(-1), turn.before[what]
    for _ in range(BACK):
        k = find(known.legs, key) if key != UNKNOWN else -1
        if k < 0:
            return missed
        leg = known.legs.rows[k]
        if leg.cancelled_at < 0:
            return np.int64(k) if leg.dest == site else missed
        if missed < 0 and leg.dest == site:
            missed = np.int64(k)
        key = known.turns.rows[find(known.turns, key)].before[what]
    return missed


@kernel
def let_go(turns, rotations, before):
    """Take legs that may go out of their chains."""
    for i in range(turns.meta[0]):
        turn = turns.rows[i]
        if 0 <= turn.keep_until < before:
            for what in range(THINGS):
                unlink(turns, rotations, turn, what)
