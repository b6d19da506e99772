"""Underway: legs that have left are asked about anew, a bounded number of times, when something is heard of them, the
weather where they go is another, or what was predicted has passed and they are not there.

What was known each time is kept in a row of its own until the leg has come, and each is learned once then.
"""

from typing import Final

import numpy as np

from operators.predict import claims, contest, cuts, forecast, gate, line, way
from operators.predict.forecast import ISSUED
from operators.predict.way import COLUMNS, MOST, OF_NEWS
from operators.telling import (
    ALONG,
    DEPARTED,
    EXPERTS,
    HIGH,
    LOW,
    MIDDLE,
    MS_MIN,
    SERVED,
    lane_of,
    said,
    say,
    seen,
    serve,
    station_of,
    try_all,
)
from tower import clock
from tower.pairing import pair
from tower.table import Direct, find, kernel, look_at, upsert

UNDERWAY: Final = np.zeros(1, np.dtype([
    ("key", "<u8"), ("keep_until", "<i8"), ("asked", "<i8"), ("of_news", "<i8"), ("asked_at", "<i8"),
    ("next_at", "<i8"), ("first", "<f8"), ("width", "<f8"), ("newest", "<f8"), ("stop_late", "<f8"),
    ("stop_at", "<i8"), ("bases", "<f8", (MOST,)), ("estimates", "<f8", (MOST,)),
    ("codes", "<u2", (MOST, len(COLUMNS))), ("answers", "<f8", (MOST, len(ISSUED))), ("others", "<f8", (MOST, EXPERTS)),
]))  # fmt: skip
"""A leg on its way: what was first told of it, what was told last, and each asking as it was."""
for _name in ("keep_until", "next_at", "stop_at"):
    UNDERWAY[_name] = -1
for _name in ("first", "width", "newest", "stop_late", "estimates", "others"):
    UNDERWAY[_name] = np.nan


@kernel
def set_out(b, row, leg, now):
    """It has left: what was told then is what it is held against."""
    w = b.underway.rows[upsert(b.underway, leg.key)]
    told = row.answers[DEPARTED]
    w.newest = (leg.departed_at - leg.dep_planned) / MS_MIN
    if row.was_asked[DEPARTED] and not np.isnan(told[MIDDLE]):
        w.first, w.newest, w.width = told[MIDDLE], told[MIDDLE], told[HIGH] - told[LOW]
    w.asked_at, row.heard, row.again = now, heard_of(leg), 0
    w.next_at = passes_at(w, leg)


@kernel
def heard_of(leg):
    """When something was last heard of where it is, or of when it comes."""
    return max(leg.position_at, leg.estimated_at)


@kernel
def passes_at(w, leg):
    """When what was told last has passed, or as late as it left where nothing was; a while after the last asking."""
    moment = leg.arr_planned + np.int64(np.ceil(w.newest)) * clock.MINUTE
    return max(moment, w.asked_at + np.int64(way.LEAST_MIN) * clock.MINUTE)


@kernel
def hears_at(w, leg):
    """From when on what is heard has it asked about anew."""
    left = leg.arr_planned / MS_MIN + w.newest - w.asked_at / MS_MIN
    return w.asked_at + np.int64(np.ceil(way.pause(left))) * clock.MINUTE


@kernel
def way_on(eyes, b, row, leg, number, now):
    """One that is under way, as it stands now: asked about, if it is time."""
    i = find(b.underway, leg.key)
    if i < 0:
        return
    w = b.underway.rows[i]
    is_news = row.again == 1 and w.of_news < OF_NEWS and now >= hears_at(w, leg)
    if w.asked < MOST and (is_news or now >= passes_at(w, leg)):
        w.of_news += 1 if is_news else 0
        row.again = 0
        ask_way(eyes, b, row, w, leg, number, now)
    w.next_at = next_way(w, row, leg)


