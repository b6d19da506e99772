"""Goods: which sites each line may take its goods from, so that no plan takes more than there is.

What is booked keeps what is reserved for it. Where others want more of a sku at a site than is free there, it is
rationed: by priority, then promise, then key, and whoever comes behind what there is may not go there. That is a rule,
not a price: it makes destinations independent of each other, at the cost of goods that some who are let in do not take.
"""

import numpy as np

from operators.planning.rows import BOOKED, HEAVY, STAGED
from tower.ids import UNKNOWN
from tower.pairing import pair
from tower.table import Direct, find, kernel


@kernel
def free_stock(stock, shelves, hubs, free):
    """Fill free (S, H): units of each sku at each hub that nobody has reserved; -1 where none was ever counted."""
    for s in range(free.shape[0]):
        for h in range(hubs.size):
            c = find(stock, pair(hubs[h], shelves.rows[s].key))
            free[s, h] = -1
            if c >= 0:
                free[s, h] = stock.rows[c].balance - max(stock.rows[c].allocated, 0)


@kernel
def has_own(want, hub):
    """Whether a line's goods are reserved at a site, or stand there."""
    return want.stand in (BOOKED, STAGED) and want.place == hub


@kernel
def wanted(wants, hubs, reach, others):
    """Add to others (S, H): units that lines want of each sku at each hub and have not reserved there.

    reach: (G, H) whether a leg goes from a hub to each goal: where none does, a line wants nothing.
    """
    for i in range(wants.size):
        want = wants[i]
        if want.stand in (STAGED, HEAVY) or want.sku == UNKNOWN:
            continue
        for h in range(hubs.size):
            if reach[want.at_goal, h] and not has_own(want, hubs[h]):
                others[want.shelf, h] += want.quantity


@kernel
def ration(wants, order, hubs, reach, free, others, taken, allow):
    """Fill allow (n, H). order: the lines by (sku, priority, promise, key), as far as they want what is short.

    taken: (S, H) begins with nought.
    """
    for i in range(wants.size):
        want = wants[i]
        for h in range(hubs.size):
            own = has_own(want, hubs[h])
            there = want.stand not in (STAGED, HEAVY) and want.quantity <= free[want.shelf, h]
            allow[i, h] = own or there
    for i in order:
        want, shelf = wants[i], wants[i].shelf
        for h in range(hubs.size):
            is_short = others[shelf, h] > free[shelf, h]
            goes = reach[want.at_goal, h] and want.stand not in (STAGED, HEAVY)
            if is_short and goes and not has_own(want, hubs[h]):
                taken[shelf, h] += want.quantity
                allow[i, h] = allow[i, h] and taken[shelf, h] <= free[shelf, h]


@kernel
def compare(wants, rows, hubs, allow, changed):
    """Write which sites each line may take from into `rows` of `wants`; changed: goals for which that is new."""
    for i in range(rows.size):
        mark = np.uint64(0)
        for h in range(hubs.size):
            if allow[i, h]:
                mark ^= pair(hubs[h], np.uint64(1))
        want = wants[rows[i]]
        if want.allowed != mark:
            want.allowed = mark
            changed[want.at_goal] = 1


FREE_STOCK, WANTED, RATION, COMPARE = Direct(free_stock), Direct(wanted), Direct(ration), Direct(compare)
