"""Taking: lines and legs that were touched, as planning's own rows; whatever differs makes its destination dirty."""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.orders import BOOKED as IS_BOOKED
from operators.orders import FAILED, HELD, ORDERED, PICKED, loads_of
from operators.planning.rows import BOOKED, OPEN, STAGED
from tower import clock
from tower.ids import UNKNOWN
from tower.pairing import pair
from tower.table import Direct, find, kernel, upsert

NO_STAND: Final = 255
KEEP: Final = 25 * clock.HOUR
"""A line that is wanted no more is known for so long, so that its plan can be taken back."""
NOT_SAID: Final = 255
"""Why the plan has a line where it has it: nobody has planned it yet."""


class Desk(NamedTuple):
    """Planning's own tables, as kernels see them."""

    wants: Any
    ways: Any
    goals: Any
    shelves: Any
    rates: Any


@kernel
def soil(goals, i, urgent, now):
    """A destination is to be planned anew."""
    goal = goals.rows[i]
    if not goal.is_dirty:
        goal.is_dirty, goal.since = 1, now
    if urgent:
        goal.is_urgent = 1


@kernel
def stand_of(line):
    """Where a line stands as planning sees it; NO_STAND: it is not to be planned, or not any more."""
    if line.ship_to == UNKNOWN:
        return NO_STAND
    was_picked = line.picked_at >= 0
    if line.state in (ORDERED, HELD, FAILED):
        return STAGED if was_picked and line.site != UNKNOWN else OPEN
    return BOOKED if line.state == IS_BOOKED and not was_picked else NO_STAND


@kernel
def is_off(legs, line):
    """Whether the leg that a line is booked on is cancelled, as a flag."""
    k = find(legs, line.booked_leg) if line.state == IS_BOOKED else -1
    return 1 if k >= 0 and legs.rows[k].cancelled_at >= 0 else 0


@kernel
def place_of(line, stand):
    """Where its goods are reserved, or stand."""
    return line.site if stand in (BOOKED, STAGED) else UNKNOWN


@kernel
def thousands(amount, unknown):
    """Grams of kg, litres of m3; `unknown` where nobody has said how many."""
    return np.int64(amount * 1000.0 + 0.5) if amount >= 0.0 else np.int64(unknown)


@kernel
def is_same(want, line, stand, off):
    """Whether nothing has changed that matters."""
    leg = line.booked_leg if line.state in (IS_BOOKED, PICKED) else UNKNOWN
    return (
        want.keep_until < 0 and want.stand == stand and want.leg == leg and want.is_off == off
        and want.goal == line.ship_to and want.sku == line.sku and want.quantity == max(line.quantity, 0)
        and want.loads == loads_of(line) and want.place == place_of(line, stand)
        and want.promised_by == line.promised_by
        and want.priority == line.priority and want.value_cents == max(line.value_cents, 0)
        and want.is_stranded == (1 if line.state == FAILED else 0)
        and want.grams == thousands(line.weight_kg, 0) and want.litres == thousands(line.volume_m3, 0)
    )  # fmt: skip


@kernel
def soil_want(desk, want, urgent, now):
    """Soil the destination of a line, and that of its leg, which may go elsewhere."""
    if want.at_goal >= 0:
        soil(desk.goals, want.at_goal, urgent, now)
    w = find(desk.ways, want.leg) if want.leg != UNKNOWN else -1
    if w >= 0 and desk.ways.rows[w].at_goal != want.at_goal:
        soil(desk.goals, desk.ways.rows[w].at_goal, urgent, now)


@kernel
def take_lines(desk, lines, legs, numbers, now):
    """Take in these lines; whether anything changed, and whether that is urgent, as bits 1 and 2."""
    found = 0
    for n in numbers:
        line = lines.rows[n]
        stand = stand_of(line)
        i = find(desk.wants, line.key)
        if stand == NO_STAND:
            if i >= 0 and desk.wants.rows[i].keep_until < 0:
                soil_want(desk, desk.wants.rows[i], False, now)
                desk.wants.rows[i].keep_until = now + KEEP
                found |= 1
            continue
        off = is_off(legs, line)
        if i >= 0 and is_same(desk.wants.rows[i], line, stand, off):
            continue
        if i >= 0 and desk.wants.rows[i].keep_until < 0:
            soil_want(desk, desk.wants.rows[i], False, now)
        i = upsert(desk.wants, line.key)
        want = desk.wants.rows[i]
        urgent = line.state == FAILED and not want.is_stranded
        write(desk, want, line, stand)
        want.is_off = off
        soil_want(desk, want, urgent, now)
        found |= 3 if urgent else 1
    return found


