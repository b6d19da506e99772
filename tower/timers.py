"""Timers: which rows of a table are to be looked at again, and when, as a heap of (moment, key).

A row's `look_at` says when. What the heap says beyond that is stale and dropped when it comes up: no timer is ever
searched for. How many timers are set, and the first moment, stand among the table's counts.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from tower.compiled import lean as kernel
from tower.direct import Direct
from tower.fields import FOREVER

N: Final = 0
NEXT: Final = 3
WAITING: Final = 4


class Heap(NamedTuple):
    """The timers of a table, whatever its rows look like."""

    moments: Any
    keys: Any


def heap_of(room: int) -> Heap:
    """For a table of so many rows: full only once more than half of it is stale."""
    return Heap(np.empty(2 * room, "i8"), np.empty(2 * room, "u8"))


@kernel
def comes_before(heap, a, b):
    """Whether entry a comes up before entry b: by moment, then key."""
    return heap.moments[a] < heap.moments[b] or (heap.moments[a] == heap.moments[b] and heap.keys[a] < heap.keys[b])


@kernel
def swap(heap, a, b):
    """Change places."""
    heap.moments[a], heap.moments[b] = heap.moments[b], heap.moments[a]
    heap.keys[a], heap.keys[b] = heap.keys[b], heap.keys[a]


@kernel
def push(heap, meta, moment, key):
    """One entry more; there must be room."""
    at = meta[WAITING]
    heap.moments[at], heap.keys[at] = moment, key
    meta[WAITING] = at + 1
    while at > 0 and comes_before(heap, at, (at - 1) >> 1):
        swap(heap, at, (at - 1) >> 1)
        at = (at - 1) >> 1
    meta[NEXT] = heap.moments[0]


@kernel
def pop(heap, meta):
    """The first entry less."""
    n = meta[WAITING] - 1
    meta[WAITING] = n
    heap.moments[0], heap.keys[0] = heap.moments[n], heap.keys[n]
    at, child = 0, 1
    while child < n:
        if child + 1 < n and comes_before(heap, child + 1, child):
            child += 1
        if not comes_before(heap, child, at):
            break
        swap(heap, at, child)
        at, child = child, 2 * child + 1
    meta[NEXT] = heap.moments[0] if n else FOREVER


@kernel
def gather(looks, keys, heap, meta):
    """Make the heap anew from what the rows say."""
    meta[WAITING], meta[NEXT] = 0, FOREVER
    for i in range(meta[N]):
        if looks[i] >= 0:
            push(heap, meta, looks[i], keys[i])


@kernel
def look_at(t, i, moment):
    """Have row i looked at again at `moment`, in place of what it had; -1 is never.

    Whoever looks at a row that is due says anew when: a later moment, or never.
    """
    row = t.rows[i]
    if moment >= 0 and moment != row.look_at:
        if t.meta[WAITING] == t.heap.moments.size:
            gather(t.rows["look_at"], t.rows["key"], t.heap, t.meta)
        push(t.heap, t.meta, moment, row.key)
    row.look_at = moment


GATHER: Final = Direct(gather)
