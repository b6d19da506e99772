"""Blame: what a deviation comes from, as far upstream as the tables say."""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.connections import LEVELS
from tower import clock
from tower.ids import UNKNOWN
from tower.outcomes import CAUSES
from tower.pairing import pair
from tower.table import find, kernel

HOW_MANY: Final = len(CAUSES)
WEATHER, LEGS, DOCKS, LINES, STOCK, SUPPLY, SOURCE, OTHER, DEMAND, CARRIERS, ACTIONS, MODELS = range(HOW_MANY)
CAUSE: Final = {"weather": WEATHER, "leg": LEGS, "visit": DOCKS, "dock": DOCKS, "door": DOCKS, "line": LINES,
                "queue": DOCKS, "labour": DOCKS, "stock": STOCK, "supply": SUPPLY, "source": SOURCE,
                "connection": LEGS,
                "demand": DEMAND, "carrier": CARRIERS, "action": ACTIONS, "model": MODELS}  # fmt: skip
"""Which cause a kind of deviation speaks of, by the first part of its name."""
LINGERS: Final = 6 * clock.HOUR
"""How long after its last hazard the weather of a site is to blame."""
LATE_MIN: Final = 15.0
"""A leg that is later than that is to blame for its lines."""
OVERDUE: Final = 2
UPSTREAM: Final = 8
"""So many legs are looked at, from one to the one that it waits for."""

BLAME: Final = np.zeros(1, np.dtype([("key", "<u8"), ("keep_until", "<i8"), ("incident", "<u8"), ("openings", "<i8"),
                                     ("bad_until", "<i8"), ("hazards", "<i8")]))  # fmt: skip
"""By cause and site: the newest incident, how many there were, and for weather until when it is to blame."""
BLAME["keep_until"], BLAME["bad_until"], BLAME["incident"] = -1, -1, UNKNOWN


class Known(NamedTuple):
    """What kernels see: the tables, and which kind of deviation (`kinds`) speaks of which cause (`speaks`)."""

    legs: Any
    lines: Any
    incidents: Any
    members: Any
    links: Any
    reached: Any
    blames: Any
    kinds: Any
    speaks: Any
    connections: Any


@kernel
def cause_in(known, kind):
    """The cause that a kind of deviation speaks of."""
    for n in range(known.kinds.size):
        if known.kinds[n] == kind:
            return np.int64(known.speaks[n])
    return np.int64(OTHER)


@kernel
def is_bad(known, site, now):
    """Whether the weather of a site is to blame now."""
    b = find(known.blames, pair(np.uint64(WEATHER), site))
    return b >= 0 and known.blames.rows[b].bad_until >= now


@kernel
def upstream(known, leg):
    """The leg that one waits for and that comes too late, that one's, and so on: the first of them."""
    for _ in range(UPSTREAM):
        c = find(known.connections, leg.key)
        if c < 0 or not known.connections.rows[c].short_min >= LEVELS[0]:
            return leg
        k = find(known.legs, known.connections.rows[c].inbound)
        if k < 0:
            return leg
        leg = known.legs.rows[k]
    return leg


@kernel
def blame_leg(known, late, now):
    """What is to blame for a leg in trouble: for the first one upstream the weather where it leaves, or where it goes,
    or its carrier there.
    """
    leg = upstream(known, late)
    if is_bad(known, leg.origin, now):
        return np.int64(WEATHER), leg.origin
    if is_bad(known, leg.dest, now):
        return np.int64(WEATHER), leg.dest
    return np.int64(LEGS), leg.origin


@kernel
def is_in_trouble(leg):
    """Whether a leg is to blame for its lines."""
    return leg.cancelled_at >= 0 or leg.late_min >= LATE_MIN or leg.dep_life == OVERDUE or leg.arr_life == OVERDUE


@kernel
def blame_line(known, a, now):
    """What is to blame for a line: its leg's cause, or where it leaves from."""
    k = find(known.lines, a.subject)
    if k < 0:
        return np.int64(LINES), a.site
    line = known.lines.rows[k]
    j = find(known.legs, line.on_leg if line.on_leg != UNKNOWN else line.booked_leg)
    if j < 0:
        return np.int64(LINES), a.site
    leg = known.legs.rows[j]
    if is_in_trouble(leg):
        return blame_leg(known, leg, now)
    return np.int64(LINES), leg.origin


@kernel
def blame(known, a, cause, now):
    """What is to blame for a deviation: (cause, where)."""
    if cause == LINES:
        return blame_line(known, a, now)
    if cause == LEGS:
        k = find(known.legs, a.subject)
        if k >= 0:
            return blame_leg(known, known.legs.rows[k], now)
    if cause == SOURCE:
        return cause, a.subject
    return cause, a.site
