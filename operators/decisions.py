"""Decisions: the best option of each incident is proposed; people, policy, time and receivers decide what comes of it.

    time       what nobody has decided on expires with its option
    incidents  what is over wants no decision any more
    actions    what receivers answer ends a decision
    people     approve, adjust, reject, roll back; what cannot be is rejected with the reason, its first word says why:
               expired, superseded, taken, over limit, too late
    options    the best one is proposed, and takes the place of one that is worse by `better_cents`; where policy lets
               the tower decide alone, it does at once

A decision keeps the moves that it was proposed with, though options change with every event: whoever approves it later
has those done that still hold. What somebody has approved or adjusted stays as it is until it is decided, its option
expires or its incident is over.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import numpy as np

from operators import deciding
from operators.actions import S_ACKNOWLEDGED, S_EXECUTED, S_FAILED, Sender
from operators.acts import Unfit
from operators.deciding import Refused
from operators.docket import CHOSEN, COURSE, Docket, Row, is_auto
from operators.gates import Rules
from operators.hearing import Hearing
from operators.policies import refuse
from operators.step import Step
from operators.trades import Lines, Seats
from operators.verdicts import VERDICTS, verdict
from operators.work import Work, mask_of
from tower import clock
from tower.table import Table

DOCUMENTS: Final = mask_of(("document",))


class Decisions(Step):
    """Table `decisions`; its own: `chosen`, the moves that each is about, and `courses`, by incident."""

    watches: ClassVar = ("document", "incidents", "actions", "options")
    publishes: ClassVar = ("decisions",)
    keeps: ClassVar = (("chosen", CHOSEN), ("courses", COURSE))

    def __init__(
        self, saved: Mapping[str, bytes] | None, ledger: Table, gates: Table, incidents: Table, options: Table,
        moves: Table, lines: Table, legs: Table, visits: Table, doors: Table, actions: Table, action_moves: Table,
    ) -> None:  # fmt: skip
        super().__init__(saved)
        self.ledger, self.gates, self.incidents, self.options, self.actions = ledger, gates, incidents, options, actions
        self.rules = Rules(gates)
        trades = Lines(lines, legs), Seats(visits, doors)
        self.docket = Docket(self.tables, moves, trades, Sender(actions, action_moves, trades))
        self.hearing = Hearing(self.docket, options, lines, legs)

    def concerns(self, work: Work) -> bool:
        """Whether anything has changed that decisions follow from."""
        return bool(
            work.present & DOCUMENTS or self.options.touched().size or self.incidents.touched().size
            or self.actions.touched().size or self.tables["decisions"].next_look() <= work.now
        )  # fmt: skip

    def room(self, work: Work) -> int:
        """Whoever adds a row makes room for it."""
        return 0

    def run(self, work: Work) -> None:
        """Time, incidents, actions, people, options: in this order."""
        if self.gates.touched().size:
            self.rules = Rules(self.gates)
        self._expire(work)
        self._close(work)
        self._follow(work)
        if work.present & DOCUMENTS:
            self._hear(work)
        self._propose(work)

    def _expire(self, work: Work) -> None:
        for i in self.tables["decisions"].due(work.now).tolist():
            row = self.tables["decisions"].t.rows[i]
            if row["state"] in deciding.WAITING and row["expires_at"] <= work.now:
                self.docket.settle(row, i, deciding.EXPIRE, deciding.EXPIRED, work.now)

    def _close(self, work: Work) -> None:
        """An incident that is over wants no decision any more, and no memory of them for ever."""
        touched = self.incidents.touched()
        over = {int(row["key"]) for row in self.incidents.t.rows[touched] if row["closed_at"] >= 0}
        if not over:
            return
        for row, i in self.docket.waiting():
            if int(row["incident"]) in over:
                self._supersede(row, i, work, "its incident is over")
        for incident in sorted(over):
            if self.docket.newest(incident) is not None:
                self.docket.course(incident)["keep_until"] = work.now + clock.DAY

    def _supersede(self, row: Row, i: int, work: Work, why: str) -> None:
        self.docket.settle(row, i, deciding.SUPERSEDE, deciding.SUPERSEDED, work.now, reason=work.id_of("text", why))

    def _follow(self, work: Work) -> None:
        """What came of the actions that were answered."""
        for n in self.actions.touched().tolist():
            action = self.actions.t.rows[n]
            found = self.docket.row(int(action["decision"]))
            if found is None or found[0]["action"] != action["key"] or found[0]["state"] not in deciding.UNDER_WAY:
                continue
            (row, i), is_back = found, found[0]["state"] == deciding.UNDOING
            if action["state"] == S_ACKNOWLEDGED:
                self.docket.settle(row, i, deciding.ACKNOWLEDGE, int(row["state"]), work.now)
            elif action["state"] == S_EXECUTED:
                if is_back:
                    self.docket.undone(row, work.now)
                to = deciding.ROLLED_BACK if is_back else deciding.EXECUTED
                self.docket.settle(row, i, deciding.EXECUTE, to, work.now, reason=int(action["reason"]))
            elif action["state"] == S_FAILED:
                self.docket.settle(row, i, deciding.FAIL, deciding.FAILED, work.now, reason=int(action["reason"]))

    def _hear(self, work: Work) -> None:
        """Take in what people say; each word is a step on, or is rejected with the reason."""
        refused: list[tuple[np.void, str]] = []
        for head, row, said in work.documents(*VERDICTS):
            try:
                self.hearing.take(verdict(work, head, said), self.rules, work, work.position() + row)
            except (Unfit, Refused) as why:
                refused.append((head, str(why)))
        if refused:
            refuse(work, self.ledger, refused)

    def _propose(self, work: Work) -> None:
        """Look at the incidents whose options have changed, and at what still waits."""
        concerned = set(self.options.rows["incident"][self.options.touched()].tolist())
        concerned |= {int(row["incident"]) for row, _ in self.docket.waiting()}
        for incident in sorted(concerned):
            best = best_of(self.options.rows, incident, work.now)
            if self._is_free(incident, best, work) and best is not None:
                row, i = self.docket.open(best, self.rules, work)
                self._decide_alone(row, i, work)

    def _is_free(self, incident: int, best: Row | None, work: Work) -> bool:
        """Whether an incident wants a new decision."""
        row = self.docket.newest(incident)
        if row is not None and row["state"] in deciding.WAITING:
            return self._is_outdone(row, best, work)
        n = self.incidents.find(incident)
        if best is None or (n >= 0 and self.incidents.rows["closed_at"][n] >= 0):
            return False
        if row is None:
            return True
        was_said = row["digest"] == best["digest"] and row["state"] != deciding.SUPERSEDED
        is_quiet = self.docket.course(incident)["quiet_until"] > work.now
        return not was_said and not is_quiet and row["state"] not in deciding.UNDER_WAY

    def _is_outdone(self, row: Row, best: Row | None, work: Work) -> bool:
        """Keep a decision up to date with its option; whether it has just given way to a better one."""
        i = self.tables["decisions"].find(int(row["key"]))
        if row["state"] != deciding.PROPOSED:
            return False
        if best is None:
            self._supersede(row, i, work, "nothing is better than leaving it")
            return False
        if (held := standing(self.options, int(row["option"]), work.now)) is not None:
            self.docket.choose(row, i, held, self.rules, work)
        least = self.rules.of(row).better_cents
        if best["key"] != row["option"] and best["net_cents"] - row["net_cents"] >= least:
            self._supersede(row, i, work, "another option is better")
            return True
        self._decide_alone(row, i, work)
        return False

    def _decide_alone(self, row: Row, i: int, work: Work) -> None:
        """Where policy says so, the tower approves by itself."""
        if is_auto(row):
            try:
                self.docket.act(row, i, work, by=work.id_of("person", "policy"), approvals=0)
            except Refused:
                return  # it is superseded, and says why

    def evict(self, before: int) -> dict[str, np.ndarray]:
        """The moves of a decision go with what it was about."""
        return super().evict(max(before, 1))


def standing(options: Table, key: int, now: int) -> Row | None:
    """The row of an option that still stands."""
    i = options.find(key)
    return options.t.rows[i] if i >= 0 and is_good(options.t.rows[i], now) else None


def is_good(option: Row, now: int) -> bool:
    """Whether an option has not gone and not expired."""
    return bool(option["keep_until"] < 0 and (option["expires_at"] < 0 or option["expires_at"] > now))


def best_of(options: np.ndarray, incident: int, now: int) -> Row | None:
    """The best option of an incident that is still good; None where that is to do nothing, or there is none."""
    mine: list[Any] = [row for row in options[options["incident"] == np.uint64(incident)] if is_good(row, now)]
    best = min(mine, key=lambda row: (int(row["rank"]), -int(row["net_cents"]), int(row["key"])), default=None)
    return best if best is not None and best["moves"] > 0 and best["net_cents"] > 0 else None

