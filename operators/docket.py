"""Docket: decisions as rows: opened on an option, kept up to date with it, moved on, sent, taken back, ended."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from operators import deciding
from operators.actions import ASKED, DONE, S_UNDONE, Sender
from operators.deciding import Refused
from operators.gates import Gate, Rules
from operators.holding import paired
from operators.trades import Moved, Trade, type_of
from operators.work import Work
from tower import clock
from tower.ids import UNKNOWN
from tower.outcomes import AUTO
from tower.table import Table, find, look_at, touch, upsert

KEEP: Final = clock.DAY
LONGEST_WAIT: Final = 4 * clock.HOUR
"""How long a decision waits whose option does not say until when it is good."""
CHOSEN: Final = np.zeros(1, np.dtype([
    ("key", "<u8"), ("keep_until", "<i8"), ("decision", "<u8"), ("line", "<u8"), ("from_leg", "<u8"),
    ("to_leg", "<u8"), ("from_site", "<u8"), ("to_site", "<u8"), ("visit", "<u8"), ("from_door", "<u8"),
    ("to_door", "<u8"), ("from_start", "<i8"), ("to_start", "<i8"),
]))  # fmt: skip
"""A move that a decision is about: kept, because its option may be gone when somebody says yes."""
CHOSEN["keep_until"] = -1
COURSE: Final = np.zeros(1, np.dtype([
    ("key", "<u8"), ("keep_until", "<i8"), ("nth", "<i8"), ("decision", "<u8"), ("quiet_until", "<i8"),
]))  # fmt: skip
"""An incident's decisions: how many there were, the newest, and until when nobody wants another."""
COURSE["keep_until"] = COURSE["quiet_until"] = -1
COURSE["decision"] = UNKNOWN
Row = Any
"""A row of a table, written in place."""


