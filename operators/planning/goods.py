"""Goods: which sites each line may take its goods from, so that no plan takes more than there is.

What is booked keeps what is reserved for it. Where others want more of an article at a site than is free there, it is
rationed: first to the lines that are to have theirs from there (`shares`), then, what is left, so that lines have a
choice of legs: to lines that have none, by priority, promise and key. Whoever wants more than is left may not go there,
and holds nothing back for those behind. So destinations are independent of each other, and no goods are taken twice.
"""

from typing import Final

import numpy as np

from operators.planning.rows import BOOKED, OPEN, OUTBID, STAGED
from tower.ids import UNKNOWN
from tower.pairing import pair
from tower.table import Direct, find, kernel

UNCOUNTED: Final = -(1 << 40)
"""Units of which nobody knows whether there are any."""
SOME: Final = 1
"""A destination's lines may take goods otherwise than before, but as its plan has them do. Else it is OUTBID."""


@kernel
def free_stock(stock, shelves, hubs, free):
    """Fill free (S, H): units of each sku at each hub that nobody has reserved, below nought where more are reserved
    than there are; UNCOUNTED where none was ever counted.
    """
    for s in range(free.shape[0]):
        for h in range(hubs.size):
            c = find(stock, pair(hubs[h], shelves.rows[s].key))
            free[s, h] = UNCOUNTED
            if c >= 0:
                free[s, h] = stock.rows[c].balance - max(stock.rows[c].allocated, 0)


@kernel
def has_own(want, hub):
    """Whether a line's goods are reserved at a site, or stand there."""
    return want.stand in (BOOKED, STAGED) and want.place == hub


@kernel
def has_some(want):
    """Whether goods are reserved for a line on a leg that goes: of others it is only to choose."""
    return want.stand == BOOKED and want.is_off == 0


@kernel
def wanted(wants, hubs, reach, others):
    """Add to others (S, H): units that lines want of each sku at each hub and have not reserved there.

    reach: (G, H) whether a leg goes from a hub to each goal: where none does, a line wants nothing.
    """
    for i in range(wants.size):
        want = wants[i]
        if want.stand == STAGED or want.sku == UNKNOWN:
            continue
        for h in range(hubs.size):
            if reach[want.at_goal, h] and not has_own(want, hubs[h]):
                others[want.shelf, h] += want.quantity


@kernel
def may_share(want, plays):
    """Whether a line may have its goods from elsewhere than it has them, or has none yet."""
    return plays and want.stand in (OPEN, BOOKED)


@kernel
def is_scarce(free, others, s):
    """Whether others want more of a sku than there is at some hub, and it was ever counted."""
    is_known, short = False, False
    for h in range(free.shape[1]):
        is_known, short = is_known or free[s, h] != UNCOUNTED, short or others[s, h] > free[s, h]
    return is_known and short


@kernel
def comes_first(a, b, by_sku):
    """Whether line a is served before line b; by_sku: of one sku after the other, who has goods already comes last."""
    if by_sku and a.shelf != b.shelf:
        return a.shelf < b.shelf
    if by_sku and has_some(a) != has_some(b):
        return has_some(b)
    if a.priority != b.priority:
        return a.priority < b.priority
    if a.promised_by != b.promised_by:
        return a.promised_by < b.promised_by
    return a.key < b.key


@kernel
def queue(wants, free, others, begins, order):
    """Fill `order` with the lines whose sku is scarce, as they are served; how many, and at most of one sku.

    begins: room for one more than there are skus.
    """
    begins[:] = 0
    for i in range(wants.size):
        begins[wants[i].shelf] += 1
    ends, most = np.int64(0), np.int64(0)
    for s in range(begins.size - 1):
        most = max(most, begins[s])
        is_short = is_scarce(free, others, s)
        ends += begins[s] if is_short else 0
        begins[s] = ends if is_short else -1
    begins[-1] = ends
    for i in range(wants.size - 1, -1, -1):
        if begins[wants[i].shelf] >= 0:
            begins[wants[i].shelf] -= 1
            order[begins[wants[i].shelf]] = i
    line_up(wants, order[:ends], True, most)
    return ends, most


@kernel
def line_up(wants, order, by_sku, most):
    """Sort lines as they are served (Shell 1959). most: how far from its place one stands at most."""
    gap = 1
    while 9 * gap < most:
        gap = 3 * gap + 1
    while gap > 0:
        for n in range(gap, order.size):
            i, at = order[n], n
            while at >= gap and comes_first(wants[i], wants[order[at - gap]], by_sku):
                order[at] = order[at - gap]
                at -= gap
            order[at] = i
        gap //= 3


@kernel
def ration(wants, order, takes, hubs, reach, free, others, taken, allow):
    """Fill allow (n, H). order: the lines as they are served, sku after sku, as far as they want what is short. takes:
    (n,) the site that each is to have its goods from, or NOWHERE.

    taken: (S, H) begins with nought.
    """
    for i in range(wants.size):
        want = wants[i]
        for h in range(hubs.size):
            own = has_own(want, hubs[h])
            there = want.stand != STAGED and want.quantity <= free[want.shelf, h]
            allow[i, h] = own or there
    for turn in range(2):
        for i in order:
            want, shelf = wants[i], wants[i].shelf
            for h in range(hubs.size):
                is_short = others[shelf, h] > free[shelf, h]
                goes = reach[want.at_goal, h] and want.stand != STAGED
                if is_short and goes and not has_own(want, hubs[h]) and (takes[i] == h) == (turn == 0):
                    allow[i, h] = allow[i, h] and taken[shelf, h] + want.quantity <= free[shelf, h]
                    taken[shelf, h] += want.quantity * allow[i, h]


@kernel
def counts_on(want, ways):
    """The site that the newest plan has a line take goods from which it does not have; UNKNOWN if there is none."""
    if want.to_leg == UNKNOWN or want.to_leg == want.leg:
        return UNKNOWN
    w = find(ways, want.to_leg)
    if w < 0 or not ways.rows[w].is_open or has_own(want, ways.rows[w].origin):
        return UNKNOWN
    return ways.rows[w].origin


@kernel
def compare(wants, ways, copies, rows, hubs, allow, changed):
    """Write which sites each line may take from, and what it gives way for, into `rows` of `wants`; changed: goals for
    which that is new, SOME, or is another than the one that a plan counts on, OUTBID.
    """
    for i in range(rows.size):
        mark, is_outbid, want = np.uint64(copies[i].gives), False, copies[i]
        site = counts_on(want, ways)
        for h in range(hubs.size):
            if allow[i, h]:
                mark ^= pair(hubs[h], np.uint64(1))
            elif hubs[h] == site:
                is_outbid = True
        if want.allowed != mark or is_outbid:
            wants[rows[i]].allowed = mark
            changed[want.at_goal] = max(changed[want.at_goal], OUTBID if is_outbid else SOME)


FREE_STOCK, WANTED, QUEUE = Direct(free_stock), Direct(wanted), Direct(queue)
RATION, COMPARE = Direct(ration), Direct(compare)