@kernel
def next_way(w, row, leg):
    """When it is to be asked about anew; -1: it was often enough."""
    if w.asked >= MOST:
        return np.int64(-1)
    moment = passes_at(w, leg)
    if row.again and w.of_news < OF_NEWS:
        moment = min(moment, hears_at(w, leg))
    return -(-moment // clock.MINUTE) * clock.MINUTE


@kernel
def ask_way(eyes, b, row, w, leg, number, now):
    """Ask once more when it comes; what has not been heard of may have come as long ago as labels usually take."""
    known, n = seen(leg, eyes.sites), w.asked
    elapsed = (now - leg.arr_planned) / MS_MIN - b.gate.usual[gate.DELAY]
    base = max(w.newest, elapsed)
    there = station_of(eyes, leg.dest, now)
    row.dest_hazard = eyes.weather.rows[there].hazard if there >= 0 else np.nan
    w.estimates[n] = said(leg.arr_estimated, leg.arr_planned) if leg.estimated_at >= 0 else np.nan
    late = (leg.departed_at - leg.dep_planned) / MS_MIN
    way.ask(b.situation, known, np.float64(n + 1), late, w.first, w.width, base, w.estimates[n] - base,
            reached(eyes, leg) - base, w.stop_late - base, row.dest_hazard, now / MS_MIN, b.way)  # fmt: skip
    b.ids[0], b.ids[1], b.ids[2] = known.carrier, known.origin, known.dest
    cuts.encode(b.way, b.ids, b.way_edges, b.way_counts, w.codes[n])
    issued, told, side = w.answers[n], w.others[n], b.along
    try_all(side, w.codes[n], base, known.carrier, known.clock_min, issued, told)
    way.hold(told, elapsed)
    added = serve(issued, told, contest.serving(side.contest), b.gate.tally[gate.SHUT])
    way.hold_band(issued[LOW : HIGH + 1], elapsed)
    w.bases[n], w.asked_at, w.asked = base, now, n + 1
    w.newest = base if np.isnan(issued[MIDDLE]) else issued[MIDDLE]
    say(b.predictions, leg, ALONG, side, issued, told, base, w.estimates[n], added, number, now)
    b.predictions.rows[upsert(b.predictions, pair(leg.key, np.uint64(ALONG)))].nth = w.asked


@kernel
def reached(eyes, leg):
    """How late it comes if it goes on as it went until its newest position; NaN where that is unknown."""
    a, z = find(eyes.sites, leg.origin), find(eyes.sites, leg.dest)
    if a < 0 or z < 0 or leg.position_at <= leg.departed_at:
        return np.nan
    origin, dest = eyes.sites.rows[a], eyes.sites.rows[z]
    done = way.apart(origin.lat, origin.lon, leg.lat, leg.lon)
    ahead = way.apart(leg.lat, leg.lon, dest.lat, dest.lon)
    left = way.reach(done, ahead, (leg.position_at - leg.departed_at) / MS_MIN)
    return (leg.position_at - leg.arr_planned) / MS_MIN + left


@kernel
def heed(stops, numbers, followed, underway, now):
    """Something happened at stops: how late, and that their legs are to be asked about anew."""
    soon = now - now % clock.MINUTE + clock.MINUTE
    for n in numbers:
        stop = stops.rows[n]
        moment = max(stop.arrived_at, stop.departed_at)
        i, k = find(followed, stop.leg), find(underway, stop.leg)
        if i < 0 or k < 0 or moment < 0 or stop.window_start < 0 or moment <= underway.rows[k].stop_at:
            continue
        w = underway.rows[k]
        w.stop_at, w.stop_late = moment, (moment - stop.window_start) / MS_MIN
        followed.rows[i].again = 1
        look_at(followed, i, soon)


@kernel
def settle_way(b, leg, row, is_learned, now):
    """The label has come: measure each answer against it, and learn each, once."""
    i = find(b.underway, leg.key)
    if i < 0:
        return
    w, side, lane = b.underway.rows[i], b.along, lane_of(leg)
    for n in range(w.asked):
        contest.settle(side.contest, w.others[n], row.label, now // clock.HOUR)
        claims.settle(side.claims, row.carrier, lane, w.others[n, SERVED], w.estimates[n], row.label)
    for n in range(w.asked if is_learned else 0):
        forecast.release(side.forecast, w.codes[n], w.bases[n], row.carrier, row.clock_min, row.label, side.room,
                         w.answers[n])  # fmt: skip
        line.learn(side.line, w.codes[n], row.label - w.bases[n])


@kernel
def arrive(b, key, now):
    """It is not under way any more."""
    i = find(b.underway, key)
    if i >= 0:
        b.underway.rows[i].keep_until = now


HEED = Direct(heed)
