"""Chain: the steps one after the other. `state, outcomes = advance(state, record)`, without clock, chance or I/O."""

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Final

import numpy as np

from operators.step import Step, gone_rows
from operators.work import BITS, Work
from tower import clock
from tower.batch import joined
from tower.events import NUMBER
from tower.fields import FOREVER
from tower.record import Record
from tower.table import MARK, NEXT, TOUCHED

State = Mapping[str, Mapping[str, bytes]]
ACTIVATED: Final = NUMBER["build.activated"]
EVICT_EACH: Final = clock.HOUR
TURNS: Final = 1 << 20
"""More passes than any record takes: turn numbers stay unique."""
TIMER: Final = 1 << len(BITS)
"""The bit that says that the first step's timers are due; the next step's is the next."""


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
        self.told: dict[int, str] = {}
        self.after, self.chain = after, int.from_bytes(meta.get("chain", b""), "little")
        self.hour = int.from_bytes(meta.get("hour", b""), "little")

    def advance(self, record: Record) -> Record:
        """The outcomes of the next record; changes the state."""
        if record.number != self.after + 1:
            raise ValueError(f"record {record.number} after {self.after}: expected {self.after + 1}")
        self.after, self.told = record.number, dict(record.names)
        said = [*self._pass_time(record), self._run(Work(record, record.now, self._turn(0), happen=True))]
        self._evict(record.now, said)
        tables = {name: joined(rows) for name, rows in _merged(said).items()}
        return self._sealed(Record(record.number, record.now, tables, names=self.told, raws=record.raws,
                                   build=record.build))  # fmt: skip

    def _pass_time(self, record: Record) -> list[dict[str, list[np.ndarray]]]:
        said, turn, looks = [], 0, self.meta[:, NEXT]
        while (moment := max(int(looks.min(initial=FOREVER)), 0)) <= record.now:
            turn += 1
            due = mask_at(self.timers, looks <= moment)
            said.append(self._run(Work(record, moment, self._turn(turn), happen=False, present=due)))
            if turn == TURNS - 1:
                raise RuntimeError(f"record {record.number}: timers never end")
        return said

    def _turn(self, turn: int) -> int:
        return self.after * TURNS + turn

    def _run(self, work: Work) -> dict[str, list[np.ndarray]]:
        self.meta[:, MARK], self.meta[:, TOUCHED] = work.turn, 0
        for step in self.steps:
            if work.present & step.mask:
                step.apply(work)
        self._tell(work)
        if activates(work):
            for step in self.steps:
                step.activate(work)
        self.told.update(work.names)
        return work.outcomes()

    def _tell(self, work: Work) -> None:
        """Say how published rows that this pass touched are at its end: a later step may have counted them."""
        for row in np.flatnonzero(self.meta[:, TOUCHED]).tolist():
            name, table, is_fact = self.tables[row]
            if is_fact:
                work.publish(name, table)

    def _evict(self, now: int, said: list[dict[str, list[np.ndarray]]]) -> None:
        if now // EVICT_EACH == self.hour:
            return
        self.hour = now // EVICT_EACH
        for step in self.steps:
            if gone := step.evict(self.hour * EVICT_EACH):
                said.append({"gone": [gone_rows(gone)]})

    def _sealed(self, outcome: Record) -> Record:
        """The outcome with the running hash of all outcomes up to it: another hash is another history."""
        digest = blake2b(self.chain.to_bytes(8, "little"), digest_size=8)
        for part in outcome.seal():
            digest.update(part)
        self.chain = outcome.chain = int.from_bytes(digest.digest(), "little")
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
    meta = np.empty((len(owners), 4), "i8")
    for row, (_, table) in enumerate(owners):
        table.share(meta[row])
    for number, step in enumerate(steps):
        step.mask |= TIMER << number
    bits = {id(step): TIMER << number for number, step in enumerate(steps)}
    return meta, [bits[id(step)] for step, _ in owners]


def mask_at(bits: Sequence[int], chosen: np.ndarray) -> int:
    """The chosen ones of these bits."""
    mask = 0
    for row in np.flatnonzero(chosen).tolist():
        mask |= bits[row]
    return mask


def activates(work: Work) -> bool:
    """Whether a build is activated in this pass."""
    return work.rows("document").size > 0 and bool((work.heads["kind"][work.ok == 1] == ACTIVATED).any())


def _merged(said: list[dict[str, list[np.ndarray]]]) -> dict[str, list[np.ndarray]]:
    merged: dict[str, list[np.ndarray]] = {}
    for tables in said:
        for name, rows in tables.items():
            merged.setdefault(name, []).extend(rows)
    return merged


def state_hash(networks: Mapping[str, State]) -> str:
    """blake2b-128 over (network, step, table, bytes), sorted: the identity of a state."""
    digest = blake2b(digest_size=16)
    for network in sorted(networks):
        for step in sorted(networks[network]):
            for table, data in sorted(networks[network][step].items()):
                digest.update(f"{network}\0{step}\0{table}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()


__all__ = ["FOREVER", "Chain", "State", "state_hash"]
