"""Repair: exact again, by successive shortest paths in the contracted graph (Ahuja, Magnanti, Orlin 1993, 9.7).

Between calls every line is where it costs least at the prices, a resource that is not full is free, and nothing is in
excess. An event puts one unit of excess somewhere; each path takes one unit to a deficit and raises prices so that all
of that holds again.
"""

import numpy as np

from operators.allocation.heaps import add_all, cheapest, merge, refresh
from operators.allocation.net import AUGMENTED, FAR, LINES, OUT, REBUILT, SCANNED, USED, WHOLE, WIDTH, scale_one
from tower.compiled import lean

DONE, WIDEN, FULL, STUCK, SHOCKED = range(5)
_NEVER = 1 << 62


@lean
def build(net, choose):
    """Heaps, loads, flows and excess anew from the prices; `choose` puts each line where it costs least first.

    False: the pool is full.
    """
    D = net.room.size
    net.meta[USED] = 0
    net.meta[REBUILT] += 1
    net.meta[SCANNED] += 1
    width = net.meta[WIDTH]
    for u in range(D + 1):
        net.load[u] = 0
        for v in range(D + 1):
            net.root[u, v] = -1
            net.weight[u, v] = FAR
            net.reach[u, v] = WHOLE if width >= WHOLE else net.price[u] - net.price[v] + width
    if not fill(net.option, net.cost, net.at, net.price, net.load, net.root, net.weight, net.reach, net.ties, net.meta,
                choose):  # fmt: skip
        return False
    balance(net)
    return True


@lean
def fill(option, cost, at, price, load, root, weight, reach, ties, meta, choose):
    """Loads and heaps of all lines. False: the pool is full."""
    for i in range(at.size):
        if at[i] == OUT:
            continue
        if choose:
            at[i] = cheapest(option, cost, price, i)
        load[option[i, at[i]]] += 1
        if not add_all(option, cost, at, root, weight, reach, ties, meta, i):
            return False
    return True


@lean
def balance(net):
    """Flows to the sink as the prices allow them, and what is in excess by that."""
    D = net.room.size
    net.excess[D + 1] = -net.meta[LINES]
    for j in range(D + 1):
        net.flow[j] = flowing(net, j)
        net.excess[j] = net.load[j] - net.flow[j]
        net.excess[D + 1] += net.flow[j]


@lean
def flowing(net, j):
    """Units from j to the sink: all it takes while it has a price, none while it would cost, else what is there."""
    D = net.room.size
    if j == D:
        return net.load[D] if net.price[D] == net.price[D + 1] else np.int64(0)
    if net.price[j] > net.price[D + 1]:
        return net.room[j]
    if net.price[j] < net.price[D + 1]:
        return np.int64(0)
    return min(net.load[j], net.room[j])


@lean
def settle_unless(net, most):
    """As `settle`; SHOCKED where more than that is in excess."""
    excess = 0
    for v in range(net.excess.size):
        excess += max(0, net.excess[v])
    return SHOCKED if excess > most else settle(net)


@lean
def settle(net):
    """Move all excess to deficits. DONE, or WIDEN, FULL: build anew with more reach or nodes and go on."""
    D = net.room.size
    while True:
        s = -1
        for v in range(D + 2):
            if net.excess[v] > 0:
                s = v
                break
        if s < 0:
            level(net)
            return DONE
        t = nearest(net, s)
        if t < 0:
            return STUCK
        known = is_known(net, s, t)
        rise(net, t)
        if not known:
            return WIDEN
        while True:
            if not push(net, s, t):
                return FULL
            if net.excess[s] <= 0 or net.excess[t] >= 0 or not is_free(net, s, t):
                break


@lean
def nearest(net, s):
    """The nearest deficit of s by reduced costs (Dijkstra), or -1; the way there is in `parent`."""
    return search(net.room, net.flow, net.excess, net.price, net.weight, net.reach, net.distance, net.parent,
                  net.settled, net.meta[WIDTH] >= WHOLE, s)  # fmt: skip


@lean
def search(room, flow, excess, price, weight, reach, distance, parent, settled, whole, s):
    """As `nearest`; arrays by name, since kernels are slow to take them out of a tuple."""
    D = room.size
    for v in range(D + 2):
        distance[v] = _NEVER
        parent[v] = -1
        settled[v] = False
    distance[s] = 0
    while True:
        u = -1
        least = _NEVER
        for v in range(D + 2):
            if not settled[v] and distance[v] < least:
                least = distance[v]
                u = v
        if u < 0:
            return -1
        settled[u] = True
        if excess[u] < 0:
            return u
        start = least - price[u]
        if u > D:
            for v in range(D + 1):
                if not settled[v] and flow[v] > 0 and start + price[v] < distance[v]:
                    distance[v] = start + price[v]
                    parent[v] = u
            continue
        for v in range(D + 1):
            if settled[v]:
                continue
            w = weight[u, v]
            if w > reach[u, v]:
                if whole:
                    continue
                w = reach[u, v] + 1
            if start + w + price[v] < distance[v]:
                distance[v] = start + w + price[v]
                parent[v] = u
        sink = D + 1
        if not settled[sink] and (u == D or flow[u] < room[u]) and start + price[sink] < distance[sink]:
            distance[sink] = start + price[sink]
            parent[sink] = u


