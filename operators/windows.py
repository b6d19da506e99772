"""Windows: the local days of a network, and tenths of an hour."""

import re
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from tower import clock
from tower.table import kernel

DAY_S: Final = 86_400
"""What a window of a local day is called, also where clocks change and it is an hour longer or shorter."""
TREND_S: Final = 360
TREND: Final = TREND_S * clock.SECOND
FIRST, LAST = 1990, 2080
ZONE: Final = re.compile(r"[A-Za-z0-9_+-]{1,20}(/[A-Za-z0-9_+-]{1,20}){0,2}", re.ASCII)


@lru_cache(maxsize=16)
def midnights(name: str) -> np.ndarray:
    """The first moment of each local day from 1990 to 2080, in ms UTC; of UTC, where there is no such zone.

    The zones are those of package tzdata, whatever the machine has: another midnight would be another history.
    """
    zone = _zone(name)
    if zone is None:
        return np.arange(_utc(FIRST), _utc(LAST), clock.DAY)
    days = range((datetime(LAST, 1, 1) - datetime(FIRST, 1, 1)).days)  # noqa: DTZ001  # local, with its zone below
    start = datetime(FIRST, 1, 1, tzinfo=zone)
    return np.array([round((start + timedelta(days=day)).timestamp()) * clock.SECOND for day in days])


def _utc(year: int) -> int:
    return clock.parse(f"{year}-01-01T00:00:00Z")


def _zone(name: str) -> tzinfo | None:
    """The zone of that name; None if there is none."""
    if not ZONE.fullmatch(name):
        return None
    try:
        with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
            return ZoneInfo.from_file(file, name)
    except (ValueError, OSError):
        return None


@kernel
def day_of(starts, moment):
    """The start of the local day that a moment is in; -1 if it is unknown or in no day of the list."""
    if moment < starts[0] or moment >= starts[-1]:
        return np.int64(-1)
    i = min((moment - starts[0]) // clock.DAY, starts.size - 2)  # days are 24 h but for an hour: the next one, at most
    while starts[i] > moment:
        i -= 1
    while starts[i + 1] <= moment:
        i += 1
    return starts[i]


@kernel
def trend_of(moment):
    """The start of the tenth of an hour that a moment is in; -1 if it is unknown."""
    return moment - moment % TREND if moment >= 0 else np.int64(-1)
