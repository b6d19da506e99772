"""Scene: all that may be planned at one moment, by destination: lines, legs, room, and where goods may come from."""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.planning.goods import COMPARE, FREE_STOCK, RATION, WANTED
from operators.planning.rows import BOOKED, HEAVY, NOWHERE, OPEN, STAGED, picked
from operators.planning.settings import Money
from operators.planning.taking import Desk
from tower.table import Direct, Table, find, kernel

MOST_WAYS: Final = 128
"""Legs to one destination that a plan looks at: those that leave first."""


class Scene(NamedTuple):
    """rows: (n,) of `wants`, by destination. wants: (n,) copies. at: (n,) the leg of each by its place in `ways`, or
    NOWHERE. plays: (n,) whether it may be decided anew. allow: (n, H) whether it may take goods from a hub.
    numbers: (m,) of the ways, by destination and departure. ways: (m,) copies. hub: (m,) column of `allow`.
    room: (m,) units beside lines that stay where they are. free: (m,) units that nobody holds.
    first_want, first_way: (G + 1,) where those of each goal begin.
    """

    rows: Any
    wants: Any
    at: Any
    plays: Any
    allow: Any
    numbers: Any
    ways: Any
    hub: Any
    room: Any
    free: Any
    first_want: Any
    first_way: Any


@kernel
def count_on(loads, ways, on):
    """Fill on (m,): lines on each leg, picked ones included."""
    for j in range(ways.size):
        k = find(loads, ways[j].key)
        on[j] = max(loads.rows[k].lines, 0) if k >= 0 else 0


COUNT_ON = Direct(count_on)


class Facts(NamedTuple):
    """The tables of earlier steps that a scene is made from."""

    loads: Table
    stock: Table


def scene_of(desk: Desk, tables: dict[str, Table], facts: Facts, money: Money, now: int) -> Scene:
    """The scene at `now`; goals of which lines may take goods from other sites than before become dirty."""
    rows, wants = _wants(tables["wants"])
    numbers, ways = _ways(tables["ways"], wants, money, now)
    goals = np.arange(len(tables["goals"]) + 1)
    first_want, first_way = np.searchsorted(wants["at_goal"], goals), np.searchsorted(ways["at_goal"], goals)
    at = _places(ways, wants)
    plays = _plays(wants, ways, at, money, now)
    hubs, hub = np.unique(ways["origin"], return_inverse=True)
    reach = np.zeros((len(tables["goals"]), hubs.size), "?")
    reach[ways["at_goal"], hub] = True
    allow = _allowed(desk, tables, facts.stock, rows, wants, hubs, reach)
    room, free = _room(facts.loads, wants, ways, at, plays)
    return Scene(rows, wants, at, plays, allow, numbers, ways, hub, room, free, first_want, first_way)


def _wants(table: Table) -> tuple[Any, Any]:
    """Lines that are still wanted, by destination."""
    rows = np.flatnonzero(table.rows["keep_until"] < 0)
    rows = rows[np.argsort(table.rows["at_goal"][rows], kind="stable")]
    return rows, picked(table.rows, rows)


def _ways(table: Table, wants: Any, money: Money, now: int) -> tuple[Any, Any]:
    """Legs that a line could still be put on, or stands on; those that leave first, of each destination."""
    held = table.rows
    in_time = (held["is_open"] == 1) & (held["arr"] >= 0) & (held["dep"] >= now + money.cutoff_lead)
    near = held["dep"] <= now + money.horizon
    far = np.flatnonzero(in_time & ~near)
    taken = far[np.isin(held["key"][far], wants["leg"])] if far.size else far
    numbers = np.concatenate([np.flatnonzero(in_time & near), taken])
    numbers = numbers[np.lexsort((held["key"][numbers], held["dep"][numbers], held["at_goal"][numbers]))]
    goal = held["at_goal"][numbers]
    nth = np.arange(numbers.size) - np.searchsorted(goal, goal)
    numbers = numbers[nth < MOST_WAYS]
    return numbers, picked(held, numbers)


def _places(ways: Any, wants: Any) -> Any:
    """Where among the ways the leg of each line is, or NOWHERE."""
    if not ways.size:
        return np.full(wants.size, NOWHERE)
    order = np.argsort(ways["key"])
    place = order[np.minimum(np.searchsorted(ways["key"][order], wants["leg"]), ways.size - 1)]
    return np.where(ways["key"][place] == wants["leg"], place, NOWHERE)


def _plays(wants: Any, ways: Any, at: Any, money: Money, now: int) -> Any:
    """Which lines may be decided anew: on no leg, or on one to their destination that is not given to pickers yet."""
    booked, on = wants["stand"] == BOOKED, np.maximum(at, 0)
    if ways.size:
        loose = (at != NOWHERE) & (ways["dep"][on] >= now + money.release_lead)
        loose &= ways["at_goal"][on] == wants["at_goal"]
    else:
        loose = np.zeros(wants.size, "?")
    free = (wants["stand"] == OPEN) | (wants["stand"] == STAGED)
    return free | (booked & (loose | (wants["is_off"] == 1)))


def _allowed(desk: Desk, tables: dict[str, Table], stock: Table, rows: Any, wants: Any, hubs: Any, reach: Any) -> Any:
    shape = len(tables["shelves"]), hubs.size
    free, others = np.zeros(shape, "i8"), np.zeros(shape, "i8")
    FREE_STOCK.call(stock.t, desk.shelves, hubs, free)
    WANTED.call(wants, hubs, reach, others)
    short: Any = (others > free).any(1) & (free > 0).any(1)
    some = np.flatnonzero(short[wants["shelf"]]) if wants.size else np.zeros(0, "i8")
    order = some[np.lexsort(tuple(wants[name][some] for name in ("key", "promised_by", "priority", "shelf")))]
    allow = np.zeros((wants.size, hubs.size), "?")
    RATION.call(wants, order, hubs, reach, free, others, np.zeros(shape, "i8"), allow)
    changed = np.zeros(len(tables["goals"]), "u1")
    COMPARE.call(tables["wants"].t.rows, rows, hubs, allow, changed)
    goals = tables["goals"].rows
    anew = (changed == 1) & (goals["is_dirty"] == 0)
    goals["is_dirty"][anew] = 1
    return allow


def _room(loads: Table, wants: Any, ways: Any, at: Any, plays: Any) -> tuple[Any, Any]:
    """Units of each leg beside lines that stay, and units that nobody holds. A leg of which nobody has told how much it
    takes takes nobody more.
    """
    on = np.zeros(ways.size, "i8")
    COUNT_ON.call(loads.t, ways, on)
    heavy = (wants["stand"] == HEAVY) & (at != NOWHERE)
    np.add.at(on, at[heavy], wants["loads"][heavy] - 1)
    held = np.bincount(at[plays & (at != NOWHERE)], minlength=ways.size)
    free = np.where(ways["capacity"] >= 0, ways["capacity"] - on, 0)
    room = np.where(ways["capacity"] >= 0, np.maximum(0, ways["capacity"] - (on - held)), held)
    return room.astype("i8"), np.maximum(0, free).astype("i8")
