"""Few: one SKU's lines to its sites at least cost, its stock kept exactly, where lines are few: no heaps, no matrices.

As `repair`, by successive shortest paths from the prices that were best before; a path looks at the lines themselves,
which for a few of them takes less than making heaps. Node W is "no stock needed", unserved lines among others, and
the sink.
"""

from operators.allocation.net import SCALE_BITS
from tower.compiled import lean

FEW = 40
"""Lines, at most."""
_NEVER = 1 << 62
ROWS = 9
"""Of `work`, a column a node."""
(_PRICE, _ROOM, _FLOW, _EXCESS, _DISTANCE, _PARENT, _LINE, _SLOT, _SETTLED) = range(ROWS)


@lean
def place(begin, end, first, option, cell, cost, price, stock, scarce, at, wide, node, work):
    """Put lines begin .. end where they cost least, in `at`; cents of that, prices of resources included.

    first: (2,) where the SKU's cells begin and end. stock, scarce: by cell, the latter kept from call to call.
    wide, node: (FEW, K + 2), work: (ROWS, most cells + 1), all scratch.
    """
    sites = first[1] - first[0]
    for a in range(sites):
        work[_PRICE, a] = scarce[first[0] + a]
        work[_ROOM, a] = stock[first[0] + a]
    choose(begin, end, first[0], sites, option, cell, cost, price, wide, node, work)
    settle(end - begin, sites, wide, node, work)
    for a in range(sites):
        scarce[first[0] + a] = max(0, work[_PRICE, a] - work[_PRICE, sites])
    cents, last = 0, wide.shape[1] - 1
    for i in range(end - begin):
        at[begin + i] = wide[i, last]
        cents += wide[i, wide[i, last]] >> SCALE_BITS
    return cents


@lean
def choose(begin, end, first, sites, option, cell, cost, price, wide, node, work):
    """Fill `wide`, what options cost with prices, `node`, where they lead, the last of both being where each line is:
    where it costs least; and by that flows and what is in excess.
    """
    last = wide.shape[1] - 1
    work[_PRICE, sites] = 0
    for a in range(sites + 1):
        work[_EXCESS, a] = 0
    for i in range(end - begin):
        least = _NEVER
        for k in range(last):
            c = cell[begin + i, k]
            v = c - first if c > 0 else sites
            node[i, k] = v
            wide[i, k] = cost[begin + i, k] + price[option[begin + i, k]]
            if wide[i, k] + work[_PRICE, v] < least:
                least = wide[i, k] + work[_PRICE, v]
                wide[i, last] = k
                node[i, last] = v
        work[_EXCESS, node[i, last]] += 1
    work[_EXCESS, sites] = 0
    for a in range(sites):
        flow = work[_ROOM, a] if work[_PRICE, a] > 0 else min(work[_EXCESS, a], work[_ROOM, a])
        work[_FLOW, a] = flow
        work[_EXCESS, a] -= flow
        work[_EXCESS, sites] -= work[_EXCESS, a]


@lean
def settle(lines, sites, wide, node, work):
    """Move all excess to where there is too little."""
    s = 0
    while s <= sites:
        if work[_EXCESS, s] <= 0:
            s += 1
            continue
        t = search(lines, sites, wide, node, work, s)
        push(sites, wide, node, work, s, t)


@lean
def search(lines, sites, wide, node, work, s):
    """The nearest node that has too little (Dijkstra), the way to it in `work`; prices rise as far as that is."""
    last = wide.shape[1] - 1
    for v in range(sites + 1):
        work[_DISTANCE, v] = _NEVER
        work[_SETTLED, v] = 0
    work[_DISTANCE, s] = 0
    while True:
        u, least = -1, _NEVER
        for v in range(sites + 1):
            if work[_SETTLED, v] == 0 and work[_DISTANCE, v] < least:
                u, least = v, work[_DISTANCE, v]
        if work[_EXCESS, u] < 0:
            break
        work[_SETTLED, u] = 1
        start = least - work[_PRICE, u]
        for i in range(lines):
            if node[i, last] != u:
                continue
            here = start - wide[i, wide[i, last]]
            for k in range(last):
                v = node[i, k]
                if here + wide[i, k] + work[_PRICE, v] < work[_DISTANCE, v]:
                    work[_DISTANCE, v] = here + wide[i, k] + work[_PRICE, v]
                    work[_PARENT, v], work[_LINE, v], work[_SLOT, v] = u, i, k
        if u == sites:
            for v in range(sites):
                if work[_FLOW, v] > 0 and start + work[_PRICE, v] < work[_DISTANCE, v]:
                    work[_DISTANCE, v] = start + work[_PRICE, v]
                    work[_PARENT, v], work[_LINE, v] = u, -1
        elif work[_FLOW, u] < work[_ROOM, u] and start + work[_PRICE, sites] < work[_DISTANCE, sites]:
            work[_DISTANCE, sites] = start + work[_PRICE, sites]
            work[_PARENT, sites], work[_LINE, sites] = u, -1
    for v in range(sites + 1):
        if work[_SETTLED, v] == 1:
            work[_PRICE, v] += least - work[_DISTANCE, v]
    return u


@lean
def push(sites, wide, node, work, s, t):
    """Take one unit along the way from s to t."""
    last = wide.shape[1] - 1
    work[_EXCESS, s] -= 1
    work[_EXCESS, t] += 1
    while t != s:
        u, i = work[_PARENT, t], work[_LINE, t]
        if i >= 0:
            wide[i, last] = work[_SLOT, t]
            node[i, last] = t
        elif t == sites:
            work[_FLOW, u] += 1
        else:
            work[_FLOW, t] -= 1
        t = u
