"""Registers: a thing keeps one register per kind of event: newest `at`, then sequence, then id wins.

What lost is kept beside it for a while, so that taking an event back leaves what the others say, in whatever order
and however often they came. The columns are made from the vocabulary (`tower.outcomes.registers`); the kernel moves
bytes and knows no kind by name.
"""

from collections.abc import Mapping
from typing import ClassVar, Final, NamedTuple

import numpy as np

from operators.step import Step
from operators.work import Work
from tower import clock, layouts
from tower.events import BY_NAME
from tower.ids import UNKNOWN
from tower.outcomes import column
from tower.pairing import pair
from tower.table import Table, find, kernel, touch, upsert

KINDS_MOST: Final = 256
FORGET: Final = ("leg.position",)
"""Kinds so frequent that what lost is not kept: a position taken back waits for the next one."""


class Spec(NamedTuple):
    """Where the registers of a table lie, in bytes. `at` of kind k: offset[k]; its copies: first[k] .. first[k + 1]."""

    offset: np.ndarray
    first: np.ndarray
    source: np.ndarray
    target: np.ndarray
    size: np.ndarray
    keeps_past: np.ndarray


def spec_of(family: str, row: np.dtype[np.void], kinds: tuple[str, ...]) -> Spec:
    """How rows of a family go into registers of a table row; kinds of other families have offset -1."""
    offset, keeps = np.full(KINDS_MOST, -1), np.zeros(KINDS_MOST, "u1")
    first, copies = np.zeros(KINDS_MOST + 1, "i8"), []
    body = layouts.blank(family).dtype
    by_number = {BY_NAME[k].number: k for k in kinds if BY_NAME[k].family == family}
    for number in range(KINDS_MOST):
        first[number] = len(copies)
        if kind := by_number.get(number):
            offset[number] = _at(row, f"{BY_NAME[kind].moment}_at")
            keeps[number] = kind not in FORGET
            copies += [_copy(body, row, f.name, column(kind, f.name, kinds)) for f in BY_NAME[kind].fields]
    first[KINDS_MOST] = len(copies)
    moved = np.array(copies, "i8").reshape(-1, 3)
    return Spec(offset, first, *(np.ascontiguousarray(moved[:, i]) for i in range(3)), keeps)


def _at(row: np.dtype[np.void], name: str) -> int:
    assert row.fields is not None
    return row.fields[name][1]


def _copy(body: np.dtype[np.void], row: np.dtype[np.void], source: str, target: str) -> tuple[int, int, int]:
    return _at(body, source), _at(row, target), body[source].itemsize


def past_blank(family: str) -> np.ndarray:
    """An unknown row of the table that keeps what lost: the event's head and its body's bytes."""
    fields = [("key", "<u8"), ("keep_until", "<i8"), ("thing", "<u8"), ("kind", "<u2"), ("at", "<i8"),
              ("sequence", "<i8"), ("position", "<i8"), ("body", "|u1", (layouts.blank(family).itemsize,))]  # fmt: skip
    return np.zeros(1, np.dtype(fields))


@kernel
def get(raw, i, offset):
    """The 64-bit number at that byte of row i."""
    return raw[i, offset : offset + 8].view(np.int64)[0]


@kernel
def put(raw, i, offset, value):
    """Write a 64-bit number at that byte of row i."""
    raw[i, offset : offset + 8].view(np.int64)[0] = value


@kernel
def wins(at, sequence, event, raw, i, offset):
    """Whether an event outranks what register `offset` of row i holds (its at, sequence and id, 8 bytes each)."""
    held_at = get(raw, i, offset)
    if at != held_at:
        return at > held_at
    held_sequence = get(raw, i, offset + 8)
    if sequence != held_sequence:
        return sequence > held_sequence
    return event > np.uint64(get(raw, i, offset + 16))


@kernel
def fill(spec, kind, bodies, j, raw, i):
    """Copy what body j says into the register of its kind."""
    for c in range(spec.first[kind], spec.first[kind + 1]):
        for b in range(spec.size[c]):
            raw[i, spec.target[c] + b] = bodies[j, spec.source[c] + b]


