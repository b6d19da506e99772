"""Plotting: each dirty destination planned anew, most urgent first, as far as the budget goes."""

from typing import Any, NamedTuple

import numpy as np

from operators.planning.market import solve
from operators.planning.paths import blank_sheet
from operators.planning.rows import HEAVY, NOWHERE, picked
from operators.planning.scene import Scene
from operators.planning.settings import Money, Settings
from operators.planning.weighing import FAR, late_min_of, weigh
from tower import clock
from tower.fields import FOREVER
from tower.ids import UNKNOWN
from tower.outcomes import WHYS
from tower.table import Direct, Table, kernel

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
    """Weighs and solves one destination at a time; what it has weighed of a scene it knows until it sees another."""

    def __init__(self) -> None:
        self._scene: Scene | None = None
        self._spots: dict[int, Spot] = {}

    def spot(self, scene: Scene, goal: int, settings: Settings, now: int) -> Spot:
        """The lines of a destination that may be decided anew, weighed."""
        if scene is not self._scene:
            self._scene, self._spots = scene, {}
        if goal not in self._spots:
            self._spots[goal] = spot_of(scene, goal, settings.money, now)
        return self._spots[goal]

    def solve(self, spot: Spot, room: Any, some: Any = None) -> Found:
        """The best plan of the lines of a spot in such room: of all, or of the part `some` = (places, costs, left)."""
        lines, cost, left = spot.wants["key"], spot.cost, spot.left
        if some is not None:
            places, cost, left = some
            lines = lines[places]
        n, m = lines.size, spot.legs.size
        taken, last, following = np.full(n, NOWHERE, "i8"), np.zeros(m, "i8"), np.zeros(m, "i8")
        price = np.zeros(m + 2, "i8")
        if n and m:
            price[:m] = spot.ways["price"]
            lines, legs = np.ascontiguousarray(lines), np.ascontiguousarray(spot.ways["key"])
            SOLVE.call(lines, legs, cost, left, room, blank_sheet(n, m), price, taken, last, following)
        return Found(taken, price[:m], last, following)


def spot_of(scene: Scene, goal: int, money: Money, now: int) -> Spot:
    """The lines of a destination that may be decided anew, weighed."""
    first, begin, end = int(scene.first_want[goal]), scene.first_way[goal], scene.first_way[goal + 1]
    lines = first + np.flatnonzero(scene.plays[first : scene.first_want[goal + 1]])
    legs, at = np.arange(begin, end), scene.at[lines]
    at = np.where(at == NOWHERE, NOWHERE, at - begin)
    wants, ways = picked(scene.wants, lines), scene.ways[begin:end]
    n, m = lines.size, legs.size
    cost, left, stay, in_time = np.empty((n, m), "i8"), np.empty(n, "i8"), np.empty(n, "i8"), np.zeros(n, "?")
    hub = np.ascontiguousarray(scene.hub[begin:end], "i8")
    WEIGH.call(wants, ways, at, hub, scene.allow[lines], money, now, cost, left, stay, in_time)
    return Spot(lines, legs, wants, ways, at, cost, left, stay, in_time)


@kernel
def why_there(want, ways, t, a, is_cheaper):
    """Why a line goes by leg `t` and not as it is booked, by `a`."""
    if a == NOWHERE:
        return STRANDED if want.is_stranded else NEW
    late = late_min_of(want, ways[t].arr)
    if late < late_min_of(want, ways[a].arr):
        return KEEPS if late == 0 else LESS_LATE
    return CHEAPER if is_cheaper else MAKES_ROOM


@kernel
def why_not(cost, left, in_time, i):
    """Why a line that is on no leg stays without; if for want of room, the leg it would go on, else NOWHERE."""
    best = NOWHERE
    for j in range(cost.shape[1]):
        if cost[i, j] < FAR and (best == NOWHERE or cost[i, j] < cost[i, best]):
            best = j
    if best == NOWHERE:
        return (NO_STOCK if in_time[i] else NO_CANDIDATE), NOWHERE
    return (NOT_WORTH, NOWHERE) if cost[i, best] >= left[i] else (FULL, best)


