"""Hearing: what a person says of a decision, held against its state, policy and what still stands."""

from collections.abc import Callable
from typing import Any, Final

from operators import deciding, verdicts
from operators.deciding import Refused
from operators.docket import Docket, Row
from operators.gates import ROLES, Rules
from operators.holding import NOWHERE, Move, why_not
from operators.trades import REBOOK, type_of
from operators.verdicts import Verdict
from operators.work import Work
from tower import clock
from tower.ids import UNKNOWN
from tower.outcomes import ADVISE
from tower.table import Table

TOO_LATE: Final = ("lines are with the pickers", "visits are at doors")
"""Why nothing can be taken back any more, by type of action."""


class Hearing:
    """Takes verdicts, one after the other."""

    def __init__(self, docket: Docket, options: Table, lines: Table, legs: Table) -> None:
        self.docket, self.options, self.lines, self.legs = docket, options, lines, legs

    def take(self, said: Verdict, rules: Rules, work: Work, position: int) -> None:
        """Let a verdict happen. Raises Refused, and then nothing has changed but what the reason says."""
        found = self.docket.row(said.decision)
        if found is None:
            raise Refused("decision: unknown")
        HEARD[said.kind](self, *found, said, rules, work)
        found[0]["position"] = position

    def approve(self, row: Row, i: int, said: Verdict, rules: Rules, work: Work) -> None:
        """One approval; the last that is wanted sends what still holds."""
        deciding.check(int(row["state"]), deciding.APPROVE)
        option = self._named(row, said, work.now)
        gate = rules.of(row) if option is None else rules.of({"type": type_of(option)})
        check_role(said, gate.role, "approving")
        if gate.stop:
            raise Refused("over limit: an emergency stop is in force")
        if gate.mode == ADVISE:
            raise Refused("over limit: policy advises only")
        is_first = option is not None or row["state"] != deciding.APPROVED
        if option is not None:
            self.docket.choose(row, i, option, rules, work)
        if not is_first and said.by == int(row["approved_by"]):
            raise Refused("over limit: two different people have to approve")
        approvals = 1 if is_first else int(row["approvals"]) + 1
        if approvals < gate.wanted(int(row["stake_cents"])):
            self.docket.settle(row, i, deciding.APPROVE, deciding.APPROVED, work.now, by=said.by, approvals=approvals,
                               approved_by=said.by)  # fmt: skip
        else:
            first = said.by if is_first else int(row["approved_by"])
            self.docket.act(row, i, work, by=said.by, approvals=approvals, approved_by=first)

    def _named(self, row: Row, said: Verdict, now: int) -> Row | None:
        """The option that is named, if that is another one than the decision is about. Raises Refused."""
        if said.option in (NOWHERE, int(row["option"])):
            return None
        n = self.options.find(said.option)
        option: Row = self.options.t.rows[n] if n >= 0 else None
        if option is None or option["incident"] != row["incident"] or option["keep_until"] >= 0:
            raise Refused("superseded: that option is gone")
        if 0 <= option["expires_at"] <= now:
            raise Refused("expired: that option is")
        return option

    def adjust(self, row: Row, i: int, said: Verdict, rules: Rules, work: Work) -> None:
        """Other moves for the lines that are named; whoever approves then approves these."""
        deciding.check(int(row["state"]), deciding.ADJUST)
        check_role(said, rules.of(row).adjust_role, "adjusting")
        if row["type"] != REBOOK:
            raise Refused("moves: a plan of doors stands or falls as a whole: reject it instead")
        moves: dict[int, Any] = {move.key: move for move in self.docket.moves(row)}
        for one in said.moves:
            moves[one.line] = self._wanted(one.line, one.leg, work.now)
        self.docket.put(row, [move for move in moves.values() if move.to_leg != move.from_leg], work.now)
        self.docket.judge(row, rules.of(row), work.now)
        self.docket.settle(row, i, deciding.ADJUST, deciding.ADJUSTED, work.now, by=said.by, approvals=0,
                           approved_by=int(UNKNOWN), reason=said.reason)  # fmt: skip

    def _wanted(self, line: int, leg: int, now: int) -> Move:
        """The move of a line to where somebody wants it. Raises Refused where it cannot go."""
        n, g = self.lines.find(line), self.legs.find(leg) if leg != NOWHERE else -1
        if n < 0:
            raise Refused("moves: a line is unknown")
        there = int(self.lines.rows["on_leg"][n])
        site = int(self.lines.rows["site"][n])
        move = Move(line, there, leg, site, int(self.legs.rows["origin"][g]) if g >= 0 else site)
        if leg == NOWHERE or (leg == there and self.lines.rows["stranded_at"][n] < 0):
            return Move(line, there, there, site, site)
        if why := why_not(move, self.lines, self.legs, now):
            raise Refused(f"moves: {why}")
        return move

    def reject(self, row: Row, i: int, said: Verdict, rules: Rules, work: Work) -> None:
        """No; and nothing else for a while."""
        deciding.check(int(row["state"]), deciding.REJECT)
        gate = rules.of(row)
        check_role(said, gate.adjust_role, "rejecting")
        self.docket.settle(row, i, deciding.REJECT, deciding.REJECTED, work.now, by=said.by, reason=said.reason)
        self.docket.course(int(row["incident"]))["quiet_until"] = work.now + gate.quiet_min * clock.MINUTE

    def roll_back(self, row: Row, i: int, said: Verdict, rules: Rules, work: Work) -> None:
        """Take back what was sent, while nobody has begun to pick it."""
        deciding.check(int(row["state"]), deciding.ROLL_BACK)
        check_role(said, rules.of(row).role, "rolling back")
        if row["action"] == UNKNOWN:
            raise Refused("too late: nothing was sent that could be taken back")
        if row["undo_until"] <= work.now:
            raise Refused(f"too late: its first {TOO_LATE[row['type']]}")
        self.docket.undo(row, i, work, by=said.by, reason=said.reason)


def check_role(said: Verdict, least: int, doing: str) -> None:
    """Raises Refused for somebody who may not."""
    if said.role < least:
        raise Refused(f"over limit: {doing} takes a key of role {ROLES[least]}")


Heard = Callable[[Hearing, Row, int, Verdict, Rules, Work], None]
HEARD: Final[dict[int, Heard]] = {
    verdicts.APPROVED: Hearing.approve, verdicts.ADJUSTED: Hearing.adjust, verdicts.REJECTED: Hearing.reject,
    verdicts.ROLLED_BACK: Hearing.roll_back,
}