@kernel
def drain(spec, kind, raw, i, past, past_raw, p, start):
    """Copy what the register says into the past row's body."""
    for c in range(spec.first[kind], spec.first[kind + 1]):
        for b in range(spec.size[c]):
            past_raw[p, start + spec.source[c] + b] = raw[i, spec.target[c] + b]


@kernel
def keep(past, event, thing, kind, at, sequence, position, until):
    """A row of the past for an event that lost; the row's number."""
    p = upsert(past, event)
    row = past.rows[p]
    row.thing, row.kind, row.at, row.sequence, row.position = thing, kind, at, sequence, position
    row.keep_until = until
    return p


PLAIN, WHOLE, PART = range(3)
NO_PART: Final = -1


@kernel
def thing_of(h, bodies, j, mode, part_at):
    """Whose register a row belongs in, and whether any: the subject's, or a part of it.

    PLAIN: the subject's. WHOLE: the subject's unless the row names a part other than the first. PART: the part's.
    """
    if mode == PLAIN:
        return h.subject, True
    part = get(bodies, j, part_at)
    if mode == WHOLE:
        return h.subject, part == NO_PART or part == 0
    return pair(h.subject, np.uint64(part)), part != NO_PART


@kernel
def write(heads, ok, bodies, mode, part_at, first_position, until, spec, t, raw, past, past_raw, start):
    """Put each admitted event into its register if it wins; what loses goes into the past. bodies: rows as bytes."""
    for j in range(bodies.shape[0]):
        event = bodies[j, 0:4].view(np.uint32)[0]
        h = heads[event]
        offset = spec.offset[h.kind]
        if offset < 0 or not ok[event]:
            continue
        thing, mine = thing_of(h, bodies, j, mode, part_at)
        if not mine:
            continue
        i = upsert(t, thing)
        position = first_position + event
        held = np.uint64(get(raw, i, offset + 16))
        if wins(h.at, h.sequence, h.id, raw, i, offset) or held == UNKNOWN:
            if held != UNKNOWN and spec.keeps_past[h.kind]:
                p = keep(past, held, thing, h.kind, get(raw, i, offset), get(raw, i, offset + 8),
                         get(raw, i, offset + 24), until)  # fmt: skip
                drain(spec, h.kind, raw, i, past, past_raw, p, start)
            put(raw, i, offset, h.at)
            put(raw, i, offset + 8, h.sequence)
            put(raw, i, offset + 16, np.int64(h.id))
            put(raw, i, offset + 24, position)
            fill(spec, h.kind, bodies, j, raw, i)
        elif spec.keeps_past[h.kind]:
            p = keep(past, h.id, thing, h.kind, h.at, h.sequence, position, until)
            for b in range(bodies.shape[1]):
                past_raw[p, start + b] = bodies[j, b]


@kernel
def erase(t, raw, blank, i, spec, kind):
    """Make register `kind` of row i unknown again."""
    offset = spec.offset[kind]
    for b in range(32):
        raw[i, offset + b] = blank[0, offset + b]
    for c in range(spec.first[kind], spec.first[kind + 1]):
        for b in range(spec.size[c]):
            raw[i, spec.target[c] + b] = blank[0, spec.target[c] + b]
    touch(t, i)


@kernel
def row_of(t, key):
    """The row of key, or -1."""
    return find(t, key)


