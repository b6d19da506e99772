"""Samples: made-up moments of a network, rows as the feed tells them, to test pages with. Nothing of it is real."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from api.hub.albers import place

Row = dict[str, Any]
NOW: Final = datetime(2013, 2, 8, 17, 58, 20, tzinfo=UTC)
STEP_S, RUNNING_S = 360, 260
"""Of trends, and how long the step that is not over yet has run."""
HUBS: Final = {"EWR": (40.69, -74.17), "JFK": (40.64, -73.78), "LGA": (40.78, -73.87)}
PLACES: Final = {
    "BOS": (42.36, -71.01),
    "ATL": (33.64, -84.43),
    "MIA": (25.79, -80.29),
    "FLL": (26.07, -80.15),
    "MCO": (28.43, -81.31),
    "TPA": (27.98, -82.53),
    "ORD": (41.98, -87.90),
    "MSP": (44.88, -93.22),
    "DTW": (42.21, -83.35),
    "CLE": (41.41, -81.85),
    "BUF": (42.94, -78.73),
    "ROC": (43.12, -77.67),
    "PIT": (40.49, -80.23),
    "CLT": (35.21, -80.94),
    "RDU": (35.88, -78.79),
    "IAD": (38.94, -77.46),
    "DFW": (32.90, -97.04),
    "IAH": (29.98, -95.34),
    "MSY": (29.99, -90.26),
    "STL": (38.75, -90.37),
    "DEN": (39.86, -104.67),
    "PHX": (33.43, -112.01),
    "LAS": (36.08, -115.15),
    "LAX": (33.94, -118.41),
    "SFO": (37.62, -122.37),
    "SEA": (47.45, -122.31),
    "PDX": (45.59, -122.60),
    "SLC": (40.79, -111.98),
    "SJU": (18.44, -66.00),
    "BNA": (36.12, -86.68),
    "PBI": (26.68, -80.10),
    "PWM": (43.65, -70.31),
}
STRUCK: Final = {
    "BOS": 0.9,
    "BUF": 0.5,
    "MIA": 0.45,
    "FLL": 0.5,
    "MCO": 0.45,
    "ORD": 0.42,
    "RDU": 0.5,
    "PWM": 0.8,
    "ATL": 0.3,
    "CLE": 0.3,
    "DFW": 0.25,
    "LAX": 0.25,
    "PIT": 0.22,
}
SOURCES: Final = {
    "build": (9e4, None, 0.0),
    "carriers": (0.4, 2390.0, 212.0),
    "orders": (0.2, 3489.0, 96.0),
    "weather": (420.0, 49_680.0, 0.02),
    "world.docks": (1.1, 150.0, 38.0),
    "world.warehouse": (0.3, 179.0, 515.8),
}
INCIDENTS: Final = (
    ("weather", "EWR", 3, 151, 12, 1212, 3_800_000, 372),
    ("docks", "LGA", 3, 0, 23, 702, 2_160_000, 545),
    ("weather", "JFK", 3, 133, 4, 1048, 3_310_000, 880),
    ("weather", "BOS", 2, 34, 0, 655, 1_940_000, 1910),
    ("lines", "EWR", 2, 0, 0, 516, 1_490_000, 2840),
    ("legs", "JFK", 2, 48, 0, 468, 1_370_000, 4320),
    ("stock", "LGA", 2, 0, 0, 120, 740_000, 9000),
    ("legs", "LGA", 2, 11, 0, 96, 410_000, 12_000),
    ("weather", "ORD", 1, 7, 0, 40, 120_000, 15_000),
    ("source", "", 1, 0, 0, 0, 0, 0),
    ("supply", "EWR", 1, 0, 0, 22, 70_000, 90_000),
)


def moment(seconds: float) -> str:
    """A time so long after now."""
    return (NOW + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


@dataclass
class Sample:
    """What the hub tells: rows by channel, and a heartbeat."""

    rows: dict[str, list[Row]]
    heartbeat: Row = field(default_factory=dict)


def storm() -> Sample:
    """A bad afternoon: everything that can be shown is there."""
    rows = {
        "sites": [*sites(is_calm=False)],
        "legs": [*legs(is_calm=False)],
        "docks": [*docks(is_calm=False)],
        "kpis": [*kpis(is_calm=False)],
        "incidents": [*incidents()],
        "deviations": [*deviations()],
    }
    return Sample(rows, heartbeat() | {"planned_at": moment(-1500)})


def calm() -> Sample:
    """A good morning: one advisory."""
    rows = {
        "sites": [*sites(is_calm=True)],
        "legs": [*legs(is_calm=True)],
        "docks": [*docks(is_calm=True)],
        "kpis": [*kpis(is_calm=True)],
        "incidents": [incident(0, ("legs", "ORD", 1, 3, 0, 41, 120_000, 9000))],
        "deviations": [deviation(0, "leg.late", 1, 120_000)],
    }
    return Sample(rows, heartbeat())


def empty() -> Sample:
    """Nothing at all is known yet."""
    return Sample({}, heartbeat() | {"sources": []})


def heartbeat() -> Row:
    """All sources young, in as much as out."""
    sources = [
        {"source": name, "age_s": age, "rate": rate, "simulated": name.startswith("world")}
        | ({} if limit is None else {"age_limit_s": limit})
        for name, (age, limit, rate) in SOURCES.items()
    ]
    return {
        "type": "heartbeat",
        "server_time": moment(0),
        "scenario_time": moment(0),
        "now": moment(0),
        "speed": 60.0,
        "paused": False,
        "mode": "recorded",
        "seq": 1,
        "build": "0.1.0+test",
        "network": "blizzard",
        "tz": "America/New_York",
        "title": "New York, 8 February 2013",
        "sources": sources,
        "hops_ms": {"feed": {"p50": 41.0, "p99": 184.0}},
        "ledger": {
            "received": 1_281_530,
            "accepted": 1_281_530,
            "duplicate": 0,
            "late": 0,
            "rejected": 0,
            "imbalance": 0,
        },
        "invariants": [
            {"name": "door_books", "checked": 60, "broken": 0},
            {"name": "leg_load", "checked": 930, "broken": 0},
            {"name": "stock_allocation", "checked": 5221, "broken": 41, "since": moment(-3600)},
        ],
        "levels": {"dock.queue": {"advisory": 4, "warning": 8, "critical": 16}},
    }


def sites(*, is_calm: bool) -> Iterator[Row]:
    """The hubs with the day's figures, and the places that they serve."""
    told = {
        "EWR": (341, 137, 151, 14.3, 8000, 20, 20, 14),
        "JFK": (304, 113, 133, 17.4, 11_000, 20, 16, 3),
        "LGA": (285, 124, 118, 17.0, 8000, 20, 20, 23),
    }
    for id, (lat, lon) in {**HUBS, **PLACES}.items():
        x, y = place(lat, lon) or (0.0, 0.0)
        row = {
            "id": id,
            "name": id,
            "lat": lat,
            "lon": lon,
            "x": x,
            "y": y,
            "tz": "America/New_York",
            "role": "ship_to",
            "severity": 0,
        }
        if id in told:
            planned, departed, cancelled, gust, sight, doors, used, waiting = told[id]
            bad = (
                {"legs_cancelled": 1, "waiting": 0, "gust_mps": 7.6, "doors_in_use": 11, "severity": 0}
                if is_calm
                else {
                    "legs_cancelled": cancelled,
                    "waiting": waiting,
                    "gust_mps": gust,
                    "doors_in_use": used,
                    "severity": 3,
                }
            )
            row |= {
                "role": "hub",
                "hazard": 2.0,
                "observed_at": moment(-420),
                "visibility_m": sight,
                "temp_c": -2.0,
                "precip_mm_h": 0.8,
                "doors": doors,
                "doors_closed": 0,
                "legs_planned": planned,
                "legs_departed": departed,
                "docked": used,
            } | bad
        yield row


