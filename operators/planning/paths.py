"""Paths: lines of one destination change legs one after the other, each time along the cheapest way that there is.

Successive shortest paths in the contracted graph, as `allocation.repair`, for a market that is small enough to look at
all moves: from each leg to each other the cheapest line is kept, without heaps, and found anew when it has moved.
Node v < D is a leg, D is "without", D + 1 the sink.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.allocation.net import FAR
from tower.table import kernel

NEVER: Final = 1 << 62
NOBODY: Final = -1


class Sheet(NamedTuple):
    """What a market is solved on, for n lines and D legs.

    wide: (n, D + 1) scaled costs. weight, who: (D + 1, D + 1) what the cheapest move from a leg to another costs, and
    whose it is. load, flow, stale: (D + 1,). excess, distance, parent, settled: (D + 2,).
    """

    wide: Any
    weight: Any
    who: Any
    load: Any
    flow: Any
    stale: Any
    excess: Any
    distance: Any
    parent: Any
    settled: Any


def blank_sheet(lines: int, legs: int) -> Sheet:
    """A sheet to write on."""
    d = legs + 1
    return Sheet(
        np.empty((lines, d), "i8"), np.empty((d, d), "i8"), np.empty((d, d), "i4"), np.empty(d, "i8"),
        np.empty(d, "i8"), np.empty(d, "i8"), np.empty(d + 1, "i8"), np.empty(d + 1, "i8"), np.empty(d + 1, "i8"),
        np.empty(d + 1, "?"),
    )  # fmt: skip


@kernel
def offer(wide, weight, who, i, u, v):
    """Line i, which is at u, may be the cheapest to go to v."""
    if v != u and wide[i, v] < FAR and wide[i, v] - wide[i, u] < weight[u, v]:
        weight[u, v], who[u, v] = wide[i, v] - wide[i, u], i


@kernel
def survey(wide, taken, weight, who):
    """Fill weight and who."""
    weight[:] = FAR
    who[:] = NOBODY
    for i in range(taken.size):
        for v in range(weight.shape[0]):
            offer(wide, weight, who, i, taken[i], v)


@kernel
def move(wide, taken, weight, who, stale, i, u, v):
    """Line i goes from u to v."""
    taken[i], count = v, 0
    for w in range(weight.shape[0]):
        if who[u, w] == i:
            weight[u, w], who[u, w], stale[count] = FAR, NOBODY, w
            count += 1
    for k in range(taken.size if count else 0):
        if taken[k] == u:
            for c in range(count):
                offer(wide, weight, who, k, u, stale[c])
    for w in range(weight.shape[0]):
        offer(wide, weight, who, i, v, w)


@kernel
def balance(room, price, load, flow, excess):
    """Flows to the sink as the prices allow them, and what is in excess by that: a leg with a price is full."""
    d = room.size
    excess[d + 1] = 0
    for j in range(d + 1):
        flow[j] = load[j] if j == d else room[j] if price[j] > 0 else min(load[j], room[j])
        excess[j] = load[j] - flow[j]
        excess[d + 1] -= excess[j]


@kernel
def settle(room, price, taken, sheet):
    """Move all excess to deficits. Prices end with the sink at nought."""
    nodes = room.size + 2
    while True:
        s = 0
        while s < nodes and sheet.excess[s] <= 0:
            s += 1
        if s == nodes:
            break
        t = nearest(room, sheet.flow, sheet.excess, price, sheet.weight, sheet.distance, sheet.parent, sheet.settled, s)
        rise(price, sheet.distance, sheet.settled, sheet.distance[t])
        while True:
            push(taken, sheet, s, t)
            if sheet.excess[s] <= 0 or sheet.excess[t] >= 0 or not is_free(room, price, sheet, s, t):
                break
    price -= price[nodes - 1]


@kernel
def nearest(room, flow, excess, price, weight, distance, parent, settled, s):
    """The nearest deficit of s by reduced costs (Dijkstra); the way there is in `parent`. There is one: any line may
    stay without a leg.
    """
    d = room.size
    distance[:], parent[:], settled[:] = NEVER, NOBODY, False
    distance[s] = 0
    while True:
        u = least(distance, settled)
        settled[u] = True
        if excess[u] < 0:
            return u
        start = distance[u] - price[u]
        if u > d:
            for v in range(d + 1):
                if not settled[v] and flow[v] > 0 and start + price[v] < distance[v]:
                    distance[v], parent[v] = start + price[v], u
            continue
        for v in range(d + 1):
            if not settled[v] and weight[u, v] < FAR and start + weight[u, v] + price[v] < distance[v]:
                distance[v], parent[v] = start + weight[u, v] + price[v], u
        if not settled[d + 1] and (u == d or flow[u] < room[u]) and start + price[d + 1] < distance[d + 1]:
            distance[d + 1], parent[d + 1] = start + price[d + 1], u


@kernel
def least(distance, settled):
    """The node that is nearest of those that are not settled; NOBODY: none can be reached."""
    u, best = NOBODY, np.int64(NEVER)
    for v in range(distance.size):
        if not settled[v] and distance[v] < best:
            u, best = v, distance[v]
    return u


@kernel
def rise(price, distance, settled, far):
    """Prices that make the way to what is `far` cost nothing and no arc less than nothing."""
    for v in range(price.size):
        if settled[v] and distance[v] < far:
            price[v] += far - distance[v]


@kernel
def push(taken, sheet, s, t):
    """Take one unit along the way."""
    sink, v = sheet.excess.size - 1, t
    while v != s:
        u = sheet.parent[v]
        if v == sink:
            sheet.flow[u] += 1
        elif u == sink:
            sheet.flow[v] -= 1
        else:
            sheet.load[u] -= 1
            sheet.load[v] += 1
            move(sheet.wide, taken, sheet.weight, sheet.who, sheet.stale, sheet.who[u, v], u, v)
        v = u
    sheet.excess[s] -= 1
    sheet.excess[t] += 1


@kernel
def is_free(room, price, sheet, s, t):
    """Whether the way still costs nothing, so that one more unit may take it."""
    sink, v = sheet.excess.size - 1, t
    while v != s:
        u = sheet.parent[v]
        if v == sink:
            if u < room.size and sheet.flow[u] >= room[u]:
                return False
        elif u == sink:
            if sheet.flow[v] <= 0:
                return False
        elif sheet.weight[u, v] >= FAR or sheet.weight[u, v] + price[v] != price[u]:
            return False
        v = u
    return True
