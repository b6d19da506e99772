"""Table: rows of a numpy dtype found by a 64-bit key, written by kernels.

A kernel gets `table.t`, says `i = upsert(t, key)` and then reads and assigns `t.rows[i].field`; what it finds out it
writes to an `Out`: `fact = emit(out)`. Python calls `begin` before and `changed` after a record.
Everything that can be seen (row order, bytes) depends only on the sequence of calls, never on the index.
"""

import json
from typing import Any, Final, NamedTuple

import numpy as np

from tower import compiled, direct, timers
from tower.errors import FormatError
from tower.fields import FOREVER

kernel = compiled.lean
Direct = direct.Direct
look_at = timers.look_at

N: Final = 0
MARK: Final = 1
TOUCHED: Final = 2
NEXT: Final = timers.NEXT
COUNTS: Final = 5
"""How many counts a table has."""
VERSION: Final = 1
NO_ROWS: Final = np.zeros(0, "i4")


class T(NamedTuple):
    """What kernels see of a table. meta: rows in use, the pass in progress, rows touched by it, next look, timers set.

    heap  the timers
    """

    rows: Any
    index: Any
    meta: Any
    marks: Any
    touched: Any
    blank: Any
    heap: Any


class Out(NamedTuple):
    """Rows that a kernel adds to; `used[0]` of them are."""

    rows: Any
    used: Any


@kernel
def slot(index, key):
    """Where to look first for a key."""
    return np.int64((key * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20)) & (index.size - 1)


@kernel
def find(t, key):
    """The row of key, or -1."""
    s = slot(t.index, key)
    while t.index[s] >= 0:
        if t.rows[t.index[s]].key == key:
            return np.int64(t.index[s])
        s = (s + 1) & (t.index.size - 1)
    return np.int64(-1)


@kernel
def upsert(t, key):
    """The row of key, made (all unknown) if new; counted as touched."""
    s = slot(t.index, key)
    i = np.int64(t.index[s])
    while i >= 0 and t.rows[i].key != key:
        s = (s + 1) & (t.index.size - 1)
        i = np.int64(t.index[s])
    if i < 0:
        i = t.meta[0]
        t.meta[0] = i + 1
        t.index[s] = i
        t.rows[i] = t.blank[0]
        t.rows[i].key = key
        t.marks[i] = -1
    touch(t, i)
    return i


@kernel
def touch(t, i):
    """Count row i as touched by the record in progress."""
    if t.marks[i] != t.meta[1]:
        t.marks[i] = t.meta[1]
        t.touched[t.meta[2]] = i
        t.meta[2] += 1


@kernel
def row_of(index, keys, key):
    """The row of key, or -1: for kernels that are compiled once for all tables."""
    s = slot(index, key)
    while index[s] >= 0:
        if keys[index[s]] == key:
            return np.int64(index[s])
        s = (s + 1) & (index.size - 1)
    return np.int64(-1)


@kernel
def due_rows(index, keys, looks, heap, meta, now, found):
    """Fill `found` with the rows whose moment has come, by (moment, key), and forget these timers; how many.

    Afterwards the table's next moment is a true one: what was stale before it is dropped.
    """
    n = 0
    while meta[timers.WAITING] > 0:
        i = row_of(index, keys, heap.keys[0])
        stands = i >= 0 and looks[i] == heap.moments[0]
        if stands and looks[i] > now:
            break
        timers.pop(heap, meta)
        if stands and (n == 0 or found[n - 1] != i):
            found[n] = i
            n += 1
    return n


@kernel
def touch_due(t, now):
    """Touch the rows whose moment has come, by (moment, key)."""
    while t.meta[NEXT] <= now:
        i = find(t, t.heap.keys[0])
        if i >= 0 and t.rows[i].look_at == t.heap.moments[0]:
            touch(t, i)
        timers.pop(t.heap, t.meta)


@kernel
def emit(out):
    """The number of the next row of an Out, counted as used."""
    i = out.used[0]
    out.used[0] = i + 1
    return i


@kernel
def rebuild(keys, n, index):
    """Index the first n rows anew. A column has one type whatever table it is of: so this is compiled once for all."""
    index[:] = -1
    for i in range(n):
        s = slot(index, keys[i])
        while index[s] >= 0:
            s = (s + 1) & (index.size - 1)
        index[s] = i


@kernel
def compact(keys, keep_until, raw, n, before, gone):
    """Drop the rows whose `keep_until` is known and before that; how many stay. Order is kept. The columns are views of
    `raw`, the rows as bytes.
    """
    kept = 0
    dropped = 0
    for i in range(n):
        if 0 <= keep_until[i] < before:
            gone[dropped] = keys[i]
            dropped += 1
        else:
            if kept < i:
                for b in range(raw.shape[1]):
                    raw[kept, b] = raw[i, b]
            kept += 1
    return kept


REBUILD, COMPACT, DUE_ROWS = Direct(rebuild), Direct(compact), Direct(due_rows)


