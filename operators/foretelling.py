"""Foretelling: one leg's part in predictions, minute by minute: asked about, followed, its label learned once."""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.predict import cuts, forecast, movements
from operators.predict.forecast import ISSUED, P_LATE, TOLD, WHY
from operators.predict.questions import COLUMNS
from operators.predict.situation import WEATHER, Leg
from tower import clock
from tower.ids import UNKNOWN
from tower.pairing import pair
from tower.table import find, kernel, look_at, upsert

BEFORE, DEPARTED = 0, 1
"""The questions, as the column `moment` has them."""
LEAD: Final = 120 * clock.MINUTE
PATIENCE: Final = 240 * clock.MINUTE
"""A leg that has not left so long after its plan is not waited for any more."""
KEEP: Final = clock.DAY
NO_LABEL: Final = np.nan
MS_MIN: Final = 60_000.0
SUN_MIN: Final = 4.0
"""Minutes of the clock that a degree of longitude makes."""

FOLLOWED: Final = np.zeros(1, np.dtype([
    ("key", "<u8"), ("keep_until", "<i8"), ("look_at", "<i8"), ("dep_planned", "<i8"), ("waits", "|u1"),
    ("has_left", "|u1"), ("is_over", "|u1"), ("again", "|u1"), ("asked", "|u1", (2,)), ("hazard", "<f8"),
    ("label", "<f8"), ("base", "<f8", (2,)), ("clock_min", "<f8"), ("carrier", "<i8"),
    ("issued", "<f8", (2, len(ISSUED))), ("codes", "<u2", (2, len(COLUMNS))),
]))  # fmt: skip
"""A leg as it is followed: what happened of it, and each question's codes and answer as they were when it was asked."""
for _name in ("keep_until", "look_at", "dep_planned"):
    FOLLOWED[_name] = -1
FOLLOWED["label"] = FOLLOWED["hazard"] = np.nan


class Eyes(NamedTuple):
    """What is looked at: tables of earlier steps."""

    legs: Any
    sites: Any
    weather: Any


class Book(NamedTuple):
    """What is kept: the legs that are followed, what was said of them, what was learned; and scratch for one row."""

    followed: Any
    predictions: Any
    situation: Any
    before: Any
    departed: Any
    room_before: Any
    room_departed: Any
    edges: Any
    counts: Any
    signals: Any
    weather: Any
    ids: Any


@kernel
def notice(legs, numbers, followed, now):
    """Mark the legs of which something is to be done when the minute is over."""
    soon = now - now % clock.MINUTE + clock.MINUTE
    for n in numbers:
        leg = legs.rows[n]
        i = find(followed, leg.key)
        if i < 0 and (leg.dep_planned < 0 or leg.arr_planned < 0 or leg.arrived_at >= 0 or leg.cancelled_at >= 0):
            continue
        i = upsert(followed, leg.key)
        row = followed.rows[i]
        if (leg.dep_planned != row.dep_planned or (leg.departed_at >= 0) != (row.has_left == 1)
                or (leg.arrived_at >= 0 or leg.cancelled_at >= 0) != (row.is_over == 1)
                or (leg.arrived_at >= 0 and label_of(leg) != row.label)):
            row.dep_planned = leg.dep_planned
            if row.look_at < 0 or row.look_at > soon:
                look_at(followed, i, soon)


@kernel
def reconsider(weather, numbers, sites, legs, followed, now):
    """Mark the legs to be asked about anew: those told of that have not left, where the hazard is another than then."""
    soon = now - now % clock.MINUTE + clock.MINUTE
    for i in range(followed.meta[0]):
        row = followed.rows[i]
        if row.is_over or row.has_left or not row.asked[BEFORE]:
            continue
        n = find(legs, row.key)
        k = find(sites, legs.rows[n].origin) if n >= 0 else np.int64(-1)
        if k < 0:
            continue
        for w in numbers:
            station = weather.rows[w]
            if station.key == sites.rows[k].station and station.hazard != row.hazard and station.hazard >= 0:
                row.again = 1
                look_at(followed, i, soon)


