"""Actions: what left the tower to be done, line by line, and what came back. One without an answer is missed.

    sent -> acknowledged -> executed | failed;  executed, failed -> undone, by the action that takes it back

The step that decides adds them. Answers come as action.acknowledged, action.executed (`failed` names the lines that
were not moved) and action.failed; one that does not fit is rejected with the reason.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import numpy as np

from operators.acts import Unfit
from operators.holding import paired
from operators.policies import refuse
from operators.step import Step
from operators.trades import Moved, Trade
from operators.verdicts import ACKNOWLEDGED, ANSWERS, FAILED, Answer, answer
from operators.work import Work, mask_of
from tower import clock
from tower.ids import UNKNOWN
from tower.outcomes import ACTION_STATES
from tower.table import Table, look_at, touch, upsert

S_SENT, S_ACKNOWLEDGED, S_EXECUTED, S_FAILED, S_UNDONE = range(len(ACTION_STATES))
ASKED, DONE, M_FAILED, VOID = range(4)
KEEP: Final = clock.DAY
PATIENCE: Final = 15 * clock.MINUTE
"""Nobody answers sooner than that."""
DOCUMENTS: Final = mask_of(("document",))


class Actions(Step):
    """Tables `actions` and `action_moves`."""

    families: ClassVar = ("document",)
    publishes: ClassVar = ("actions", "action_moves")

    def __init__(self, saved: Mapping[str, bytes] | None, ledger: Table) -> None:
        super().__init__(saved)
        self.ledger = ledger

    def concerns(self, work: Work) -> bool:
        """Documents, and actions whose answer is missed from now on."""
        return bool(work.present & DOCUMENTS) or self.tables["actions"].next_look() <= work.now

    def room(self, work: Work) -> int:
        """No row is new here."""
        return 0

    def run(self, work: Work) -> None:
        """Time first, then answers."""
        table = self.tables["actions"]
        for i in table.due(work.now).tolist():
            touch(table.t, np.int64(i))
            look_at(table.t, np.int64(i), np.int64(-1))
        refused: list[tuple[np.void, str]] = []
        for head, row, said in work.documents(*ANSWERS):
            try:
                self._take(answer(work, head, said), head, work.position() + row)
            except Unfit as unfit:
                refused.append((head, str(unfit)))
        if refused:
            refuse(work, self.ledger, refused)

    def _take(self, said: Answer, head: np.void, position: int) -> None:
        """Take in one answer. Raises Unfit."""
        table = self.tables["actions"]
        i = table.find(said.action)
        if i < 0:
            raise Unfit("action: unknown")
        action: Any = table.t.rows[i]
        state = int(action["state"])
        if state > S_ACKNOWLEDGED or (state == S_ACKNOWLEDGED and said.kind == ACKNOWLEDGED):
            raise Unfit(f"action: it is {ACTION_STATES[state]}")
        if said.kind != ACKNOWLEDGED:
            self._close(said, action)
        action["state"] = _state_after(said.kind, action)
        action["at"], action["source"] = max(int(head["at"]), int(action["sent_at"])), head["source"]
        action["reason"], action["position"] = said.reason, position
        look_at(table.t, np.int64(i), np.int64(-1))
        touch(table.t, np.int64(i))

    def _close(self, said: Answer, action: Any) -> None:
        """Say of each line whether it was moved. Raises Unfit for a line that the action does not have."""
        table, moves = self.tables["action_moves"], self.moves(int(action["key"]))
        if strange := set(said.failed) - {thing_of(move) for move in moves}:
            raise Unfit(f"failed: {len(strange)} {('lines', 'visits')[action['type']]} that it does not move")
        failed = 0
        for move in moves:
            is_failed = said.kind == FAILED or thing_of(move) in said.failed
            row: Any = table.t.rows[upsert(table.t, move["key"])]
            row["state"], failed = M_FAILED if is_failed else DONE, failed + is_failed
            row["reason"] = said.failed.get(thing_of(move), said.reason) if is_failed else UNKNOWN
        action["failed"], action["done"] = failed, len(moves) - failed

    def moves(self, action: int) -> np.ndarray:
        """The lines that it moves, without those that did not hold when it was sent."""
        rows = self.tables["action_moves"].rows
        found: np.ndarray = rows[(rows["action"] == np.uint64(action)) & (rows["state"] != VOID)]
        return found


def _state_after(kind: int, action: Any) -> int:
    """The state that an answer leads to: an action of which no line was moved has failed."""
    if kind == ACKNOWLEDGED:
        return S_ACKNOWLEDGED
    return S_FAILED if kind == FAILED or action["done"] == 0 else S_EXECUTED


def thing_of(move: Any) -> int:
    """What a row of `action_moves` is about: a line, or a visit."""
    return int(move["line"] if move["line"] != UNKNOWN else move["visit"])


class Sender:
    """Adds actions with their moves to the tables of the step before."""

    def __init__(self, actions: Table, moves: Table, trades: tuple[Trade, ...]) -> None:
        self.actions, self.moves, self.trades = actions, moves, trades

    def send(self, decision: Any, nth: int, now: int, until: int, moves: list[Moved], void: Mapping[Moved, int],
             undoes: int = int(UNKNOWN)) -> int:  # fmt: skip
        """A new action's id. `void`: the moves that nobody is asked for, each with the reason's id."""
        key, trade = paired(int(decision["key"]), nth), self.trades[decision["type"]]
        self.actions.reserve(1)
        self.moves.reserve(len(moves) + len(void))
        i = upsert(self.actions.t, np.uint64(key))
        action: Any = self.actions.t.rows[i]
        action["decision"], action["nth"], action["type"] = decision["key"], nth, decision["type"]
        action["state"] = S_SENT
        action["at"], action["sent_at"], action["undo_until"], action["undoes"] = now, now, until, undoes
        action["moves"], action["done"], action["failed"] = len(moves), 0, 0
        action["silent_at"] = max(until, now + PATIENCE)
        look_at(self.actions.t, i, action["silent_at"])
        for move in moves:
            self._ask(key, trade, move, ASKED, int(UNKNOWN))
        for move, reason in void.items():
            self._ask(key, trade, move, VOID, reason)
        return key

    def sent(self, decision: int) -> int:
        """How many actions a decision has sent."""
        return int(np.count_nonzero(self.actions.rows["decision"] == np.uint64(decision)))

    def asked(self, action: int) -> np.ndarray:
        """What an action moves, in the order of their keys."""
        rows = self.moves.rows
        return np.sort(rows[(rows["action"] == np.uint64(action)) & (rows["state"] != VOID)], order=["line", "visit"])

    def _ask(self, action: int, trade: Trade, move: Moved, state: int, reason: int) -> None:
        row: Any = self.moves.t.rows[upsert(self.moves.t, np.uint64(paired(action, move.key)))]
        row["action"], row["state"], row["reason"] = action, state, reason
        for name in trade.columns:
            row[name] = getattr(move, name)
        trade.fill(row, move)