def legs(*, is_calm: bool) -> Iterator[Row]:
    """A dozen legs from each hub to each place, some of them cancelled."""
    for i, dest in enumerate(PLACES):
        for j in range(12):
            origin = list(HUBS)[(i + j) % 3]
            struck = 0.0 if is_calm else STRUCK.get(dest, 0.05)
            row = {
                "id": f"UA{i * 20 + j}-{origin}-{dest}-0208",
                "origin": origin,
                "dest": dest,
                "carrier": "UA",
                "mode": "air",
                "dep_planned": moment(j * 2400 - 10_000),
                "arr_planned": moment(j * 2400),
                "lines": 12,
                "late_min": 4.0,
            }
            if (j * 7 + i) % 12 < struck * 12:
                row["cancelled_at"] = moment(-7200)
            elif (left := j * 2400 - 10_000 + (300 if is_calm else 600 + 2400 * (i % 5))) < 0:
                row["departed_at"] = moment(left)
            yield row


def docks(*, is_calm: bool) -> Iterator[Row]:
    """Twenty doors a hub, most of them busy."""
    for h, site in enumerate(HUBS):
        for n in range(20):
            start, long = -3000 + (n * 617 + h * 311) % 2900, 1500 + (n * 389) % 2400
            state = "on_plan" if is_calm or (n + h) % 4 else "overrun" if n % 3 else "blocked"
            slots: list[Row] = [
                {
                    "visit": f"{site}{n}a",
                    "start": moment(start - 4000),
                    "end": moment(start - 600),
                    "state": "on_plan",
                    "over": True,
                },
                {"visit": f"{site}{n}b", "start": moment(start), "end": moment(start + long), "state": state},
            ]
            slots += [
                {
                    "visit": f"{site}{n}{k}",
                    "start": moment(start + long + 600 + k * 4000),
                    "end": moment(start + long + 3600 + k * 4000),
                    "state": "booked",
                }
                for k in range(3)
            ]
            closed = {"closed_at": moment(-1800)} if state == "blocked" and n % 6 == 0 else {}
            yield {
                "id": f"{site}/{site}-{n:02}",
                "site": site,
                "door": f"{site}-{n:02}",
                "occupants": 1,
                "slots": slots,
            } | closed


