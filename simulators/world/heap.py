"""Heap: rows (key, job) in a stretch of an array, smallest key first and, among equal keys, smallest job.

No insertion counter breaks ties, so what comes out depends only on what is in.
"""

from typing import Any

import numpy as np

from tower.table import kernel

ENTRY = np.dtype([("key", "i8"), ("job", "i8")])


@kernel
def push(rows: Any, first: int, size: int, key: int, job: int) -> None:
    """Add a row to the `size` that start at `first`."""
    i = size
    while i > 0:
        parent = (i - 1) >> 1
        above = rows[first + parent]
        if above.key < key or (above.key == key and above.job <= job):
            break
        rows[first + i].key, rows[first + i].job = above.key, above.job
        i = parent
    rows[first + i].key, rows[first + i].job = key, job


@kernel
def pop(rows: Any, first: int, size: int) -> tuple[int, int]:
    """Take the smallest of the `size` rows that start at `first`."""
    key, job = rows[first].key, rows[first].job
    last = rows[first + size - 1]
    sink(rows, first, size - 1, last.key, last.job)
    return key, job


@kernel
def sink(rows: Any, first: int, size: int, key: int, job: int) -> None:
    """Put (key, job) in place of the smallest of `size` rows."""
    i = 0
    while 2 * i + 1 < size:
        child = 2 * i + 1
        if child + 1 < size and smaller(rows[first + child + 1], rows[first + child]):
            child += 1
        low = rows[first + child]
        if key < low.key or (key == low.key and job <= low.job):
            break
        rows[first + i].key, rows[first + i].job = low.key, low.job
        i = child
    rows[first + i].key, rows[first + i].job = key, job


@kernel
def smaller(a: Any, b: Any) -> bool:
    """Whether row a comes out before row b."""
    return a.key < b.key or (a.key == b.key and a.job < b.job)
