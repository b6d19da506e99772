"""Telling: a question about a leg asked of all models; who serves answers, and whose estimate is shown is said."""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.predict import claims, contest, cuts, forecast, gate, line, movements
from operators.predict.forecast import FEW, P_LATE, RAW, TOLD, WHY
from operators.predict.situation import WEATHER, Leg
from tower import clock
from tower.ids import UNKNOWN
from tower.pairing import pair
from tower.table import find, kernel, upsert

BEFORE, DEPARTED, LEAVES = range(3)
"""The questions: when it comes, asked before and at departure; when it leaves."""
LEAVING, ALONG = 5, 6
"""As the column `moment` has the last one, and what is asked along the way; the first two are as they are numbered."""
TOLD_OF: Final = (BEFORE, DEPARTED, LEAVING)
MS_MIN: Final = 60_000.0
SUN_MIN: Final = 4.0
"""Minutes of the clock that a degree of longitude makes."""
STALE: Final = 6 * clock.HOUR
"""Weather that was observed before that is not known any more."""
EXPERTS: Final = 5
SERVED: Final = 4
"""What is kept of each answer: those of `contest.SERVERS`, then what was told."""
LOW, MIDDLE, HIGH = TOLD, TOLD + 1, TOLD + 2
KEPT_BACK: Final = 5
"""Why a band is wide: learning is frozen."""
WIDER: Final = 1.5


class Eyes(NamedTuple):
    """What is looked at: tables of earlier steps."""

    legs: Any
    sites: Any
    weather: Any


class Side(NamedTuple):
    """All that answers one question, and who of them does."""

    forecast: Any
    room: Any
    line: Any
    contest: Any
    claims: Any


class Book(NamedTuple):
    """What is kept: the legs that are followed, what was said of them, what was learned; and scratch for one row."""

    followed: Any
    predictions: Any
    models: Any
    situation: Any
    before: Any
    departed: Any
    leaves: Any
    along: Any
    underway: Any
    tails: Any
    gate: Any
    fate: Any
    fate_gate: Any
    mask: Any
    edges: Any
    counts: Any
    signals: Any
    weather: Any
    ids: Any
    way_edges: Any
    way_counts: Any
    way: Any


@kernel
def known_id(value):
    """An id as kernels take it: 0 is unknown."""
    return np.int64(0) if value == UNKNOWN else np.int64(value)


@kernel
def lane_of(leg):
    """Where from and where to, as one number."""
    return np.int64(pair(leg.origin, leg.dest))


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
def station_of(eyes, site, now):
    """The row of the weather at a site; -1 where there is none, or none that is new enough."""
    k = find(eyes.sites, site)
    i = find(eyes.weather, eyes.sites.rows[k].station) if k >= 0 else np.int64(-1)
    return i if i >= 0 and now - eyes.weather.rows[i].observed_at <= STALE else np.int64(-1)


@kernel
def look_out(eyes, leg, weather, now):
    """Write the weather where a leg leaves; the hazards there and where it goes. What changed within hours is not kept:
    NaN, as all that is unknown.
    """
    for j in range(WEATHER):
        weather[j] = np.nan
    i, there = station_of(eyes, leg.origin, now), station_of(eyes, leg.dest, now)
    if there >= 0:
        weather[WEATHER - 1] = eyes.weather.rows[there].hazard
    if i < 0:
        return np.nan, weather[WEATHER - 1]
    w = eyes.weather.rows[i]
    weather[0], weather[1], weather[2] = w.observed_temp_c, w.observed_wind_mps, w.observed_gust_mps
    weather[3], weather[4], weather[5] = w.observed_visibility_m, w.observed_precip_mm_h, w.observed_pressure_hpa
    return w.hazard, weather[WEATHER - 1]


@kernel
def ask(eyes, b, row, leg, question, number, now):
    """Ask when a leg comes, before it has left also when it leaves; keep what was known, say the answers."""
    known = seen(leg, eyes.sites)
    row.hazard, row.dest_hazard = look_out(eyes, leg, b.weather, now)
    late = (leg.departed_at - leg.dep_planned) / MS_MIN if question == DEPARTED else np.nan
    base = late if question == DEPARTED else 0.0
    movements.ask(b.situation, known, row.waits == 1, np.nan, np.nan, b.weather, late, now / MS_MIN, b.signals)
    b.ids[0], b.ids[1], b.ids[2] = known.carrier, known.origin, known.dest
    codes = row.codes[question]
    cuts.encode(b.signals, b.ids, b.edges, b.counts, codes)
    row.clock_min, row.carrier, row.vehicle = known.clock_min, known.carrier, known.vehicle
    estimated = leg.estimated_at >= 0
    if question == BEFORE:
        row.estimates[LEAVES] = said(leg.dep_estimated, leg.dep_planned) if estimated else np.nan
        answer(b, b.leaves, row, leg, LEAVES, codes, base, number, now)
    row.estimates[question] = said(leg.arr_estimated, leg.arr_planned) if estimated else np.nan
    side = b.before if question == BEFORE else b.departed
    answer(b, side, row, leg, question, codes, base, number, now)
    gate.asked(b.gate, codes, row.answers[question, WHY] != FEW and forecast.is_new(side.forecast, side.room))


