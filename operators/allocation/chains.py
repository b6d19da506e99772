"""Chains: a plan within all limits out of one that is nearly so, by chains of moves that cost least.

A chain takes one line from each shared resource on its way to the next, each into stock that there is. First chains
away from resources that are too full, then chains that close and pay: what is left cannot be bettered by such moves.
"""

from typing import Any, NamedTuple

import numpy as np

from operators.allocation.net import FAR, SCALE_BITS
from operators.allocation.within import BOUNDLESS
from tower.compiled import kernel, lean

_NEVER = 1 << 62
KEPT = 8
"""Moves that are remembered from each resource to each other, the cheapest."""


class Moves(NamedTuple):
    """The cheapest moves from u to v that there is stock for, in order; entries that no longer hold go when met first.

    weight: (D + 1, D + 1) what the first costs, or FAR. key, line, slot: (D + 1, D + 1, KEPT). count: (D + 1, D + 1).
    limit: (D + 1, D + 1) what costs so much or more may be missing. dirty: (D + 1,) rows to be measured anew.
    """

    weight: Any
    key: Any
    line: Any
    slot: Any
    count: Any
    limit: Any
    dirty: Any


@kernel
def mend(option, cell, cost, sku, first, stock, room, at, budget):
    """Change `at` in place until no room is exceeded, then while chains pay; how many chains of `budget` it took.

    cell: (N, K + 1) where each option takes stock from. stock: (C,) is what there is, all of it; `at` keeps it already.
    first: (S + 1,) where each SKU's lines begin. Beyond the budget lines are left unserved.
    """
    D, n = room.size, at.size
    left = stock.copy()
    load = np.zeros(D + 1, np.int64)
    where = np.empty(n, np.int32)
    for i in range(n):
        where[i] = option[i, at[i]]
        load[where[i]] += 1
        left[cell[i, at[i]]] -= 1
    left[BOUNDLESS] = FAR
    moves = Moves(np.full((D + 1, D + 1), FAR), np.zeros((D + 1, D + 1, KEPT), np.int64),
                  np.zeros((D + 1, D + 1, KEPT), np.int32), np.zeros((D + 1, D + 1, KEPT), np.int32),
                  np.zeros((D + 1, D + 1), np.int64), np.full((D + 1, D + 1), FAR),
                  np.ones(D + 1, np.bool_))  # fmt: skip
    parent = np.empty(D + 2, np.int64)
    done = 0
    while True:
        measure(option, cell, cost, left, at, where, moves)
        over = too_full(load, room)
        end = away(moves.weight, load, room, parent) if over else pays(moves.weight, load, room, parent)
        if end < 0 or (done >= budget and not over):
            return done
        if done >= budget:
            return done + give_up(option, cell, cost, at, load, room)
        take(option, cell, cost, sku, first, left, at, where, load, moves, parent, end)
        done += 1


@lean
def measure(option, cell, cost, left, at, where, moves):
    """The cheapest moves there is stock for, from each dirty resource to each other."""
    dirty = moves.dirty
    some = False
    for u in range(dirty.size):
        if dirty[u]:
            some = True
            moves.weight[u, :] = FAR
            moves.count[u, :] = 0
            moves.limit[u, :] = FAR
    if not some:
        return
    for i in range(at.size):
        if dirty[where[i]]:
            arrive(option, cell, cost, left, i, at[i], moves)
    dirty[:] = False


@lean
def arrive(option, cell, cost, left, i, k, moves):
    """What line i, at option k, could do, beside what is known."""
    u, own = option[i, k], cell[i, k]
    for s in range(option.shape[1]):
        v = option[i, s]
        key = cost[i, s] - cost[i, k]
        if v != u and key < moves.limit[u, v] and cost[i, s] < FAR and is_stocked(left, cell[i, s], own):
            remember(moves.weight, moves.key, moves.line, moves.slot, moves.count, moves.limit, u, v, key, i, s)


