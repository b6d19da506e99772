"""Within: each SKU's lines to its sites at least cost under given prices of shared resources, its stock kept exactly.

SKUs do not touch each other once shared resources have prices, so that each is a small exact problem of its own.
"""

import numpy as np

from operators.allocation.heaps import cheapest
from operators.allocation.net import LINES, OUT, SCALE_BITS, WHOLE, WIDTH, Net
from operators.allocation.repair import DONE, build, settle
from tower.compiled import kernel


@kernel
def sites_of(first, site, stock, known, sites, local):
    """Number the sites that each SKU's lines have options at: how many each has, in order in `known` (S, W), and where
    each option's is among them, `local` (N, K + 1).
    """
    W = stock.shape[1]
    place = np.empty(W + 1, np.int64)
    for s in range(sites.size):
        place[:] = -1
        for i in range(first[s], first[s + 1]):
            for k in range(site.shape[1]):
                place[site[i, k]] = 0
        count = 0
        for j in range(W):
            if place[j] == 0:
                known[s, count] = j
                place[j] = count
                count += 1
        sites[s] = count
        for i in range(first[s], first[s + 1]):
            for k in range(site.shape[1]):
                local[i, k] = place[site[i, k]] if site[i, k] < W else -1


@kernel
def best(first, skus, option, site, cost, price, stock, known, sites, local, scarce, at, cents, scratch):
    """Put the lines of these SKUs where they cost least, in `at`; `cents` (S,) says what each costs, prices included.

    first: (S + 1,) where each SKU's lines begin. option, site, cost: (N, K + 1), scaled. price: (D + 1,) scaled, of
    shared resources. stock: (S, W). known, sites, local: from `sites_of`. scarce: (S, W + 2) prices of stock, kept from
    call to call. scratch: a net with as many resources as any of these SKUs has sites, or more.
    """
    used = np.zeros(stock.shape[1] + 1, np.int64)
    for q in range(skus.size):
        s = skus[q]
        if not fits(first[s], first[s + 1], option, site, cost, price, stock[s], scarce[s], known[s], sites[s], at,
                    used):  # fmt: skip
            within_stock(first[s], first[s + 1], option, local, cost, price, stock[s], scarce[s], known[s], sites[s],
                         at, scratch)  # fmt: skip
        cents[s] = 0
        for i in range(first[s], first[s + 1]):
            cents[s] += (cost[i, at[i]] + price[option[i, at[i]]]) >> SCALE_BITS


@kernel
def fits(begin, end, option, site, cost, price, stock, scarce, known, sites, at, used):
    """Put each line where it costs least, and whether there is stock for that; not tried where stock has a price."""
    for a in range(sites):
        used[known[a]] = 0
        if scarce[known[a]] > scarce[stock.size + 1]:
            return False
    for i in range(begin, end):
        at[i] = cheapest(option, cost, price, i)
        j = site[i, at[i]]
        used[j] += 1
        if j < stock.size and used[j] > stock[j]:
            return False
    return True


@kernel
def within_stock(begin, end, option, local, cost, price, stock, scarce, known, sites, at, scratch):
    """The exact solve of one SKU among the sites it is kept at, in a net that all share; its prices begin where they
    were.
    """
    n = end - begin
    W = scratch.room.size
    net = part(scratch, n)
    for i in range(n):
        for k in range(local.shape[1]):
            j = local[begin + i, k]
            net.option[i, k] = j if j >= 0 else W
            net.cost[i, k] = cost[begin + i, k] + price[option[begin + i, k]]
        net.at[i] = 0
    net.room[:] = 0
    net.price[:] = 0
    for a in range(sites):
        net.room[a] = stock[known[a]]
        net.price[a] = scarce[known[a]]
    net.price[W] = scarce[stock.size]
    net.price[W + 1] = scarce[stock.size + 1]
    net.meta[LINES] = n
    net.meta[WIDTH] = WHOLE
    build(net, True)
    while settle(net) != DONE:
        build(net, False)
    for a in range(sites):
        scarce[known[a]] = net.price[a]
    scarce[stock.size] = net.price[W]
    scarce[stock.size + 1] = net.price[W + 1]
    at[begin:end] = net.at


@kernel
def part(net, n):
    """The same net with the first n lines only."""
    return Net(net.option[:n], net.cost[:n], net.at[:n], net.price, net.room, net.load, net.flow, net.excess, net.root,
               net.reach, net.weight, net.ties, net.distance, net.parent, net.settled, net.meta)  # fmt: skip


@kernel
def survey(option, site, cost, price, scarce, sku, at, width, load, near):
    """Loads of shared resources, (D + 1,), and near ties by pair, of lines that stock does not hold where they are."""
    sites = scarce.shape[1] - 2
    for i in range(at.size):
        if at[i] == OUT:
            continue
        u = option[i, at[i]]
        load[u] += 1
        here = cost[i, at[i]] + price[u]
        if is_scarce(scarce, sku[i], site[i, at[i]], sites):
            continue
        for k in range(option.shape[1]):
            v = option[i, k]
            if v != u and cost[i, k] + price[v] - here < width and not is_scarce(scarce, sku[i], site[i, k], sites):
                near[u, v] += 1


@kernel
def is_scarce(scarce, s, j, sites):
    """Whether stock of SKU s at site j has a price."""
    return j < sites and scarce[s, j] > scarce[s, sites + 1]
