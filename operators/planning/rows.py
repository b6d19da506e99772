"""Rows of planning's own tables: lines that may be decided anew, legs that they could take, places they go to."""

from typing import Any, Final

import numpy as np

from tower.ids import UNKNOWN

OPEN, BOOKED, STAGED = range(3)
"""Where a line stands: on no leg; on one and not picked; picked and left behind, so that it leaves from where it is."""
NOWHERE: Final = -1
URGENT, LEFT_OVER, OUTBID = 1, 2, 3
"""Why a destination does not wait for the ten minutes: somebody was stranded, or an earlier plan had no budget left, or
another was let have goods that its plan counts on."""


def blank(**columns: tuple[str, Any]) -> np.ndarray:
    """One row of nothing: each column with its numpy type and what it says when nobody has told."""
    named = [("key", "<u8"), ("keep_until", "<i8"), *((name, code) for name, (code, _) in columns.items())]
    row = np.zeros(1, np.dtype(named))
    row["keep_until"] = -1
    for name, (_, unknown) in columns.items():
        row[name] = unknown
    return row


def picked(rows: np.ndarray, places: Any) -> np.ndarray:
    """Copies of the rows at these places, as lumps: numpy would copy them field by field."""
    return np.ascontiguousarray(rows).view(f"V{rows.dtype.itemsize}")[places].view(rows.dtype)


WANT: Final = blank(
    goal=("<u8", UNKNOWN), at_goal=("<i8", -1), shelf=("<i8", -1), sku=("<u8", UNKNOWN), quantity=("<i8", 0),
    loads=("<i8", 1), priority=("|u1", 1), promised_by=("<i8", -1), value_cents=("<i8", 0), leg=("<u8", UNKNOWN),
    place=("<u8", UNKNOWN), stand=("|u1", OPEN), is_stranded=("|u1", 0), is_off=("|u1", 0), allowed=("<u8", 0),
    to_leg=("<u8", UNKNOWN), gain_cents=("<i8", 0), why=("|u1", 255), full=("<u8", UNKNOWN), is_said=("|u1", 0),
    grams=("<i8", 0), litres=("<i8", 0), short=("<i8", 0), gives=("<i8", 0),
)  # fmt: skip
"""A line that is neither picked, shipped nor cancelled, or was left behind.

goal: its ship-to, `at_goal` the row of that in `goals`, `shelf` the row of its sku in `shelves`. leg: what it is booked
on, `is_off` whether that is cancelled. place: where its goods are reserved, or stand. allowed: a hash of the sites that
it may take goods from.
gives: what another line loses if this one keeps the goods that it holds (`giving`); in copies only.
to_leg, gain_cents, why, full, short: the plan's; is_said: whether `plans` says so.
"""
WAY: Final = blank(
    goal=("<u8", UNKNOWN), at_goal=("<i8", -1), origin=("<u8", UNKNOWN), dep=("<i8", -1), arr=("<i8", -1),
    dep_planned=("<i8", -1), capacity=("<i8", -1), carrier=("<u8", UNKNOWN), freight=("<i8", 0), is_open=("|u1", 0),
    cancelled_at=("<i8", -1), departed_at=("<i8", -1), price=("<i8", 0), last=("<i8", 0), following=("<i8", 0),
    said=("<u8", UNKNOWN), said_last=("<i8", 0), said_following=("<i8", 0), loads=("<i8", -1), chance=("<f8", 0.0),
    late=("<i8", 0), grams=("<i8", -1), litres=("<i8", -1),
)  # fmt: skip
"""A leg that lines could take. price: its potential in the newest plan, scaled; last, following: what its last load
saves and what one more would; said: the row of `prices` that says so; loads: on it, of all its lines; grams,
litres: what it takes, -1 if nobody said. chance, late: what we predict ourselves, that it does not fly and by how many
ms it comes late, as far as policy wants that."""
GOAL: Final = blank(is_dirty=("|u1", 0), is_urgent=("|u1", 0), since=("<i8", -1), moment=("<i8", -1), stamp=("<i8", 0))
"""A place that lines go to. is_dirty, since: it is to be planned anew; is_urgent: why without waiting, or 0;
moment: when a leg closes, or a line there grows dearer; stamp: how often it was planned."""
SHELF: Final = blank()
RATE: Final = blank(cents=("<i8", -1), at=("<i8", -1), event=("<u8", 0))
"""Freight by lane and carrier; without a carrier the cheapest of the lane."""
FLOWN: Final = blank(flown=("<f8", 0.0), lost=("<f8", 0.0))
"""By origin and lead time: how many legs flew, how many were cancelled later than that."""
OFFER: Final = blank(at=("<i8", -1), signature=("<u8", 0), lines=("<i8", 0))
"""An incident that has options: since when, what they were worked out from, how many lines and legs it was about."""
ROUND: Final = blank(
    look_at=("<i8", -1), is_urgent=("|u1", 0), is_calm=("|u1", 0), minute=("<i8", -1), spent=("<i8", 0),
)  # fmt: skip
"""The one row that says when the plan is looked at, and how much work was spent in which minute."""
