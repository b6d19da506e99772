"""Newton: prices at which loads nearly equal room, by damped semismooth Newton steps; each is one scan of the lines.

The load of a resource falls with its price as fast as its near ties are dense, which gives the Jacobian: a graph
Laplacian among resources and "unserved". Exactness does not depend on any of this; `repair` sees to it.
"""

import numpy as np

from operators.allocation.net import OUT, SCANNED
from tower.compiled import kernel


@kernel
def step(net, stride, width, furthest):
    """One step on every `stride`-th line; ties nearer than `width` count, no price moves further than `furthest`."""
    D = net.room.size
    load = np.zeros(D + 1)
    near = np.zeros((D + 1, D + 1))
    seen = survey(net, stride, width, load, near)
    net.meta[SCANNED] += 1
    if seen == 0:
        return
    share = seen / max(1, present(net))
    toward(net.price, net.room, load, near, share, width, furthest)


@kernel
def toward(price, room, load, near, share, width, furthest):
    """Prices (D + ...,) in place, one Newton step nearer to loads that equal room."""
    matrix, wanted, rows = system(price, room, load, near, share, width)
    eliminate(matrix, wanted)
    for a in range(rows.size):
        move = min(max(wanted[a], -float(furthest)), float(furthest))
        price[rows[a]] = max(0, price[rows[a]] + np.int64(move))


@kernel
def present(net):
    """Lines that take part."""
    count = 0
    for i in range(net.at.size):
        if net.at[i] != OUT:
            count += 1
    return count


@kernel
def survey(net, stride, width, load, near):
    """Loads by resource, and near ties by pair; how many lines were seen."""
    seen = 0
    columns = net.option.shape[1]
    for i in range(0, net.at.size, stride):
        if net.at[i] == OUT:
            continue
        seen += 1
        best = 0
        least = net.cost[i, 0] + net.price[net.option[i, 0]]
        for k in range(1, columns):
            cost = net.cost[i, k] + net.price[net.option[i, k]]
            if cost < least:
                least = cost
                best = k
        u = net.option[i, best]
        load[u] += 1
        for k in range(columns):
            v = net.option[i, k]
            if v != u and net.cost[i, k] + net.price[v] - least < width:
                near[u, v] += 1
    return seen


@kernel
def system(price, room, load, near, share, width):
    """The Newton system on resources that have a price or want one: matrix, right side, their numbers."""
    D = room.size
    rows = np.empty(D, np.int64)
    n = 0
    for j in range(D):
        if price[j] > 0 or load[j] > room[j] * share:
            rows[n] = j
            n += 1
    rows = rows[:n]
    matrix = np.zeros((n, n))
    wanted = np.empty(n)
    for a in range(n):
        u = rows[a]
        wanted[a] = load[u] - room[u] * share
        total = 0.5
        for v in range(D + 1):
            if v != u:
                total += near[u, v] + near[v, u]
        matrix[a, a] = total / (2.0 * width)
        for b in range(n):
            if b != a:
                matrix[a, b] = -(near[u, rows[b]] + near[rows[b], u]) / (2.0 * width)
    return matrix, wanted, rows


@kernel
def eliminate(matrix, wanted):
    """Solve in place: the matrix is symmetric and diagonally dominant, so that no pivots are needed."""
    n = wanted.size
    for a in range(n):
        for b in range(a + 1, n):
            if matrix[b, a] != 0.0:
                factor = matrix[b, a] / matrix[a, a]
                for c in range(a + 1, n):
                    matrix[b, c] -= factor * matrix[a, c]
                wanted[b] -= factor * wanted[a]
    for a in range(n - 1, -1, -1):
        total = wanted[a]
        for c in range(a + 1, n):
            total -= matrix[a, c] * wanted[c]
        wanted[a] = total / matrix[a, a]