class Docket:
    """The rows of decisions and of what they are about."""

    def __init__(self, own: dict[str, Table], moves: Table, trades: tuple[Trade, ...], sender: Sender) -> None:
        self.decisions, self.chosen, self.courses = own["decisions"], own["chosen"], own["courses"]
        self.option_moves, self.trades, self.sender = moves, trades, sender

    def trade(self, row: Row) -> Trade:
        """How what a decision is about is moved."""
        return self.trades[row["type"]]

    def row(self, key: int) -> tuple[Row, int] | None:
        """The row of a decision and its number, counted as touched by whoever changes it."""
        i = self.decisions.find(key)
        return None if i < 0 else (self.decisions.t.rows[i], i)

    def waiting(self) -> Iterator[tuple[Row, int]]:
        """The decisions that somebody still has to say something about, oldest first."""
        for i in np.flatnonzero(np.isin(self.decisions.rows["state"], deciding.WAITING)).tolist():
            yield self.decisions.t.rows[i], i

    def newest(self, incident: int) -> Row | None:
        """The newest decision about an incident."""
        i = self.courses.find(incident)
        found = None if i < 0 else self.row(int(self.courses.rows["decision"][i]))
        return None if found is None else found[0]

    def course(self, incident: int) -> Row:
        """What is remembered of an incident's decisions."""
        self.courses.reserve(1)
        row: Row = self.courses.t.rows[upsert(self.courses.t, np.uint64(incident))]
        return row

    def open(self, option: Row, rules: Rules, work: Work) -> tuple[Row, int]:
        """A new decision on an option."""
        course = self.course(int(option["incident"]))
        course["nth"] += 1
        course["decision"] = paired(int(option["incident"]), int(course["nth"]))
        self.decisions.reserve(1)
        i = int(upsert(self.decisions.t, course["decision"]))
        row: Row = self.decisions.t.rows[i]
        row["incident"], row["nth"], row["state"] = option["incident"], course["nth"], deciding.PROPOSED
        row["at"], row["proposed_at"], row["approvals"], row["void"] = work.now, work.now, 0, 0
        self.choose(row, i, option, rules, work)
        return row, i

    def choose(self, row: Row, i: int, option: Row, rules: Rules, work: Work) -> None:
        """Have a decision be about an option, as that is now; nothing is told where nothing changes."""
        before = row.tobytes()
        row["type"] = type_of(option)
        if row["digest"] != option["digest"] or row["option"] != option["key"]:
            row["basis"] = work.number
            self.copy(row, int(option["key"]), work.now)
        row["option"], row["digest"] = option["key"], option["digest"]
        row["net_cents"], row["confidence"] = option["net_cents"], option["confidence"]
        row["stake_cents"] = max(int(option["cost_cents"]), abs(int(option["net_cents"])))
        row["expires_at"] = option["expires_at"] if option["expires_at"] >= 0 else row["proposed_at"] + LONGEST_WAIT
        self.judge(row, rules.of(row), work.now)
        look_at(self.decisions.t, np.int64(i), np.int64(row["expires_at"]))
        if row.tobytes() != before:
            touch(self.decisions.t, np.int64(i))

    def judge(self, row: Row, gate: Gate, now: int) -> None:
        """What policy says of it."""
        row["policy"] = gate.version
        stake, left_min = int(row["stake_cents"]), max(int(row["undo_until"]) - now, 0) / clock.MINUTE
        row["mode"], row["wanted"] = gate.mode_of(stake, float(row["confidence"]), left_min), gate.wanted(stake)

    def copy(self, row: Row, option: int, now: int) -> None:
        """Keep the moves of an option as those of a decision."""
        rows = self.option_moves.rows
        self.put(row, [self.trade(row).read(one) for one in rows[rows["option"] == np.uint64(option)]], now)

    def put(self, decided: Row, moves: list[Moved], now: int) -> None:
        """Have a decision be about these moves."""
        decision, trade = int(decided["key"]), self.trade(decided)
        decided["moves"], decided["undo_until"] = len(moves), trade.undo_until(moves, now)
        self.drop(decision)
        self.chosen.reserve(len(moves))
        for move in moves:
            row: Row = self.chosen.t.rows[upsert(self.chosen.t, np.uint64(paired(decision, move.key)))]
            row["decision"], row["keep_until"] = decision, -1
            for name in trade.columns:
                row[name] = getattr(move, name)

    def drop(self, decision: int) -> None:
        """Forget the moves of a decision, as if there had been none."""
        rows = self.chosen.rows
        rows["keep_until"][rows["decision"] == np.uint64(decision)] = 0

    def moves(self, decided: Row) -> list[Moved]:
        """The moves that a decision is about, in the order of what they move."""
        rows, trade = self.chosen.rows, self.trade(decided)
        mine = rows[(rows["decision"] == decided["key"]) & (rows["keep_until"] < 0)]
        return sorted((trade.read(row) for row in mine), key=lambda move: move.key)

    def settle(self, row: Row, i: int, event: str, to: int, now: int, **said: int) -> None:
        """Move a decision on, and say what else is so of it."""
        if row["state"] != to:
            row["at"] = now
        row["state"] = deciding.moved(int(row["state"]), event, to)
        for name, value in said.items():
            row[name] = value
        look_at(self.decisions.t, np.int64(i), row["expires_at"] if to in deciding.WAITING else np.int64(-1))
        if to not in deciding.WAITING:
            self.drop(int(row["key"]))
        is_open = to in (*deciding.WAITING, *deciding.UNDER_WAY)
        row["keep_until"] = -1 if is_open else max(now, int(row["undo_until"])) + KEEP
        touch(self.decisions.t, np.int64(i))

    def act(self, row: Row, i: int, work: Work, **said: int) -> None:
        """Send what still holds. Raises Refused, and the decision is superseded, where nothing does."""
        now, moves, trade = work.now, self.moves(row), self.trade(row)
        why = {move: trade.why_not(move, now) for move in moves}
        good = [move for move in moves if not why[move]]
        if moves and not good:
            self.settle(row, i, deciding.APPROVE, deciding.SUPERSEDED, now,
                        reason=work.id_of("text", "none of its moves holds any more"), void=len(moves))  # fmt: skip
            raise Refused("superseded: none of its moves holds any more")
        if not moves:
            self.settle(row, i, deciding.APPROVE, deciding.EXECUTED, now, **said)
            return
        void = {move: work.id_of("text", words) for move, words in why.items() if words}
        until = trade.undo_until(good, now)
        action = self.sender.send(row, 1, now, until, good, void)
        self.settle(row, i, deciding.APPROVE, deciding.ACTING, now, action=action, undo_until=until, void=len(void),
                    moves=len(good), **said)  # fmt: skip

    def undo(self, row: Row, i: int, work: Work, **said: int) -> None:
        """Send the way back of what was moved. Raises Refused where nothing can be taken back."""
        decision, now = int(row["key"]), work.now
        trade, asked = self.trade(row), self.sender.asked(paired(decision, 1))
        backs = [trade.read(one).back() for one in asked if one["state"] in (ASKED, DONE)]
        why = {move: trade.why_not(move, now) for move in backs}
        good = [move for move in backs if not why[move]]
        if not good:
            raise Refused("too late: nothing of it can be taken back")
        void = {move: work.id_of("text", words) for move, words in why.items() if words}
        action = self.sender.send(row, self.sender.sent(decision) + 1, now, now, good, void, paired(decision, 1))
        self.settle(row, i, deciding.ROLL_BACK, deciding.UNDOING, now, action=action, **said)

    def undone(self, row: Row, now: int) -> None:
        """Say of what a decision first sent that it is taken back."""
        actions = self.sender.actions
        i = find(actions.t, np.uint64(paired(int(row["key"]), 1)))
        actions.t.rows[i]["state"], actions.t.rows[i]["at"] = S_UNDONE, now
        touch(actions.t, i)


def is_auto(row: Row) -> bool:
    """Whether the tower decides alone."""
    return bool(row["state"] == deciding.PROPOSED and row["mode"] == AUTO)

