"""Timers: which rows of a table are to be looked at again, and when, as a heap of (moment, key).

A row's own moment says when. What the heap says beyond that is stale and dropped when it comes up: no timer is ever
searched for. How many timers are set, and the first moment, stand among the table's counts: see hashed.py.
"""

import numpy as np

from tower.compiled import lean as kernel
from tower.direct import Direct
from tower.fields import FOREVER
from tower.hashed import HEAP, LOOK, NEXT, TIMERS, WAITING, N, find_row, key_of, row_at, touch_row
from tower.memory import load, store


@kernel
def entry(meta, n):
    """The address of the n-th entry: its moment, then its key."""
    return meta[HEAP] + 16 * n


@kernel
def comes_before(meta, a, b):
    """Whether entry a comes up before entry b: by moment, then key."""
    first, second = load(entry(meta, a)), load(entry(meta, b))
    return first < second or (
        first == second and np.uint64(load(entry(meta, a) + 8)) < np.uint64(load(entry(meta, b) + 8))
    )


@kernel
def move(meta, a, b):
    """Put what stands in b into a."""
    store(entry(meta, a), load(entry(meta, b)))
    store(entry(meta, a) + 8, load(entry(meta, b) + 8))


@kernel
def swap(meta, a, b):
    """Change places."""
    moment, key = load(entry(meta, a)), load(entry(meta, a) + 8)
    move(meta, a, b)
    store(entry(meta, b), moment)
    store(entry(meta, b) + 8, key)


@kernel
def push(meta, moment, key):
    """One entry more; there must be room."""
    at = meta[WAITING]
    store(entry(meta, at), moment)
    store(entry(meta, at) + 8, np.int64(key))
    meta[WAITING] = at + 1
    while at > 0 and comes_before(meta, at, (at - 1) >> 1):
        swap(meta, at, (at - 1) >> 1)
        at = (at - 1) >> 1
    meta[NEXT] = load(meta[HEAP])


@kernel
def pop(meta):
    """The first entry less."""
    n = meta[WAITING] - 1
    meta[WAITING] = n
    move(meta, 0, n)
    at, child = 0, 1
    while child < n:
        if child + 1 < n and comes_before(meta, child + 1, child):
            child += 1
        if not comes_before(meta, child, at):
            break
        swap(meta, at, child)
        at, child = child, 2 * child + 1
    meta[NEXT] = load(meta[HEAP]) if n else FOREVER


@kernel
def look_of(meta, i):
    """When row i is to be looked at."""
    return load(row_at(meta, i) + meta[LOOK])


@kernel
def gather(meta):
    """Make the heap anew from what the rows say."""
    meta[WAITING], meta[NEXT] = 0, FOREVER
    for i in range(meta[N]):
        if look_of(meta, i) >= 0:
            push(meta, look_of(meta, i), key_of(meta, i))


@kernel
def put_off(meta, i, moment):
    """Have row i looked at again at `moment`, in place of what it had; -1 is never.

    Whoever looks at a row that is due says anew when: a later moment, or never.
    """
    if moment >= 0 and moment != look_of(meta, i):
        if meta[WAITING] == meta[TIMERS]:
            gather(meta)
        push(meta, moment, key_of(meta, i))
    store(row_at(meta, i) + meta[LOOK], moment)


@kernel
def first_row(meta):
    """The row that the first entry is about, or -1 if that is stale."""
    i = find_row(meta, np.uint64(load(meta[HEAP] + 8)))
    return i if i >= 0 and look_of(meta, i) == load(meta[HEAP]) else np.int64(-1)


@kernel
def drop_stale(meta):
    """Drop what is stale before the first true entry: then the table's next moment is a true one."""
    while meta[WAITING] > 0 and first_row(meta) < 0:
        pop(meta)


@kernel
def due_rows(meta, now, found):
    """Fill `found` with the rows whose moment has come, by (moment, key), and forget these timers; how many.

    Afterwards the table's next moment is a true one: what was stale before it is dropped.
    """
    n = 0
    while meta[WAITING] > 0:
        i = first_row(meta)
        if i >= 0 and look_of(meta, i) > now:
            break
        pop(meta)
        if i >= 0 and (n == 0 or found[n - 1] != i):
            found[n] = i
            n += 1
    return n


@kernel
def touch_due(meta, now):
    """Touch the rows whose moment has come, by (moment, key)."""
    while meta[NEXT] <= now:
        i = first_row(meta)
        if i >= 0:
            touch_row(meta, i)
        pop(meta)


GATHER, DUE_ROWS = Direct(gather), Direct(due_rows)
