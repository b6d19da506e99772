"""What is true of the blizzard's week, counted in plain Python from the recorded tables without the tower."""

from collections import Counter, defaultdict
from itertools import pairwise
from typing import NamedTuple

from simulators.scenarios.bundle import numbers, tables, texts

DAY_MIN = 1440
WEEK_MIN = 7 * DAY_MIN
MPH, MILE = 0.44704, 1609.344
LATE_MIN = 15


class Leg(NamedTuple):
    """A recorded leg; minutes since the week's first midnight in New York."""

    carrier: str
    origin: str
    dest: str
    planned: int
    departed: int
    arrived: int
    late_min: int
    is_cancelled: bool


def legs() -> list[Leg]:
    t = tables("blizzard")["legs"]
    columns = [numbers(t[name]).tolist() for name in ("planned", "block", "dep_late", "arr_late")]
    told = zip(texts(t["carrier"]), texts(t["origin"]), texts(t["dest"]), *columns, texts(t["status"]), strict=True)
    return [
        Leg(carrier, origin, dest, planned, planned + dep, planned + block + arr, arr, status == "cancelled")
        for carrier, origin, dest, planned, block, dep, arr, status in told
    ]


def per_day() -> dict[int, tuple[int, int]]:
    """Legs and cancelled legs by day of the week."""
    planned = Counter(leg.planned // DAY_MIN for leg in legs())
    cancelled = Counter(leg.planned // DAY_MIN for leg in legs() if leg.is_cancelled)
    return {day: (planned[day], cancelled[day]) for day in planned}


def per_hub() -> dict[str, tuple[int, int, int]]:
    """Of legs that arrived within the week or were cancelled: how many, how many cancelled, how many on time."""
    found: dict[str, list[Leg]] = defaultdict(list)
    for leg in legs():
        if leg.is_cancelled or leg.arrived <= WEEK_MIN:
            found[leg.origin].append(leg)
    return {
        hub: (len(some), sum(leg.is_cancelled for leg in some),
              sum(not leg.is_cancelled and leg.late_min <= LATE_MIN for leg in some))
        for hub, some in found.items()
    }  # fmt: skip


def lost_by_hour() -> Counter[int]:
    """By hour of planned departure: legs that were cancelled or left more than an hour late."""
    return Counter(leg.planned // 60 for leg in legs() if leg.is_cancelled or late_departure(leg))


def late_departure(leg: Leg) -> bool:
    return leg.departed - leg.planned > 60 and leg.departed <= WEEK_MIN


def longest_silence() -> dict[str, tuple[int, int]]:
    """By hub: the two departures, in minutes, that the longest time lies between."""
    left: dict[str, list[int]] = defaultdict(list)
    for leg in legs():
        if not leg.is_cancelled and leg.departed <= WEEK_MIN:
            left[leg.origin].append(leg.departed)
    return {hub: max(pairwise(sorted(some)), key=lambda gap: gap[1] - gap[0]) for hub, some in left.items()}


def lanes() -> dict[tuple[str, str], tuple[int, int]]:
    """Legs and cancelled legs by lane."""
    planned = Counter((leg.origin, leg.dest) for leg in legs())
    cancelled = Counter((leg.origin, leg.dest) for leg in legs() if leg.is_cancelled)
    return {lane: (planned[lane], cancelled[lane]) for lane in planned}


def cancelled_by_carrier() -> Counter[str]:
    return Counter(leg.carrier for leg in legs() if leg.is_cancelled)


def weather() -> dict[tuple[str, int], tuple[float, float]]:
    """By station and day: the strongest gust in m/s (0: none told) and the least visibility in m."""
    t = tables("blizzard")["weather"]
    told = zip(texts(t["station"]), *(numbers(t[n]).tolist() for n in ("t", "wind_gust", "visib")), strict=True)
    found: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for station, minute, gust, miles in told:
        found[station, minute // DAY_MIN].append((gust, miles))
    return {
        key: (max((gust for gust, _ in some if gust >= 0), default=0) / 100 * MPH,
              min(miles for _, miles in some if miles >= 0) / 100 * MILE)
        for key, some in found.items()
    }  # fmt: skip


def ordered() -> list[int]:
    """The minute in which each line was ordered."""
    found: list[int] = numbers(tables("blizzard")["lines"]["t"]).tolist()
    return found