class Registers(Step):
    """A step whose first published table has registers, written from its first family.

    `kinds` are the kinds it keeps; `parts` says, per family, whose registers its rows are where a column names a
    part of the subject: see `thing_of`. A subclass says in `settle` what follows from the touched rows.
    """

    kinds: ClassVar[tuple[str, ...]] = ()
    parts: ClassVar[Mapping[str, tuple[int, str]]] = {}

    def __init_subclass__(cls) -> None:
        cls.modes = {f: _mode(f, *cls.parts.get(f, (PLAIN, "event"))) for f in cls.families}
        cls.specs = {f: spec_of(f, layouts.blank(cls.publishes[0]).dtype, cls.kinds) for f in cls.families}
        cls.pasts = {f: f"past_{f}" for f in cls.families}
        cls.keeps = (*cls.keeps, *((cls.pasts[f], past_blank(f)) for f in cls.families))

    modes: ClassVar[Mapping[str, tuple[int, int]]] = {}
    specs: ClassVar[Mapping[str, Spec]] = {}
    pasts: ClassVar[Mapping[str, str]] = {}

    @property
    def things(self) -> Table:
        """The table with the registers."""
        return self.tables[self.publishes[0]]

    def run(self, work: Work) -> None:
        """Take back what was wrong, write what is new, then settle."""
        for void in work.voids:
            self.take_back(work, void)
        for family in self.families:
            if work.rows(family).size:
                self.write(work, family)
        self.settle(work)

    def settle(self, work: Work) -> None:
        """What follows from the touched rows and the timers."""

    def write(self, work: Work, family: str) -> None:
        """Put the rows of a family into their registers."""
        past = self.tables[self.pasts[family]]
        write(work.heads, work.ok, as_bytes(work.rows(family)), *self.modes[family], work.position(),
              work.now + clock.LATENESS + clock.DAY, self.specs[family], self.things.t, self.things.raw, past.t,
              past.raw, body_at(past))  # fmt: skip

    def take_back(self, work: Work, void: np.void) -> None:
        """Clear exactly the registers that this event wrote, and let what it had beaten have its say again."""
        for family, spec in self.specs.items():
            kind = int(void["kind"])
            if kind == 0 or spec.offset[kind] < 0:
                continue
            past, things = self.tables[self.pasts[family]], self.things
            _forget(past, void)
            for i in _holders(things, spec, void):
                work.taken.append(int(get(things.raw, i, spec.offset[kind] + 24)))
                erase(things.t, things.raw, things.blank.view(np.uint8).reshape(1, -1), i, spec, kind)
                self._restore(work, family, int(things.t.rows["key"][i]), kind)

    def _restore(self, work: Work, family: str, key: int, kind: int) -> None:
        past = self.tables[self.pasts[family]]
        rows = past.rows[(past.rows["thing"] == key) & (past.rows["kind"] == kind)]
        for row in rows:
            self._write_again(work, family, row, key)

    def _write_again(self, work: Work, family: str, row: np.void, key: int) -> None:
        head = layouts.empty("event", 1)
        for name in ("kind", "at", "sequence"):
            head[name] = row[name]
        head["id"], head["subject"] = row["key"], key
        body = row["body"][None, :].copy()
        body[0, :4] = 0  # its event is the only one here
        past = self.tables[self.pasts[family]]
        write(head, np.ones(1, "u1"), body, PLAIN, 0, int(row["position"]), int(row["keep_until"]),
              self.specs[family], self.things.t, self.things.raw, past.t, past.raw, body_at(past))  # fmt: skip

    def room(self, work: Work) -> int:
        """A row per event, and one for each that is let have its say again."""
        return super().room(work) + 64 * int(work.voids.size)


def as_bytes(rows: np.ndarray) -> np.ndarray:
    """Rows as (rows, bytes a row): a view."""
    return rows.view(np.uint8).reshape(rows.size, rows.itemsize)


def _mode(family: str, mode: int, column_: str) -> tuple[int, int]:
    """The mode, and at which byte of a body the column lies that names the part."""
    return mode, _at(layouts.blank(family).dtype, column_)


def body_at(past: Table) -> int:
    """At which byte of a past row the body starts."""
    fields = past.blank.dtype.fields
    assert fields is not None
    return fields["body"][1]


def _holders(things: Table, spec: Spec, void: np.void) -> np.ndarray:
    """The rows whose register of that kind was written by that event."""
    offset, raw = int(spec.offset[int(void["kind"])]), things.raw[: len(things)]
    if void["id"] != UNKNOWN:
        events = np.ascontiguousarray(raw[:, offset + 16 : offset + 24]).view("u8").ravel()
        return np.flatnonzero(events == void["id"])
    ats = np.ascontiguousarray(raw[:, offset : offset + 8]).view("i8").ravel()
    return np.flatnonzero((ats == void["at"]) & (things.rows["key"] == void["subject"]))


def _forget(past: Table, void: np.void) -> None:
    """An event taken back never has its say again."""
    rows = past.rows
    if void["id"] != UNKNOWN:
        gone = rows["key"] == void["id"]
    else:
        gone = (rows["thing"] == void["subject"]) & (rows["kind"] == void["kind"]) & (rows["at"] == void["at"])
    rows["thing"][gone] = UNKNOWN