@kernel
def label_of(leg):
    """How late it came, in minutes; a number that is never equal to itself where it has not."""
    return (leg.arrived_at - leg.arr_planned) / MS_MIN if leg.arrived_at >= 0 and leg.arr_planned >= 0 else np.nan


@kernel
def known_id(value):
    """An id as kernels take it: 0 is unknown."""
    return np.int64(0) if value == UNKNOWN else np.int64(value)


@kernel
def seen(leg, sites):
    """A leg as the situation takes it. The clock is the sun's at its origin: no table of zones is needed."""
    k = find(sites, leg.origin)
    east = sites.rows[k].lon if k >= 0 and not np.isnan(sites.rows[k].lon) else 0.0
    local = leg.dep_planned / MS_MIN + east * SUN_MIN
    carrier, origin, dest = known_id(leg.carrier), known_id(leg.origin), known_id(leg.dest)
    service = np.int64(local % 1440.0) * 31 + dest
    return Leg(carrier, origin, dest, known_id(leg.vehicle), service, leg.dep_planned / MS_MIN,
               leg.arr_planned / MS_MIN, local % 1440.0, local // 1440.0 % 7.0)  # fmt: skip


@kernel
def look_out(eyes, origin, weather):
    """Write the weather last observed at a site; its hazard. What changed within hours is not kept: NaN."""
    for j in range(WEATHER):
        weather[j] = np.nan
    k = find(eyes.sites, origin)
    i = find(eyes.weather, eyes.sites.rows[k].station) if k >= 0 else np.int64(-1)
    if i < 0:
        return np.nan
    w = eyes.weather.rows[i]
    weather[0], weather[1], weather[2] = w.observed_temp_c, w.observed_wind_mps, w.observed_gust_mps
    weather[3], weather[4], weather[5] = w.observed_visibility_m, w.observed_precip_mm_h, w.observed_pressure_hpa
    return w.hazard


@kernel
def ask(eyes, b, f, r, row, leg, question, number, now):
    """Ask a question about a leg, keep what it was answered from, and say the answer."""
    known = seen(leg, eyes.sites)
    row.hazard = look_out(eyes, leg.origin, b.weather)
    late = (leg.departed_at - leg.dep_planned) / MS_MIN if question == DEPARTED else np.nan
    base = late if question == DEPARTED else 0.0
    movements.ask(b.situation, known, row.waits == 1, np.nan, np.nan, b.weather, late, now / MS_MIN, b.signals)
    b.ids[0], b.ids[1], b.ids[2] = known.carrier, known.origin, known.dest
    cuts.encode(b.signals, b.ids, b.edges, b.counts, row.codes[question])
    row.base[question], row.clock_min, row.carrier = base, known.clock_min, known.carrier
    forecast.issue(f, row.codes[question], base, known.carrier, known.clock_min, r, row.issued[question])
    row.asked[question] = 1
    say(b.predictions, leg, question, row.issued[question], base, r.parts, f.learned[0], number, now)


@kernel
def say(predictions, leg, question, issued, base, parts, learned, number, now):
    """Write what is told of a leg: the answer and what it is made of."""
    told = predictions.rows[upsert(predictions, pair(leg.key, np.uint64(question)))]
    told.subject, told.moment, told.arr_planned, told.issued_at = leg.key, question, leg.arr_planned, now
    told.p05, told.p50, told.p95, told.p_event = issued[TOLD], issued[TOLD + 1], issued[TOLD + 2], issued[P_LATE]
    told.why, told.base_min, told.version, told.basis = np.int64(issued[WHY]), base, learned, number
    told.carrier_min, told.lane_min, told.weather_min = parts[0, 1], parts[1, 1], parts[2, 1]
    told.inbound_min, told.congestion_min, told.calendar_min = parts[3, 1], parts[4, 1], parts[5, 1]
    told.carrier, told.origin, told.dest = leg.carrier, leg.origin, leg.dest


@kernel
def score(predictions, leg, question, label, now):
    """Write what came of what was told."""
    i = find(predictions, pair(leg.key, np.uint64(question)))
    if i >= 0:
        told = predictions.rows[upsert(predictions, pair(leg.key, np.uint64(question)))]
        told.label_min, told.labelled_at, told.keep_until = label, now, now + KEEP
        told.error_min = label - told.p50


@kernel
def minute(eyes, b, numbers, number, now):
    """Do what is due for each of these legs, in their order."""
    for i in numbers:
        row = b.followed.rows[i]
        n = find(eyes.legs, row.key)
        if n < 0:
            row.is_over, row.keep_until = 1, now
            look_at(b.followed, i, np.int64(-1))
            continue
        leg = eyes.legs.rows[n]
        follow(eyes, b, row, leg, number, now)
        look_at(b.followed, i, next_look(row, leg, now))


@kernel
def follow(eyes, b, row, leg, number, now):
    """One leg, as it stands now."""
    if row.is_over:
        if label_of(leg) != row.label and leg.arrived_at >= 0:  # corrected: scored anew, not learned
            rescore(b, row, leg, now)
        return
    if leg.cancelled_at >= 0:
        close(b, row, leg, now)
        return
    if leg.departed_at < 0 and leg.arrived_at < 0:
        is_due = leg.dep_planned < now < leg.dep_planned + PATIENCE
        if is_due and not row.waits:
            movements.due(b.situation, seen(leg, eyes.sites))
            row.waits = 1
        elif row.waits and not is_due:
            movements.given_up(b.situation, seen(leg, eyes.sites))
            row.waits = 0
        if row.again or (not row.asked[BEFORE] and leg.dep_planned - LEAD <= now < leg.dep_planned):
            row.again = 0
            ask(eyes, b, b.before, b.room_before, row, leg, BEFORE, number, now)
    elif not row.has_left and leg.departed_at >= 0:
        if leg.arrived_at < 0:
            ask(eyes, b, b.departed, b.room_departed, row, leg, DEPARTED, number, now)
        late = (leg.departed_at - leg.dep_planned) / MS_MIN
        movements.departed(b.situation, seen(leg, eyes.sites), late, row.waits == 1, now / MS_MIN)
        row.has_left, row.waits = 1, 0
    if leg.arrived_at >= 0:
        learn(eyes, b, row, leg, now)


@kernel
def close(b, row, leg, now):
    """It is over without a label."""
    row.is_over, row.keep_until = 1, now + KEEP
    for question in range(2):
        if row.asked[question]:
            score(b.predictions, leg, question, NO_LABEL, now)


@kernel
def rescore(b, row, leg, now):
    """What was told, against the label as it is known now."""
    row.label, row.keep_until = label_of(leg), now + KEEP
    for question in range(2):
        if row.asked[question]:
            score(b.predictions, leg, question, row.label, now)


@kernel
def learn(eyes, b, row, leg, now):
    """The label has come: score, and learn once from what was kept when it was asked."""
    rescore(b, row, leg, now)
    if row.asked[BEFORE]:
        forecast.release(b.before, row.codes[BEFORE], row.base[BEFORE], row.carrier, row.clock_min, row.label,
                         b.room_before, row.issued[BEFORE])  # fmt: skip
    if row.asked[DEPARTED]:
        forecast.release(b.departed, row.codes[DEPARTED], row.base[DEPARTED], row.carrier, row.clock_min, row.label,
                         b.room_departed, row.issued[DEPARTED])  # fmt: skip
    late = (leg.departed_at - leg.dep_planned) / MS_MIN if leg.departed_at >= 0 else 0.0
    movements.arrived(b.situation, seen(leg, eyes.sites), row.label, late, now / MS_MIN)
    row.is_over = 1


@kernel
def next_look(row, leg, now):
    """When something has to be done for it if nobody says anything; -1: never."""
    if row.is_over or row.has_left or leg.cancelled_at >= 0:
        return np.int64(-1)
    for moment in (leg.dep_planned - LEAD, leg.dep_planned + 1, leg.dep_planned + PATIENCE):
        whole = -(-moment // clock.MINUTE) * clock.MINUTE
        if now < whole:
            return whole
    return np.int64(-1)

