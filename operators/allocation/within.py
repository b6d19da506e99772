"""Within: each SKU's lines to its sites at least cost under given prices of shared resources, its stock kept exactly.

SKUs do not touch each other once shared resources have prices, so that each is a small exact problem of its own. What
a SKU has at a site is a cell; the cells of a SKU stand in a row, those of the next follow.
"""

import numpy as np

from operators.allocation import few
from operators.allocation.net import LINES, OUT, SCALE_BITS, WHOLE, WIDTH, Net
from operators.allocation.repair import DONE, WIDEN, build, settle
from tower.compiled import kernel, lean

_NEVER = 1 << 62
BOUNDLESS = 0
"""The cell of options that need no stock."""
NEAR = 512 << SCALE_BITS
"""The reach of heaps to begin with."""


@kernel
def cells_of(first, site, sites, start, where, cell):
    """Number the cells from 1 on, in the order of SKUs and sites: fill start (S + 1,), where each SKU's begin, where
    (C,) the site of each, and cell (N, K + 1), of options at sites below `sites`; how many there are.
    """
    place = np.full(sites + 1, -1)
    count = 1
    for s in range(start.size - 1):
        start[s] = count
        for i in range(first[s], first[s + 1]):
            for k in range(site.shape[1]):
                place[site[i, k]] = 0
        for j in range(sites):
            if place[j] == 0:
                where[count] = j
                place[j] = count
                count += 1
        for i in range(first[s], first[s + 1]):
            for k in range(site.shape[1]):
                cell[i, k] = place[site[i, k]] if site[i, k] < sites else BOUNDLESS
        for a in range(start[s], count):
            place[where[a]] = -1
    start[start.size - 1] = count
    return count


@kernel
def best(skus, first, start, option, cell, cost, price, stock, scarce, at, cents, scratch):
    """Put the lines of these SKUs where they cost least, in `at`; `cents` (S,) says what each costs, prices included.

    first, start: (S + 1,) where each SKU's lines and cells begin. option, cell, cost: (N, K + 1), costs scaled.
    price: (D + 1,) scaled, of shared resources. stock: (C,). scarce: (C,) prices of stock, kept from call to call.
    scratch: a net with as many resources as any of these SKUs has cells, and as many lines.
    """
    wide = np.empty((few.FEW, option.shape[1] + 1), np.int64)
    node = np.empty((few.FEW, option.shape[1] + 1), np.int64)
    work = np.empty((few.ROWS, scratch.room.size + 1), np.int64)
    used = np.zeros(stock.size, np.int64)
    for q in range(skus.size):
        s = skus[q]
        begin, end = first[s], first[s + 1]
        if end - begin <= few.FEW:
            cents[s] = few.place(begin, end, start[s : s + 2], option, cell, cost, price, stock, scarce, at, wide, node,
                                 work)  # fmt: skip
            continue
        if not fits(begin, end, start[s], start[s + 1], option, cell, cost, price, stock, scarce, at, used):
            within_stock(begin, end, start[s], start[s + 1], option, cell, cost, price, stock, scarce, at,
                         scratch)  # fmt: skip
        cents[s] = 0
        for i in range(begin, end):
            cents[s] += (cost[i, at[i]] + price[option[i, at[i]]]) >> SCALE_BITS


@lean
def fits(begin, end, start, stop, option, cell, cost, price, stock, scarce, at, used):
    """Put each line where it costs least at the prices of stock as they are, and whether that is best: there is stock
    for it, and none left that has a price. used: (C,) scratch.
    """
    used[start:stop] = 0
    for i in range(begin, end):
        least = _NEVER
        for k in range(cell.shape[1]):
            here = cost[i, k] + price[option[i, k]] + scarce[cell[i, k]]
            if here < least:
                least = here
                at[i] = k
        used[cell[i, at[i]]] += 1
    for c in range(start, stop):
        if used[c] > stock[c] or (scarce[c] > 0 and used[c] < stock[c]):
            return False
    return True


@lean
def within_stock(begin, end, start, stop, option, cell, cost, price, stock, scarce, at, scratch):
    """The exact solve of one SKU among the sites it is kept at, in a net that all share; its prices begin where they
    were.
    """
    n = end - begin
    W = scratch.room.size
    net = part(scratch, n)
    for i in range(n):
        for k in range(cell.shape[1]):
            c = cell[begin + i, k]
            net.option[i, k] = W if c == BOUNDLESS else c - start
            net.cost[i, k] = cost[begin + i, k] + price[option[begin + i, k]]
        net.at[i] = 0
    net.room[:] = 0
    net.price[:] = 0
    for a in range(stop - start):
        net.room[a] = stock[start + a]
        net.price[a] = scarce[start + a]
    net.meta[LINES] = n
    net.meta[WIDTH] = NEAR
    build(net, True)
    code = settle(net)
    while code != DONE:
        if code == WIDEN:
            net.meta[WIDTH] = min(WHOLE, 4 * net.meta[WIDTH])
        build(net, False)
        code = settle(net)
    for a in range(stop - start):
        scarce[start + a] = max(0, net.price[a])
    for i in range(n):
        at[begin + i] = net.at[i]


@lean
def part(net, n):
    """The same net with the first n lines only."""
    return Net(net.option[:n], net.cost[:n], net.at[:n], net.price, net.room, net.load, net.flow, net.excess, net.root,
               net.reach, net.weight, net.ties, net.distance, net.parent, net.settled, net.meta)  # fmt: skip


@lean
def survey(option, cell, cost, price, scarce, at, width, load, near):
    """Loads of shared resources, (D + 1,), and near ties by pair, of lines that stock does not hold where they are."""
    for i in range(at.size):
        if at[i] == OUT:
            continue
        u = option[i, at[i]]
        load[u] += 1
        here = cost[i, at[i]] + price[u]
        if scarce[cell[i, at[i]]] > 0:
            continue
        for k in range(option.shape[1]):
            v = option[i, k]
            if v != u and cost[i, k] + price[v] - here < width and scarce[cell[i, k]] == 0:
                near[u, v] += 1
