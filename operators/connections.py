"""Connections: whether a leg can leave on time, given when its vehicle, trailer, driver and goods come.

A connection is missed where what comes is expected so late that the leg cannot be turned around by a quarter of an hour
after its planned departure, or that the goods cannot be handled before it leaves. Both times are clauses of policy; a
plan that turns around sooner is taken at its word. What does not come at all counts as a day late. Rows of
`connections` are of legs that missed one at any moment; of several the worst.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, NamedTuple

import numpy as np

from operators.policies import prices_in, said_in
from operators.prices import late_cents, undelivered_cents
from operators.rotations import (
    GOODS,
    ROTATION,
    THINGS,
    TURN,
    VEHICLE,
    WAIT,
    follow,
    let_go,
    source_of,
    wait,
    wake,
)
from operators.step import Step
from operators.telling import ALONG, BEFORE, DEPARTED
from operators.work import Work
from tower import clock
from tower.events import MODES
from tower.fields import FOREVER
from tower.ids import UNKNOWN
from tower.pairing import pair
from tower.table import Direct, Table, find, kernel, look_at, touch, upsert

USUAL: Final = {"turnaround_air_min": 30, "turnaround_min": 60, "handling_min": 60}
"""What is taken to be needed at least where no policy says: by aircraft, by other vehicles, from truck to truck."""
LEVELS: Final = (1.0, 30.0, 120.0)
"""Minutes too late from which it is told, is a warning, is critical."""
ON_TIME: Final = 15 * clock.MINUTE
"""A leg that leaves so much after its plan is on time."""
NEVER_MIN: Final = float(clock.DAY // clock.MINUTE)
AIR: Final = MODES.index("air")
BY_PLAN, BY_DEPARTURE, BY_ESTIMATE, BY_PREDICTION, BY_CLOCK, BY_ARRIVAL, BY_CANCELLATION = range(7)
MISSED, MADE, OVER = range(3)
BEST: Final = np.zeros(1, np.dtype([
    ("short", "<f8"), ("thing_short", "<f8"), ("inbound", "<i8"), ("what", "|u1"), ("expected", "<i8"), ("by", "|u1"),
    ("needed", "<i8"), ("leaves", "<i8"), ("next", "<i8"),
]))  # fmt: skip
"""The connection of a leg that is furthest from being made, and when that may change by waiting alone."""


class Terms(NamedTuple):
    """What is needed at least between coming and leaving, ms."""

    air: int
    road: int
    handling: int


class Known(NamedTuple):
    """The tables that kernels see."""

    turns: Any
    waits: Any
    legs: Any
    lines: Any
    loads: Any
    predictions: Any
    connections: Any


@kernel
def coming(known, leg, now):
    """When a leg is expected, FOREVER if it is cancelled, -1 if nobody can say; and what says so."""
    if leg.arrived_at >= 0:
        return leg.arrived_at, BY_ARRIVAL
    if leg.cancelled_at >= 0:
        return np.int64(FOREVER), BY_CANCELLATION
    has_left = leg.departed_at >= 0
    moment, by = leg.arr_expected, BY_DEPARTURE if has_left else BY_PLAN
    if leg.estimated_at >= 0:
        by = BY_ESTIMATE
    p = newest_of(known.predictions, leg.key, has_left)
    if p >= 0:
        told = known.predictions.rows[p]
        if not np.isnan(told.p50) and leg.estimated_at <= told.issued_at:
            moment, by = leg.arr_planned + np.int64(told.shown_min * clock.MINUTE), BY_PREDICTION
    soonest = now if has_left else now + lasts(leg)
    if 0 <= moment < soonest:
        return soonest, BY_CLOCK
    return moment, by


@kernel
def newest_of(predictions, leg, has_left):
    """The row of what was predicted last of when it comes; -1: nothing."""
    if not has_left:
        return find(predictions, pair(leg, np.uint64(BEFORE)))
    p = find(predictions, pair(leg, np.uint64(ALONG)))
    return p if p >= 0 else find(predictions, pair(leg, np.uint64(DEPARTED)))


@kernel
def lasts(leg):
    """How long a leg is planned to take, ms."""
    return leg.arr_planned - leg.dep_planned


@kernel
def crossing(leg, needed, now):
    """When waiting alone brings a leg that has not come to the next level; FOREVER if it does not."""
    if leg.arrived_at >= 0 or leg.cancelled_at >= 0 or leg.arr_planned < 0:
        return np.int64(FOREVER)
    for level in LEVELS:
        moment = needed + np.int64(level * clock.MINUTE) - (0 if leg.departed_at >= 0 else lasts(leg))
        if moment > now:
            return moment
    return np.int64(FOREVER)


@kernel
def limits(terms, what, leg, outbound):
    """When the outbound leg leaves, as far as such a connection is concerned, and the last moment to come for it."""
    if what == GOODS:
        return outbound.dep_expected, outbound.dep_expected - terms.handling
    turnaround = terms.air if outbound.mode == AIR else terms.road
    planned = outbound.dep_planned - leg.arr_planned
    if leg.arr_planned >= 0 and 0 <= planned < turnaround:
        turnaround = planned
    return outbound.dep_planned, outbound.dep_planned + ON_TIME - turnaround


@kernel
def minutes(expected, needed):
    """So much too late; minus infinity where nobody can say when it comes."""
    if expected < 0:
        return -np.inf
    return NEVER_MIN if expected == FOREVER else (expected - needed) / clock.MINUTE


@kernel
def consider(known, terms, best, k, what, outbound, now):
    """Hold one connection against the worst so far; of equals the first counts, of goods that of the lowest key."""
    leg = known.legs.rows[k]
    leaves, needed = limits(terms, what, leg, outbound)
    expected, by = coming(known, leg, now)
    short = minutes(expected, needed)
    best.next = min(best.next, crossing(leg, needed, now))
    is_first = short == best.short and what == best.what == GOODS and leg.key < known.legs.rows[best.inbound].key
    if short > best.short or is_first:
        best.short, best.inbound, best.what, best.expected, best.by = short, k, what, expected, by
        best.needed, best.leaves = needed, leaves


@kernel
def inbound_of(known, line, site):
    """The row of the leg that a line waits for and that comes to the site; -1 where there is none."""
    w = find(known.waits, line)
    if w < 0 or known.waits.rows[w].inbound == UNKNOWN:
        return np.int64(-1)
    k = find(known.legs, known.waits.rows[w].inbound)
    return np.int64(k) if k >= 0 and known.legs.rows[k].dest == site else np.int64(-1)


@kernel
def find_worst(known, terms, best, turn, outbound, now):
    """Fill in the worst connection of a leg."""
    best.short, best.inbound, best.what, best.next = -np.inf, -1, VEHICLE, FOREVER
    for what in range(THINGS):
        k = source_of(known, turn, what, outbound.origin)
        if k >= 0:
            consider(known, terms, best, k, what, outbound, now)
    best.thing_short = best.short
    n = find(known.loads, turn.key) if turn.waiting > 0 and outbound.dep_planned >= 0 else -1
    key = known.loads.rows[n].first if n >= 0 else UNKNOWN
    while key != UNKNOWN:
        k = inbound_of(known, key, outbound.origin)
        if k >= 0:
            consider(known, terms, best, k, GOODS, outbound, now)
        key = known.lines.rows[find(known.lines, key)].after


@kernel
def is_left(known, terms, line, outbound, now):
    """Whether a line comes too late for its leg."""
    k = inbound_of(known, line, outbound.origin)
    if k < 0:
        return False
    leg = known.legs.rows[k]
    return minutes(coming(known, leg, now)[0], limits(terms, GOODS, leg, outbound)[1]) > 0.0


@kernel
def cost(known, terms, best, prices, turn, outbound, now):
    """Lines that are left behind, and cents: theirs as if they never came, of others what it costs to leave so late."""
    left, cents = 0, 0
    n = find(known.loads, turn.key)
    key = known.loads.rows[n].first if n >= 0 else UNKNOWN
    while key != UNKNOWN:
        line = known.lines.rows[find(known.lines, key)]
        at_risk = max(line.risk_cents, 0)
        if turn.waiting > 0 and is_left(known, terms, key, outbound, now):
            left += 1
            at_risk = max(at_risk, undelivered_cents(prices, line.priority, line.value_cents))
        elif best.thing_short > 0.0:
            late_min = line.late_min + best.thing_short + ON_TIME / clock.MINUTE
            at_risk = max(at_risk, late_cents(prices, line.priority, late_min))
        cents += at_risk
        key = line.after
    return left, cents


@kernel
def shown_by(leg):
    """The position of what was last said of when a leg comes."""
    if leg.arrived_at >= 0:
        return leg.arrived_position
    if leg.cancelled_at >= 0:
        return leg.cancelled_position
    said = max(leg.departed_position, leg.estimated_position)
    return said if said >= 0 else leg.planned_position


@kernel
def tell(known, terms, best, prices, turn, outbound, is_over, now):
    """Say how the worst connection of a leg stands, where one is or was missed."""
    is_missed = best.short > 0.0
    if not is_missed and find(known.connections, turn.key) < 0:
        return
    row = known.connections.rows[upsert(known.connections, turn.key)]
    row.keep_until, row.site, row.lines, row.risk_cents = outbound.keep_until, outbound.origin, 0, 0
    row.state = OVER if is_over else MISSED if is_missed else MADE
    if best.inbound < 0:
        row.inbound, row.short_min, row.expected_at = UNKNOWN, np.nan, -1
        return
    leg = known.legs.rows[best.inbound]
    row.inbound, row.what, row.shown_by, row.position = leg.key, best.what, best.by, shown_by(leg)
    row.expected_at = best.expected if best.expected < FOREVER else -1
    row.needed_at, row.leaves_at, row.short_min = best.needed, best.leaves, best.short
    if row.state == MISSED:
        row.lines, row.risk_cents = cost(known, terms, best, prices, turn, outbound, now)


@kernel
def settle(known, numbers, terms, prices, best, now):
    """Look anew at these legs."""
    for i in numbers:
        turn = known.turns.rows[i]
        k = find(known.legs, turn.key)
        is_held = turn.goods != UNKNOWN or turn.waiting > 0
        turn.keep_until = -1 if is_held else known.legs.rows[k].keep_until if k >= 0 else 0
        look_at(known.turns, i, np.int64(-1))
        if k < 0:
            continue
        outbound = known.legs.rows[k]
        is_over = outbound.departed_at >= 0 or outbound.arrived_at >= 0 or outbound.cancelled_at >= 0
        find_worst(known, terms, best[0], turn, outbound, 0 if is_over else now)
        tell(known, terms, best[0], prices, turn, outbound, is_over, now)
        if not is_over and best[0].next < FOREVER:
            look_at(known.turns, i, best[0].next)


@kernel
def hear(predictions, numbers, legs, turns, waits):
    """A leg of which something is foretold wakes those behind it."""
    for n in numbers:
        told = predictions.rows[n]
        i = find(turns, told.subject) if told.moment <= DEPARTED or told.moment == ALONG else -1
        if i >= 0:
            wake(legs, turns, waits, turns.rows[i])


@kernel
def wake_rows(turns, numbers):
    """Look anew at these."""
    for i in numbers:
        touch(turns, i)


FOLLOW, WAIT_FOR, HEAR, WAKE_ROWS = Direct(follow), Direct(wait), Direct(hear), Direct(wake_rows)
SETTLE, LET_GO = Direct(settle), Direct(let_go)


class Connections(Step):
    """Table `connections`: one row a leg that has missed one. Its own: `turns`, `rotations`, `waits`."""

    families: ClassVar = ("document",)
    watches: ClassVar = ("legs", "lines", "predictions")
    publishes: ClassVar = ("connections",)
    keeps: ClassVar = (("turns", TURN), ("rotations", ROTATION), ("waits", WAIT))

    def __init__(
        self, saved: Mapping[str, bytes] | None, price_list: Table, legs: Table, lines: Table, loads: Table,
        predictions: Table,
    ) -> None:  # fmt: skip
        super().__init__(saved)
        self.price_list, self.legs, self.lines, self.loads = price_list, legs, lines, loads
        self.predictions, self.turns, self.best = predictions, self.tables["turns"], BEST.copy()
        self.terms, self.prices, self.is_new = terms_in(price_list), prices_in(price_list), saved is None

    def room(self, work: Work) -> int:
        """A row a thing of a leg; two legs a line."""
        return THINGS * self._changed(self.legs).size + 2 * self._changed(self.lines).size

    def _changed(self, table: Table) -> np.ndarray:
        """The rows that were touched; all, of a state that a build left which knew no connections."""
        return np.arange(len(table), dtype="i4") if self.is_new else table.touched()

    def run(self, work: Work) -> None:
        """Tie what changed, wake what comes behind, look at all that is awake."""
        turns, waits, legs = self.turns.t, self.tables["waits"].t, self.legs.t
        due = self.turns.due(work.now)
        if self.price_list.touched().size:
            self.terms, self.prices = terms_in(self.price_list), prices_in(self.price_list)
            due = np.arange(len(self.turns), dtype="i4")
        WAKE_ROWS.call(turns, due)
        if (numbers := self._changed(self.legs)).size:
            FOLLOW.call(legs, numbers, turns, self.tables["rotations"].t, waits)
        if (numbers := self._changed(self.lines)).size:
            WAIT_FOR.call(self.lines.t, numbers, turns, waits)
        if (numbers := self.predictions.touched()).size:
            HEAR.call(self.predictions.t, numbers, legs, turns, waits)
        self.is_new = False
        if (numbers := self.turns.touched()).size:
            self.tables["connections"].reserve(numbers.size)
            SETTLE.call(self.known(), numbers, self.terms, self.prices, self.best, work.now)

    def known(self) -> Known:
        """The tables as they are now: they are held anew when they grow."""
        return Known(self.turns.t, self.tables["waits"].t, self.legs.t, self.lines.t, self.loads.t, self.predictions.t,
                     self.tables["connections"].t)  # fmt: skip

    def evict(self, before: int) -> dict[str, np.ndarray]:
        """Take what goes out of its chains first."""
        LET_GO.call(self.turns.t, self.tables["rotations"].t, before)
        return super().evict(before)


def terms_in(price_list: Table) -> Terms:
    """The times in force."""
    said = said_in(price_list)
    return Terms(*(int(said.get(name, usual)) * clock.MINUTE for name, usual in USUAL.items()))
