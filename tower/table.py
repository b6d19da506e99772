"""Table: rows of a numpy dtype found by a 64-bit key, written by kernels.

A kernel gets `table.t`, says `i = upsert(t, key)` and then reads and assigns `t.rows[i].field`; what it finds out it
writes to an `Out`: `fact = emit(out)`. Python calls `begin` before and `changed` after a record.
Everything that can be seen (row order, bytes) depends only on the sequence of calls, never on the index.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from tower import compiled, direct, hashed, timers
from tower.errors import FormatError
from tower.fields import FOREVER

kernel = compiled.lean
Direct = direct.Direct

N, MARK, TOUCHED, NEXT, COUNTS = hashed.N, hashed.MARK, hashed.TOUCHED, hashed.NEXT, hashed.COUNTS
VERSION: Final = 1
NO_ROWS: Final = np.zeros(0, "i4")


class T(NamedTuple):
    """What kernels see of a table: its rows, and what is counted of them and where the rest lies (`hashed.N` ...)."""

    rows: Any
    meta: Any


class Out(NamedTuple):
    """Rows that a kernel adds to; `used[0]` of them are."""

    rows: Any
    used: Any


@compiled.inlined
def find(t, key):
    """The row of key, or -1."""
    return hashed.find_row(t.meta, key)


@compiled.inlined
def upsert(t, key):
    """The row of key, made (all unknown) if new; counted as touched."""
    return hashed.upsert_row(t.meta, key)


@compiled.inlined
def touch(t, i):
    """Count row i as touched by the pass in progress."""
    hashed.touch_row(t.meta, i)


@compiled.inlined
def touched(t, n):
    """The n-th row that the pass in progress has touched."""
    return hashed.touched_row(t.meta, n)


@compiled.inlined
def touch_due(t, now):
    """Touch the rows whose moment has come, by (moment, key)."""
    timers.touch_due(t.meta, now)


@compiled.inlined
def look_at(t, i, moment):
    """Have row i looked at again at `moment`, in place of what it had; -1 is never.

    Whoever looks at a row that is due says anew when: a later moment, or never.
    """
    timers.put_off(t.meta, i, moment)


@kernel
def next_of(used):
    """The number of the next row, counted as used."""
    i = used[0]
    used[0] = i + 1
    return i


@compiled.inlined
def emit(out):
    """The number of the next row of an Out, counted as used."""
    return next_of(out.used)


FIND, REBUILD, COMPACT = Direct(hashed.find_row), Direct(hashed.rebuild), Direct(hashed.compact)


class Table:
    """Rows by key. `keep_until` of -1 (nobody has said) is for ever; `look_at`, where the dtype has it, is a timer."""

    def __init__(self, blank: np.ndarray, rows: np.ndarray | None = None, room: int = 64) -> None:
        fields: Mapping[str, Any] = blank.dtype.fields or {}
        assert fields["key"] == (np.dtype("<u8"), 0)
        self.blank, self._spare = blank, 0
        self._keep_at, self._look_at = (fields[name][1] if name in fields else -1 for name in ("keep_until", "look_at"))
        self.may_go, self.has_timer = self._keep_at >= 0, self._look_at >= 0
        meta = np.zeros(COUNTS, "i8")
        meta[MARK], meta[NEXT] = -2, FOREVER
        self._hold(np.zeros(0, blank.dtype) if rows is None else rows, room, meta)

    def _hold(self, rows: np.ndarray, room: int, meta: np.ndarray) -> None:
        n, room = rows.size, 1 << (max(room, rows.size, 2) - 1).bit_length()
        parts = hashed.Parts(self.blank, room, 2 * room if self.has_timer else 0, self._look_at)
        parts.rows[:n], meta[N], meta[hashed.ROWS :] = rows, n, parts.places
        self.t, self._spare = T(parts.rows, meta), room - n
        self._raw, self._touched, self._marks = parts.raw, parts.touched, parts.marks
        REBUILD.call(meta)
        if self.has_timer and n:
            timers.GATHER.call(meta)

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
        """Make room for at most so many rows more than those asked for before; also in the middle of a pass."""
        self._spare -= more
        if self._spare < 0:
            n = len(self)
            if n + more > self.t.rows.size:
                self._grow(n + max(n, more))
            self._spare = self.t.rows.size - n - more

    def _grow(self, room: int) -> None:
        """Move to more room. What the pass in progress has touched stays touched."""
        touched = self.touched().copy()
        self._hold(self.rows, room, self.t.meta)
        self._touched[: touched.size] = touched
        self._marks[touched] = self.t.meta[MARK]

    def share(self, meta: np.ndarray) -> None:
        """Keep the counts that kernels see in this array from now on: those of many tables are begun at once."""
        meta[:] = self.t.meta
        self.t = self.t._replace(meta=meta)

    def touched(self) -> np.ndarray:
        """The numbers of the rows touched since begin, in order of first touch."""
        numbers: np.ndarray = self._touched[: self.t.meta[TOUCHED]]
        return numbers

    def changed(self, row: np.dtype[np.void] | None = None) -> np.ndarray:
        """Copies of the touched rows (as bytes: numpy copies records field by field), with names for the columns."""
        copies = self._raw.take(self._touched[: self.t.meta[TOUCHED]], 0)
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
        count: int = timers.DUE_ROWS.call(self.t.meta, now, found)
        return count

    def find(self, key: int) -> int:
        """The number of the row of key, or -1."""
        return int(FIND.call(self.t.meta, np.uint64(key)))

    def evict(self, before: int) -> np.ndarray:
        """Drop rows whose `keep_until` is before; their keys. What the pass in progress has touched stays touched."""
        n = len(self)
        gone, keys = np.empty(n, "u8"), self.rows["key"][self.touched()]
        dropped: int = COMPACT.call(self.t.meta, self._keep_at, before, gone) if n else 0
        if dropped:
            self._raw[n - dropped : n], self._spare = 0, 0
            REBUILD.call(self.t.meta)
            self._touch_anew(keys, n)
        return gone[:dropped]

    def _touch_anew(self, keys: np.ndarray, rows: int) -> None:
        """Find the touched rows where they are now, those of them that are still there; `rows`: how many there were."""
        numbers = [number for key in keys.tolist() if (number := self.find(key)) >= 0]
        self._touched[: len(numbers)], self.t.meta[TOUCHED] = numbers, len(numbers)
        self._marks[:rows] = hashed.NOBODY
        self._marks[numbers] = self.t.meta[MARK]

    def to_bytes(self) -> bytes:
        """The rows with their layout: a version, the dtype as JSON, the packed rows."""
        head = json.dumps({"version": VERSION, "row": self.blank.dtype.descr}).encode()
        return len(head).to_bytes(8, "little") + head + self.rows.tobytes()

    @classmethod
    def from_bytes(cls, blank: np.ndarray, data: bytes) -> "Table":
        """A table of these rows. Raises FormatError."""
        return cls(blank, rows_of(blank, data))


def rows_of(blank: np.ndarray, data: bytes) -> np.ndarray:
    """The rows in a table's bytes, also where there are no kernels; they may be read only.

    Fields are matched by name: a new one starts unknown, one that is gone is dropped. Raises FormatError.
    """
    body = 8 + int.from_bytes(data[:8], "little")
    head = json.loads(data[8:body])
    if head["version"] > VERSION:
        raise FormatError(f"a table of version {head['version']}, this build knows {VERSION}", "use a newer build")
    saved = np.frombuffer(data, np.dtype([_field(f) for f in head["row"]]), offset=body)
    if saved.dtype == blank.dtype:
        return saved
    rows = np.repeat(blank, saved.size)
    for name in set(saved.dtype.names or ()) & set(blank.dtype.names or ()):
        rows[name] = saved[name]
    return rows


def _field(described: list[Any]) -> tuple[Any, ...]:
    """A field of a dtype, from JSON: a shape is a tuple again."""
    return tuple(tuple(part) if isinstance(part, list) else part for part in described)
