"""Legs: what was planned, promised, seen and said of each movement, and when it is expected now."""

from typing import ClassVar, Final

import numpy as np

from operators.registers import PART, WHOLE, Registers
from operators.work import Work, mask_of
from tower import clock
from tower.ids import pairs
from tower.outcomes import LEG_KINDS, LIVES
from tower.table import TOUCHED, Direct, kernel, look_at, touch_due, touched, upsert

UNPLANNED, PLANNED, OVERDUE, DELAYED, EARLY, LATE, REPORTED = range(len(LIVES))
TOLERANCE: Final = 5 * clock.MINUTE
"""Reported within so much of the plan is on time."""
KEEP: Final = clock.LATENESS + clock.DAY
NO_SUCH: Final = -1
SILENCE: Final = 90 * clock.MINUTE
"""A vehicle that has told its position and then says nothing for so long is silent."""


@kernel
def life(planned, estimated, reported, now):
    """Where an expected event stands: overdue comes from `now`, never from an event."""
    if reported >= 0:
        if planned < 0 or abs(reported - planned) <= TOLERANCE:
            return REPORTED
        return LATE if reported > planned else EARLY
    if planned < 0:
        return UNPLANNED
    expected = max(planned, estimated)
    if now >= expected:
        return OVERDUE
    return DELAYED if expected > planned + TOLERANCE else PLANNED


@kernel
def newest(leg):
    """The newest moment at which anybody told of the leg."""
    told = max(leg.departed_at, leg.arrived_at, leg.position_at)
    return max(told, leg.estimated_at, leg.cancelled_at, leg.troubled_at)


@kernel
def expect(leg, now):
    """Fill what follows from the registers: when it is expected, how late that is, where its two events stand."""
    estimated = leg.estimated_at >= 0
    dep_said = leg.dep_estimated if estimated else NO_SUCH
    arr_said = leg.arr_estimated if estimated else NO_SUCH
    leg.heard_at = newest(leg)
    leg.dep_life = life(leg.dep_planned, dep_said, leg.departed_at, now)
    leg.dep_expected = leg.departed_at if leg.departed_at >= 0 else max(leg.dep_planned, dep_said)
    behind = max(leg.dep_expected - leg.dep_planned, 0) if leg.dep_planned >= 0 else 0
    leg.arr_expected = leg.arrived_at
    if leg.arrived_at < 0 and leg.arr_planned >= 0:
        leg.arr_expected = arr_said if arr_said >= 0 else leg.arr_planned + behind
    leg.arr_life = life(leg.arr_planned, max(arr_said, leg.arr_expected), leg.arrived_at, now)
    under_way = leg.departed_at >= 0 and leg.arrived_at < 0 and leg.cancelled_at < 0
    leg.silent_at = leg.heard_at + SILENCE if under_way and leg.position_at >= 0 else NO_SUCH
    leg.late_min = lateness(leg.arr_expected, leg.arr_planned)
    leg.late_on_estimate_min = lateness(leg.arrived_at, arr_said)


@kernel
def lateness(moment, against):
    """Minutes behind; NaN where either is unknown."""
    return (moment - against) / clock.MINUTE if moment >= 0 and against >= 0 else np.nan


@kernel
def next_moment(leg, now):
    """When the leg will be overdue or silent if nobody says anything; -1 if it cannot be."""
    if leg.cancelled_at >= 0 or leg.arrived_at >= 0:
        return NO_SUCH
    expected = leg.dep_expected if leg.departed_at < 0 else leg.arr_expected
    if leg.silent_at > now and (expected <= now or leg.silent_at < expected):
        return leg.silent_at
    return expected if expected > now else NO_SUCH


@kernel
def settle(t, now):
    """Look anew at touched legs, and at those whose moment has come."""
    touch_due(t, now)
    for n in range(t.meta[TOUCHED]):
        i = touched(t, n)
        leg = t.rows[i]
        expect(leg, now)
        look_at(t, i, next_moment(leg, now))
        end = max(leg.arr_expected, leg.dep_expected, leg.arr_planned, leg.heard_at, leg.planned_at, leg.assigned_at)
        leg.keep_until = end + KEEP if leg.arrived_at >= 0 or leg.cancelled_at >= 0 else -1


SETTLE: Final = Direct(settle)


class Legs(Registers):
    """Table `legs`: one row a leg."""

    families: ClassVar = ("leg_plan", "leg_move")
    publishes: ClassVar = ("legs",)
    kinds: ClassVar = LEG_KINDS
    parts: ClassVar = {"leg_move": (WHOLE, "stop")}

    def settle(self, work: Work) -> None:
        """Touched legs, and those whose moment has come."""
        SETTLE.call(self.things.t, work.now)


@kernel
def at_a_stop(moves):
    """Whether any of these happened at a stop that has a number."""
    for move in moves:
        if move.stop >= 0:
            return True
    return False


AT_A_STOP: Final = Direct(at_a_stop)
PLANNED_STOPS: Final = mask_of(("leg_stop",))


class Stops(Registers):
    """Table `stops`: what happened at each stop of a leg, for legs that have more than two ends."""

    families: ClassVar = ("leg_move",)
    watches: ClassVar = ("leg_stop",)
    publishes: ClassVar = ("stops",)
    kinds: ClassVar = ("leg.departed", "leg.arrived", "leg.estimated")
    parts: ClassVar = {"leg_move": (PART, "stop")}

    def concerns(self, work: Work) -> bool:
        """Plans with stops, or moves at one."""
        if work.voids.size or work.present & PLANNED_STOPS:
            return True
        return bool(AT_A_STOP.call(work.rows("leg_move")))

    def room(self, work: Work) -> int:
        """A row per move and per planned stop."""
        return super().room(work) + int(work.rows("leg_stop").size)

    def settle(self, work: Work) -> None:
        """Write what the plan says of each stop: the newest plan in the log's order of `at` wins."""
        rows = work.rows("leg_stop")
        if rows.size:
            legs = work.heads["subject"][rows["event"]]
            plan(rows, legs, pairs(legs, rows["sequence"].astype("u8")), work.ok, self.things.t)


@kernel
def plan(rows, legs, keys, ok, t):
    """Fill the planned columns of stops."""
    for j in range(rows.size):
        if ok[rows[j].event]:
            i = upsert(t, keys[j])
            stop = t.rows[i]
            stop.leg, stop.sequence, stop.site, stop.purpose = legs[j], rows[j].sequence, rows[j].site, rows[j].purpose
            stop.window_start, stop.window_end = rows[j].window_start, rows[j].window_end