@kernel
def said(moment, planned):
    """How late somebody says that it is, in minutes; NaN where he does not."""
    return (moment - planned) / MS_MIN if moment >= 0 and planned >= 0 else np.nan


@kernel
def answer(b, side, row, leg, question, codes, base, number, now):
    """One question's answer, kept and said."""
    issued, told = row.answers[question], row.others[question]
    try_all(side, codes, base, row.carrier, row.clock_min, issued, told)
    added = serve(issued, told, contest.serving(side.contest), b.gate.tally[gate.SHUT])
    row.bases[question], row.was_asked[question] = base, 1
    say(b.predictions, leg, TOLD_OF[question], side, issued, told, base, row.estimates[question], added, number, now)


@kernel
def try_all(side, codes, base, carrier, clock_min, issued, told):
    """Have champion, challenger, blend and schedule answer."""
    forecast.issue(side.forecast, codes, base, carrier, clock_min, side.room, issued)
    told[contest.TILES], told[contest.SCHEDULE] = issued[RAW + 1], base
    told[contest.LINEAR] = base + line.guess(side.line, codes)
    told[contest.BLEND] = contest.blend(side.contest, told[contest.TILES], told[contest.LINEAR])


@kernel
def serve(issued, told, server, is_shut):
    """Have the one that serves answer, inside of the band: it gives way; wider while learning is frozen. Returns what
    that adds to what the parts explain, NaN where nothing is told.
    """
    if np.isnan(issued[MIDDLE]):
        told[SERVED] = np.nan
        return np.nan
    added = told[server] - issued[MIDDLE]
    issued[MIDDLE] += added
    told[SERVED] = issued[MIDDLE]
    issued[LOW], issued[HIGH] = min(issued[LOW], issued[MIDDLE]), max(issued[HIGH], issued[MIDDLE])
    if is_shut:
        issued[LOW] = issued[MIDDLE] - WIDER * (issued[MIDDLE] - issued[LOW])
        issued[HIGH] = issued[MIDDLE] + WIDER * (issued[HIGH] - issued[MIDDLE])
        issued[WHY] = KEPT_BACK
    return added


@kernel
def say(predictions, leg, moment, side, issued, answers, base, estimate, added, number, now):
    """Write what is told of a leg: the answer, what it is made of, what others would have said, which is shown."""
    told, parts = predictions.rows[upsert(predictions, pair(leg.key, np.uint64(moment)))], side.room.tiles.parts
    told.subject, told.moment, told.issued_at = leg.key, moment, now
    told.arr_planned, told.dep_planned = leg.arr_planned, leg.dep_planned
    told.p05, told.p50, told.p95, told.p_event = issued[LOW], issued[MIDDLE], issued[HIGH], issued[P_LATE]
    told.why, told.base_min, told.basis = np.int64(issued[WHY]), base, number
    told.version = side.forecast.learned[0]
    told.carrier_min, told.lane_min, told.weather_min = parts[0, 1], parts[1, 1], parts[2, 1]
    told.inbound_min, told.congestion_min, told.calendar_min = parts[3, 1], parts[4, 1], parts[5, 1]
    told.carrier, told.origin, told.dest = leg.carrier, leg.origin, leg.dest
    told.served_by, told.served_min = contest.serving(side.contest), added
    told.tiles_min, told.linear_min = answers[contest.TILES], answers[contest.LINEAR]
    told.blend_min, told.estimate_min = answers[contest.BLEND], estimate
    told.gain_min = np.nan if np.isnan(estimate) else claims.gap_of(side.claims, known_id(leg.carrier), lane_of(leg))
    told.shown = claims.chosen(side.claims, known_id(leg.carrier), lane_of(leg), told.p50, told.estimate_min)
    told.shown_min = told.estimate_min if told.shown == claims.CARRIERS else told.p50
