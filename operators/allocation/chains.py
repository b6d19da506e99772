"""Chains: a plan within all limits out of one that is nearly so, by chains of moves that cost least.

A chain takes one line from each shared resource on its way to the next, each into stock that there is. First chains
away from resources that are too full, then chains that close and pay: what is left cannot be bettered by such moves.
"""

import numpy as np

from operators.allocation.net import FAR, SCALE_BITS
from tower.compiled import kernel

_NEVER = 1 << 62


@kernel
def mend(option, site, cost, sku, stock, room, at, budget):
    """Change `at` in place until no room is exceeded, then while chains pay; how many chains of `budget` it took.

    stock: (S, W) is what there is, all of it; `at` keeps it already. Beyond the budget lines are left unserved.
    """
    D, sites, n = room.size, stock.shape[1], at.size
    left = stock.copy()
    load = np.zeros(D + 1, np.int64)
    where = np.empty(n, np.int32)
    for i in range(n):
        where[i] = option[i, at[i]]
        load[where[i]] += 1
        if site[i, at[i]] < sites:
            left[sku[i], site[i, at[i]]] -= 1
    weight, who, slot = (np.full((D + 1, D + 1), FAR), np.zeros((D + 1, D + 1), np.int64),
                         np.zeros((D + 1, D + 1), np.int64))  # fmt: skip
    dirty, whole = np.ones(D + 1, np.bool_), True
    parent = np.empty(D + 2, np.int64)
    done = 0
    while True:
        measure(option, site, cost, sku, left, at, where, weight, who, slot, dirty)
        over = too_full(load, room)
        end = away(weight, load, room, parent) if over else pays(weight, load, room, parent)
        if end < 0 and not whole:  # stock may have come free for lines of other resources too
            dirty[:], whole = True, True
            continue
        if end < 0 or (done >= budget and not over):
            return done
        if done >= budget:
            return done + give_up(option, site, cost, at, load, room)
        take(option, site, cost, sku, left, at, where, load, weight, who, slot, dirty, parent, end)
        whole = False
        done += 1


@kernel
def measure(option, site, cost, sku, left, at, where, weight, who, slot, dirty):
    """The cheapest move there is stock for, from each dirty resource to each other."""
    for u in range(dirty.size):
        if dirty[u]:
            weight[u, :] = FAR
    for i in range(at.size):
        u = where[i]
        if not dirty[u]:
            continue
        here = cost[i, at[i]]
        own = site[i, at[i]]
        for k in range(option.shape[1]):
            v, j = option[i, k], site[i, k]
            if v != u and cost[i, k] - here < weight[u, v] and is_stocked(left, sku[i], j, own):
                weight[u, v] = cost[i, k] - here
                who[u, v] = i
                slot[u, v] = k
    dirty[:] = False


@kernel
def is_stocked(left, s, j, own):
    """Whether a line with its unit at site `own` would find one of SKU s at site j; unserved it needs none."""
    if j == left.shape[1] or j == own:
        return True
    return left[s, j] > 0


@kernel
def too_full(load, room):
    """Whether any resource has more than it takes."""
    for j in range(room.size):
        if load[j] > room[j]:
            return True
    return False


@kernel
def away(weight, load, room, parent):
    """The end of the cheapest chain from any resource that is too full to one with room (Bellman and Ford), or -1."""
    D = room.size
    distance = np.full(D + 1, _NEVER)
    parent[:] = -1
    for j in range(D):
        if load[j] > room[j]:
            distance[j] = 0
    for _ in range(D + 1):
        if not relax(weight, distance, parent) or turns(parent, D + 1) >= 0:
            break
    end = turns(parent, D + 1)
    if end >= 0:
        return end
    end = D
    for j in range(D):
        if load[j] < room[j] and distance[j] < distance[end]:
            end = j
    return end


@kernel
def relax(weight, distance, parent):
    """One round of all moves; whether any distance fell."""
    fell = False
    size = weight.shape[0]
    for u in range(size):
        if distance[u] == _NEVER:
            continue
        for v in range(size):
            if weight[u, v] < FAR and distance[u] + weight[u, v] < distance[v]:
                distance[v] = distance[u] + weight[u, v]
                parent[v] = u
                fell = True
    return fell


@kernel
def turns(parent, size):
    """A node of a ring among the parents, or -1."""
    seen = np.zeros(size, np.int64)
    for s in range(size):
        v = s
        while v >= 0 and seen[v] == 0:
            seen[v] = s + 1
            v = parent[v]
        if v >= 0 and seen[v] == s + 1:
            return v
    return -1


@kernel
def pays(weight, load, room, parent):
    """A node of a ring of moves that costs less than nothing, by way of the sink (node D + 1) or not, or -1."""
    D = room.size
    sink = D + 1
    distance = np.zeros(D + 2, np.int64)
    parent[:] = -1
    for _ in range(D + 3):
        fell = relax(weight, distance[: D + 1], parent[: D + 1])
        for j in range(D + 1):
            if (j == D or load[j] < room[j]) and distance[j] < distance[sink]:
                distance[sink] = distance[j]
                parent[sink] = j
                fell = True
        for j in range(D + 1):
            if load[j] > 0 and distance[sink] < distance[j]:
                distance[j] = distance[sink]
                parent[j] = sink
                fell = True
        ring = turns(parent, D + 2)
        if ring >= 0 or not fell:
            return ring
    return -1


@kernel
def take(option, site, cost, sku, left, at, where, load, weight, who, slot, dirty, parent, end):
    """Move the lines of the chain that ends, or the ring that passes, at `end`; those last on the way move first."""
    sites = left.shape[1]
    v = end
    while True:
        u = parent[v]
        if u < 0:
            return
        if u < load.size and v < load.size:
            i, k = who[u, v], slot[u, v]
            out, into = site[i, at[i]], site[i, k]
            dirty[u] = True
            if into < sites and into != out and left[sku[i], into] == 0:
                return  # another line of the chain has taken the last
            if out < sites:
                left[sku[i], out] += 1
            if into < sites:
                left[sku[i], into] -= 1
            at[i] = k
            where[i] = v
            load[u] -= 1
            load[v] += 1
            arrive(option, site, cost, sku, left, i, k, weight, who, slot)
        v = u
        if v == end:
            return


@kernel
def arrive(option, site, cost, sku, left, i, k, weight, who, slot):
    """What line i, now at option k, could do next, beside what is known."""
    v, own = option[i, k], site[i, k]
    for s in range(option.shape[1]):
        w, j = option[i, s], site[i, s]
        if w != v and cost[i, s] - cost[i, k] < weight[v, w] and is_stocked(left, sku[i], j, own):
            weight[v, w] = cost[i, s] - cost[i, k]
            who[v, w] = i
            slot[v, w] = s


@kernel
def give_up(option, site, cost, at, load, room):
    """Leave lines unserved where there is too much, those first that cost least to leave; how many."""
    D = room.size
    lost = 0
    for j in range(D):
        while load[j] > room[j]:
            least, which = FAR, -1
            for i in range(at.size):
                if option[i, at[i]] == j and cost[i, option.shape[1] - 1] - cost[i, at[i]] < least:
                    least = cost[i, option.shape[1] - 1] - cost[i, at[i]]
                    which = i
            at[which] = option.shape[1] - 1
            load[j] -= 1
            load[D] += 1
            lost += 1
    return lost


@kernel
def total(cost, at):
    """Cents of a plan."""
    cents = np.int64(0)
    for i in range(at.size):
        cents += cost[i, at[i]] >> SCALE_BITS
    return cents
