"""Plotting: each dirty destination planned anew, most urgent first, as far as the budget goes."""

from typing import Any, NamedTuple

import numpy as np

from operators.allocation.net import TIE
from operators.planning.market import solve
from operators.planning.rows import HEAVY, NOWHERE, picked
from operators.planning.scene import Scene
from operators.planning.settings import Settings
from operators.planning.weighing import FAR, late_min_of, weigh
from tower import clock
from tower.fields import FOREVER
from tower.ids import UNKNOWN
from tower.outcomes import WHYS
from tower.table import Direct, kernel

(NEW, STRANDED, KEEPS, LESS_LATE, CHEAPER, MAKES_ROOM, FULL, NO_STOCK, NO_CANDIDATE, NOT_WORTH,
 MANY_LOADS) = range(len(WHYS))  # fmt: skip
SOLVE, WEIGH = Direct(solve), Direct(weigh)


class Spot(NamedTuple):
    """One destination weighed: lines and legs as places in the scene, and what lines cost where.

    lines: (n,), legs: (m,). at: (n,) among `legs`. cost: (n, m), left, stay: (n,) as in `weighing`.
    """

    lines: Any
    legs: Any
    wants: Any
    ways: Any
    at: Any
    cost: Any
    left: Any
    stay: Any
    in_time: Any


class Found(NamedTuple):
    """Where lines go: taken (n,), a place among `legs` or NOWHERE; prices (m,) scaled; last, following: (m,) cents."""

    taken: Any
    price: Any
    last: Any
    following: Any


class Plotter:
    """Weighs and solves one destination at a time; keeps what the kernels write on."""

    def __init__(self) -> None:
        self._ties = np.zeros(0, TIE)

    def spot(self, scene: Scene, goal: int, settings: Settings, now: int) -> Spot:
        """The lines of a destination that may be decided anew, weighed."""
        lines = np.arange(scene.first_want[goal], scene.first_want[goal + 1])
        lines = lines[scene.plays[lines]]
        legs = np.arange(scene.first_way[goal], scene.first_way[goal + 1])
        at = np.where(scene.at[lines] == NOWHERE, NOWHERE, scene.at[lines] - scene.first_way[goal])
        wants, ways = picked(scene.wants, lines), scene.ways[scene.first_way[goal] : scene.first_way[goal + 1]]
        n, m = lines.size, legs.size
        cost, left, stay = np.empty((n, m), "i8"), np.empty(n, "i8"), np.empty(n, "i8")
        in_time = np.zeros(n, "?")
        hub, allow = np.ascontiguousarray(scene.hub[legs], "i8"), scene.allow[lines]
        WEIGH.call(wants, ways, at, hub, allow, settings.money, now, cost, left, stay, in_time)
        return Spot(lines, legs, wants, ways, at, cost, left, stay, in_time)

    def solve(self, spot: Spot, room: Any, most: int, some: Any = None) -> Found:
        """The best plan of the lines of a spot in such room: of all, or of the part `some` = (places, costs, left)."""
        wants, at, cost, left = spot.wants, spot.at, spot.cost, spot.left
        if some is not None:
            places, cost, left = some
            wants, at = picked(wants, places), at[places]
        n, m = wants.size, spot.legs.size
        taken, last, following = np.full(n, NOWHERE, "i8"), np.zeros(m, "i8"), np.zeros(m, "i8")
        price = np.zeros(m + 2, "i8")
        if n and m:
            price[:m] = spot.ways["price"]
            SOLVE.call(wants, spot.ways, at, cost, left, room, most, self._pool(n, min(most, m)), price, taken, last,
                       following)  # fmt: skip
        return Found(taken, price[:m], last, following)

    def _pool(self, lines: int, options: int) -> Any:
        wanted = 8 * lines * (options + 1) + 1000
        if self._ties.size < wanted:
            self._ties = np.zeros(2 * wanted, TIE)
        return self._ties


