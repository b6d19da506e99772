"""Shares: of a carrier's legs those that come late or not at all, of a source's messages those that it has told before.

Each is held against its own past by a sum that listens for twice the odds.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np

from operators.expect.cusum import gain_of_shares
from operators.expect.usual import BIN
from operators.step import Step
from operators.work import Work
from tower import clock
from tower.events import NUMBER
from tower.fields import FOREVER
from tower.ids import UNKNOWN
from tower.pairing import pair
from tower.table import Direct, Table, find, kernel, look_at, touch, upsert

LATE, REPEATED, PULSE = range(3)
ARRIVED, CANCELLED = NUMBER["leg.arrived"], NUMBER["leg.cancelled"]
LATE_MIN: Final = 15.0
PRIOR_ALL: Final = 50.0
"""Before anything was counted, a share is believed as if so many had been seen."""
PRIOR: Final = np.array([0.2, 0.01, 0.0])
LEAST: Final = 0.01
MEMORY: Final = np.array([2_000.0, 20_000.0, 0.0])
"""Of how many the past is made, at most."""
ENOUGH: Final = np.array([100.0, 500.0, 0.0])
LIMIT: Final = 9.21034
"""ln(10,000): by chance once in 10,000 legs, or quarters of an hour, and no oftener."""
FORGOTTEN: Final = 14 * clock.DAY
SHARE: Final = np.zeros(1, np.dtype([
    ("key", "<u8"), ("keep_until", "<i8"), ("look_at", "<i8"), ("what", "|u1"), ("subject", "<u8"), ("all", "<f8"),
    ("hits", "<f8"), ("sum", "<f8"), ("seen", "<f8"), ("seen_hits", "<f8"), ("since", "<i8"), ("position", "<i8"),
    ("last_at", "<i8"), ("is_shifted", "|u1"), ("received", "<i8"), ("repeated", "<i8"),
]))  # fmt: skip
"""`all`, `hits`: the past; `seen`, `seen_hits`: since the sum began to grow. `received`, `repeated`: a source's, when
they were last read. One row, the PULSE, says when sources are looked at."""
for _name in ("keep_until", "look_at", "since", "last_at"):
    SHARE[_name] = -1
SHARE["subject"] = UNKNOWN


@kernel
def take_in(shares, i, hits, misses, moment):
    """Hold some against the past, then let them be part of it, at least while nothing has shifted."""
    row = shares.rows[i]
    share = max((row.hits + PRIOR_ALL * PRIOR[row.what]) / (row.all + PRIOR_ALL), LEAST)
    was_shifted = row.is_shifted
    if row.all >= ENOUGH[row.what]:
        if row.sum <= 0.0:
            row.since, row.seen, row.seen_hits = moment, 0.0, 0.0
        row.seen, row.seen_hits = row.seen + hits + misses, row.seen_hits + hits
        row.sum = min(max(row.sum + gain_of_shares(hits, misses, share), 0.0), LIMIT)
        row.is_shifted = row.sum >= (LIMIT / 2.0 if was_shifted else LIMIT)
    fades = MEMORY[row.what] / (MEMORY[row.what] + hits + misses) if row.all >= MEMORY[row.what] else 1.0
    weight = 0.25 if row.is_shifted else 1.0
    row.all = row.all * fades + weight * (hits + misses)
    row.hits = row.hits * fades + weight * hits
    row.last_at = moment
    if was_shifted or row.is_shifted:
        touch(shares, i)


@kernel
def count_legs(rows, heads, ok, now, position, legs, shares):
    """Each leg once, when it has come or is cancelled; moments at a stop are not its end."""
    for j in range(rows.size):
        event = rows[j].event
        h = heads[event]
        if not ok[event] or (h.kind != ARRIVED and h.kind != CANCELLED):
            continue
        k = find(legs, h.subject)
        if k < 0:
            continue
        leg = legs.rows[k]
        is_end = leg.arrived_event == h.id if h.kind == ARRIVED else leg.cancelled_event == h.id
        if not is_end or leg.carrier == UNKNOWN or leg.arr_planned < 0:
            continue
        i = row_of(shares, LATE, leg.carrier)
        shares.rows[i].position, shares.rows[i].keep_until = position + event, now + FORGOTTEN
        is_late = h.kind == CANCELLED or leg.late_min > LATE_MIN
        take_in(shares, i, 1.0 if is_late else 0.0, 0.0 if is_late else 1.0, now)


@kernel
def row_of(shares, what, subject):
    """The row of a subject."""
    i = upsert(shares, pair(np.uint64(what), subject))
    shares.rows[i].what, shares.rows[i].subject = what, subject
    return i


@kernel
def wait(shares, now):
    """Look at all sources when the quarter of an hour is over."""
    i = row_of(shares, PULSE, UNKNOWN)
    shares.rows[i].keep_until = -1
    look_at(shares, i, now - now % BIN + BIN)


@kernel
def count_repeated(shares, ledger, sources, moment):
    """What each source has told in the quarter of an hour that is over; whether any has."""
    is_busy = False
    for k in range(ledger.meta[0]):
        count = ledger.rows[k]
        i = row_of(shares, REPEATED, count.key)
        row = shares.rows[i]
        told, repeated = count.received - row.received, count.duplicate - row.repeated
        row.received, row.repeated = count.received, count.duplicate
        if told > 0 or row.is_shifted:
            n = find(sources, count.key)
            row.position, row.keep_until = sources.rows[n].position if n >= 0 else -1, moment + FORGOTTEN
            take_in(shares, i, float(repeated), float(max(told - repeated, 0)), moment)
        is_busy = is_busy or told > 0
    i = row_of(shares, PULSE, UNKNOWN)
    shares.rows[i].keep_until = -1 if is_busy else moment
    look_at(shares, i, moment + BIN if is_busy else np.int64(-1))
    return is_busy


COUNT_LEGS, WAIT, COUNT_REPEATED = Direct(count_legs), Direct(wait), Direct(count_repeated)


class Shares(Step):
    """Table `shares`, never told: one row a carrier or source."""

    families: ClassVar = ("event",)
    keeps: ClassVar = (("shares", SHARE),)

    def __init__(self, saved: Mapping[str, bytes] | None, ledger: Table, sources: Table, legs: Table) -> None:
        super().__init__(saved)
        self.ledger, self.sources, self.legs, self.shares = ledger, sources, legs, self.tables["shares"]
        self._is_waiting = self.shares.next_look() < FOREVER

    def run(self, work: Work) -> None:
        """Quarters that are over first, then what is told."""
        shares = self.shares.t
        if self.shares.due(work.now).size:
            self._is_waiting = COUNT_REPEATED.call(shares, self.ledger.t, self.sources.t, work.now)
        if work.heads.size and not self._is_waiting:
            self._is_waiting = True
            WAIT.call(shares, work.now)
        if "leg_move" in work.tables:
            rows = work.tables["leg_move"]
            COUNT_LEGS.call(rows, work.heads, work.ok, work.now, work.position(), self.legs.t, shares)

    def room(self, work: Work) -> int:
        """A move may be of another carrier, and each source has a row."""
        moves = work.tables["leg_move"].size if "leg_move" in work.tables else 0
        return moves + (len(self.ledger) + 1 if not (work.heads.size and self._is_waiting) else 0)