class Table:
    """Rows by key. `keep_until` of -1 (nobody has said) is for ever; `look_at`, where the dtype has it, is a timer."""

    def __init__(self, blank: np.ndarray, rows: np.ndarray | None = None, room: int = 64) -> None:
        self.blank, self._spare, self.may_go = blank, 0, "keep_until" in (blank.dtype.names or ())
        self.has_timer = "look_at" in (blank.dtype.names or ())
        self._hold(np.zeros(0, blank.dtype) if rows is None else rows, room, np.array([0, -2, 0, FOREVER, 0]))

    def _hold(self, rows: np.ndarray, room: int, meta: np.ndarray) -> None:
        n, room = rows.size, 1 << (max(room, rows.size, 2) - 1).bit_length()
        held = np.zeros(room, self.blank.dtype)
        held[:n], meta[N] = rows, n
        marks, touched = np.full(room, -1), np.empty(room, "i4")
        heap = timers.heap_of(room if self.has_timer else 0)
        self.t = T(held, np.empty(2 * room, "i4"), meta, marks, touched, self.blank, heap)
        self._raw, self._spare = held.view(np.uint8).reshape(room, self.blank.itemsize), room - n
        REBUILD.call(held["key"], n, self.t.index)
        if self.has_timer and n:
            timers.GATHER.call(held["look_at"], held["key"], heap, meta)

    def __len__(self) -> int:
        return int(self.t.meta[N])

    @property
    def rows(self) -> np.ndarray:
        """The rows in use: a view."""
        used: np.ndarray = self.t.rows[: self.t.meta[N]]
        return used

    @property
    def raw(self) -> np.ndarray:
        """All rows as bytes, (room, bytes a row): a view."""
        return self._raw

    def begin(self, number: int, more: int) -> None:
        """Start a pass that adds at most `more` rows; `number` differs from pass to pass."""
        self.t.meta[MARK], self.t.meta[TOUCHED] = number, 0
        self.reserve(more)

    def reserve(self, more: int) -> None:
        """Make room for at most so many rows more than those asked for before."""
        self._spare -= more
        if self._spare < 0:
            n = len(self)
            if n + more > self.t.rows.size:
                self._hold(self.rows, n + max(n, more), self.t.meta)
            self._spare = self.t.rows.size - n - more

    def share(self, meta: np.ndarray) -> None:
        """Keep the counts that kernels see in this array from now on: those of many tables are begun at once."""
        meta[:] = self.t.meta
        self.t = self.t._replace(meta=meta)

    def touched(self) -> np.ndarray:
        """The numbers of the rows touched since begin, in order of first touch."""
        numbers: np.ndarray = self.t.touched[: self.t.meta[TOUCHED]]
        return numbers

    def changed(self, row: np.dtype[np.void] | None = None) -> np.ndarray:
        """Copies of the touched rows (as bytes: numpy copies records field by field), with names for the columns."""
        copies = self._raw.take(self.t.touched[: self.t.meta[TOUCHED]], 0)
        return np.ndarray(copies.shape[0], row or self.blank.dtype, copies.data)

    def next_look(self) -> int:
        """The next moment at which a row has to be looked at; FOREVER if there is none."""
        if self.has_timer and self.t.meta[NEXT] < FOREVER:
            self._due_rows(-1, NO_ROWS)
        return int(self.t.meta[NEXT])

    def due(self, now: int) -> np.ndarray:
        """The rows whose `look_at` has come, by (moment, key): each once, whoever asks looks at all of them."""
        if not self.has_timer or now < self.t.meta[NEXT]:
            return NO_ROWS
        found = np.empty(len(self), "i4")
        ordered: np.ndarray = found[: self._due_rows(now, found)]
        return ordered

    def _due_rows(self, now: int, found: np.ndarray) -> int:
        t = self.t
        count: int = DUE_ROWS.call(t.index, t.rows["key"], t.rows["look_at"], t.heap, t.meta, now, found)
        return count

    def find(self, key: int) -> int:
        """The number of the row of key, or -1."""
        return int(find(self.t, np.uint64(key)))

    def evict(self, before: int) -> np.ndarray:
        """Drop rows whose `keep_until` is before; their keys."""
        n, rows = len(self), self.t.rows
        gone = np.empty(n, "u8")
        kept: int = COMPACT.call(rows["key"], rows["keep_until"], self._raw, n, before, gone) if n else 0
        if kept < n:
            self.t.rows[kept:n] = np.zeros(1, self.blank.dtype)
            self.t.meta[N], self._spare = kept, 0
            rebuild(rows["key"], kept, self.t.index)
        return gone[: n - kept]

    def to_bytes(self) -> bytes:
        """The rows with their layout: a version, the dtype as JSON, the packed rows."""
        head = json.dumps({"version": VERSION, "row": self.blank.dtype.descr}).encode()
        return len(head).to_bytes(8, "little") + head + self.rows.tobytes()

    @classmethod
    def from_bytes(cls, blank: np.ndarray, data: bytes) -> "Table":
        """Fields are matched by name: a new one starts unknown, one that is gone is dropped. Raises FormatError."""
        body = 8 + int.from_bytes(data[:8], "little")
        head = json.loads(data[8:body])
        if head["version"] > VERSION:
            raise FormatError(f"a table of version {head['version']}, this build knows {VERSION}", "use a newer build")
        saved = np.frombuffer(data, np.dtype([_field(f) for f in head["row"]]), offset=body)
        if saved.dtype == blank.dtype:
            return cls(blank, saved)
        rows = np.repeat(blank, saved.size)
        for name in set(saved.dtype.names or ()) & set(blank.dtype.names or ()):
            rows[name] = saved[name]
        return cls(blank, rows)


def _field(described: list[Any]) -> tuple[Any, ...]:
    """A field of a dtype, from JSON: a shape is a tuple again."""
    return tuple(tuple(part) if isinstance(part, list) else part for part in described)
