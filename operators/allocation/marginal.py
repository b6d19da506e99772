"""Marginal: what one unit less and one unit more of each resource would be worth, and the proof that a plan is optimal.

Both values are differences of optimal costs, so they do not depend on how the plan was found, as potentials do: the
last unit is what the market would pay not to lose it, the next what it would pay to get one; they can differ tenfold.
"""

import numpy as np

from operators.allocation.net import FAR, OUT, SCALE_BITS
from tower.compiled import kernel

_NEVER = 1 << 62


@kernel
def moves(option, cost, at, weight):
    """What the cheapest move between any two resources costs, (D + 1, D + 1), by one scan of the lines."""
    weight[:] = FAR
    for i in range(at.size):
        k = at[i]
        if k == OUT:
            continue
        u = option[i, k]
        for s in range(option.shape[1]):
            v = option[i, s]
            if v != u and cost[i, s] < FAR and cost[i, s] - cost[i, k] < weight[u, v]:
                weight[u, v] = cost[i, s] - cost[i, k]


@kernel
def reduced(weight, price, load, room):
    """Reduced costs of all residual arcs, (D + 2, D + 2), the sink last; _NEVER where there is none."""
    D = room.size
    arcs = np.full((D + 2, D + 2), _NEVER)
    for u in range(D + 1):
        for v in range(D + 1):
            if weight[u, v] < FAR:
                arcs[u, v] = weight[u, v] + price[v] - price[u]
        if u == D or load[u] < room[u]:
            arcs[u, D + 1] = price[D + 1] - price[u]
        if load[u] > 0:
            arcs[D + 1, u] = price[u] - price[D + 1]
    return arcs


@kernel
def distances(arcs, s):
    """From s to every node (Dijkstra), _NEVER where no way leads."""
    n = arcs.shape[0]
    distance = np.full(n, _NEVER)
    settled = np.zeros(n, np.bool_)
    distance[s] = 0
    while True:
        u = -1
        least = _NEVER
        for v in range(n):
            if not settled[v] and distance[v] < least:
                least = distance[v]
                u = v
        if u < 0:
            return distance
        settled[u] = True
        for v in range(n):
            if not settled[v] and arcs[u, v] < _NEVER and least + arcs[u, v] < distance[v]:
                distance[v] = least + arcs[u, v]


@kernel
def values(net):
    """Cents that the last unit of each resource saves and that the next would save, (D,) each, 0 where it is not full.

    Scans the lines once; the net must be settled.
    """
    D = net.room.size
    last = np.zeros(D, np.int64)
    following = np.zeros(D, np.int64)
    weight = np.empty((D + 1, D + 1), np.int64)
    moves(net.option, net.cost, net.at, weight)
    arcs = reduced(weight, net.price, net.load, net.room)
    come = distances(arcs, D + 1)
    go = distances(arcs.T.copy(), D + 1)
    half = np.int64(1) << (SCALE_BITS - 1)
    for j in range(D):
        if net.load[j] < net.room[j]:
            continue
        price = net.price[j] - net.price[D + 1]
        if net.load[j] > 0 and go[j] < _NEVER:
            last[j] = max(0, (go[j] + price + half) >> SCALE_BITS)
        if come[j] < _NEVER:
            following[j] = max(0, (price - come[j] + half) >> SCALE_BITS)
    return last, following


@kernel
def gap(net):
    """Cents between what the plan costs and what the prices prove that any plan costs; inf where room is exceeded.

    Counts everything anew: each line's distance from its cheapest option, each priced resource's unused room.
    """
    D = net.room.size
    unit = 1.0 / (1 << SCALE_BITS)
    load = np.zeros(D + 1, np.int64)
    total = 0.0
    for i in range(net.at.size):
        k = net.at[i]
        if k == OUT:
            continue
        here = net.cost[i, k] + net.price[net.option[i, k]]
        least = here
        for s in range(net.option.shape[1]):
            least = min(least, net.cost[i, s] + net.price[net.option[i, s]])
        load[net.option[i, k]] += 1
        total += (here - least) * unit
    for j in range(D):
        price = net.price[j] - net.price[D + 1]
        if load[j] > net.room[j] or (price < 0 and load[j] > 0):
            return np.inf
        total += max(0, price) * unit * (net.room[j] - load[j])
    if net.price[D] > net.price[D + 1] or (load[D] > 0 and net.price[D] < net.price[D + 1]):
        return np.inf
    return total
