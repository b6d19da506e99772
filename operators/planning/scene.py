"""Scene: all that may be planned at one moment, by destination: lines, legs, room, and where goods may come from."""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.planning.allotting import NOTHING_SCARCE, Allotter, Legs, Scarce
from operators.planning.futures import Outlook, Told, outlook_of, said_in
from operators.planning.goods import COMPARE, FREE_STOCK
from operators.planning.rows import BOOKED, NOWHERE, OPEN, OUTBID, STAGED, picked
from operators.planning.settings import Settings
from operators.planning.taking import Desk
from tower.ids import UNKNOWN
from tower.table import Direct, Table, find, kernel

MOST_WAYS: Final = 128
"""Legs to one destination that a plan looks at: those that leave first."""


class Scene(NamedTuple):
    """rows: (n,) of `wants`, by destination. wants: (n,) copies. at: (n,) the leg of each by its place in `ways`, or
    NOWHERE. plays: (n,) whether it may be decided anew. allow: (n, H) whether it may take goods from a hub.
    numbers: (m,) of the ways, by destination and departure. ways: (m,) copies. hub: (m,) column of `allow`.
    room: (m,) loads beside lines that stay where they are. free: (m,) loads that nobody holds.
    first_want, first_way: (G + 1,) where those of each goal begin. outlook: how the legs fare. bulk, bulk_free: (m, 2)
    grams and litres as `room` and `free`; without rows where nobody has told any. scarce: what goods are worth.
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
    outlook: Outlook
    bulk: Any = np.zeros((0, 2), "i8")
    bulk_free: Any = np.zeros((0, 2), "i8")
    scarce: Scarce = NOTHING_SCARCE


class Facts(NamedTuple):
    """The tables of earlier steps that a scene is made from."""

    loads: Table
    stock: Table
    told: Told


@kernel
def gather(wants, ways, rows, begins, on, held):
    """Fill rows (n,) with the lines that are still wanted, by destination, begins (G + 1,) with where those of each
    begin, on (n,) with the row of `ways` that each is booked on, or NOWHERE, and mark these in held (W,).
    """
    begins[:] = 0
    for i in range(wants.meta[0]):
        if wants.rows[i].keep_until < 0:
            begins[wants.rows[i].at_goal] += 1
    ends = np.int64(0)
    for g in range(begins.size):
        ends += begins[g]
        begins[g] = ends
    for i in range(wants.meta[0] - 1, -1, -1):
        want = wants.rows[i]
        if want.keep_until < 0:
            begins[want.at_goal] -= 1
            n = begins[want.at_goal]
            rows[n], on[n] = i, find(ways, want.leg) if want.leg != UNKNOWN else NOWHERE
            if on[n] >= 0:
                held[on[n]] = True


@kernel
def in_sight(ways, held, money, now, begins, numbers):
    """Fill numbers with the legs that a line could still be put on, or stands on, by destination and departure: those
    that leave first, of each destination; how many. begins (G + 1,): where those of each begin.
    """
    begins[:] = 0
    for w in range(ways.meta[0]):
        begins[ways.rows[w].at_goal] += is_in_sight(ways.rows[w], held[w], money, now)
    ends = np.int64(0)
    for g in range(begins.size):
        ends += begins[g]
        begins[g] = ends
    for w in range(ways.meta[0] - 1, -1, -1):
        if is_in_sight(ways.rows[w], held[w], money, now):
            begins[ways.rows[w].at_goal] -= 1
            numbers[begins[ways.rows[w].at_goal]] = w
    count = np.int64(0)
    for g in range(begins.size - 1):
        some = numbers[begins[g] : begins[g + 1]]
        by_departure(ways.rows, some)
        begins[g] = count
        for n in range(min(some.size, MOST_WAYS)):
            numbers[count] = some[n]
            count += 1
    begins[-1] = count
    return count


@kernel
def is_in_sight(way, is_held, money, now):
    """Whether a line could still be put on a leg, or stands on it."""
    in_time = way.is_open and way.arr >= 0 and way.dep >= now + money.cutoff_lead
    return in_time and (way.dep <= now + money.horizon or is_held)


@kernel
def by_departure(ways, some):
    """Sort rows of legs (Shell 1959): those to one destination are few, and nearly in order."""
    gap = 1
    while 9 * gap < some.size:
        gap = 3 * gap + 1
    while gap > 0:
        for n in range(gap, some.size):
            w, at = some[n], n
            while at >= gap and leaves_before(ways[w], ways[some[at - gap]]):
                some[at] = some[at - gap]
                at -= gap
            some[at] = w
        gap //= 3


@kernel
def leaves_before(a, b):
    """Whether leg a comes before leg b."""
    return a.dep < b.dep if a.dep != b.dep else a.key < b.key


@kernel
def places(wants, ways, on, place, money, now, at, plays, held):
    """Fill at (n,), where among `ways` (m,) the leg of each line is, or NOWHERE, and plays (n,), which lines may be
    decided anew: on no leg, or on one to their destination that is not given to pickers yet.

    place: where among `ways` each row of the table is. held (m,): add the loads of those that play on each leg.
    """
    for i in range(on.size):
        want = wants[i]
        a = place[on[i]] if on[i] >= 0 else NOWHERE
        is_loose = a >= 0 and ways[a].dep >= now + money.release_lead and ways[a].at_goal == want.at_goal
        at[i] = a
        plays[i] = want.stand in (OPEN, STAGED) or (want.stand == BOOKED and (is_loose or want.is_off == 1))
        if a >= 0:
            held[a] += want.loads if plays[i] else 0


@kernel
def rooms(loads, ways, held, room, free):
    """Fill room (m,), loads of each leg beside lines that stay, and free (m,), loads that nobody holds. A leg of which
    nobody has told how much it takes takes nobody more.
    """
    for j in range(ways.size):
        k, capacity = find(loads, ways[j].key), ways[j].capacity
        on = max(loads.rows[k].loads, 0) if k >= 0 else 0
        free[j] = max(0, capacity - on) if capacity >= 0 else 0
        room[j] = max(0, capacity - (on - held[j])) if capacity >= 0 else held[j]


GATHER, IN_SIGHT, PLACES, ROOMS = Direct(gather), Direct(in_sight), Direct(places), Direct(rooms)


def scene_of(
    desk: Desk, tables: dict[str, Table], facts: Facts, allotter: Allotter, settings: Settings, now: int
) -> Scene:
    """The scene at `now`; goals of which lines may take goods from other sites than before become dirty."""
    n, goals, money = len(tables["wants"]), len(tables["goals"]), settings.money
    rows, on, first_want = np.empty(n, "i8"), np.empty(n, "i8"), np.empty(goals + 1, "i8")
    is_held = np.zeros(len(tables["ways"]), "?")
    GATHER.call(desk.wants, desk.ways, rows, first_want, on, is_held)
    rows, on = rows[: first_want[-1]], on[: first_want[-1]]
    wants = picked(tables["wants"].rows, rows)
    numbers, first_way = np.empty(is_held.size, "i8"), np.empty(goals + 1, "i8")
    numbers = numbers[: IN_SIGHT.call(desk.ways, is_held, money, now, first_way, numbers)]
    ways = picked(tables["ways"].rows, numbers)
    place = np.full(is_held.size, NOWHERE)
    place[numbers] = np.arange(numbers.size)
    at, plays = np.empty(rows.size, "i8"), np.empty(rows.size, "?")
    held, room, free = (np.zeros(numbers.size, "i8") for _ in range(3))
    PLACES.call(wants, ways, on, place, money, now, at, plays, held)
    ROOMS.call(facts.loads.t, ways, held, room, free)
    hubs, hub = np.unique(ways["origin"], return_inverse=True)
    stock = np.zeros((len(tables["shelves"]), hubs.size), "i8")
    FREE_STOCK.call(facts.stock.t, desk.shelves, hubs, stock)
    legs = Legs(ways, hub.astype("i8"), free)
    allow, scarce = allotter.allot(wants, at, plays, legs, hubs, stock, goals, money, now)
    _soil(tables, wants, rows, hubs, allow, now)
    outlook = outlook_of(said_in(facts.told), ways, settings.futures_ahead, settings.second_try)
    return Scene(rows, wants, at, plays, allow, numbers, ways, legs.hub, room, free, first_want, first_way, outlook,
                 scarce=scarce)  # fmt: skip


def _soil(tables: dict[str, Table], wants: Any, rows: Any, hubs: Any, allow: Any, now: int) -> None:
    """Goals become dirty of which lines may take goods from other sites than before, and do not wait where their plan
    counts on goods that another may have now.
    """
    changed, goals = np.zeros(len(tables["goals"]), "u1"), tables["goals"].rows
    COMPARE.call(tables["wants"].t.rows, tables["ways"].t, wants, rows, hubs, allow, changed)
    anew = (changed > 0) & (goals["is_dirty"] == 0)
    goals["is_dirty"][anew], goals["since"][anew] = 1, now
    goals["is_urgent"][(changed == OUTBID) & (goals["is_urgent"] == 0)] = OUTBID