@lean
def is_known(net, s, t):
    """Whether every arc on the way is within reach: beyond it there may be cheaper moves than the heaps know."""
    D = net.room.size
    v = t
    while v != s:
        u = net.parent[v]
        if u <= D and v <= D and net.weight[u, v] > net.reach[u, v]:
            return False
        v = u
    return True


@lean
def rise(net, t):
    """Prices that make the way to t cost nothing and no arc less than nothing."""
    far = net.distance[t]
    for v in range(net.price.size):
        if net.settled[v] and net.distance[v] < far:
            net.price[v] += far - net.distance[v]


@lean
def is_free(net, s, t):
    """Whether the way still costs nothing, so that one more unit may take it."""
    D = net.room.size
    v = t
    while v != s:
        u = net.parent[v]
        if v > D:
            if u != D and net.flow[u] >= net.room[u]:
                return False
        elif u > D:
            if net.flow[v] <= 0:
                return False
        elif net.weight[u, v] > net.reach[u, v] or net.weight[u, v] + net.price[v] != net.price[u]:
            return False
        v = u
    return True


@lean
def push(net, s, t):
    """Take one unit along the way. False: the pool is full (the lines have moved all the same)."""
    D = net.room.size
    fits = True
    v = t
    while v != s:
        u = net.parent[v]
        if v > D:
            net.flow[u] += 1
        elif u > D:
            net.flow[v] -= 1
        else:
            fits = step(net, u, v) and fits
        v = u
    net.excess[s] -= 1
    net.excess[t] += 1
    net.meta[AUGMENTED] += 1
    return fits


@lean
def step(net, u, v):
    """The cheapest line at u goes to v."""
    root, ties = net.root, net.ties
    a = root[u, v]
    i = ties[a].line
    root[u, v] = merge(ties, ties[a].left, ties[a].right)
    net.at[i] = ties[a].slot
    net.load[u] -= 1
    net.load[v] += 1
    refresh(net.option, net.cost, net.at, root, net.weight, ties, i, u, v)
    return add_all(net.option, net.cost, net.at, root, net.weight, net.reach, ties, net.meta, i)


@lean
def level(net):
    """Prices with the sink at nought: only differences mean something, and they must not grow for ever."""
    off = net.price[net.price.size - 1]
    if off != 0:
        for v in range(net.price.size):
            net.price[v] -= off


@lean
def enter(net, i):
    """Line i takes part, where it costs least. False: the pool is full."""
    net.at[i] = cheapest(net.option, net.cost, net.price, i)
    u = net.option[i, net.at[i]]
    net.load[u] += 1
    net.excess[u] += 1
    net.excess[net.room.size + 1] -= 1
    net.meta[LINES] += 1
    return add_all(net.option, net.cost, net.at, net.root, net.weight, net.reach, net.ties, net.meta, i)


@lean
def leave(net, i):
    """Line i takes no part any more."""
    u = net.option[i, net.at[i]]
    net.at[i] = OUT
    net.load[u] -= 1
    net.excess[u] -= 1
    net.excess[net.room.size + 1] += 1
    net.meta[LINES] -= 1
    refresh(net.option, net.cost, net.at, net.root, net.weight, net.ties, i, u, OUT)


@lean
def make_room(net, j, room):
    """Resource j takes `room` units from now on."""
    net.room[j] = room
    before = net.flow[j]
    net.flow[j] = flowing(net, j)
    net.excess[j] += before - net.flow[j]
    net.excess[net.room.size + 1] += net.flow[j] - before


@lean
def change(net, ids, rows, key, option, cost, unserved):
    """Lines `rows` get these options and costs (n, K) and penalties (n,), in cents. False: the pool is full (all have
    changed all the same).
    """
    fits = True
    for q in range(rows.size):
        fits = change_one(net, ids, rows[q], key[q], option[q], cost[q], unserved[q]) and fits
    return fits


@lean
def change_one(net, ids, i, key, option, cost, unserved):
    """As `change`, for one line."""
    if net.at[i] != OUT:
        leave(net, i)
    scale_one(key, option, cost, unserved, ids, net.room.size, net.option[i], net.cost[i])
    return enter(net, i)


@lean
def follow(net, ids, rows, key, option, cost, unserved, start):
    """Events one by one from `start`, each settled before the next: line `rows[q]` gets what row q says.

    How many are done, and a code other than DONE where the last of them needs the heaps anew.
    """
    for q in range(start, rows.size):
        fits = change_one(net, ids, rows[q], key[q], option[q], cost[q], unserved[q])
        code = settle(net) if fits else FULL
        if code != DONE:
            return q + 1, code
    return rows.size, DONE
