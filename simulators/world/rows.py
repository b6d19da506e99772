"""Rows: what the world knows, as a few record arrays, and the words for it.

Sites, skus, lines and legs are row numbers; a visit is 4 * leg + stop (stop 0 loads at the origin, 1..3 unload); a
place is 4 * site + one of PICKERS, OUT, IN, LOADERS. Moments are ms UTC.
"""

from typing import Any, Final, NamedTuple

import numpy as np

MINUTE: Final = 60_000
HOUR: Final = 3_600_000
NEVER: Final = 1 << 60

NEW, OPEN, BOOKED, QUEUED, PICKING, STAGED, ON_LEG, DONE, DEAD = range(9)
"""A line's life; it is OPEN without a leg, STAGED with or without one."""
UNKNOWN, PLANNED, TENDERED, COVERED, GONE, ENDED, DROPPED = range(7)
"""A leg's life."""
RECORDED: Final = 0
"""The kind of a leg whose movements come from a record; the world makes those of other kinds."""
PICKERS, OUT, IN, LOADERS = range(4)
LEG_CANCELLED, MISSED_CUTOFF, DOCK_OVERRUN = range(3)
REASONS: Final = ("leg_cancelled", "missed_cutoff", "dock_overrun")
"""Why a line failed."""

(X_PLANNED, X_CANCELLED, X_ESTIMATED, X_DEPARTED, X_ARRIVED, X_PLACED, X_WITHDRAWN, X_HEADS) = range(8)
"""Exogenous rows (at, kind, entity, value): what happens whatever the plan."""
RELEASE, CUT, DOOR, GATE, WORKED, PICKED, DELIVER = range(7)
"""The world's own calendar."""
ASSIGN, UNASSIGN, DOCK, LIFT, PUT = range(5)
"""Decisions (at, kind, a, b, c): line a onto leg b; line a off its leg; visit a at door b from moment c on.

Many lines that change places at once are first all lifted, then put, line a onto leg b (-1: none); where it cannot be,
it goes back to where it was; c = 1 says that it was on a leg.
"""

NOW, CURSOR, DECIDED, PENDING, DECISIONS, RUN, FULL = range(7)
"""Places in `clock`: the moment, exogenous rows and decisions done, calendar length, decisions known, steps run."""

ORDERED: Final = np.dtype([("site", "i8"), ("sku", "i8"), ("quantity", "i8"), ("loads", "i8")], align=True)
OFFERED: Final = np.dtype(
    [("kind", "i8"), ("origin", "i8"), ("dest", "i8"), ("dep", "i8"), ("arr", "i8"), ("room", "i8"),
     ("revised_dep", "i8"), ("revised_arr", "i8")], align=True,
)  # fmt: skip
"""A leg as offered; `revised` is what its carrier's one estimate will say."""
LINE: Final = np.dtype([(n, "i8") for n in ("state", "leg", "last", "next", "prev", "place", "got")], align=True)
"""leg: on which it is booked; last: from which it was taken; place: the site where it is staged; got: picked."""
LEG: Final = np.dtype(
    [("state", "i8"), ("head", "i8"), ("loaded", "i8"), ("etd", "i8"), ("eta", "i8"), ("used", "i8")], align=True
)
"""head: the first of its lines, the others follow by `next`."""
VISIT: Final = np.dtype([("wanted", "i8"), ("door", "i8"), ("start", "i8"), ("arrived", "i8")], align=True)
"""wanted: the planned door, door: where it stands, -1 none."""
PLACE: Final = np.dtype([("cap", "i8"), ("busy", "i8"), ("waiting", "i8"), ("doors", "i8")], align=True)
STOCK: Final = np.dtype([("on_hand", "i4"), ("free", "i4")], align=True)


class Rules(NamedTuple):
    """How this network works, in ms unless said."""

    seed: int
    pick_lead: int
    """Lines go to the pickers so long before their leg leaves."""
    cut_lead: int
    """A line that is not picked by then has missed its leg."""
    window_lead: int
    """Loading is to end so long before departure."""
    last_mile: int
    pick: float
    """One line by one picker, on average."""
    load_fix: int
    load_each: int
    """A visit at a door: so long, and so long for each load."""
    shrink: float
    """The share of picks that find less than the record says."""


class W(NamedTuple):
    """The world as kernels see it: what is given, then what changes, then the page that rows are told on."""

    rules: Rules
    ordered: Any
    offered: Any
    queue_first: Any
    exogenous: Any
    clock: Any
    lines: Any
    legs: Any
    visits: Any
    places: Any
    stock: Any
    queue: Any
    calendar: Any
    decisions: Any
    page: Any
    told: Any


CHANGING: Final = ("clock", "lines", "legs", "visits", "places", "stock", "queue", "calendar", "decisions")
