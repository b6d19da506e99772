"""Chain: the steps one after the other. `state, outcomes = advance(state, record)`, without clock, chance or I/O."""

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Final

import numpy as np
from xxhash import xxh3_64

from operators.step import Step, gone_rows
from operators.work import BITS, Work
from tower import clock
from tower.batch import joined
from tower.events import NUMBER
from tower.fields import FOREVER
from tower.record import Record
from tower.table import COUNTS, MARK, NEXT, TOUCHED, Direct, kernel
from tower.timers import drop_stale

State = Mapping[str, Mapping[str, bytes]]
ACTIVATED: Final = NUMBER["build.activated"]
EVICT_EACH: Final = clock.HOUR
TURNS: Final = 1 << 20
"""More passes than any record takes: turn numbers stay unique."""
TIMER: Final = 1 << len(BITS)
"""The bit that says that the first step's timers are due; the next step's is the next."""


Said = dict[str, list[np.ndarray]]
"""Rows of outcomes by table, in the order in which they were said."""


@kernel
def earliest(meta):
    """The next moment of all tables."""
    moment = np.int64(FOREVER)
    for row in range(meta.shape[0]):
        moment = min(moment, meta[row, NEXT])
    return moment


@kernel
def next_moment(meta, now):
    """The next moment at which something is due, if that is not after `now`; timers set anew do not count."""
    moment = earliest(meta)
    while moment <= now:
        for row in range(meta.shape[0]):
            if meta[row, NEXT] == moment:
                drop_stale(meta[row])
                if meta[row, NEXT] == moment:
                    return moment
        moment = earliest(meta)
    return moment


@kernel
def due_tables(meta, moment, found):
    """Fill `found` with the tables in which something is due; how many."""
    n = 0
    for row in range(meta.shape[0]):
        if meta[row, NEXT] <= moment:
            found[n] = row
            n += 1
    return n


@kernel
def begin(meta, turn):
    """Begin a pass: no row of any table is touched."""
    for row in range(meta.shape[0]):
        meta[row, MARK], meta[row, TOUCHED] = turn, 0


@kernel
def touched_tables(meta, found):
    """Fill `found` with the tables of which rows were touched; how many."""
    n = 0
    for row in range(meta.shape[0]):
        if meta[row, TOUCHED]:
            found[n] = row
            n += 1
    return n


NEXT_MOMENT, DUE_TABLES = Direct(next_moment), Direct(due_tables)
BEGIN, TOUCHED_TABLES = Direct(begin), Direct(touched_tables)