def kpis(*, is_calm: bool) -> Iterator[Row]:
    """The day's figures and six hours of trends."""
    day = {
        "on_time_ratio": (0.952, 0.94) if is_calm else (0.681, 0.94),
        "lines_due": (18_640, None),
        "lines_at_risk": (96 if is_calm else 5946, None),
        "at_risk_cents": (290_000 if is_calm else 18_400_000, None),
        "alarms_10min": (1 if is_calm else 143, None),
        "incidents_10min": (0 if is_calm else 2, None),
        "alarms_flood_share": (0.007 if is_calm else 0.31, None),
        "alarms_chattering": (0 if is_calm else 2, None),
        "alarms_stale": (0 if is_calm else 7, None),
        "alarms_shelved": (0 if is_calm else 3, None),
        "alarms_top10_share": (0.04 if is_calm else 0.18, None),
    }
    for name, (value, plan) in day.items():
        yield {
            "id": f"day-{name}",
            "name": name,
            "window": "2013-02-08T05:00:00.000Z",
            "window_s": 86_400,
            "value": value,
            "at": moment(0),
        } | ({} if plan is None else {"plan": plan})
    for i in range(60):
        bad = 0 if is_calm else max(0, i - 34) / 26
        for name, value in {
            "on_time_ratio": 0.945 - 0.26 * bad,
            "late_p90_min": 16 + 198 * bad,
            "events": 61_000 + 60_000 * bad,
            "alarms_10min": i % 3 + 143 * bad,
        }.items():
            yield {
                "id": f"{name}-{i}",
                "name": name,
                "window": moment((i - 60) * STEP_S - RUNNING_S),
                "window_s": STEP_S,
                "value": value,
                "at": moment(0),
            } | ({"plan": 0.94} if name == "on_time_ratio" else {})
    yield from () if is_calm else most()


def most() -> Iterator[Row]:
    """What came most in a day: eight that are open, and two that are over."""
    over = [{"kind": "dock.queue", "subject": "EWR"}, {"kind": "source.stale", "subject": "weather"}]
    for rank, one in enumerate([*list(deviations())[:160:20], *over]):
        yield {
            "id": f"most-{rank}",
            "name": "alarms_most",
            "window": "2013-02-08T05:00:00.000Z",
            "window_s": 86_400,
            "value": 19 - rank,
            "kind": one["kind"],
            "subject": one["subject"],
            "at": moment(0),
        }


def incidents() -> Iterator[Row]:
    """Eleven open, the worst first."""
    return (incident(i, told) for i, told in enumerate(INCIDENTS))


def incident(i: int, told: tuple[str, str, int, int, int, int, int, int]) -> Row:
    """One incident."""
    cause, site, severity, legs, visits, lines, cents, act_in = told
    row = {
        "id": f"#{i:016x}",
        "cause": cause,
        "severity": severity,
        "since": moment(-300 if i in {1, 4} else -7200),
        "members": legs + visits + lines,
        "legs": legs,
        "visits": visits,
        "lines": lines,
        "opened": legs + visits + lines + 9,
        "value_at_risk_cents": cents,
    }
    return row | ({"site": site} if site else {"source": "weather"}) | ({"act_by": moment(act_in)} if act_in else {})


def deviations() -> Iterator[Row]:
    """Many, of all kinds."""
    kinds = ("leg.cancelled", "leg.late", "line.at_risk", "visit.overrun", "stock.short", "line.stranded")
    for i in range(240):
        yield deviation(i, kinds[i % 6], (3, 2, 2, 1, 1, 1)[i % 6], 1_400_000 // (i + 1))


def deviation(i: int, kind: str, severity: int, cents: int) -> Row:
    """One deviation."""
    n, j = i % len(PLACES), i // 7 % 12
    origin, dest = list(HUBS)[(n + j) % 3], list(PLACES)[n]
    return {
        "id": f"#{i + 4096:016x}",
        "kind": kind,
        "severity": severity,
        "subject": f"UA{n * 20 + j}-{origin}-{dest}-0208",
        "site": origin,
        "since": moment(-60 * i),
        "at": moment(-60),
        "value": 95.0 + i,
        "limit": 15.0,
        "value_at_risk_cents": cents,
        "loss_cents_per_min": cents // 60,
        "act_by": moment(600 + 97 * i),
        "status": "opened",
        "why": "late",
        "incident": f"#{i % len(INCIDENTS):016x}",
    }
