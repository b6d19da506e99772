"""Threats: legs that are late or overdue, as what is newest says or predicts, and whether a promise hangs on that.

A delay is felt where a promise for what is on the leg holds by its plan, and not with the delay. A promise that the
plan did not keep is lost already; where nothing that is promised is known to be on a leg, every delay is felt.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, NamedTuple

import numpy as np

from operators.connections import newest_of, shown_by
from operators.legs import OVERDUE
from operators.orders import DELIVERED
from operators.predict.claims import CARRIERS
from operators.step import Step
from operators.telling import ALONG, BEFORE, DEPARTED
from operators.work import Work
from tower import clock
from tower.fields import FOREVER
from tower.ids import UNKNOWN
from tower.pairing import pair
from tower.table import Direct, Table, find, kernel, look_at, upsert

LATE_MIN: Final = 15.0
"""A leg that is expected so much after its plan is late."""
SURE: Final = 0.6
"""What is predicted is told of where this is the chance, at least: that a leg is late, that a promise is missed."""
BELOW: Final = (SURE - 0.5) / (0.95 - 0.5)
"""How far from p50 to p05 what is exceeded with that chance lies, if it is as far as the chance is."""
THREAT: Final = np.zeros(1, np.dtype([
    ("key", "<u8"), ("keep_until", "<i8"), ("look_at", "<i8"), ("origin", "<u8"), ("dest", "<u8"), ("has_left", "|u1"),
    ("arr_planned", "<i8"), ("dep_expected", "<i8"), ("arr_expected", "<i8"), ("needed_at", "<i8"), ("late_min", "<f8"),
    ("is_overdue", "|u1"), ("position", "<i8"), ("overdue_position", "<i8"),
]))  # fmt: skip
"""A leg that is or was late or overdue. `late_min`: how late, if that is felt; `is_overdue`: it is, and that is felt;
`needed_at`: by when it must come for the promises that its plan keeps."""
for _name in ("keep_until", "look_at", "needed_at"):
    THREAT[_name] = -1
NOBODY: Final = -1
"""Nothing on it is promised, as far as anybody knows."""


class Known(NamedTuple):
    """The tables that kernels see."""

    legs: Any
    lines: Any
    loads: Any
    predictions: Any
    threats: Any


@kernel
def newest_answer(predictions, leg):
    """The row of our newest answer to when a leg comes; -1: none. One that leaves is asked about within a minute: until
    then holds what was said before.
    """
    p = newest_of(predictions, leg.key, leg.departed_at >= 0)
    return p if p >= 0 else find(predictions, pair(leg.key, np.uint64(BEFORE)))


@kernel
def lateness(predictions, leg):
    """How late a leg comes, in minutes, and how late it is sure to come: as predicted, where that is newer than its
    carrier's word; not late where we are not sure of that.
    """
    p = newest_answer(predictions, leg)
    if p < 0 or np.isnan(predictions.rows[p].p50) or predictions.rows[p].issued_at < leg.estimated_at:
        return leg.late_min, leg.late_min
    told = predictions.rows[p]
    if told.shown == CARRIERS:
        return told.shown_min, told.shown_min
    return told.p50 if told.p_event >= SURE else 0.0, told.p50 - BELOW * (told.p50 - told.p05)


@kernel
def needed(known, leg):
    """By when it must come for all the promises that its plan keeps; FOREVER where it keeps none."""
    n = find(known.loads, leg.key)
    key, moment = known.loads.rows[n].first if n >= 0 else UNKNOWN, np.int64(NOBODY)
    while key != UNKNOWN:
        line = known.lines.rows[find(known.lines, key)]
        if line.state < DELIVERED and line.stranded_at < 0 and line.promised_by >= 0 and line.expected_at >= 0:
            latest = line.promised_by - (line.expected_at - leg.arr_expected)
            if moment == NOBODY:
                moment = np.int64(FOREVER)
            if leg.arr_planned <= latest < moment:
                moment = latest
        key = line.after
    return moment


@kernel
def weigh(known, leg, now):
    """Write how one leg stands, if it is or was in trouble."""
    is_over, has_left = leg.arrived_at >= 0 or leg.cancelled_at >= 0, leg.departed_at >= 0
    is_overdue = not is_over and (leg.arr_life if has_left else leg.dep_life) == OVERDUE
    late_min, sure_min = (0.0, 0.0) if is_over else lateness(known.predictions, leg)
    if find(known.threats, leg.key) < 0 and not is_overdue and not late_min >= LATE_MIN:
        return
    i = upsert(known.threats, leg.key)
    row = known.threats.rows[i]
    row.keep_until, row.origin, row.dest, row.has_left = leg.keep_until, leg.origin, leg.dest, has_left
    row.arr_planned, row.dep_expected, row.arr_expected = leg.arr_planned, leg.dep_expected, leg.arr_expected
    row.position = shown_by(leg)
    row.overdue_position = leg.departed_position if has_left else leg.planned_position
    row.needed_at = NOBODY if is_over else needed(known, leg)
    is_felt = row.needed_at == NOBODY or leg.arr_planned + sure_min * clock.MINUTE > row.needed_at
    row.late_min = late_min if is_felt else 0.0
    felt_at = max(row.needed_at + 1 - leg.arr_expected, 0) + (leg.arr_expected if has_left else leg.dep_expected)
    row.is_overdue = is_overdue and (row.needed_at == NOBODY or now >= felt_at)
    look_at(known.threats, i, felt_at if is_overdue and not row.is_overdue else np.int64(-1))


@kernel
def weigh_legs(known, numbers, now):
    """Weigh these legs."""
    for i in numbers:
        weigh(known, known.legs.rows[i], now)


@kernel
def weigh_by_key(known, rows, numbers, now):
    """Weigh the legs of these rows of another table."""
    for i in numbers:
        k = find(known.legs, rows[i].key)
        if k >= 0:
            weigh(known, known.legs.rows[k], now)


@kernel
def weigh_predicted(known, numbers, now):
    """Weigh the legs of which something is foretold."""
    for i in numbers:
        told = known.predictions.rows[i]
        k = find(known.legs, told.subject) if told.moment <= DEPARTED or told.moment == ALONG else -1
        if k >= 0:
            weigh(known, known.legs.rows[k], now)


WEIGH_LEGS, WEIGH_PREDICTED = Direct(weigh_legs), Direct(weigh_predicted)
WEIGH_LOADED, WEIGH_DUE = Direct(weigh_by_key), Direct(weigh_by_key)


class Threats(Step):
    """Table `threats`, never told: one row a leg that has been late or overdue."""

    watches: ClassVar = ("legs", "loads", "predictions")
    keeps: ClassVar = (("threats", THREAT),)

    def __init__(
        self, saved: Mapping[str, bytes] | None, legs: Table, lines: Table, loads: Table, predictions: Table
    ) -> None:
        super().__init__(saved)
        self.legs, self.lines, self.loads, self.predictions = legs, lines, loads, predictions
        self.threats, self.is_new = self.tables["threats"], saved is None

    def _changed(self) -> np.ndarray:
        """The legs that were touched; all, of a state that a build left which knew no threats."""
        return np.arange(len(self.legs), dtype="i4") if self.is_new else self.legs.touched()

    def room(self, work: Work) -> int:
        """A row a leg."""
        return int(self._changed().size + self.loads.touched().size + self.predictions.touched().size)

    def run(self, work: Work) -> None:
        """Weigh what has changed and what is due."""
        due, known = self.threats.due(work.now), self.known()
        if (numbers := self._changed()).size:
            WEIGH_LEGS.call(known, numbers, work.now)
        if (numbers := self.loads.touched()).size:
            WEIGH_LOADED.call(known, self.loads.t.rows, numbers, work.now)
        if (numbers := self.predictions.touched()).size:
            WEIGH_PREDICTED.call(known, numbers, work.now)
        if due.size:
            WEIGH_DUE.call(known, self.threats.t.rows, due, work.now)
        self.is_new = False

    def known(self) -> Known:
        """The tables as they are now: they are held anew when they grow."""
        return Known(self.legs.t, self.lines.t, self.loads.t, self.predictions.t, self.threats.t)
