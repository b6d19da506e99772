"""Admit: each event once. Counts the ledger, in the log, so that it replays too."""

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np

from operators.step import Step
from operators.work import VOID, Work
from tower import clock, ids, layouts
from tower.ids import UNKNOWN
from tower.pairing import pair
from tower.table import Direct, Out, emit, find, kernel, upsert

ACCEPTED: Final = 0
DUPLICATE: Final = 1
LATE: Final = 2
CONFLICT: Final = 3
CONFLICT_REASON: Final = "conflict: same id, other content"
CONFLICT_ID: Final = np.uint64(ids.of("reason", CONFLICT_REASON))

SEEN: Final = np.zeros(1, np.dtype([("key", "<u8"), ("keep_until", "<i8"), ("content", "<u8"), ("kind", "<u2"),
                                    ("subject", "<u8")]))  # fmt: skip
VOIDED: Final = np.zeros(1, np.dtype([("key", "<u8"), ("keep_until", "<i8"), ("by", "<u8")]))
LEDGER: Final = np.zeros(1, np.dtype([("key", "<u8"), ("received", "<i8"), ("accepted", "<i8"), ("duplicate", "<i8"),
                                      ("late", "<i8"), ("rejected", "<i8")]))  # fmt: skip


@kernel
def admit(heads, now, lateness, keep, seen, ledger, ok, rejected):
    """The verdict on each event, counted in the ledger; only an accepted one is ok."""
    for i in range(heads.size):
        h = heads[i]
        count = ledger.rows[upsert(ledger, h.source)]
        count.received += 1
        j = find(seen, h.id)
        if h.at < now - lateness:
            count.late += 1
            ok[i] = 0
        elif j < 0:
            s = seen.rows[upsert(seen, h.id)]
            s.content, s.kind, s.subject, s.keep_until = h.content, h.kind, h.subject, max(now, h.at) + keep
            count.accepted += 1
        elif seen.rows[j].content == h.content:
            count.duplicate += 1
            ok[i] = 0
        else:
            count.rejected += 1
            ok[i] = 0
            r = rejected.rows[emit(rejected)]
            r.source, r.inbox, r.row, r.reason, r.id, r.size = h.source, h.inbox, h.row, CONFLICT_ID, h.id, 0


@kernel
def count_rejected(rejected, ledger):
    """Rows that could not be read were received and rejected."""
    for r in rejected:
        count = ledger.rows[upsert(ledger, r.source)]
        count.received += 1
        count.rejected += 1


@kernel
def told_of(kind, subject, at):
    """The key of what is taken back by kind, subject and moment."""
    return pair(pair(np.uint64(kind), subject), np.uint64(at))


@kernel
def take_back(corrections, heads, ok, now, keep, seen, voided, voids):
    """Note what admitted corrections take back; how many of it."""
    n = 0
    for c in corrections:
        if not ok[c.event]:
            continue
        by_id = c.corrects != UNKNOWN
        key = c.corrects if by_id else told_of(c.corrects_kind, c.corrects_subject, c.corrects_at)
        i = upsert(voided, key)
        voided.rows[i].by, voided.rows[i].keep_until = heads[c.event].id, now + keep
        v = voids[n]
        v.id, v.kind, v.subject, v.at = c.corrects, c.corrects_kind, c.corrects_subject, c.corrects_at
        if by_id:
            j = find(seen, c.corrects)
            v.kind = seen.rows[j].kind if j >= 0 else 0
        n += 1
    return n


@kernel
def mute(heads, ok, voided):
    """An event that was taken back before it came says nothing; a correction does not take itself back."""
    for i in range(heads.size):
        h = heads[i]
        j = find(voided, h.id)
        if j < 0:
            j = find(voided, told_of(h.kind, h.subject, h.at))
        if j >= 0 and voided.rows[j].by != h.id:
            ok[i] = 0


ASIDE: Final = ("rejected", "correction")
ADMIT: Final = Direct(admit)
MUTE: Final = Direct(mute)


class Admit(Step):
    """received == accepted + duplicate + late + rejected, per source; one event is one message's one event."""

    families: ClassVar = ("event", "rejected")
    keeps: ClassVar = (("seen", SEEN), ("voided", VOIDED), ("ledger", LEDGER))

    def __init__(self, saved: Mapping[str, bytes] | None = None) -> None:
        super().__init__(saved)
        self._conflicts = Out(layouts.empty("rejected", 64), np.zeros(1, "i8"))
        self._seen, self._voided, self._ledger = (self.tables[name] for name in ("seen", "voided", "ledger"))
        self._counts = layouts.blank("ledger").dtype

    def room(self, work: Work) -> int:
        """A row per event or rejected row."""
        return work.heads.size + sum([work.tables[name].size for name in ASIDE if name in work.tables])

    def run(self, work: Work) -> None:
        """Judge each event; then let corrections take back what they name."""
        keep = clock.LATENESS + clock.DAY
        seen, ledger, conflicts = self._seen.t, self._ledger.t, self._room_for(work.heads.size)
        ADMIT.call(work.heads, work.now, clock.LATENESS, keep, seen, ledger, work.ok, conflicts)
        if "rejected" in work.tables:
            count_rejected(work.tables["rejected"], ledger)
        if "correction" in work.tables:
            corrections = work.tables["correction"]
            voids = np.zeros(corrections.size, VOID)
            n = take_back(corrections, work.heads, work.ok, work.now, keep, seen, self._voided.t, voids)
            work.take_back(voids[:n])
        if len(self._voided):
            MUTE.call(work.heads, work.ok, self._voided.t)
        self._publish(work, conflicts)

    def _room_for(self, events: int) -> Out:
        """Where conflicts are told, the same rows each time."""
        if self._conflicts.rows.size < events:
            self._conflicts = Out(layouts.empty("rejected", events), self._conflicts.used)
        self._conflicts.used[0] = 0
        return self._conflicts

    def _publish(self, work: Work, conflicts: Out) -> None:
        """The sources' counts, a row as the outcome has it, and what was rejected before and now."""
        work.found["ledger"] = [self._ledger.changed(self._counts)]
        rejected = [work.tables["rejected"].copy()] if "rejected" in work.tables else []
        if used := conflicts.used[0]:
            rejected.append(conflicts.rows[:used].copy())
        if rejected:
            work.found["rejected"] = rejected

    def counts(self) -> dict[int, dict[str, int]]:
        """The ledger by source id."""
        names = ("received", "accepted", "duplicate", "late", "rejected")
        return {int(r["key"]): {n: int(r[n]) for n in names} for r in self.tables["ledger"].rows}
