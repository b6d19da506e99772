"""Futures: how each leg in sight fares in some futures, the worst first, by what is forecast and predicted of it.

What is said to happen with a chance of p happens in the worst p of them, to all legs alike: one storm, not many small
ones. A line whose leg does not fly goes by the next that does, some hours later. All lines are weighed in the same
futures, which are no draws, so that a plan changes only when what is forecast does.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np

from tower import clock
from tower.ids import UNKNOWN
from tower.table import Direct, Table, kernel

NEVER: Final = -1
"""Instead of an arrival: in that future no leg in sight flies on."""
MOST_MIN: Final = 7 * 24 * 60
"""No leg is believed to be later than that."""
ANY: Final = UNKNOWN
SAYING: Final = np.dtype([
    ("origin", "<u8"), ("dest", "<u8"), ("carrier", "<u8"), ("begin", "<i8"), ("end", "<i8"), ("is_arrival", "|u1"),
    ("p", "<f8"), ("late", "<i8"),
])  # fmt: skip
"""What is said of legs from `origin` to `dest` of `carrier` (ANY: all) that leave, or arrive, from `begin` until before
`end`: the chance p that they do not fly, and by how many ms those that do come late; -1, NaN: nothing is said of it."""
NOTHING_SAID: Final = np.zeros(0, SAYING)


@kernel
def is_of(said, way):
    """Whether something is said of that leg."""
    moment = way.arr if said.is_arrival else way.dep
    return (
        said.begin <= moment < said.end and said.origin in (ANY, way.origin) and said.dest in (ANY, way.goal)
        and said.carrier in (ANY, way.carrier)
    )  # fmt: skip


@kernel
def weigh_chances(said, ways, chance, late):
    """Have chance (m,), that a leg does not fly, and late (m,) ms be the worst that is said of it, if that is worse."""
    for s in range(said.size):
        one = said[s]
        for j in range(ways.size):
            if is_of(one, ways[j]):
                chance[j] = max(chance[j], one.p) if one.p == one.p else chance[j]
                late[j] = max(late[j], one.late)


@kernel
def is_lost(chance, future, futures):
    """Whether what has that chance happens in that future; 0 is the worst."""
    return future + 0.5 < chance * futures


@kernel
def unfold(ways, chance, late, second_try, arrives):
    """Fill arrives (m, K): when what is booked on each leg arrives in each future, or NEVER. ways (m,): by destination
    and departure.
    """
    futures = arrives.shape[1]
    for j in range(ways.size):
        for k in range(futures):
            arrives[j, k] = ways[j].arr + late[j]
            if is_lost(chance[j], k, futures):
                arrives[j, k] = next_arrival(ways, chance, late, j, k, futures, second_try)


@kernel
def next_arrival(ways, chance, late, j, future, futures, second_try):
    """When what leg j did not carry in that future comes: on the first leg that flies and leaves so much later."""
    for n in range(j + 1, ways.size):
        if ways[n].at_goal != ways[j].at_goal:
            return np.int64(NEVER)
        if ways[n].dep >= ways[j].dep + second_try and not is_lost(chance[n], future, futures):
            return ways[n].arr + late[n]
    return np.int64(NEVER)


WEIGH_CHANCES, UNFOLD = Direct(weigh_chances), Direct(unfold)


class Outlook(NamedTuple):
    """chance: (m,) that each leg does not fly, by what is said of it. arrives: (m, K) when what is booked on it comes,
    in each future, or NEVER.
    """

    chance: Any
    arrives: Any


def outlook_of(said: Any, ways: Any, count: int, second_try: int) -> Outlook:
    """The outlook of these legs in so many futures, by what others say and what we predict (their `chance` and `late`);
    in one, where nothing is said of any.
    """
    chance, late = ways["chance"].copy(), ways["late"].copy()
    if said.size:
        WEIGH_CHANCES.call(said, ways, chance, late)
    if not chance.any() and not late.any():
        return Outlook(chance, np.ascontiguousarray(ways["arr"]).reshape(-1, 1))
    arrives = np.empty((ways.size, count), "i8")
    UNFOLD.call(ways, chance, late, second_try, arrives)
    return Outlook(chance, arrives)


class Told(NamedTuple):
    """The tables that say what is to come."""

    forecasts: Table
    advisories: Table
    stations: Table


def said_in(told: Told) -> np.ndarray:
    """What the tables say: of the weather at both ends of a leg, and what carriers say."""
    return np.concatenate([*of_weather(told.forecasts.rows, told.stations), of_carriers(told.advisories.rows)])


def of_weather(rows: Any, stations: Table) -> Iterator[np.ndarray]:
    """Hazards that are forecast, for legs that leave a station's site then, and for those that arrive."""
    rows = rows[rows["p_hazard"] > 0]
    if not rows.size:
        return
    sites = np.array([stations.find(int(key)) for key in rows["station"]])
    rows, sites = rows[sites >= 0], stations.rows["site"][sites[sites >= 0]]
    until = np.where(rows["until"] >= 0, rows["until"], rows["for"] + clock.HOUR)
    for is_arrival in (0, 1):
        said = np.zeros(rows.size, SAYING)
        said["origin"], said["dest"] = (ANY, sites) if is_arrival else (sites, ANY)
        said["carrier"], said["begin"], said["end"] = ANY, rows["for"], until
        said["is_arrival"], said["p"] = is_arrival, rows["p_hazard"]
        yield said


def of_carriers(rows: Any) -> np.ndarray:
    """What carriers say of legs that leave a site, or go to one."""
    said = np.zeros(rows.size, SAYING)
    for column, name in (("origin", "site"), ("dest", "dest"), ("carrier", "carrier"), ("begin", "window_start"),
                         ("end", "window_end"), ("p", "p_cancel")):  # fmt: skip
        said[column] = rows[name]
    minutes = np.nan_to_num(np.minimum(rows["delay_min"], MOST_MIN))
    said["late"] = np.rint(minutes).astype("i8") * clock.MINUTE
    return said[(said["p"] > 0) | (said["late"] > 0)]
