"""Bound: what the kernels of a stream of legs cost when nothing is between them: no records, outcomes, names, hash."""

from typing import Any

import numpy as np

import detectors
from detectors.judge import judge
from detectors.signals import SIGNAL
from operators.admit import admit
from operators.chain import TURNS, Chain
from operators.legs import settle
from operators.registers import Registers
from operators.sources import hear
from tower import clock, layouts
from tower.batch import Batch
from tower.outcomes import POSITION
from tower.table import MARK, TOUCHED, Out, Table

KEEP = clock.LATENESS + clock.DAY


class Bound:
    """The tables of a chain, and the kernels that legs that move go through."""

    def __init__(self, chain: Chain) -> None:
        self.meta, self.number = chain.meta, chain.after
        self.tables: dict[str, Table] = {name: table for name, table, _ in chain.tables}
        self.legs: Any = next(step for step in chain.steps if step.name == "legs")
        self.judge: Any = next(step for step in chain.steps if step.name == "judge")
        self.looks = [(n, d.look) for n, d in enumerate(detectors.ALL) if d.table == "legs"]

    def play(self, batch: Batch) -> None:
        """Admit, hear, write, settle, look, judge: each once for all events."""
        heads, moves = batch.rows("event"), batch.rows("leg_move")
        self._begin(heads.size)
        now, ok = int(heads["at"][-1]) // clock.SECOND * clock.SECOND, np.ones(heads.size, "u1")
        seen, ledger, sources, legs = (self.tables[n].t for n in ("seen", "ledger", "sources", "legs"))
        conflicts = Out(layouts.empty("rejected", heads.size), np.zeros(1, "i8"))
        admit(heads, now, clock.LATENESS, KEEP, seen, ledger, ok, conflicts)
        hear(heads, now, self.number * POSITION, sources)
        self._write(heads, ok, moves, now)
        settle(legs, now)
        self._judge(now)

    def _begin(self, events: int) -> None:
        self.number += 1
        self.meta[:, MARK], self.meta[:, TOUCHED] = self.number * TURNS, 0
        others = [self.tables[name] for name in ("seen", "ledger", "sources", "alarms")]
        for table in (*others, *self.legs.tables.values()):  # of one name, two steps have a table each
            table.reserve(events)

    def _write(self, heads: np.ndarray, ok: np.ndarray, moves: np.ndarray, now: int) -> None:
        step: Registers = self.legs
        step.writers["leg_move"].write(heads, ok, moves, step.modes["leg_move"], self.number * POSITION, now + KEEP)

    def _judge(self, now: int) -> None:
        legs, numbers = self.tables["legs"].t, self.tables["legs"].touched()
        signals = Out(np.zeros(numbers.size * len(self.looks), SIGNAL), np.zeros(1, "i8"))
        said = Out(layouts.empty("deviations", signals.rows.size), np.zeros(1, "i8"))
        for number, look in self.looks:
            look(legs, numbers, now, number, signals)
        judge(signals, self.judge.rules, now, np.zeros(0, "i8"), self.tables["loads"].t, self.tables["lines"].t,
              self.tables["clocks"].t, self.tables["alarms"].t, said)  # fmt: skip