@lean
def remember(weight, keys, lines, slots, count, limit, u, v, key, i, s):
    """One more move from u to v, if it is among the cheapest."""
    n = count[u, v]
    if n == KEPT:
        limit[u, v] = max(key, keys[u, v, n - 1])
        if key >= keys[u, v, n - 1]:
            return
        n -= 1
    q = n
    while q > 0 and keys[u, v, q - 1] > key:
        keys[u, v, q], lines[u, v, q], slots[u, v, q] = keys[u, v, q - 1], lines[u, v, q - 1], slots[u, v, q - 1]
        q -= 1
    keys[u, v, q], lines[u, v, q], slots[u, v, q] = key, i, s
    count[u, v] = n + 1
    weight[u, v] = keys[u, v, 0]


@lean
def forget(option, cell, cost, left, at, where, moves, u, v):
    """Drop what no longer holds at the head of u and v; a row without moves that had more of them is measured anew."""
    keys, lines, slots, n = moves.key[u, v], moves.line[u, v], moves.slot[u, v], moves.count[u, v]
    gone = 0
    while gone < n:
        i, s = lines[gone], slots[gone]
        if (where[i] == u and cost[i, s] - cost[i, at[i]] == keys[gone]
                and is_stocked(left, cell[i, s], cell[i, at[i]])):  # fmt: skip
            break
        gone += 1
    for q in range(gone, n):
        keys[q - gone], lines[q - gone], slots[q - gone] = keys[q], lines[q], slots[q]
    moves.count[u, v] = n - gone
    moves.weight[u, v] = keys[0] if gone < n else FAR
    if gone == n and moves.limit[u, v] < FAR:
        moves.dirty[u] = True


@lean
def is_stocked(left, cell, own):
    """Whether a line with its unit from cell `own` would find one in another; unserved it needs none."""
    return left[cell] > 0 or cell == own


@lean
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


@lean
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


@lean
def take(option, cell, cost, sku, first, left, at, where, load, moves, parent, end):
    """Move the lines of the chain that ends, or the ring that passes, at `end`; those last on the way move first."""
    v = end
    while True:
        u = parent[v]
        if u < 0:
            return
        if u < load.size and v < load.size:
            forget(option, cell, cost, left, at, where, moves, u, v)
            if moves.count[u, v] == 0:
                return  # another line of the chain has taken the last
            go(option, cell, cost, sku, first, left, at, where, load, moves, u, v)
        v = u
        if v == end:
            return


@lean
def go(option, cell, cost, sku, first, left, at, where, load, moves, u, v):
    """The cheapest line that may go from u to v does, with its unit of stock."""
    i, k = moves.line[u, v, 0], moves.slot[u, v, 0]
    s, out, into = sku[i], cell[i, at[i]], cell[i, k]
    at[i] = k
    where[i] = v
    load[u] -= 1
    load[v] += 1
    if into != out and into != BOUNDLESS:
        left[into] -= 1
        if left[into] == 0:
            sold_out(option, cell, cost, left, at, where, moves, into)
    if into != out and out != BOUNDLESS:
        left[out] += 1
        if left[out] == 1:
            for other in range(first[s], first[s + 1]):
                arrive(option, cell, cost, left, other, at[other], moves)
    for q in range(option.shape[1]):
        if option[i, q] != u:
            forget(option, cell, cost, left, at, where, moves, u, option[i, q])
    arrive(option, cell, cost, left, i, k, moves)


@lean
def sold_out(option, cell, cost, left, at, where, moves, empty):
    """What needs a unit from this cell does not hold any more, since there is none."""
    D = moves.dirty.size
    for u in range(D):
        for v in range(D):
            if moves.count[u, v] == 0:
                continue
            i, k = moves.line[u, v, 0], moves.slot[u, v, 0]
            if cell[i, k] == empty:
                forget(option, cell, cost, left, at, where, moves, u, v)


@lean
def give_up(option, cell, cost, at, load, room):
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


@lean
def total(cost, at):
    """Cents of a plan."""
    cents = np.int64(0)
    for i in range(at.size):
        cents += cost[i, at[i]] >> SCALE_BITS
    return cents
