"""Registers: a thing keeps one register per kind of event: newest `at`, then sequence, then id wins.

What lost is kept beside it for a while, so that taking an event back leaves what the others say, in whatever order
and however often they came. The columns are made from the vocabulary (`tower.outcomes.registers`); the kernel moves
bytes and knows no kind by name.
"""

from collections.abc import Mapping
from typing import ClassVar, Final, NamedTuple

import numpy as np

from operators.step import Step
from operators.work import NO_VOIDS, Work
from tower import clock, layouts
from tower.events import BY_NAME
from tower.hashed import BLANK, row_at, touch_row, upsert_row
from tower.ids import UNKNOWN
from tower.memory import copy, load, load_int, store, store_short
from tower.outcomes import column
from tower.pairing import pair
from tower.table import Direct, Table, kernel

BYTES: Final = np.dtype("u1")
KINDS_MOST: Final = 256
REGISTER: Final = 32
"""Bytes that say of an event in a register when it happened, its sequence, its id and its position."""
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
    first, copies = np.zeros(KINDS_MOST + 1, "i8"), list[tuple[int, int, int]]()
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
    source, target, size = (np.ascontiguousarray(moved[:, i]) for i in range(3))
    return Spec(offset, first, source, target, size, keeps)


def _at(row: np.dtype[np.void], name: str) -> int:
    assert row.fields is not None
    return row.fields[name][1]


def _copy(body: np.dtype[np.void], row: np.dtype[np.void], source: str, target: str) -> tuple[int, int, int]:
    return _at(body, source), _at(row, target), body[source].itemsize


PAST: Final = np.dtype([("key", "<u8"), ("keep_until", "<i8"), ("thing", "<u8"), ("kind", "<u2"), ("at", "<i8"),
                        ("sequence", "<i8"), ("position", "<i8")])  # fmt: skip
"""The head of an event that lost; its body's bytes follow."""
_, PAST_KEPT, PAST_THING, PAST_KIND, PAST_AT, PAST_SEQUENCE, PAST_POSITION, PAST_BODY = (
    np.cumsum([0, *(PAST[at].itemsize for at in range(len(PAST.descr)))]).tolist()
)  # fmt: skip
"""At which byte each of it stands."""


def past_blank(family: str) -> np.ndarray:
    """An unknown row of the table that keeps what lost."""
    return np.zeros(1, np.dtype([*PAST.descr, ("body", "|u1", (layouts.blank(family).itemsize,))]))


@kernel
def get(raw, i, offset):
    """The 64-bit number at that byte of row i."""
    return raw[i, offset : offset + 8].view(np.int64)[0]


@kernel
def wins(at, sequence, event, register):
    """Whether an event outranks what a register (an address) holds: its at, sequence and id, 8 bytes each."""
    held_at = load(register)
    if at != held_at:
        return at > held_at
    held_sequence = load(register + 8)
    if sequence != held_sequence:
        return sequence > held_sequence
    return event > np.uint64(load(register + 16))


@kernel
def move(size, source, target):
    """Copy a column: most are a word."""
    if size == 8:
        store(target, load(source))
    else:
        copy(target, source, size)


@kernel
def fill(spec, kind, body, row):
    """Copy what a body says into the register of its kind."""
    for c in range(spec.first[kind], spec.first[kind + 1]):
        move(spec.size[c], body + spec.source[c], row + spec.target[c])


@kernel
def drain(spec, kind, row, body):
    """Copy what the register says into a past row's body."""
    for c in range(spec.first[kind], spec.first[kind + 1]):
        move(spec.size[c], row + spec.target[c], body + spec.source[c])


@kernel
def keep(past, event, thing, kind, at, sequence, position, until):
    """A row of the past for an event that lost; the address of its body."""
    row = row_at(past, upsert_row(past, event))
    store(row + PAST_KEPT, until)
    store(row + PAST_THING, np.int64(thing))
    store_short(row + PAST_KIND, np.uint16(kind))
    store(row + PAST_AT, at)
    store(row + PAST_SEQUENCE, sequence)
    store(row + PAST_POSITION, position)
    return row + PAST_BODY


PLAIN, WHOLE, PART = range(3)
NO_PART: Final = -1