@kernel
def note_lines(rows, numbers, wants, ways, at, taken, cost, left, stay, in_time):
    """Write where the plan has lines, what that saves and why into `rows` of `wants`, at these numbers."""
    for i in range(numbers.size):
        row, t, a = rows[numbers[i]], taken[i], at[i]
        why, full = why_not(cost, left, in_time, i) if t == NOWHERE else (NEW, NOWHERE)
        there = left[i] if t == NOWHERE else cost[i, t]
        if t != NOWHERE:
            why = why_there(wants[i], ways, t, a, there < stay[i])
        elif a != NOWHERE:
            why = MAKES_ROOM
        row.why, row.gain_cents = why, stay[i] - there
        row.to_leg = UNKNOWN if t == NOWHERE else ways[t].key
        row.full = UNKNOWN if full == NOWHERE else ways[full].key


@kernel
def note_legs(rows, numbers, price, last, following):
    """Write what legs are worth into `rows` of `ways`, at these numbers."""
    for j in range(numbers.size):
        way = rows[numbers[j]]
        way.price, way.last, way.following = price[j], last[j], following[j]


@kernel
def note_rest(rows, numbers, plays):
    """Lines that are not decided anew stay; of several loads and on no leg: they are told."""
    for i in range(numbers.size):
        if not plays[i]:
            row = rows[numbers[i]]
            row.to_leg = row.leg
            if row.stand == HEAVY and row.leg == UNKNOWN:
                row.why = MANY_LOADS


NOTE_LINES, NOTE_LEGS, NOTE_REST = Direct(note_lines), Direct(note_legs), Direct(note_rest)


def write_plan(wants: Any, ways: Any, scene: Scene, spot: Spot, found: Found) -> None:
    """What was found, into the rows of `wants` and `ways`."""
    NOTE_LINES.call(wants, scene.rows[spot.lines], spot.wants, spot.ways, spot.at, found.taken, spot.cost, spot.left,
                    spot.stay, spot.in_time)  # fmt: skip
    NOTE_LEGS.call(ways, scene.numbers[spot.legs], found.price, found.last, found.following)


def settle_rest(wants: Any, scene: Scene, goal: int) -> None:
    """Lines to a destination that are not decided anew, in the rows of `wants`."""
    some = slice(scene.first_want[goal], scene.first_want[goal + 1])
    NOTE_REST.call(wants, scene.rows[some], scene.plays[some])


@kernel
def soonest_leg(ways, leads, now, moments):
    """Put forward the moments (G,) of goals at which legs come into sight, or cannot be booked, left or reached."""
    for w in range(ways.meta[0]):
        way = ways.rows[w]
        if way.is_open:
            for lead in leads:
                moment = way.dep - lead + 1
                if moment > now:
                    moments[way.at_goal] = min(moments[way.at_goal], moment)


@kernel
def dearer(wants, hour, moments):
    """Put forward the moments (G,) of goals to which a line is late by that hour: then it grows dearer."""
    for i in range(wants.meta[0]):
        want = wants.rows[i]
        if want.keep_until < 0 and 0 <= want.promised_by < hour:
            moments[want.at_goal] = min(moments[want.at_goal], hour)


SOONEST_LEG, DEARER = Direct(soonest_leg), Direct(dearer)


def next_moments(ways: Table, wants: Table, goals: int, settings: Settings, now: int) -> Any:
    """(G,) when the first leg to each goal comes into sight, or cannot be booked, left or reached any more, or a line
    to there grows dearer; -1: never.
    """
    money, found = settings.money, np.full(goals, FOREVER)
    leads = np.array([money.release_lead, money.pick_lead, money.cutoff_lead, money.horizon])
    SOONEST_LEG.call(ways.t, leads, now, found)
    DEARER.call(wants.t, now - now % clock.HOUR + clock.HOUR, found)
    return np.where(found < FOREVER, found, -1)
