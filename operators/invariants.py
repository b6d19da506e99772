"""Invariants: what must hold however events come, looked at when a minute is over in which it may have changed.

    door_occupancy      no more than one visit at a door
    leg_load            no more loads booked on a leg than it takes
    stock_allocation    no more claimed at a site than is there
    load_books, stock_books, door_books
                        what is kept up to date with every event says what counting anew says: once an hour

The first three are the world's to hold: where it does not, that is true and somebody should look. The books are ours:
one that is off is a fault.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np

from operators.orders import loads_of
from operators.step import Step
from operators.stock import wanted
from operators.work import Work, mask_of
from tower import clock, ids
from tower.ids import UNKNOWN
from tower.pairing import pair
from tower.table import Direct, Table, find, kernel, look_at, upsert

NAMES: Final = ("door_occupancy", "leg_load", "stock_allocation", "load_books", "stock_books", "door_books")
DOORS, LEGS, STOCK, LOAD_BOOKS, STOCK_BOOKS, DOOR_BOOKS = range(len(NAMES))
CODES: Final = np.array([ids.of("invariant", name) for name in NAMES], "u8")
BOOKS: Final = LOAD_BOOKS
"""From this one on: the books."""
TIMER: Final = np.zeros(1, np.dtype([("key", "<u8"), ("look_at", "<i8"), ("recount_at", "<i8")]))
TIMER["look_at"] = -1


@kernel
def note(found, what, excess, key):
    """One more that was looked at; how far it is off, 0 if it is not. The worst is remembered, of equals the first."""
    row = found[what]
    row.checked += 1
    if excess == 0:
        return
    row.broken += 1
    if excess > row.excess or (excess == row.excess and key < row.worst):
        row.excess, row.worst = excess, key


@kernel
def look_at_facts(found, doors, loads, legs, stock):
    """Who stands where, what is booked on which leg, what is claimed of which goods."""
    for k in range(doors.meta[0]):
        note(found, DOORS, max(0, doors.rows[k].occupants - 1), doors.rows[k].key)
    for k in range(loads.meta[0]):
        load = loads.rows[k]
        i = find(legs, load.key)
        if i >= 0 and legs.rows[i].capacity_loads >= 0:
            note(found, LEGS, max(0, load.loads - legs.rows[i].capacity_loads), load.key)
    for k in range(stock.meta[0]):
        cell = stock.rows[k]
        if cell.counted_at >= 0:
            note(found, STOCK, max(0, cell.allocated - max(cell.balance, 0)), cell.key)


@kernel
def recount_lines(found, lines, legs, loads, stock, on, claimed):
    """Count lines and their loads anew by leg, on (2, L), and their goods, claimed (S,): a column a row of `loads` and
    one a row of `stock`, zeros to begin with.
    """
    for i in range(lines.meta[0]):
        line = lines.rows[i]
        k = find(loads, line.on_leg) if line.on_leg != UNKNOWN else -1
        if k >= 0:
            on[0, k] += 1
            on[1, k] += loads_of(line)
        site = wanted(line, legs)
        k = find(stock, pair(site, line.sku)) if site != UNKNOWN and line.sku != UNKNOWN else -1
        if k >= 0:
            claimed[k] += max(line.quantity, 0)
    for k in range(loads.meta[0]):
        load = loads.rows[k]
        off = max(abs(max(load.lines, 0) - on[0, k]), abs(max(load.loads, 0) - on[1, k]))
        note(found, LOAD_BOOKS, off, load.key)
    for k in range(stock.meta[0]):
        note(found, STOCK_BOOKS, abs(max(stock.rows[k].allocated, 0) - claimed[k]), stock.rows[k].key)


@kernel
def recount_visits(found, visits, doors, stand):
    """Count visits anew by door; the count begins as zeros, one a row of doors."""
    for i in range(visits.meta[0]):
        k = find(doors, visits.rows[i].at_door) if visits.rows[i].at_door != UNKNOWN else -1
        if k >= 0:
            stand[k] += 1
    for k in range(doors.meta[0]):
        note(found, DOOR_BOOKS, abs(max(doors.rows[k].occupants, 0) - stand[k]), doors.rows[k].key)


@kernel
def say(found, invariants, now):
    """Say what has changed of what was found."""
    for what in range(found.size):
        new = found[what]
        if new.checked == 0 and find(invariants, CODES[what]) < 0:
            continue
        i = find(invariants, CODES[what])
        if i >= 0:
            old = invariants.rows[i]
            is_same = old.broken == new.broken and old.excess == new.excess and old.worst == new.worst
            if is_same and old.checked == new.checked:
                continue
        row = invariants.rows[upsert(invariants, CODES[what])]
        if new.broken == 0:
            row.since = -1
        elif row.since < 0:
            row.since = now
        row.name, row.checked, row.broken, row.at = CODES[what], new.checked, new.broken, now
        row.worst, row.excess = new.worst, new.excess


@kernel
def wait(timer, now):
    """Look when the minute is over."""
    look_at(timer, upsert(timer, np.uint64(0)), now - now % clock.MINUTE + clock.MINUTE)


LOOK_AT_FACTS, RECOUNT_LINES, RECOUNT_VISITS = Direct(look_at_facts), Direct(recount_lines), Direct(recount_visits)
SAY, WAIT = Direct(say), Direct(wait)
FOUND: Final = np.zeros(len(NAMES), np.dtype([
    ("checked", "<i8"), ("broken", "<i8"), ("excess", "<i8"), ("worst", "<u8"),
]))  # fmt: skip
FOUND["worst"] = UNKNOWN
WATCHED: Final = ("legs", "lines", "loads", "stock", "doors", "visits")


class Invariants(Step):
    """Table `invariants`: a row each; `timer` is its own."""

    watches: ClassVar = WATCHED
    publishes: ClassVar = ("invariants",)
    keeps: ClassVar = (("timer", TIMER),)

    def __init__(
        self, saved: Mapping[str, bytes] | None, legs: Table, lines: Table, loads: Table, stock: Table, doors: Table,
        visits: Table,
    ) -> None:  # fmt: skip
        super().__init__(saved)
        self.legs, self.lines, self.loads = legs, lines, loads
        self.stock, self.doors, self.visits = stock, doors, visits
        self._timer = self.tables["timer"]
        self._watched = mask_of(WATCHED)

    def apply(self, work: Work) -> None:
        """Look if the minute is over; else wait for its end if anything has changed."""
        if self._timer.due(work.now).size:
            self._timer.rows["look_at"] = -1
            self._look(work)
        if work.present & self._watched and (not len(self._timer) or int(self._timer.rows["look_at"][0]) < 0):
            self._timer.reserve(1)
            WAIT.call(self._timer.t, work.now)

    def _look(self, work: Work) -> None:
        found, doors, loads, stock = FOUND.copy(), self.doors, self.loads, self.stock
        LOOK_AT_FACTS.call(found, doors.t, loads.t, self.legs.t, stock.t)
        is_hour = work.now >= self._timer.rows["recount_at"][0]
        if is_hour:
            on, (claimed, stand) = np.zeros((2, len(loads)), "i8"), (np.zeros(len(t), "i8") for t in (stock, doors))
            RECOUNT_LINES.call(found, self.lines.t, self.legs.t, loads.t, stock.t, on, claimed)
            RECOUNT_VISITS.call(found, self.visits.t, doors.t, stand)
            self._timer.rows["recount_at"] = work.now - work.now % clock.HOUR + clock.HOUR
        self.tables["invariants"].reserve(len(NAMES))
        SAY.call(found if is_hour else found[:BOOKS], self.tables["invariants"].t, work.now)