@kernel
def thing_of(h, body, mode, part_at):
    """Whose register a row belongs in, and whether any: the subject's, or a part of it.

    PLAIN: the subject's. WHOLE: the subject's unless the row names a part other than the first. PART: the part's.
    """
    if mode == PLAIN:
        return h.subject, True
    part = load(body + part_at)
    if mode == WHOLE:
        return h.subject, part == NO_PART or part == 0
    return pair(h.subject, np.uint64(part)), part != NO_PART


@kernel
def write(heads, ok, bodies, size, mode, part_at, first_position, until, spec, things, past):
    """Put each admitted event into its register if it wins; what loses goes into the past.

    Nothing here depends on how rows look: `bodies` are the bytes of rows of that size, which begin with their event;
    `things` and `past` are tables as `tower.hashed` sees them.
    """
    for j in range(bodies.size // size):
        body = np.int64(bodies.ctypes.data) + j * size
        event = load_int(body)
        h = heads[event]
        offset = spec.offset[h.kind]
        if offset < 0 or not ok[event]:
            continue
        thing, mine = thing_of(h, body, mode, part_at)
        if not mine:
            continue
        row = row_at(things, upsert_row(things, thing))
        register, position = row + offset, first_position + event
        held = np.uint64(load(register + 16))
        if wins(h.at, h.sequence, h.id, register) or held == UNKNOWN:
            if held != UNKNOWN and spec.keeps_past[h.kind]:
                lost = keep(past, held, thing, h.kind, load(register), load(register + 8), load(register + 24), until)
                drain(spec, h.kind, row, lost)
            store(register, h.at)
            store(register + 8, h.sequence)
            store(register + 16, np.int64(h.id))
            store(register + 24, position)
            fill(spec, h.kind, body, row)
        elif spec.keeps_past[h.kind]:
            copy(keep(past, h.id, thing, h.kind, h.at, h.sequence, position, until), body, size)


@kernel
def erase(things, i, spec, kind):
    """Make register `kind` of row i unknown again."""
    row, blank, offset = row_at(things, i), things[BLANK], spec.offset[kind]
    copy(row + offset, blank + offset, REGISTER)
    for c in range(spec.first[kind], spec.first[kind + 1]):
        copy(row + spec.target[c], blank + spec.target[c], spec.size[c])
    touch_row(things, i)


ERASE: Final = Direct(erase)


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

    def __init__(self, saved: Mapping[str, bytes] | None = None) -> None:
        super().__init__(saved)
        self.things = self.tables[self.publishes[0]]
        """The table with the registers."""
        self.writers = {family: Writer(self, family) for family in self.families}

    def run(self, work: Work) -> None:
        """Take back what was wrong, write what is new, then settle."""
        if work.voids.size:
            for void in work.voids:
                self.take_back(work, void)
        for family, writer in self.writers.items():
            if family in work.tables:
                until = work.now + clock.LATENESS + clock.DAY
                writer.write(work.heads, work.ok, work.tables[family], self.modes[family], work.position(), until)
        self.settle(work)

    def settle(self, work: Work) -> None:
        """What follows from the touched rows and the timers."""

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
                ERASE.call(things.t.meta, i, spec, kind)
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
        body = np.frombuffer(bytes(4) + row["body"].tobytes()[4:], layouts.blank(family).dtype)  # its event is 0 here
        self.writers[family].write(head, np.ones(1, "u1"), body, (PLAIN, 0), int(row["position"]),
                                    int(row["keep_until"]))  # fmt: skip

    def room(self, work: Work) -> int:
        """A row per event, and one for each that is let have its say again."""
        return super().room(work) + (64 * int(work.voids.size) if work.voids is not NO_VOIDS else 0)


class Writer:
    """Writes the rows of one family into a step's registers."""

    def __init__(self, step: Registers, family: str) -> None:
        self.things, self.past, self.spec = step.things, step.tables[step.pasts[family]], step.specs[family]
        self.size, self._direct = layouts.blank(family).itemsize, Direct(write)

    def write(self, heads: np.ndarray, ok: np.ndarray, rows: np.ndarray, mode: tuple[int, int], position: int,
              until: int) -> None:  # fmt: skip
        """Put the rows into their registers; `position` is the first event's."""
        self._direct.call(heads, ok, rows.view(BYTES), self.size, *mode, position, until, self.spec,
                          self.things.t.meta, self.past.t.meta)  # fmt: skip


def _mode(family: str, mode: int, column_: str) -> tuple[int, int]:
    """The mode, and at which byte of a body the column lies that names the part."""
    return mode, _at(layouts.blank(family).dtype, column_)


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
