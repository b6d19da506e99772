"""Flights: rows of a flight list to legs in UTC, planned and as they came.

A row has a date, clocks that show HHMM where the aircraft stands, and delays. The date is that of the planned
departure; everything else is placed by what lies near it. Moments are minutes since 1970, UTC; NaN is not known.
"""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulators.recorded import near_days
from simulators.recorded.airports import Airport, Clocks
from simulators.recorded.rows import Rows
from simulators.recorded.sheets import Sheet
from simulators.recorded.zones import DAY_MIN, nearest

KNOWN_BY: Final = frozenset({"year", "month", "day", "dep_time", "dep_delay", "arr_time", "arr_delay", "carrier",
                             "tailnum", "flight", "origin", "dest"})  # fmt: skip
NUMBERS: Final = ("year", "month", "day", "dep_time", "dep_delay", "arr_time", "arr_delay")
OPTIONAL: Final = ("sched_dep_time", "sched_arr_time", "cancelled", "air_time", "distance")
TEXTS: Final = ("carrier", "tailnum", "flight", "origin", "dest")
CLOCKS: Final = ("dep_time", "arr_time", "sched_dep_time", "sched_arr_time")
NO_TAIL: Final = ("UNKNOW", "UNKNOWN", "0", "000000")
"""What stands for an aircraft that nobody wrote down."""
TAXI_MIN: Final = 30
MILES_PER_MIN: Final = 7.5
CLIMB_MIN: Final = 25
"""How long a leg takes where its air time is not known: good enough to find the day that an arrival clock means."""
LONGEST_NAME: Final = 64 - len("/cancelled")


@dataclass(frozen=True, slots=True)
class Legs:
    """A row a leg, in the order of the list."""

    name: pa.Array
    carrier: pa.Array
    tail: pa.Array
    origin: pa.Array
    dest: pa.Array
    dep_planned: np.ndarray
    arr_planned: np.ndarray
    departed: np.ndarray
    arrived: np.ndarray
    cancelled: np.ndarray

    def only(self, rows: np.ndarray) -> "Legs":
        """These legs."""
        picked = (getattr(self, f.name) for f in fields(self))
        return Legs(*(c.filter(pa.array(rows)) if isinstance(c, pa.Array) else c[rows] for c in picked))


@dataclass(slots=True)
class Clocked:
    """Rows on their way to legs: what the list's clocks mean, so far."""

    rows: Rows
    day: np.ndarray
    origin: Clocks
    dest: Clocks
    derived: dict[str, int]

    def minutes(self, column: str) -> np.ndarray:
        """Minutes after midnight of an HHMM column; NaN where there is none."""
        return _minutes(self.number(column))

    def number(self, column: str) -> np.ndarray:
        """A column; all NaN if the list has none of that name."""
        return self.rows.number(column) if self.has(column) else np.full(self.rows.size, np.nan)

    def has(self, column: str) -> bool:
        """Whether the list has that column."""
        return column in self.rows.columns


def legs(sheet: Sheet, known: dict[str, Airport]) -> tuple[Legs, Rows, dict[str, int]]:
    """The legs of a list, its rows with the reasons of those not used, and how often what was derived."""
    rows = Rows(sheet, [*NUMBERS, *(name for name in OPTIONAL if name in sheet.columns)], TEXTS)
    at = Clocked(rows, _day(rows), Clocks(rows.text("origin"), known), Clocks(rows.text("dest"), known), {})
    _drop_unreadable(at)
    name = _name(rows, at.day)
    cancelled = at.number("cancelled") == 1 if at.has("cancelled") else np.isnan(rows.number("dep_time"))
    dep_planned, departed = _departures(at)
    arr_planned, arrived = _arrivals(at, dep_planned, departed)
    dep_planned, arr_planned = _completed(at, dep_planned, arr_planned)
    found = Legs(name, rows.text("carrier"), _tail(rows), rows.text("origin"), rows.text("dest"),
                 dep_planned, arr_planned, departed, arrived, cancelled)  # fmt: skip
    return found.only(rows.used), rows, at.derived


def _day(rows: Rows) -> np.ndarray:
    """Days since 1970; NaN where year, month and day are no date from 1990 to 2100."""
    year, month, day = (np.nan_to_num(rows.number(name), nan=-1).astype("i8") for name in ("year", "month", "day"))
    months = np.clip((year - 1970) * 12 + month - 1, 0, 131 * 12)
    days = months.astype("M8[M]").astype("M8[D]").astype("i8") + day - 1
    same = (days.astype("M8[D]").astype("M8[M]").astype("i8") == months) & (month >= 1) & (month <= 12)
    return np.where(same & (year >= 1990) & (year <= 2100), days, np.nan)


def _drop_unreadable(at: Clocked) -> None:
    at.rows.drop(np.isnan(at.day), "no date from 1990 to 2100")
    at.rows.drop_without("carrier", "flight", "origin", "dest")
    at.rows.drop(at.origin.unknown | at.dest.unknown, "airport in no list, or without a time zone")
    for column in filter(at.has, CLOCKS):
        at.rows.drop(np.isnan(at.minutes(column)) & ~np.isnan(at.number(column)), f"{column} is no HHMM")