class Chain:
    """The state of one network and the way of a record through it.

    First time passes: each timer that is due by the record's `now` has a pass of its own, at its own moment, oldest
    first, before any event of the record is looked at. Then the events happen, at `now`. So what comes out does not
    depend on how often the log ticks or how its records are cut.
    """

    def __init__(self, make: Callable[[State], Sequence[Step]], saved: State | None = None, after: int = 0) -> None:
        self.steps = list(make(saved or {}))
        meta = (saved or {}).get("", {})
        self.meta, self.timers = shared(self.steps)
        self.tables = [(n, table, n in step.publishes) for step in self.steps for n, table in step.tables.items()]
        self._touched = np.zeros(len(self.tables), "i8")
        self.told: Mapping[int, str] = {}
        self.after, self.chain = after, int.from_bytes(meta.get("chain", b""), "little")
        self.hour = int.from_bytes(meta.get("hour", b""), "little")

    def advance(self, record: Record) -> Record:
        """The outcomes of the next record; changes the state."""
        if record.number != self.after + 1:
            raise ValueError(f"record {record.number} after {self.after}: expected {self.after + 1}")
        self.after, self.told, said = record.number, record.names, Said()
        self._pass_time(record, said)
        if record.tables:
            self._run(Work(record, record.now, self._turn(0), happen=True), said)
        if record.now // EVICT_EACH != self.hour:
            self._evict(record.now, said)
        tables = {name: rows[0] if len(rows) == 1 else joined(rows) for name, rows in said.items()}
        return self._sealed(Record(record.number, record.now, tables, names=self.told, raws=record.raws,
                                   build=record.build))  # fmt: skip

    def _pass_time(self, record: Record, said: Said) -> None:
        turn = 0
        while (moment := self._next_moment(record.now)) <= record.now:
            turn += 1
            self._run(Work(record, moment, self._turn(turn), happen=False, present=self._due(moment)), said)
            if turn == TURNS - 1:
                raise RuntimeError(f"record {record.number}: timers never end")

    def _next_moment(self, now: int) -> int:
        """The next moment at which something is due, if that is not after `now`."""
        moment: int = NEXT_MOMENT.call(self.meta, now)
        return moment

    def _due(self, moment: int) -> int:
        """The bits of the steps of which timers are due."""
        mask = 0
        for row in self._touched[: DUE_TABLES.call(self.meta, moment, self._touched)].tolist():
            mask |= self.timers[row]
        return mask

    def _turn(self, turn: int) -> int:
        return self.after * TURNS + turn

    def _run(self, work: Work, said: Said) -> None:
        BEGIN.call(self.meta, work.turn)
        for step in self.steps:
            if work.present & step.mask:
                step.apply(work)
        self._tell(work)
        if "document" in work.tables and activates(work):
            for step in self.steps:
                step.activate(work)
        if work.names:
            self.told = {**self.told, **work.names}
        work.tell(said)

    def _tell(self, work: Work) -> None:
        """Say how published rows that this pass touched are at its end: a later step may have counted them."""
        for row in self._touched[: TOUCHED_TABLES.call(self.meta, self._touched)].tolist():
            name, table, is_fact = self.tables[row]
            if is_fact:
                work.publish(name, table)

    def _evict(self, now: int, said: Said) -> None:
        self.hour = now // EVICT_EACH
        for step in self.steps:
            if gone := step.evict(self.hour * EVICT_EACH):
                said.setdefault("gone", []).append(gone_rows(gone))

    def _sealed(self, outcome: Record) -> Record:
        """The outcome with the running hash of all outcomes up to it: another hash is another history."""
        digest = xxh3_64(self.chain.to_bytes(8, "little"))
        for part in outcome.seal():
            digest.update(part)
        self.chain = outcome.chain = digest.intdigest()
        return outcome

    def saved(self) -> dict[str, dict[str, bytes]]:
        """The state as bytes: step -> table -> rows."""
        meta = {"chain": self.chain.to_bytes(8, "little"), "hour": self.hour.to_bytes(8, "little")}
        return {"": meta, **{step.name: step.saved() for step in self.steps}}


def shared(steps: Sequence[Step]) -> tuple[np.ndarray, list[int]]:
    """The counts of all tables as rows of one array, and the bit of the step that has the timers of each.

    So one pass is begun, and the next moment is found, for all tables at once.
    """
    owners = [(step, table) for step in steps for table in step.tables.values()]
    meta = np.empty((len(owners), COUNTS), "i8")
    for row, (_, table) in enumerate(owners):
        table.share(meta[row])
    for number, step in enumerate(steps):
        step.mask |= TIMER << number
    bits = {id(step): TIMER << number for number, step in enumerate(steps)}
    return meta, [bits[id(step)] for step, _ in owners]


def activates(work: Work) -> bool:
    """Whether a build is activated in this pass."""
    return bool((work.heads["kind"][work.ok == 1] == ACTIVATED).any())


def state_hash(networks: Mapping[str, State]) -> str:
    """blake2b-128 over (network, step, table, bytes), sorted: the identity of a state."""
    digest = blake2b(digest_size=16)
    for network in sorted(networks):
        for step in sorted(networks[network]):
            for table, data in sorted(networks[network][step].items()):
                digest.update(f"{network}\0{step}\0{table}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()


__all__ = ["FOREVER", "Chain", "State", "state_hash"]
