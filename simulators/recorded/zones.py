"""Zones: local clocks to UTC and back, whole columns at a time. Moments are minutes since 1970; NaN stays NaN."""

from datetime import UTC, datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

DAY_MIN: Final = 1440
FIRST: Final = datetime(1989, 1, 1, tzinfo=UTC)
LAST: Final = datetime(2101, 1, 1, tzinfo=UTC)
STEP_MIN: Final = 14 * DAY_MIN
"""No zone changes its clocks twice within a fortnight: Morocco does so around Ramadan, four weeks apart."""


@cache
def knows(zone: str) -> bool:
    """Whether there is such a zone."""
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return False
    return True


def to_utc(local: np.ndarray, zone: str) -> np.ndarray:
    """The earlier of two where the clock showed it twice; where it never did, as if it had not been put forward."""
    return local - _offset(local, zone, "earlier")


def to_utc_near(local: np.ndarray, zone: str, near: np.ndarray) -> np.ndarray:
    """Of the two moments that a clock may mean where it is changed, the one nearer to what is expected."""
    early, late = to_utc(local, zone), local - _offset(local, zone, "later")
    return np.where(np.abs(late - near) < np.abs(early - near), late, early)


def to_local(utc: np.ndarray, zone: str) -> np.ndarray:
    """What the clock of the zone shows."""
    changes, offsets = _changes(zone)
    return utc + offsets[np.searchsorted(changes, utc, "right")]


def nearest(clock: np.ndarray, near: np.ndarray) -> np.ndarray:
    """The local moment at which a clock shows so many minutes after midnight, nearest to another local moment."""
    return near + (clock - near + DAY_MIN / 2) % DAY_MIN - DAY_MIN / 2


def _offset(local: np.ndarray, zone: str, which: str) -> np.ndarray:
    """The offset in force when the clock shows that: PEP 495's fold 0 (earlier) or 1 (later)."""
    changes, offsets = _changes(zone)
    pick = np.maximum if which == "earlier" else np.minimum
    return offsets[np.searchsorted(changes + pick(offsets[:-1], offsets[1:]), local, "right")]


@cache
def _changes(zone: str) -> tuple[np.ndarray, np.ndarray]:
    """When the zone's offset changes, and the offsets before, between and after."""
    info = ZoneInfo(zone)
    steps = range(int(FIRST.timestamp()) // 60, int(LAST.timestamp()) // 60, STEP_MIN)
    offsets = [_offset_at(info, at) for at in steps]
    changed = [i for i in range(1, len(offsets)) if offsets[i] != offsets[i - 1]]
    found = [_first_at(info, steps[i - 1], steps[i], offsets[i]) for i in changed]
    return np.array(found, "f8"), np.array([offsets[0], *(offsets[i] for i in changed)], "f8")


def _first_at(info: ZoneInfo, before: int, after: int, offset: int) -> int:
    """The first minute with that offset, somewhere after `before` and not after `after`."""
    while after - before > 1:
        middle = (before + after) // 2
        if _offset_at(info, middle) == offset:
            after = middle
        else:
            before = middle
    return after


def _offset_at(info: ZoneInfo, minute: int) -> int:
    offset = datetime.fromtimestamp(minute * 60, info).utcoffset()
    return round(offset.total_seconds() / 60) if offset else 0
