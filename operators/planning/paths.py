"""Paths: lines of one destination change legs one after the other, each time along the cheapest way that there is.

Successive shortest paths in the contracted graph, as `allocation.repair`, for a market that is small enough to look at
all moves: from each leg to each other the cheapest line is kept, without heaps, and found anew when it has moved.
Node v < D is a leg, D is "without", D + 1 the sink.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from tower.table import kernel

NEVER: Final = 1 << 62
NOBODY: Final = -1
NO_MOVE: Final = 1 << 60
"""What a move costs that there is not: less than FAR less any cost, so that FAR needs no question of its own."""


class Sheet(NamedTuple):
    """What a market is solved on, for n lines and D legs.

    wide: (n, D + 1) scaled costs. weight, who: (D + 1, D + 1) what the cheapest move from a leg to another costs, and
    whose it is. load, flow, stale: (D + 1,). excess, distance, ahead, parent: (D + 2,).
    """

    wide: Any
    weight: Any
    who: Any
    load: Any
    flow: Any
    stale: Any
    excess: Any
    distance: Any
    ahead: Any
    parent: Any


@kernel
def offer(wide, i, base, weight, who):
    """Line i, which has `base` where it is, may be cheapest to go elsewhere: weight and who of that leg, (D + 1,)."""
    for v in range(weight.size):
        cost = wide[i, v] - base
        is_less = cost < weight[v]
        weight[v] = cost if is_less else weight[v]
        who[v] = i if is_less else who[v]


@kernel
def survey(wide, taken, weight, who):
    """Fill weight and who. To stay where one is costs nothing, and is a move that no path takes."""
    weight[:] = NO_MOVE
    who[:] = NOBODY
    for i in range(taken.size):
        u = taken[i]
        offer(wide, i, wide[i, u], weight[u], who[u])


@kernel
def move(wide, taken, weight, who, stale, i, u, v):
    """Line i goes from u to v."""
    taken[i], count = v, 0
    for w in range(weight.shape[0]):
        if who[u, w] == i:
            weight[u, w], who[u, w], stale[count] = NO_MOVE, NOBODY, w
            count += 1
    for k in range(taken.size if count else 0):
        if taken[k] == u:
            for c in range(count):
                w = stale[c]
                if wide[k, w] - wide[k, u] < weight[u, w]:
                    weight[u, w], who[u, w] = wide[k, w] - wide[k, u], k
    offer(wide, i, wide[i, v], weight[v], who[v])


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
        t = nearest(room, sheet.flow, sheet.excess, price, sheet.weight, sheet.distance, sheet.ahead, sheet.parent, s)
        rise(price, sheet.distance, sheet.distance[t])
        while True:
            push(taken, sheet, s, t)
            if sheet.excess[s] <= 0 or sheet.excess[t] >= 0 or not is_free(room, price, sheet, s, t):
                break
    price -= price[nodes - 1]


@kernel
def nearest(room, flow, excess, price, weight, distance, ahead, parent, s):
    """The nearest deficit of s by reduced costs (Dijkstra); the way there is in `parent`. There is one: any line may
    stay without a leg. What is nearer has its distance; ahead: distances of what is not, NEVER of the others.
    """
    d = room.size
    distance[:], ahead[:], parent[:] = NEVER, NEVER, NOBODY
    distance[s], u = 0, s
    while excess[u] >= 0:
        start = distance[u] - price[u]
        ahead[u] = NEVER
        if u > d:
            for v in range(d + 1):
                if flow[v] > 0 and start + price[v] < distance[v]:
                    distance[v], ahead[v], parent[v] = start + price[v], start + price[v], u
        else:
            relax(weight[u], price, start, u, distance, ahead, parent)
            if (u == d or flow[u] < room[u]) and start + price[d + 1] < distance[d + 1]:
                distance[d + 1], ahead[d + 1], parent[d + 1] = start + price[d + 1], start + price[d + 1], u
        u = least(ahead)
    return u


@kernel
def relax(weight, price, start, u, distance, ahead, parent):
    """Go on from u, a leg, to the other legs; where a nearer way has been found before, nothing is less."""
    for v in range(weight.size):
        far = start + weight[v] + price[v]
        is_less = far < distance[v]
        distance[v] = far if is_less else distance[v]
        ahead[v] = far if is_less else ahead[v]
        parent[v] = u if is_less else parent[v]


@kernel
def least(ahead):
    """The node that is nearest of those ahead; NOBODY: there is none."""
    best = np.int64(NEVER)
    for v in range(ahead.size):
        best = min(best, ahead[v])
    if best == NEVER:
        return NOBODY
    u = 0
    while ahead[u] != best:
        u += 1
    return u


@kernel
def rise(price, distance, far):
    """Prices that make the way to what is `far` cost nothing and no arc less than nothing."""
    for v in range(price.size):
        price[v] += max(far - distance[v], 0)


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
        elif sheet.weight[u, v] >= NO_MOVE or sheet.weight[u, v] + price[v] != price[u]:
            return False
        v = u
    return True
