"""Hashed: rows found by a 64-bit key, whatever else they say: compiled once for all tables.

A kernel gets one row of numbers, `meta`: what is counted of a table, then where its parts lie in memory. A row begins
with its key.
"""

from typing import Final

import numpy as np

from tower.compiled import lean as kernel
from tower.memory import copy, load, load_int, store, store_int

N, MARK, TOUCHED, NEXT, WAITING = range(5)
"""Rows in use, the pass in progress, rows touched by it, the next moment at which one is due, timers set."""
ROWS, SIZE, INDEX, SLOTS, MARKS, LIST, BLANK, HEAP, TIMERS, LOOK = range(5, 15)
"""Addresses: of the rows, the index, each row's newest pass, the rows touched, an unknown row, the timers.

SIZE    bytes a row
SLOTS   of the index, a power of two
TIMERS  for how many there is room
LOOK    at which byte of a row its own moment stands
"""
COUNTS: Final = 15
"""How many numbers are kept of a table."""
NOBODY: Final = -1


@kernel
def slot(meta, key):
    """Where to look first for a key."""
    return np.int64((key * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20)) & (meta[SLOTS] - 1)


@kernel
def row_at(meta, i):
    """The address of row i."""
    return meta[ROWS] + i * meta[SIZE]


@kernel
def key_of(meta, i):
    """The key of row i."""
    return np.uint64(load(row_at(meta, i)))


@kernel
def place_of(meta, key):
    """The slot of a key, or the empty one in which it belongs."""
    s = slot(meta, key)
    i = np.int64(load_int(meta[INDEX] + 4 * s))
    while i >= 0 and key_of(meta, i) != key:
        s = (s + 1) & (meta[SLOTS] - 1)
        i = np.int64(load_int(meta[INDEX] + 4 * s))
    return s


@kernel
def find_row(meta, key):
    """The row of key, or -1."""
    return np.int64(load_int(meta[INDEX] + 4 * place_of(meta, key)))


@kernel
def upsert_row(meta, key):
    """The row of key, made (all unknown) if new; counted as touched."""
    s = place_of(meta, key)
    i = np.int64(load_int(meta[INDEX] + 4 * s))
    if i < 0:
        i = meta[N]
        meta[N] = i + 1
        store_int(meta[INDEX] + 4 * s, np.int32(i))
        copy(row_at(meta, i), meta[BLANK], meta[SIZE])
        store(row_at(meta, i), np.int64(key))
        store(meta[MARKS] + 8 * i, NOBODY)
    touch_row(meta, i)
    return i


@kernel
def touch_row(meta, i):
    """Count row i as touched by the pass in progress."""
    if load(meta[MARKS] + 8 * i) != meta[MARK]:
        store(meta[MARKS] + 8 * i, meta[MARK])
        store_int(meta[LIST] + 4 * meta[TOUCHED], np.int32(i))
        meta[TOUCHED] += 1


@kernel
def touched_row(meta, n):
    """The n-th row that the pass in progress has touched."""
    return np.int64(load_int(meta[LIST] + 4 * n))


@kernel
def rebuild(meta):
    """Index the rows anew."""
    for s in range(meta[SLOTS]):
        store_int(meta[INDEX] + 4 * s, np.int32(NOBODY))
    for i in range(meta[N]):
        s = slot(meta, key_of(meta, i))
        while load_int(meta[INDEX] + 4 * s) >= 0:
            s = (s + 1) & (meta[SLOTS] - 1)
        store_int(meta[INDEX] + 4 * s, np.int32(i))


@kernel
def compact(meta, keep_at, before, gone):
    """Drop the rows whose moment at byte `keep_at` is known and before that, their keys into `gone`; how many.

    The others stay in their order.
    """
    kept = 0
    dropped = 0
    for i in range(meta[N]):
        if 0 <= load(row_at(meta, i) + keep_at) < before:
            gone[dropped] = key_of(meta, i)
            dropped += 1
        else:
            if kept < i:
                copy(row_at(meta, kept), row_at(meta, i), meta[SIZE])
            kept += 1
    meta[N] = kept
    return dropped


class Parts:
    """The memory of a table, in one piece, so that whoever holds the rows holds all of it."""

    def __init__(self, blank: np.ndarray, room: int, timers: int, look: int) -> None:
        size = blank.itemsize
        sizes = (room * size, 8 * room, 8 * room, 4 * room, size, 16 * timers)
        starts = np.cumsum([0, *((bytes_ + 7) // 8 * 8 for bytes_ in sizes)])
        memory = np.zeros(int(starts[-1]), np.uint8)
        self.rows: np.ndarray = memory[: sizes[0]].view(blank.dtype)
        self.raw: np.ndarray = memory[: sizes[0]].reshape(room, size)
        self.marks: np.ndarray = memory[starts[2] : starts[2] + sizes[2]].view("i8")
        self.touched: np.ndarray = memory[starts[3] : starts[3] + sizes[3]].view("i4")
        memory[starts[2] : starts[2] + sizes[2]] = 0xFF
        memory[starts[4] : starts[4] + size] = np.ascontiguousarray(blank).view(np.uint8)
        rows, index, marks, touched, unknown, heap = (starts[:-1] + memory.ctypes.data).tolist()
        self.places: Final = [rows, size, index, 2 * room, marks, touched, unknown, heap, timers, look]
        """In the order of their names, from ROWS on."""

