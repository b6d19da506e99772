"""Choices: options that a test puts before the deciding steps, as planning would."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from operators.chain import State
from operators.decisions import Decisions
from operators.step import Step
from operators.work import ALL, Work
from streams.control import given, make
from tests.suites.story import Event, Story, at, event, planned
from tower import ids
from tower.ids import UNKNOWN
from tower.pairing import pair
from tower.record import Record
from tower.table import Table, touch, upsert

Row = dict[str, Any]


class Put(Step):
    """Publishes the options and moves that a test puts, in the next pass."""

    publishes: ClassVar = ("options", "moves")

    def __init__(self, saved: Any = None) -> None:
        super().__init__(saved)
        self.mask = ALL
        self.pending: list[tuple[str, Row]] = []
        self.done: dict[int, list[tuple[str, Row]]] = {}
        """What was put, by record; what is in here at the start is put again."""

    def concerns(self, work: Work) -> bool:
        """Whether a test has put anything."""
        if work.has_events:
            self.pending = self.pending or self.done.get(work.number, [])
        return bool(self.pending) and work.has_events

    def room(self, work: Work) -> int:
        """A row for each."""
        return len(self.pending)

    def run(self, work: Work) -> None:
        """Write what was put."""
        for name, row in self.pending:
            table = self.tables[name]
            i = upsert(table.t, np.uint64(row["key"]))
            for column, value in row.items():
                table.t.rows[column][i] = value
            touch(table.t, i)
        self.done[work.number], self.pending = self.pending, []


def steps(put: Put) -> Callable[[State], Sequence[Step]]:
    """All steps; planning is the test's."""

    def made(saved: State) -> Sequence[Step]:
        before = [step for step in make(saved) if step.name not in {"plans", "decisions"}]
        tables: dict[str, Table] = {}
        for step in (*before, put):
            tables |= step.tables
        return [*before, put, given(Decisions, saved, tables)]

    return made


class Choice(Story):
    """A story of one incident: leg L1, with two lines on it, is cancelled; legs L2 and L3 go later."""

    def __init__(self, policy: Row | None = None) -> None:
        self.put = Put()
        super().__init__(steps(self.put))
        if policy is not None:
            self.tell(-1, self.policy(policy))
        self.tell(0, *(planned(f"L{n}", dep=600 + 60 * n, arr=900 + 60 * n) for n in (1, 2, 3)), *self.orders())
        self.tell(1, *(event("line.booked", 1, order=f"O{n}", line="1", leg="L1", site="A") for n in (1, 2)))
        self.tell(2, event("leg.cancelled", 2, leg="L1", reason="snow"))

    def tell(self, now: float, *events: Event) -> Record:
        """One record; where options are put and nothing else happens, the weather is seen: logs keep no empty one."""
        seen = [event("weather.observed", now, station="S", temp_c=1.0)] if self.put.pending and not events else []
        return super().tell(now, *events, *seen)

    @staticmethod
    def policy(said: Row, version: int = 1, when: float = -1) -> Event:
        """A policy of how decisions are made."""
        return event("policy.set", when, policy="p", version=version, document={"decisions": said})

    @staticmethod
    def orders() -> list[Event]:
        """Two orders of one line each."""
        return [event("order.placed", 0, order=f"O{n}", customer="C", priority="express", ship_to="B",
                      promise_by=at(2000), lines=[{"line": "1", "sku": "S", "quantity": 1, "value_cents": 10_000,
                                                   "loads": 1}]) for n in (1, 2)]  # fmt: skip

    @property
    def incident(self) -> int:
        """The incident of the cancelled leg."""
        rows = self.table("incidents")
        return int(rows["key"][rows["closed_at"] < 0][0])

    def option(self, name: str, *moves: tuple[str, str], net: int = 50_000, rank: int = 1, confidence: float = 0.95,
               cost: int = 5_000, expires: float = 500, kind: int = 0) -> int:  # fmt: skip
        """Put an option: lines by order, with the leg that each goes to; in the next record it is there."""
        key = ids.of("option", name)
        self.put.pending.append(("options", {
            "key": key, "incident": self.incident, "rank": rank, "kind": kind, "net_cents": net, "cost_cents": cost,
            "confidence": confidence, "expires_at": at(expires), "moves": len(moves), "digest": key}))  # fmt: skip
        for order, leg in moves:
            line = line_key(order)
            site = ids.of("site", "A")
            self.put.pending.append(("moves", {
                "key": pair(np.uint64(key), np.uint64(line)), "option": key, "line": line, "from_leg": UNKNOWN,
                "to_leg": ids.of("leg", leg), "from_site": site, "to_site": site}))  # fmt: skip
        return key

    def drop(self, name: str) -> None:
        """Have an option go, as planning does."""
        self.put.pending.append(("options", {"key": ids.of("option", name), "keep_until": 0}))

    def proposed(self, now: float = 3, **more: Any) -> str:
        """The usual option, proposed: both lines to L2."""
        self.option("usual", ("O1", "L2"), ("O2", "L2"), **more)
        self.tell(now)
        return self.newest()

    def newest(self) -> str:
        """The id of the newest decision."""
        return f"#{int(max(self.table('decisions'), key=lambda row: row['nth'])['key']):016x}"

    def decision(self, id: str) -> np.void:
        """A decision as it stands."""
        rows = self.table("decisions")
        found: np.void = rows[rows["key"] == np.uint64(int(id[1:], 16))][0]
        return found

    def say(
        self, now: float, word: str, decision: str, by: str = "ann", role: str = "approver", **more: Any
    ) -> list[str]:
        """Somebody's word on a decision; why it is refused."""
        return self.reasons(self.tell(now, event(f"decision.{word}", now, decision=decision, by=by, role=role, **more)))

    def answer(self, now: float, word: str, action: int, **more: Any) -> list[str]:
        """A receiver's word on an action; why it is refused."""
        return self.reasons(self.tell(now, event(f"action.{word}", now, action=f"#{action:016x}", **more)))

    @staticmethod
    def reasons(outcome: Any) -> list[str]:
        """Why events of a record were rejected."""
        return [outcome.names[int(code)] for code in outcome.rows("rejected")["reason"]]

    def moves_of(self, action: int) -> list[tuple[str, int, int]]:
        """Order, state and the leg that it goes to, of each line that an action moves."""
        rows = self.table("action_moves")
        mine = rows[rows["action"] == np.uint64(action)]
        orders = {ids.of("order", name): name for name in ("O1", "O2", "O3")}
        return sorted((orders[int(row["order"])], int(row["state"]), int(row["to_leg"])) for row in mine)


def line_key(order: str) -> int:
    """The key of the one line of an order."""
    return int(pair(np.uint64(ids.of("order", order)), np.uint64(ids.of("line", "1"))))
