"""Key figures counted from the tables, row by row, each time anew: the plain twin of `operators.kpis`."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from operators.chain import Chain
from operators.orders import CANCELLED, DELIVERED, NOWHERE
from tower import ids
from tower.clock import EPOCH, SECOND
from tower.record import Record

NETWORK = int(ids.UNKNOWN)
Figures = dict[tuple[str, int], float]
"""By name and site."""


def tables(chain: Chain) -> dict[str, np.ndarray]:
    """The rows of every table."""
    return {name: table.rows for step in chain.steps for name, table in step.tables.items()}


def day(moment: int, zone: str) -> tuple[int, int]:
    """When the local day of a moment begins and ends, ms."""
    local = (EPOCH + timedelta(milliseconds=moment)).astimezone(ZoneInfo(zone))
    first = datetime(local.year, local.month, local.day, tzinfo=local.tzinfo)
    return _ms(first), _ms(first + timedelta(days=1))


def _ms(moment: datetime) -> int:
    return round(moment.timestamp()) * SECOND


def of_day(found: Mapping[str, np.ndarray], window: tuple[int, int]) -> Figures:
    """What is counted of a day, and how things stand."""
    said: Figures = {}
    for leg in _rows(found["legs"], "origin dest dep_planned departed_at arrived_at cancelled_at"):
        cohort = leg["dep_planned"] if leg["dep_planned"] >= 0 else leg["departed_at"]
        if _in(cohort, window):
            _leg(said, leg)
        if _in(leg["arrived_at"], window):
            _add(said, "legs_arrived", leg["dest"])
    for line in _rows(found["lines"], "ship_to state promised_by delivered_at expected_at stranded_at risk_cents"):
        _line(said, line, window)
    _gates(said, found)
    for name, site in [key for key in said if key[0] == "lines_due"]:
        said["on_time_ratio", site] = said.get(("lines_on_time", site), 0) / said[name, site]
    return said | late(found["legs"], window)


def _leg(said: Figures, leg: Mapping[str, Any]) -> None:
    site, gone = leg["origin"], leg["departed_at"] >= 0
    _add(said, "legs_planned", site, leg["dep_planned"] >= 0)
    _add(said, "legs_departed", site, gone)
    _add(said, "legs_cancelled", site, leg["cancelled_at"] >= 0 and not gone)
    _add(said, "legs_open", site, (leg["dep_planned"] >= 0) - gone - (leg["cancelled_at"] >= 0 and not gone))


def _line(said: Figures, line: Mapping[str, Any], window: tuple[int, int]) -> None:
    if line["risk_cents"] > 0:
        _add(said, "lines_at_risk", line["ship_to"])
        _add(said, "at_risk_cents", line["ship_to"], line["risk_cents"])
    if line["state"] in (CANCELLED, NOWHERE) or not _in(line["promised_by"], window):
        return
    moment = line["delivered_at"] if line["state"] == DELIVERED else line["expected_at"]
    is_lost = line["state"] != DELIVERED and line["stranded_at"] >= 0
    _add(said, "lines_due", line["ship_to"])
    _add(said, "lines_on_time", line["ship_to"], not is_lost and 0 <= moment <= line["promised_by"])


def _gates(said: Figures, found: Mapping[str, np.ndarray]) -> None:
    for queue in _rows(found["queues"], "key waiting"):
        _add(said, "visits_waiting", queue["key"], max(queue["waiting"], 0))
    for door in _rows(found["doors"], "site occupants closed_at opened_at"):
        _add(said, "doors", door["site"])
        _add(said, "doors_in_use", door["site"], door["occupants"] > 0)
        _add(said, "doors_closed", door["site"], 0 <= door["closed_at"] > door["opened_at"])


def late(legs: np.ndarray, window: tuple[int, int]) -> Figures:
    """The lateness that nine of ten legs that departed in the window do not exceed, as coarse as it is told."""
    found: dict[int, list[float]] = {}
    for leg in _rows(legs, "origin departed_at late_min"):
        if _in(leg["departed_at"], window) and not math.isnan(leg["late_min"]):
            for site in {leg["origin"], NETWORK}:
                found.setdefault(site, []).append(edge(leg["late_min"]))
    return {("late_p90_min", site): sorted(all_)[(len(all_) * 9 + 9) // 10 - 1] for site, all_ in found.items()}


def edge(minutes: float) -> float:
    """The upper edge of the bin: minutes to 60, fives to 300, fifteens to 600, which also stands for more."""
    if minutes <= 0:
        return 0.0
    if minutes <= 60:
        return float(math.ceil(minutes))
    if minutes <= 300:
        return 60.0 + 5 * math.ceil((minutes - 60) / 5)
    return min(300.0 + 15 * math.ceil((minutes - 300) / 15), 600.0)


def of_trend(legs: np.ndarray, outcomes: Sequence[Record], log: Sequence[Record], window: tuple[int, int]) -> Figures:
    """What happened in a tenth of an hour."""
    said: Figures = {}
    moments = {"legs_departed": ("departed_at", "origin"), "legs_arrived": ("arrived_at", "dest")}
    for leg in _rows(legs, "origin dest departed_at arrived_at cancelled_at"):
        for name, (column, site) in moments.items():
            if _in(leg[column], window):
                _add(said, name, leg[site])
        if _in(leg["cancelled_at"], window) and leg["departed_at"] < 0:
            _add(said, "legs_cancelled", leg["origin"])
    for row in (row for outcome in outcomes for row in _rows(outcome.rows("deviations"), "status at site")):
        if row["status"] == 0 and _in(row["at"], window):
            _add(said, "deviations_opened", row["site"])
    said["events", NETWORK] = sum(record.rows("event").size for record in log if _in(record.now, window))
    return said | late(legs, window)


def told(kpis: np.ndarray, window: int, window_s: int, names: Iterable[str]) -> Figures:
    """What the step says of that window, without nothing."""
    codes = {ids.of("kpi", name): name for name in names}
    mine = kpis[(kpis["window"] == window) & (kpis["window_s"] == window_s)]
    return {(codes[row["name"].item()], row["site"].item()): row["value"].item() for row in mine
            if row["name"].item() in codes and row["value"] > 0}  # fmt: skip


def something(said: Figures) -> Figures:
    """Without nothing."""
    return {key: float(value) for key, value in said.items() if value > 0}


def _rows(rows: np.ndarray, names: str) -> list[dict[str, Any]]:
    columns = {name: rows[name].tolist() for name in names.split()}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _in(moment: int, window: tuple[int, int]) -> bool:
    return window[0] <= moment < window[1]


def _add(said: Figures, name: str, site: int, more: float = 1) -> None:
    for place in {site, NETWORK}:
        said[name, place] = said.get((name, place), 0) + more