@kernel
def explain(wants, at, taken, cost, left, stay, in_time, late, why, full):
    """Fill why and full (n,), the leg by its place that a line would go on if there were room, else NOWHERE.

    late: (n, m) minutes behind the promise.
    """
    for i in range(taken.size):
        t, a = taken[i], at[i]
        full[i] = NOWHERE
        if t == NOWHERE:
            why[i] = why_not(cost, left, in_time, full, i)
            if a != NOWHERE:
                why[i] = MAKES_ROOM
        elif a == NOWHERE:
            why[i] = STRANDED if wants[i].is_stranded else NEW
        elif late[i, t] < late[i, a]:
            why[i] = KEEPS if late[i, t] == 0 else LESS_LATE
        else:
            why[i] = CHEAPER if cost[i, t] < stay[i] else MAKES_ROOM


@kernel
def why_not(cost, left, in_time, full, i):
    """Why a line that is on no leg stays without."""
    best = -1
    for j in range(cost.shape[1]):
        if cost[i, j] < FAR and (best < 0 or cost[i, j] < cost[i, best]):
            best = j
    if best < 0:
        return NO_STOCK if in_time[i] else NO_CANDIDATE
    if cost[i, best] >= left[i]:
        return NOT_WORTH
    full[i] = best
    return FULL


@kernel
def lateness(wants, ways, late):
    """Fill late (n, m): minutes behind the promise on each leg."""
    for i in range(wants.size):
        for j in range(ways.size):
            late[i, j] = late_min_of(wants[i], ways[j].arr)



EXPLAIN, LATENESS = Direct(explain), Direct(lateness)


def write_plan(wants: Any, ways: Any, scene: Scene, spot: Spot, found: Found) -> None:
    """What was found, into the rows of `wants` and `ways`."""
    n, m = spot.lines.size, spot.legs.size
    late, why, full = np.zeros((n, m), "i8"), np.zeros(n, "u1"), np.zeros(n, "i8")
    LATENESS.call(spot.wants, spot.ways, late)
    EXPLAIN.call(spot.wants, spot.at, found.taken, spot.cost, spot.left, spot.stay, spot.in_time, late, why, full)
    rows, keys = scene.rows[spot.lines], np.append(spot.ways["key"], UNKNOWN)
    cost = np.column_stack([spot.cost, spot.left])[np.arange(n), found.taken]
    wants["to_leg"][rows], wants["gain_cents"][rows] = keys[found.taken], spot.stay - cost
    wants["why"][rows], wants["full"][rows] = why, keys[full]
    numbers = scene.numbers[spot.legs]
    ways["price"][numbers] = found.price
    ways["last"][numbers], ways["following"][numbers] = found.last, found.following


def settle_rest(wants: Any, scene: Scene, goal: int) -> None:
    """Lines that are not decided anew stay; of several loads and on no leg: they are told."""
    lines = np.arange(scene.first_want[goal], scene.first_want[goal + 1])
    rows = scene.rows[lines[~scene.plays[lines]]]
    wants["to_leg"][rows] = wants["leg"][rows]
    heavy = rows[(wants["stand"][rows] == HEAVY) & (wants["leg"][rows] == UNKNOWN)]
    wants["why"][heavy] = MANY_LOADS


def next_moments(ways: Any, wants: Any, goals: int, settings: Settings, now: int) -> Any:
    """(G,) when the first leg to each goal comes into sight, or cannot be booked, left or reached any more, or a line
    to there grows dearer; -1: never.

    ways, wants: rows of these tables.
    """
    money, found = settings.money, np.full(goals, FOREVER)
    ahead = ways[ways["is_open"] == 1]
    for lead in (money.release_lead, money.pick_lead, money.cutoff_lead, money.horizon):
        moments = ahead["dep"] - lead + 1
        later = moments > now
        np.minimum.at(found, ahead["at_goal"][later], moments[later])
    hour = now - now % clock.HOUR + clock.HOUR
    late = wants[(wants["keep_until"] < 0) & (wants["promised_by"] >= 0) & (wants["promised_by"] < hour)]["at_goal"]
    found[late] = np.minimum(found[late], hour)
    return np.where(found < FOREVER, found, -1)
