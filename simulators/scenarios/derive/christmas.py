"""Christmas: six days of the whole US, 21-26 December 1999, on one clock.

Clock: minutes since 21 December 00:00 UTC. The set's times are local and without a zone; in December no place it
serves keeps summer time, so an airport's standard offset is enough.
"""

from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from simulators.scenarios.derive.raw import Row, number, rows
from simulators.scenarios.pack import Column, words

FIRST: Final = date(1999, 12, 21)
DAY: Final = 1440
SET: Final = "us_flights_1999dec"
ATLANTIC: Final = {"SJU": -240, "STT": -240, "STX": -240}
"""Offsets in minutes of the airports that airports.csv lacks."""
LONGEST: Final = 700
"""Minutes; no leg in the set is planned longer than 11 hours."""
LATEST: Final = 1380
UNKNOWN_TAILS: Final = ("UNKNOW", "NA", "")


def legs(data: Path) -> dict[str, Column]:
    """Every leg, sorted by carrier, flight, lane and day: the same flight on six days compresses to little."""
    zones = _zones(data)
    found = sorted(rows(data / SET / "flights_21_26.csv.xz"), key=_order)
    planned = np.array([_planned(r, zones) for r in found])
    status = [_status(r) for r in found]
    dep_late = np.array([_late(r) for r in found])
    arr_late = np.array([int(number(r["arr_delay"]) or 0) for r in found])
    return {
        **{c: words([r[c] for r in found]) for c in ("carrier", "origin", "dest")},
        "flight": np.array([int(r["flight"]) for r in found]),
        "tail": words(["" if r["tailnum"] in UNKNOWN_TAILS else r["tailnum"] for r in found]),
        "planned": planned, "block": _blocks(found, zones),
        "dep_late": dep_late, "gained": np.where(np.array(status) == "flown", arr_late - dep_late, 0),
        "status": words(status),
    }  # fmt: skip


def sites(data: Path, codes: set[str]) -> dict[str, Column]:
    """Name, place (1e-5 degrees) and offset in minutes of each airport that the set knows."""
    known = [r for r in rows(data / SET / "airports.csv.xz") if r["faa"] in codes]
    return {
        "site": words([r["faa"] for r in known]), "name": words([r["name"] for r in known]),
        "lat": np.array([round(float(r["lat"]) * 1e5) for r in known]),
        "lon": np.array([round(float(r["lon"]) * 1e5) for r in known]),
        "offset": np.array([round(float(r["tz"]) * 60) for r in known]),
        "summer": words([r["dst"] for r in known]),
    }  # fmt: skip


def carriers(data: Path, codes: set[str]) -> dict[str, Column]:
    """Code and name of each carrier."""
    known = [r for r in rows(data / SET / "carriers.csv.xz") if r["carrier"] in codes]
    return {"carrier": words([r["carrier"] for r in known]), "name": words([r["name"] for r in known])}


def _order(r: Row) -> tuple[str, int, str, str, int]:
    return r["carrier"], int(r["flight"]), r["origin"], r["dest"], int(r["day"])


def _zones(data: Path) -> dict[str, int]:
    found = rows(data / SET / "airports.csv.xz")
    return {r["faa"]: round(float(r["tz"]) * 60) for r in found} | ATLANTIC


def _planned(r: Row, zones: dict[str, int]) -> int:
    day = (date(int(r["year"]), int(r["month"]), int(r["day"])) - FIRST).days
    return day * DAY + _clock(r["sched_dep_time"]) - zones[r["origin"]]


def _block(r: Row, zones: dict[str, int]) -> int:
    """Scheduled minutes from gate to gate."""
    leaves, comes = _clock(r["sched_dep_time"]), _clock(r["sched_arr_time"])
    return (comes - zones[r["dest"]] - leaves + zones[r["origin"]]) % DAY


def _blocks(found: list[Row], zones: dict[str, int]) -> np.ndarray:
    """Scheduled minutes; where the set has an arrival before its departure, what the lane's others take."""
    blocks = np.array([_block(r, zones) for r in found])
    for i in np.flatnonzero(blocks > LONGEST).tolist():
        lane = [j for j, r in enumerate(found) if (r["origin"], r["dest"]) == (found[i]["origin"], found[i]["dest"])]
        blocks[i] = int(np.median([b for b in blocks[lane] if b <= LONGEST]))
    return blocks


def _late(r: Row) -> int:
    """Minutes of departure after plan; an early one is 1,430 in the set where it crosses midnight."""
    late = int(number(r["dep_delay"]) or 0)
    return late - DAY if late > LATEST else late


def _clock(text: str) -> int:
    """HHMM, with 2400 for midnight, as a minute of the day.

    >>> _clock("1546")
    946
    """
    return int(text) // 100 * 60 + int(text) % 100


def _status(r: Row) -> str:
    if r["cancelled"] == "1":
        return "cancelled"
    return "flown" if number(r["arr_delay"]) is not None else "diverted"
