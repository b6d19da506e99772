"""Shares: which site each line is to have its goods from where an article is short, so that all its lines cost least.

Each article is a market of its own: its lines, the sites that have it, and what a line costs from each site by the leg
that brings it there first. What nobody holds and what lines hold that may be decided anew is shared out together; that
a line which holds goods is left without costs more than anything else. Where all find what suits them best that is the
plan, and the optimum; else it is found by prices (`allocation.sizing`), within what there is, near the best.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.allocation.lines import LIMIT_CENTS
from operators.allocation.net import FAR
from operators.allocation.sizing import solve
from operators.planning.goods import UNCOUNTED, has_own, may_share
from operators.planning.rows import BOOKED, NOWHERE
from operators.planning.weighing import late_min_of, left_for_good, moving_cents, price_of_late
from tower.compiled import kernel
from tower.table import Direct

ROUNDS, LOOKS = 40, 20_000
MOST_CELLS: Final = 30_000
"""Lines times sites that are shared out by prices in one plan; of articles beyond them each line in turn takes what is
best for it."""
MOVED, FRESH = range(2)
"""Who takes a leg: a line that has a seat on another that goes, onto one that nobody holds; or one that has none."""


class Shares(NamedTuple):
    """Of n lines, S articles and H sites.

    takes: (n,) the column of the site that a line is to have its goods from, or NOWHERE. cents: (n, H) what it costs
    from each, FAR where it cannot. last, following: (S, H) cents that the last unit there saves, and one more would; 0
    where all have what suits them best of what is counted. rounds: (S,) of prices that an article was given. cells:
    (S,) lines times sites that it took of the budget.
    """

    takes: Any
    cents: Any
    last: Any
    following: Any
    rounds: Any
    cells: Any


@kernel
def soonest(ways, hub, free, leads, latest, first):
    """Fill first (G, H, 2): the leg from a hub to each goal that arrives first, of those that leave at the moment
    `leads` (2,) or later and are not behind `latest`, or NOWHERE. A leg with a seat that nobody holds comes before all
    others; there is no other for lines that are MOVED.
    """
    first[:] = NOWHERE
    for j in range(ways.size):
        if ways[j].is_open == 0 or ways[j].arr < 0 or ways[j].dep > latest:
            continue
        g, h = ways[j].at_goal, hub[j]
        for who in range(2):
            there, can = first[g, h, who], ways[j].dep >= leads[who] and (who == FRESH or free[j] > 0)
            if can and (there == NOWHERE or is_sooner(ways, free, j, there)):
                first[g, h, who] = j


@kernel
def is_sooner(ways, free, a, b):
    """Whether leg a is to be taken rather than leg b."""
    if (free[a] > 0) != (free[b] > 0):
        return free[a] > 0
    return ways[a].arr < ways[b].arr


@kernel
def cents_from(want, at, hub, h, first, ways, money):
    """What a line costs whose goods come from a hub, the h-th; `at`: the leg that it is booked on, or NOWHERE. Nothing
    of it depends on the moment but which legs can be caught, so that who gives way does not change by the hour.
    """
    goes = want.stand == BOOKED and want.is_off == 0 and at != NOWHERE
    found = np.int64(FAR)
    if goes and has_own(want, hub):
        found = by(want, ways[at], money)
    j = first[want.at_goal, h, MOVED if goes else FRESH]
    if j != NOWHERE:
        breaks = goes and late_min_of(want, ways[at].arr) == 0 < late_min_of(want, ways[j].arr)
        broken = money.broken[min(np.int64(want.priority), np.int64(2))] if breaks else np.int64(0)
        found = min(found, by(want, ways[j], money) + moving_cents(want, money) + broken)
    return found


@kernel
def by(want, way, money):
    """What a line costs on a leg: freight and lateness."""
    return min(want.loads * way.freight + price_of_late(want, money, late_min_of(want, way.arr)), np.int64(LIMIT_CENTS))


class Sheet(NamedTuple):
    """What one article after the other is shared out on, for n lines and H sites.

    who: (n,) lines. size: (n, 3), room: (H, 3) as `sizing` has them: units, and nothing. cost: (n, H), left, to: (n,).
    used: (H,) units that are taken from each site.
    """

    who: Any
    size: Any
    room: Any
    cost: Any
    left: Any
    to: Any
    used: Any


@kernel
def share(wants, order, at, plays, ways, hubs, first, free, money, sheet, shares, is_new):
    """Fill `shares`, article after article. order: lines of what is short, as `goods.queue` has them. at: (n,) as in
    `Scene`. free: (S, H) units that nobody holds, as `goods.free_stock` has them. sheet: for the most lines that
    one article can have; `size` and `room` without anything but units.

    is_new: (S,) articles that are not as they were when `rounds` and `cells` of `shares` were found; others are passed
    over, as long as the budget leaves them as many rounds, and are new where it does not.
    """
    shares.takes[:] = NOWHERE
    shares.cents[:] = FAR
    begin, cells = 0, 0
    while begin < order.size:
        end, n, shelf = begin, 0, wants[order[begin]].shelf
        rounds = ROUNDS if cells < MOST_CELLS else 0
        is_new[shelf] |= shares.rounds[shelf] != rounds
        while end < order.size and wants[order[end]].shelf == shelf:
            if is_new[shelf] and may_share(wants[order[end]], plays[order[end]]):
                sheet.who[n] = order[end]
                n += 1
            end += 1
        if is_new[shelf]:
            shares.last[shelf], shares.following[shelf], shares.rounds[shelf] = 0, 0, rounds
            easy = share_one(wants, n, at, ways, hubs, first, free[shelf], money, rounds, sheet, shares)
            shares.cells[shelf] = 0 if easy else n * hubs.size
        cells += shares.cells[shelf]
        begin = end


@kernel
def share_one(wants, n, at, ways, hubs, first, free, money, rounds, sheet, shares):
    """Share out one article among the first n lines of `sheet`, in so many rounds of prices; whether it needed none."""
    who, size, cost, left, to = sheet.who[:n], sheet.size[:n], sheet.cost[:n], sheet.left[:n], sheet.to[:n]
    room, is_left = sheet.room, False
    for h in range(hubs.size):
        room[h, 0] = 0 if free[h] == UNCOUNTED else free[h]
        for i in who:
            room[h, 0] += wants[i].quantity if has_own(wants[i], hubs[h]) else 0
        room[h, 0] = max(np.int64(0), room[h, 0])
    for k in range(n):
        want, cents = wants[who[k]], shares.cents[who[k]]
        size[k, 0], left[k] = want.quantity, LIMIT_CENTS if want.stand == BOOKED else left_for_good(want, money)
        for h in range(hubs.size):
            found = cents_from(want, at[who[k]], hubs[h], h, first, ways, money)
            cents[h] = found if found < left[k] else FAR
            cost[k, h] = cents[h] if want.quantity <= room[h, 0] else FAR
    was_easy = is_easy(cost, size, room, to, sheet.used)
    if not was_easy:
        solve(cost, left, size, room, rounds, LOOKS if rounds else 0, np.zeros((hubs.size, 3)), to)
        count(size, to, sheet.used)
    for k in range(n):
        shares.takes[who[k]] = to[k]
        is_left = is_left or (to[k] == NOWHERE and shares.cents[who[k]].min() < FAR)
    if is_left or not was_easy:
        for k in range(n):
            cost[k], left[k] = shares.cents[who[k]], left_for_good(wants[who[k]], money)
        shelf = wants[who[0]].shelf
        values(cost, left, size, room, sheet.used, to, shares.last[shelf], shares.following[shelf])
    return was_easy


@kernel
def is_easy(cost, size, room, to, used):
    """Whether there is enough where each line costs least; fills to (n,) with that, and used (H,)."""
    for k in range(to.size):
        to[k] = NOWHERE
        for h in range(used.size):
            if cost[k, h] < FAR and (to[k] == NOWHERE or cost[k, h] < cost[k, to[k]]):
                to[k] = h
    count(size, to, used)
    for h in range(used.size):
        if used[h] > room[h, 0]:
            return False
    return True


@kernel
def count(size, to, used):
    """Fill used (H,): units that are taken from each site."""
    used[:] = 0
    for k in range(to.size):
        if to[k] != NOWHERE:
            used[to[k]] += size[k, 0]


@kernel
def values(cost, left, size, room, used, to, last, following):
    """Fill last and following (H,): what the last unit of a site saves and one more would, as far as one line's going
    elsewhere tells; by unit, of those that it takes or lacks.
    """
    for h in range(used.size):
        least, spare = np.int64(FAR), room[h, 0] - used[h]
        for k in range(to.size):
            units = max(np.int64(1), size[k, 0])
            if to[k] == h and spare == 0:
                least = min(least, (second_best(cost, left, size, room, used, k, h) - cost[k, h]) // units)
            elif to[k] != h and cost[k, h] < FAR:
                saves = (left[k] if to[k] == NOWHERE else cost[k, to[k]]) - cost[k, h]
                following[h] = max(following[h], saves // max(np.int64(1), size[k, 0] - spare))
        last[h] = max(np.int64(0), least) if least < FAR else 0


@kernel
def second_best(cost, left, size, room, used, k, h):
    """What a line costs that does not get its goods from that site: from another that has enough left, or without."""
    found = left[k]
    for other in range(used.size):
        if other != h and size[k, 0] <= room[other, 0] - used[other]:
            found = min(found, cost[k, other])
    return found


SOONEST, SHARE = Direct(soonest), Direct(share)


def sheet_for(lines: int, sites: int) -> Sheet:
    """A sheet for so many lines of one article."""
    n, units = lines, np.zeros((sites, 3), "i8")
    return Sheet(np.empty(n, "i8"), np.zeros((n, 3), "i8"), units, np.empty((n, sites), "i8"), np.empty(n, "i8"),
                 np.empty(n, "i8"), np.empty(sites, "i8"))  # fmt: skip


def blank_shares(lines: int, articles: int, sites: int) -> Shares:
    """Room for the shares of so many."""
    prices, counts = np.zeros((2, articles, sites), "i8"), np.zeros((2, articles), "i8")
    return Shares(np.empty(lines, "i8"), np.empty((lines, sites), "i8"), *prices, *counts)


__all__ = ["SHARE", "SOONEST", "Shares", "blank_shares", "sheet_for"]
