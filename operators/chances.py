"""Chances: how likely a leg is to be cancelled, said nine, six, four and two hours before its plan, as long as it has
neither left nor been cancelled; learned an hour after the plan, or when it leaves, cancelled or not.
"""

from typing import Final

import numpy as np

from operators.predict import cancel, gate
from operators.predict.forecast import ENOUGH, FEW, SURE
from operators.predict.tiles import chance
from operators.telling import KEPT_BACK, MS_MIN, known_id, look_out
from tower import clock
from tower.pairing import pair
from tower.table import find, kernel, upsert

AHEAD = 2
"""As the column `moment` has it."""
LEADS: Final = (9, 6, 4, 2, 0)
"""Hours; nothing is asked after the plan."""
LABEL: Final = 60 * clock.MINUTE
KEEP, NO_MORE = clock.DAY, 2 * clock.DAY
AHEAD_MS: Final = np.int64(gate.AHEAD_MIN * clock.MINUTE)
TEMP_C, SIGHT_M, RAIN_MM_H, PRESSURE_HPA = 0, 3, 4, 5


@kernel
def foresee(eyes, b, row, leg, number, now):
    """What is due of one leg: whether it is known what became of it, a question, its label."""
    if row.is_known:
        return
    gone, left = leg.cancelled_at >= 0, leg.departed_at >= 0 or leg.arrived_at >= 0
    if (gone or left) and not row.is_decided:
        row.is_decided = 1
        late = (leg.departed_at - leg.dep_planned) / MS_MIN if leg.departed_at >= 0 else 0.0
        cancel.decided(b.fate, known_id(leg.carrier), known_id(leg.origin), gone, late, now / MS_MIN)
    if not gone and not left:
        lead = lead_of(leg, now)
        if lead >= 0 and not row.foreseen[lead]:
            row.foreseen[lead] = 1
            ask(eyes, b, row, leg, lead, number, now)
    if (gone or left) and now >= leg.dep_planned + LABEL:
        know(b, row, leg, gone, now)
    elif now >= leg.arr_planned + NO_MORE:
        row.is_known = 1
        gate.lost(b.fate_gate)


@kernel
def lead_of(leg, now):
    """Which of the leads it is now; -1 before the first and after the plan."""
    for lead in range(len(LEADS) - 1):
        if leg.dep_planned - LEADS[lead] * clock.HOUR <= now < leg.dep_planned - LEADS[lead + 1] * clock.HOUR:
            return lead
    return -1


@kernel
def ask(eyes, b, row, leg, lead, number, now):
    """Say how likely it is, and keep what that was said from."""
    look_out(eyes, leg, b.weather, now)
    cancel.ask(b.fate, known_id(leg.carrier), known_id(leg.origin), b.weather[TEMP_C], b.weather[SIGHT_M],
               b.weather[RAIN_MM_H], b.weather[PRESSURE_HPA], now / MS_MIN, row.hints[lead])  # fmt: skip
    gate.known(b.fate_gate, missing_of(row.hints[lead]))
    labels = np.int64(b.fate.middle[2])
    told = b.predictions.rows[upsert(b.predictions, pair(leg.key, np.uint64(AHEAD)))]
    told.subject, told.moment, told.arr_planned, told.issued_at = leg.key, AHEAD, leg.arr_planned, now
    told.carrier, told.origin, told.dest = leg.carrier, leg.origin, leg.dest
    told.version, told.basis, told.lead_h = labels, number, LEADS[lead]
    told.why = FEW if labels < ENOUGH else KEPT_BACK if b.fate_gate.tally[gate.SHUT] else SURE
    told.p_cancelled = chance(cancel.odds(b.fate, row.hints[lead], b.mask)) if labels >= ENOUGH else np.nan


@kernel
def missing_of(hints):
    """The share of what is asked that is unknown."""
    unknown = 0
    for hint in hints:
        if np.isnan(hint):
            unknown += 1
    return unknown / hints.size


@kernel
def know(b, row, leg, gone, now):
    """The label has come: learn it once for each time that was asked, while their gate is open; write it down."""
    row.is_known = 1
    said_at = leg.cancelled_at if gone else max(leg.departed_at, leg.arrived_at)
    is_right = said_at <= now + AHEAD_MS
    gate.labelled(b.fate_gate, is_right, 0.0)
    is_learned = is_right and not b.fate_gate.tally[gate.SHUT]
    for lead in range(len(LEADS) - 1):
        if row.foreseen[lead] and is_learned:
            cancel.learn(b.fate, row.hints[lead], b.mask, gone)
    if not is_learned:
        b.fate_gate.tally[gate.KEPT_BACK] += 1
    if find(b.predictions, pair(leg.key, np.uint64(AHEAD))) >= 0:
        told = b.predictions.rows[upsert(b.predictions, pair(leg.key, np.uint64(AHEAD)))]
        told.was_cancelled, told.labelled_at, told.keep_until = 1 if gone else 0, now, now + KEEP