def _minutes(hhmm: np.ndarray) -> np.ndarray:
    hour, minute = np.divmod(hhmm, 100)
    good = (hhmm >= 0) & (hhmm <= 2400) & (minute < 60)
    return np.where(good, hour * 60 + minute, np.nan)


def _name(rows: Rows, day: np.ndarray) -> pa.Array:
    """2013-02-08/EWR/UA/1579; rows where it is too long are dropped."""
    date = pa.array(np.nan_to_num(day).astype("M8[D]")).cast(pa.string())
    name = pc.binary_join_element_wise(date, *(rows.text(n) for n in ("origin", "carrier", "flight")), "/")
    long = pc.fill_null(pc.greater(pc.binary_length(name), LONGEST_NAME), fill_value=False)
    rows.drop(long.to_numpy(zero_copy_only=False), "name of more than 64 bytes")
    return name


def _tail(rows: Rows) -> pa.Array:
    tail = rows.text("tailnum")
    return pc.if_else(pc.is_in(tail, pa.array(NO_TAIL)), None, tail)


def _departures(at: Clocked) -> tuple[np.ndarray, np.ndarray]:
    """Planned and true departures. Lists without planned clocks give them as the true clock less the delay."""
    clock, delay, midnight = at.minutes("dep_time"), at.number("dep_delay"), at.day * DAY_MIN
    planned = midnight + (at.minutes("sched_dep_time") if at.has("sched_dep_time") else (clock - delay) % DAY_MIN)
    true = nearest(clock, planned + np.nan_to_num(delay))
    _count(at, "departure clock and delay disagree: the clock is taken", true != planned + delay, true, delay)
    return at.origin.to_utc(planned), at.origin.to_utc(true)


def _arrivals(at: Clocked, dep_planned: np.ndarray, departed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Planned and true arrivals: the days on which the clocks show them nearest to when they can be expected."""
    lasts = _lasts(at)
    arrived = _when(at.dest, at.minutes("arr_time"), departed + lasts)
    arrived += np.where(arrived <= departed, DAY_MIN, 0)
    planned = arrived - at.number("arr_delay")
    if at.has("sched_arr_time"):
        expected = np.where(np.isnan(planned), dep_planned + lasts, planned)
        on_clock = _when(at.dest, at.minutes("sched_arr_time"), expected)
        _count(at, "arrival clock and delay disagree: the clock is taken", on_clock != planned, on_clock, planned)
        planned = on_clock
    lasting = planned - dep_planned
    return np.where((lasting > 0) & (lasting < DAY_MIN), planned, np.nan), arrived


def _when(there: Clocks, clock: np.ndarray, expected: np.ndarray) -> np.ndarray:
    return there.to_utc_near(nearest(clock, there.to_local(expected)), expected)


def _lasts(at: Clocked) -> np.ndarray:
    """About how long each leg takes from gate to gate."""
    flown = at.number("air_time")
    by_way = at.number("distance") / MILES_PER_MIN + CLIMB_MIN
    return np.nan_to_num(np.where(np.isnan(flown), by_way, flown), nan=150.0) + TAXI_MIN


def _completed(at: Clocked, dep_planned: np.ndarray, arr_planned: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where a plan is not recorded, that of the same flight on the nearest day; rows that have none are dropped."""
    flight = near_days.coded(*(at.rows.text(n) for n in ("carrier", "flight", "origin", "dest")))
    lane = near_days.coded(*(at.rows.text(n) for n in ("origin", "dest")))
    clock, lasts = at.origin.to_local(dep_planned) - at.day * DAY_MIN, arr_planned - dep_planned
    known = at.rows.used & ~np.isnan(clock) & ~np.isnan(lasts)
    donor = near_days.donors(flight, at.day, known, wanted=at.rows.used & ~known)
    no_dep, no_arr = np.isnan(dep_planned) & at.rows.used, np.isnan(lasts) & at.rows.used
    given = np.where(donor >= 0, clock[donor], np.nan)
    dep_planned = np.where(no_dep, at.origin.to_utc(at.day * DAY_MIN + given), dep_planned)
    lasts = np.where(no_arr & (donor >= 0), lasts[donor], lasts)
    at.rows.drop(np.isnan(dep_planned), f"no planned departure, and the flight not within {near_days.MOST} days")
    lasts = np.where(np.isnan(lasts), near_days.medians(lane, lasts)[lane], lasts)
    at.rows.drop(np.isnan(lasts), "no planned arrival, and none on its lane")
    _count(at, "planned departure from a near day", no_dep & at.rows.used)
    _count(at, "planned arrival from a near day", no_arr & at.rows.used & (donor >= 0))
    _count(at, "planned arrival from the median of the lane", no_arr & at.rows.used & (donor < 0))
    return dep_planned, dep_planned + np.floor(lasts)


def _count(at: Clocked, what: str, rows: np.ndarray, *both: np.ndarray) -> None:
    """Note how often something was derived, among used rows where `both` are known."""
    for column in both:
        rows = rows & ~np.isnan(column)
    count = int(np.count_nonzero(rows & at.rows.used))
    if count:
        at.derived[what] = count


def ms(minutes: np.ndarray) -> np.ndarray:
    """Minutes as whole ms; -1 where not known."""
    return np.where(np.isnan(minutes), -1, np.nan_to_num(minutes) * 60_000).astype("i8")
