"""Heaps: the near ties of a net, a skew heap a pair of resources; stale heads are dropped when they are met."""

import numpy as np

from operators.allocation.net import FAR, USED
from tower.compiled import lean


@lean
def merge(ties, a, b):
    """The root of heaps a and b put together; -1 is the empty one."""
    if a < 0:
        return b
    if b < 0:
        return a
    if ties[b].key < ties[a].key:
        a, b = b, a
    root = a
    while True:
        down = ties[a].right
        ties[a].right = ties[a].left
        if down < 0:
            ties[a].left = b
            return root
        if ties[b].key < ties[down].key:
            ties[a].left = b
            a, b = b, down
        else:
            ties[a].left = down
            a = down


@lean
def head(option, cost, at, root, ties, u, v):
    """What the cheapest known move from u to v costs, or FAR; heads that no longer hold are dropped."""
    a = root[u, v]
    while a >= 0:
        i = ties[a].line
        k = at[i]
        if k >= 0 and option[i, k] == u:
            s = ties[a].slot
            if option[i, s] == v and cost[i, s] - cost[i, k] == ties[a].key:
                break
        a = merge(ties, ties[a].left, ties[a].right)
    root[u, v] = a
    return ties[a].key if a >= 0 else np.int64(FAR)


@lean
def add_all(option, cost, at, root, weight, reach, ties, meta, i):
    """Every near move of line i from where it is joins its heap. False: the pool is full."""
    k = at[i]
    u = option[i, k]
    here = cost[i, k]
    n = meta[USED]
    if n + option.shape[1] > ties.size:
        return False
    for s in range(option.shape[1]):
        v = option[i, s]
        key = cost[i, s] - here
        if v == u or key > reach[u, v]:
            continue
        ties[n].key = key
        ties[n].line = i
        ties[n].slot = s
        ties[n].left = -1
        ties[n].right = -1
        root[u, v] = merge(ties, root[u, v], n)
        n += 1
        weight[u, v] = min(weight[u, v], key)
    meta[USED] = n
    return True


@lean
def refresh(option, cost, at, root, weight, ties, i, u, popped):
    """Heads of u that line i was, called when it has left; and that of u and `popped`, where one was taken off.

    Other heads hold: whatever may end a head's hold is told here.
    """
    for s in range(option.shape[1]):
        v = option[i, s]
        if v == u or weight[u, v] >= FAR:
            continue
        a = root[u, v]
        if v == popped or (a >= 0 and ties[a].line == i):
            weight[u, v] = head(option, cost, at, root, ties, u, v)


@lean
def cheapest(option, cost, price, i):
    """The option of line i that costs least at the prices as they are."""
    best = 0
    least = cost[i, 0] + price[option[i, 0]]
    for k in range(1, option.shape[1]):
        here = cost[i, k] + price[option[i, k]]
        if here < least:
            least = here
            best = k
    return best