@kernel
def write(desk, want, line, stand):
    """A line as planning sees it."""
    want.keep_until, want.stand, want.is_stranded = -1, stand, 1 if line.state == FAILED else 0
    want.goal, want.at_goal = line.ship_to, upsert(desk.goals, line.ship_to)
    want.sku, want.shelf = line.sku, upsert(desk.shelves, line.sku)
    want.quantity, want.loads, want.value_cents = max(line.quantity, 0), loads_of(line), max(line.value_cents, 0)
    want.priority, want.promised_by = line.priority, line.promised_by
    want.leg = line.booked_leg if line.state in (IS_BOOKED, PICKED) else UNKNOWN
    want.place = place_of(line, stand)
    want.grams, want.litres = thousands(line.weight_kg, 0), thousands(line.volume_m3, 0)
    want.to_leg, want.why, want.full, want.gain_cents, want.short = want.leg, NOT_SAID, UNKNOWN, 0, 0


@kernel
def rate_of(rates, leg):
    """Freight of a load on a leg: its carrier's on that lane, else the cheapest there, else none."""
    lane = pair(leg.origin, leg.dest)
    r = find(rates, pair(lane, leg.carrier)) if leg.carrier != UNKNOWN else -1
    if r < 0:
        r = find(rates, pair(lane, UNKNOWN))
    return rates.rows[r].cents if r >= 0 else np.int64(0)


@kernel
def take_legs(desk, legs, numbers, now):
    """Take in these legs; whether anything changed, and whether that is urgent, as bits 1 and 2."""
    found = 0
    for n in numbers:
        leg = legs.rows[n]
        if leg.origin == UNKNOWN or leg.dest == UNKNOWN or leg.dep_expected < 0:
            continue
        is_open = 1 if leg.cancelled_at < 0 and leg.departed_at < 0 and leg.arrived_at < 0 else 0
        freight, w = rate_of(desk.rates, leg), find(desk.ways, leg.key)
        if w < 0 and not is_open:
            continue
        way = desk.ways.rows[upsert(desk.ways, leg.key)]
        way.dep_planned, way.cancelled_at, way.departed_at = leg.dep_planned, leg.cancelled_at, leg.departed_at
        if (w >= 0 and way.is_open == is_open and way.dep == leg.dep_expected and way.arr == leg.arr_expected
                and way.capacity == leg.capacity_loads and way.freight == freight and way.goal == leg.dest
                and way.origin == leg.origin and way.carrier == leg.carrier
                and way.grams == thousands(leg.capacity_kg, -1)
                and way.litres == thousands(leg.capacity_m3, -1)):  # fmt: skip
            continue
        urgent = w >= 0 and way.is_open and leg.cancelled_at >= 0
        if way.at_goal >= 0:
            soil(desk.goals, way.at_goal, urgent, now)
        way.goal, way.at_goal, way.origin = leg.dest, upsert(desk.goals, leg.dest), leg.origin
        way.dep, way.arr, way.capacity = leg.dep_expected, leg.arr_expected, leg.capacity_loads
        way.carrier, way.freight, way.is_open = leg.carrier, freight, is_open
        way.grams, way.litres = thousands(leg.capacity_kg, -1), thousands(leg.capacity_m3, -1)
        soil(desk.goals, way.at_goal, urgent, now)
        found |= 3 if urgent else 1
    return found


@kernel
def take_loads(desk, loads, numbers, now):
    """Take in the loads on these legs, also of lines that are not planned here; whether anything changed, as bit 1."""
    found = 0
    for n in numbers:
        w = find(desk.ways, loads.rows[n].key)
        if w < 0 or desk.ways.rows[w].loads == loads.rows[n].loads:
            continue
        way = desk.ways.rows[w]
        way.loads = loads.rows[n].loads
        if way.is_open and way.at_goal >= 0:
            soil(desk.goals, way.at_goal, False, now)
            found = 1
    return found


TAKE_LINES, TAKE_LEGS, TAKE_LOADS = Direct(take_lines), Direct(take_legs), Direct(take_loads)
