"""Handling: what people do about deviations: who has taken each, what is put off, and what nobody has taken in time.

All acts on a deviation are kept while it is open, and how it stands is told from them in the order of `at`, sequence
and id, so it does not matter in which order they come, how often, or when one is taken back:

    taken       by the first who acknowledges it, or is assigned it; only who has it hands it on, by assigning it
    released    by who has it, who gives it back: nobody has it
    refused     acknowledging, assigning, releasing or shelving what somebody else has
    shelved     the newest says until when; then it comes back. Until a moment that is over: comes back at once
    escalated   once, if nobody has it when it wants an act (`act_by`, five minutes after it opened, or when it comes
                back, whichever is last) and it is a warning or worse: an advisory wants no act

An act on a deviation that is unknown or over is rejected. How the judge sees it does not change.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

import numpy as np

from operators.acts import ACKNOWLEDGED, ACT, ACTS, ASSIGNED, NOTED, RELEASED, SHELVED, Unfit, act
from operators.policies import refuse
from operators.step import Step
from operators.work import ALL, Work, mask_of
from tower import clock
from tower.ids import UNKNOWN
from tower.table import Direct, Table, find, kernel, look_at, touch, upsert

KEEP: Final = clock.DAY
"""How long the row of a deviation stays when it is over."""
GRACE: Final = 5 * clock.MINUTE
"""Nobody can act at once on what has only just opened."""
WARNING: Final = 2
OVER: Final = 2
"""Statuses of deviations from here on: it is not open any more."""
DOCUMENTS: Final = mask_of(("document",))

FOLLOWED: Final = np.zeros(1, np.dtype([
    ("key", "<u8"), ("keep_until", "<i8"), ("look_at", "<i8"), ("opened_at", "<i8"), ("closed_at", "<i8"),
    ("act_by", "<i8"), ("shelved_until", "<i8"), ("severity", "|u1"), ("is_taken", "|u1"), ("is_escalated", "|u1"),
]))  # fmt: skip
"""A deviation, for as long as an act on it can be judged."""
for _name in ("keep_until", "look_at", "opened_at", "closed_at", "act_by", "shelved_until"):
    FOLLOWED[_name] = -1

Told = dict[str, int]
BLANK: Final[Told] = {
    **dict.fromkeys(("acknowledged_at", "assigned_at", "shelved_at", "shelved_until", "noted_at", "notes", "taken_at",
                     "refused_at", "refused", "position"), -1),
    **dict.fromkeys(("acknowledged_by", "assigned_to", "assigned_by", "shelved_by", "noted_by", "note", "taken_by",
                     "refused_by", "refused_event"), int(UNKNOWN)),
}  # fmt: skip
"""The columns that acts fill, when nobody has acted."""
FREE: Final = {name: BLANK[name] for name in ("acknowledged_at", "acknowledged_by", "assigned_at", "assigned_to",
                                              "assigned_by", "taken_at", "taken_by")}  # fmt: skip
"""Those that say who has it, when nobody does."""


@kernel
def wants_act_at(f):
    """When it escalates if nobody takes it; -1 if it does not."""
    if f.is_taken or f.is_escalated or f.severity < WARNING or f.severity == 0xFF or f.act_by < 0 or f.closed_at >= 0:
        return np.int64(-1)
    return max(f.act_by, f.opened_at + GRACE, f.shelved_until)


@kernel
def settle(followed, i, handling, now):
    """Let what was put off come back, escalate what nobody has taken, and say when to look again."""
    f = followed.rows[i]
    if 0 <= f.shelved_until <= now:
        f.shelved_until = -1
        row = handling.rows[upsert(handling, f.key)]
        row.shelved_at, row.shelved_until, row.shelved_by = -1, -1, UNKNOWN
    moment = wants_act_at(f)
    if 0 <= moment <= now:
        f.is_escalated = 1
        handling.rows[upsert(handling, f.key)].escalated_at = now
        moment = np.int64(-1)
    if f.shelved_until >= 0 and (moment < 0 or f.shelved_until < moment):
        moment = f.shelved_until
    look_at(followed, i, moment if f.closed_at < 0 else -1)


@kernel
def follow(said, followed, handling, now):
    """Take in what the judge has said."""
    for d in said:
        i = upsert(followed, d.id)
        f = followed.rows[i]
        if d.status < OVER:
            f.opened_at = d.at if f.opened_at < 0 else f.opened_at
            f.act_by, f.severity, f.closed_at, f.keep_until = d.act_by, d.severity, -1, -1
        else:
            f.closed_at, f.keep_until = d.at, d.at + KEEP
        k = find(handling, d.id)
        if k >= 0 and handling.rows[k].closed_at != f.closed_at:
            handling.rows[k].closed_at, handling.rows[k].keep_until = f.closed_at, f.keep_until
            touch(handling, k)
        settle(followed, i, handling, now)


@kernel
def look_again(followed, numbers, handling, now):
    """The moment of these has come."""
    for i in numbers:
        settle(followed, i, handling, now)


FOLLOW: Final = Direct(follow)


class Handling(Step):
    """Tables `handling` (a row once somebody acts, or it escalates), `acts` and `followed` (its own)."""

    publishes: ClassVar = ("handling",)
    keeps: ClassVar = (("acts", ACT), ("followed", FOLLOWED))

    def __init__(self, saved: Mapping[str, bytes] | None, ledger: Table) -> None:
        super().__init__(saved)
        self.ledger = ledger
        self.mask = ALL

    def apply(self, work: Work) -> None:
        """Time first, then what the judge says, then what people say."""
        followed = self.tables["followed"]
        if (due := followed.due(work.now)).size:
            self.tables["handling"].reserve(due.size)
            look_again(followed.t, due, self.tables["handling"].t, work.now)
        self._follow(work)
        if work.present & DOCUMENTS:
            self._hear(work)

    def _follow(self, work: Work) -> None:
        out = work.outs.get("deviations")
        for rows in (*work.found.get("deviations", ()), *(() if out is None else (out.rows[: out.used[0]],))):
            for table in ("followed", "handling"):
                self.tables[table].reserve(rows.size)
            FOLLOW.call(rows, self.tables["followed"].t, self.tables["handling"].t, work.now)

    def activate(self, work: Work) -> None:
        """Another build may say of deviations that they are over."""
        self._follow(work)
        super().activate(work)

    def _hear(self, work: Work) -> None:
        """Take in acts, take back those that were wrong, and tell anew what stands of the deviations concerned."""
        concerned = set(self._taken_back(work))
        rejected: list[tuple[np.void, str]] = []
        for head, row, said in work.documents(*ACTS):
            try:
                concerned.add(self._act(act(work, head, row, said)[0], work.now))
            except Unfit as unfit:
                rejected.append((head, str(unfit)))
        for deviation in sorted(concerned):
            self._tell(deviation, work.now)
        if rejected:
            refuse(work, self.ledger, rejected)

    def _taken_back(self, work: Work) -> Iterator[int]:
        acts = self.tables["acts"].rows
        for void in work.voids:
            if void["id"] != UNKNOWN:
                wrong = acts["key"] == void["id"]
            else:
                wrong = np.all([acts[name] == void[name] for name in ("subject", "kind", "at")], axis=0)
            acts["kind"][wrong] = 0
            yield from acts["deviation"][wrong].tolist()

    def _act(self, said: np.void, now: int) -> int:
        """Keep an act; raises Unfit if its deviation is not open."""
        deviation, followed = int(said["deviation"]), self.tables["followed"]
        i = followed.find(deviation)
        if i < 0:
            raise Unfit("deviation: unknown")
        if 0 <= followed.rows["closed_at"][i] < now:
            raise Unfit("deviation: closed")
        acts = self.tables["acts"]
        acts.reserve(1)
        acts.t.rows[upsert(acts.t, said["key"])] = said
        return deviation

    def _tell(self, deviation: int, now: int) -> None:
        """How the deviation stands by all acts on it."""
        acts, handling, followed = self.tables["acts"].rows, self.tables["handling"], self.tables["followed"]
        mine = np.sort(acts[(acts["deviation"] == np.uint64(deviation)) & (acts["kind"] > 0)],
                       order=["at", "sequence", "key"])  # fmt: skip
        stands, i = standing(mine), followed.find(deviation)
        handling.reserve(2)
        row: Any = handling.t.rows[upsert(handling.t, np.uint64(deviation))]
        for column, value in stands.items():
            row[column] = value
        if i >= 0:
            f: Any = followed.t.rows[i]
            f["is_taken"], f["shelved_until"] = stands["taken_at"] >= 0, stands["shelved_until"]
            row["closed_at"], row["keep_until"] = f["closed_at"], f["keep_until"]
            look_again(followed.t, np.array([i], "i4"), handling.t, now)

    def evict(self, before: int) -> dict[str, np.ndarray]:
        """Acts go with their deviation."""
        gone = super().evict(before)
        acts = self.tables["acts"]
        over = ~np.isin(acts.rows["deviation"], self.tables["followed"].rows["key"])
        if over.any():
            acts.rows["keep_until"][over] = 0
            acts.evict(before)
        return gone


def standing(acts: np.ndarray) -> Told:
    """How a deviation stands by these acts, which are in order."""
    told = dict(BLANK)
    for said in acts:
        one = {name: said[name].item() for name in acts.dtype.names or ()}
        told["position"] = max(told["position"], one["position"])
        if one["kind"] == NOTED:
            told |= {"noted_at": one["at"], "noted_by": one["by"], "note": one["text"],
                     "notes": max(told["notes"], 0) + 1}  # fmt: skip
        elif _may(told, one):
            told |= _done(told, one)
        else:
            told |= {"refused_at": one["at"], "refused_by": one["by"], "refused_event": one["key"],
                     "refused": max(told["refused"], 0) + 1}  # fmt: skip
    return told


def _may(told: Told, one: Mapping[str, int]) -> bool:
    """Whether nobody else has it, or it is assigned to who has it."""
    is_again = one["kind"] == ASSIGNED and told["taken_by"] == one["to"]
    return told["taken_at"] < 0 or told["taken_by"] == one["by"] or is_again


def _done(told: Told, one: Mapping[str, int]) -> Told:
    """What an act that is not refused changes."""
    at, by = one["at"], one["by"]
    if one["kind"] == SHELVED:
        return {"shelved_at": at, "shelved_until": one["until"], "shelved_by": by}
    if one["kind"] == RELEASED:
        return FREE
    taker = by if one["kind"] == ACKNOWLEDGED else one["to"]
    is_new = told["taken_at"] < 0 or told["taken_by"] != taker
    taken = {"taken_at": at, "taken_by": taker} if is_new else {}
    if one["kind"] == ASSIGNED:
        return {**taken, "assigned_at": at, "assigned_to": taker, "assigned_by": by}
    return {**taken, "acknowledged_at": at, "acknowledged_by": by}
