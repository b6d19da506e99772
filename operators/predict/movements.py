"""Movements: what each thing that happens to a leg changes in the situation, and what is known when one asks."""

import numpy as np

from operators.predict.hashing import slot
from operators.predict.situation import (
    ALL,
    ARRIVAL,
    ARRIVAL_FAST,
    CARRIER,
    CARRIER_AT,
    CARRIER_BAND,
    CARRIER_LANE,
    DEPARTURE,
    DEST,
    GAIN,
    GAIN_FAST,
    GAIN_NOW,
    KNOWN_FLYING_HOURS,
    KNOWN_HOURS,
    LANE,
    LANE_HOUR,
    LENGTH,
    MOTION,
    NOW,
    ORIGIN,
    RECENT,
    SERVICE,
    WEATHER,
    add,
    follow,
    mean,
    recent,
    recent_count,
    wait,
    waiting,
)  # fmt: skip
from tower.compiled import lean

LATE_LEAST, LATE_MOST, GAIN_MOST, ASKED_MOST = -60.0, 240.0, 120.0, 300.0
"""What one leg may add to a series: one that is a day late says no more than one of four hours."""
SLACK_LEAST, SLACK_MOST, TURN_MIN = -600.0, 1500.0, 60.0


@lean
def lane_of(leg):
    """Origin and destination as one number."""
    return leg.origin * 3 + leg.dest


@lean
def service_of(leg):
    """What runs again each day: the number under which a carrier flies."""
    return leg.service * 3 + leg.carrier


@lean
def band_of(leg):
    """The three hours of the clock in which it leaves."""
    return np.int64(leg.clock_min // 180.0)


@lean
def hour_of(leg):
    """The hour of the clock in which it leaves."""
    return np.int64(leg.clock_min // 60.0)


@lean
def length_of(leg):
    """Hours from plan to plan."""
    return np.int64((leg.arr_planned - leg.dep_planned) // 60.0)


@lean
def due(s, leg):
    """The planned departure has passed and the leg has not left."""
    wait(s, leg, 1.0)


@lean
def given_up(s, leg):
    """Nobody waits for it any more."""
    wait(s, leg, -1.0)


@lean
def departed(s, leg, late_min, waited, now):
    """It has left, so late; `waited` if it was overdue."""
    if waited:
        wait(s, leg, -1.0)
    late = min(max(late_min, -30.0), LATE_MOST)
    follow(s, ORIGIN, DEPARTURE, leg.origin, 0, late, 0.05)
    follow(s, CARRIER_AT, DEPARTURE, leg.carrier, leg.origin, late, 0.1)
    follow(s, SERVICE, DEPARTURE, service_of(leg), 0, late, 0.1)
    follow(s, DEST, DEPARTURE, leg.dest, 0, late, 0.2)
    add(s, ORIGIN, RECENT, leg.origin, 0, late, now, 45.0)
    add(s, CARRIER_AT, RECENT, leg.carrier, leg.origin, late, now, 90.0)
    add(s, DEST, RECENT, leg.dest, 0, late, now, 120.0)
    add(s, ORIGIN, NOW, leg.origin, 0, late, now, 15.0)
    if leg.vehicle != 0:
        i = slot(s.vehicle.size, MOTION, MOTION, leg.vehicle, 0)
        s.vehicle[i] = leg.vehicle
        s.left[i] = now
        s.block[i] = leg.arr_planned - leg.dep_planned


@lean
def arrived(s, leg, late_min, dep_late_min, now):
    """It has come, so late, after leaving so late."""
    late = min(max(late_min, LATE_LEAST), LATE_MOST)
    gain = min(max(late_min - dep_late_min, LATE_LEAST), GAIN_MOST)
    lane = lane_of(leg)
    follow(s, CARRIER, ARRIVAL, leg.carrier, 0, late, 0.02)
    follow(s, LANE, ARRIVAL, lane, 0, late, 0.03)
    follow(s, DEST, ARRIVAL, leg.dest, 0, late, 0.03)
    follow(s, CARRIER_AT, ARRIVAL, leg.carrier, leg.origin, late, 0.1)
    follow(s, SERVICE, ARRIVAL, service_of(leg), 0, late, 0.1)
    follow(s, CARRIER_BAND, ARRIVAL, leg.carrier, band_of(leg), late, 0.05)
    follow(s, DEST, ARRIVAL_FAST, leg.dest, 0, late, 0.15)
    follow(s, ALL, ARRIVAL, 0, 0, late, 0.01)
    follow(s, LANE_HOUR, ARRIVAL, lane, hour_of(leg), late, 0.05)
    follow(s, CARRIER, GAIN, leg.carrier, 0, gain, 0.02)
    follow(s, LANE, GAIN, lane, 0, gain, 0.05)
    follow(s, SERVICE, GAIN, service_of(leg), 0, gain, 0.1)
    follow(s, DEST, GAIN_FAST, leg.dest, 0, gain, 0.15)
    follow(s, ORIGIN, GAIN, leg.origin, 0, gain, 0.05)
    follow(s, CARRIER_LANE, GAIN, leg.carrier, lane, gain, 0.05)
    follow(s, LENGTH, GAIN, length_of(leg), 0, gain, 0.05)
    follow(s, ALL, GAIN, 0, 0, gain, 0.02)
    follow(s, LANE_HOUR, GAIN, lane, hour_of(leg), gain, 0.08)
    follow(s, CARRIER_AT, GAIN, leg.carrier, leg.origin, gain, 0.05)
    follow(s, DEST, GAIN_NOW, leg.dest, 0, gain, 0.4)
    if leg.vehicle != 0:
        i = slot(s.vehicle.size, MOTION, MOTION, leg.vehicle, 0)
        if s.vehicle[i] == leg.vehicle:
            s.came[i] = now
            s.came_late[i] = late_min


@lean
def ask(s, leg, waited, planned_n, planned_next_n, weather, dep_late_min, now, signals):
    """Write what is known of a leg at `now`; `dep_late_min` is NaN while it has not left. Call it before `departed`.

    `waited` if the leg itself is counted among the overdue.
    """
    signals[0] = leg.clock_min
    signals[1] = leg.weekday
    signals[2] = leg.arr_planned - leg.dep_planned
    n = ask_means(s, leg, signals, 3)
    signals[n] = recent(s, ORIGIN, RECENT, leg.origin, 0, now, 45.0)
    signals[n + 1] = recent_count(s, ORIGIN, RECENT, leg.origin, 0, now, 45.0)
    signals[n + 2] = recent(s, CARRIER_AT, RECENT, leg.carrier, leg.origin, now, 90.0)
    signals[n + 3] = recent(s, DEST, RECENT, leg.dest, 0, now, 120.0)
    signals[n + 4] = recent_count(s, DEST, RECENT, leg.dest, 0, now, 120.0)
    signals[n + 5] = recent_count(s, ORIGIN, NOW, leg.origin, 0, now, 15.0)
    n += 6
    own = 1.0 if waited else 0.0
    n = waiting(s, ORIGIN, leg.origin, 0, now, own, leg.dep_planned, signals, n)
    n = waiting(s, CARRIER_AT, leg.carrier, leg.origin, now, own, leg.dep_planned, signals, n)
    n = waiting(s, DEST, leg.dest, 0, now, own, leg.dep_planned, signals, n)
    n = waiting(s, ALL, 0, 0, now, own, leg.dep_planned, signals, n)
    signals[n] = planned_n
    signals[n + 1] = planned_next_n
    n = ask_inbound(s, leg, now, signals, n + 2)
    for i in range(WEATHER):
        signals[n + i] = weather[i]
    signals[n + WEATHER] = min(dep_late_min, ASKED_MOST)


@lean
def ask_means(s, leg, signals, n):
    """Where the series of this leg stand; the next place."""
    lane = lane_of(leg)
    service = service_of(leg)
    for what, series, a, b in (
        (CARRIER, ARRIVAL, leg.carrier, 0), (LANE, ARRIVAL, lane, 0), (DEST, ARRIVAL, leg.dest, 0),
        (CARRIER_AT, ARRIVAL, leg.carrier, leg.origin), (SERVICE, ARRIVAL, service, 0),
    ):  # fmt: skip
        signals[n] = mean(s, what, series, a, b)
        n += 1
    signals[n] = mean(s, CARRIER_BAND, ARRIVAL, leg.carrier, band_of(leg))
    signals[n + 1] = mean(s, DEST, ARRIVAL_FAST, leg.dest, 0)
    signals[n + 2] = mean(s, ALL, ARRIVAL, 0, 0)
    signals[n + 3] = mean(s, LANE_HOUR, ARRIVAL, lane, hour_of(leg))
    n += 4
    for what, series, a, b in (
        (CARRIER, GAIN, leg.carrier, 0), (LANE, GAIN, lane, 0), (SERVICE, GAIN, service, 0),
        (DEST, GAIN_FAST, leg.dest, 0), (ORIGIN, GAIN, leg.origin, 0), (CARRIER_LANE, GAIN, leg.carrier, lane),
    ):  # fmt: skip
        signals[n] = mean(s, what, series, a, b)
        n += 1
    signals[n] = mean(s, LENGTH, GAIN, length_of(leg), 0)
    signals[n + 1] = mean(s, ALL, GAIN, 0, 0)
    signals[n + 2] = mean(s, LANE_HOUR, GAIN, lane, hour_of(leg))
    n += 3
    for what, series, a, b in (
        (CARRIER_AT, GAIN, leg.carrier, leg.origin), (DEST, GAIN_NOW, leg.dest, 0),
        (ORIGIN, DEPARTURE, leg.origin, 0), (CARRIER_AT, DEPARTURE, leg.carrier, leg.origin),
        (SERVICE, DEPARTURE, service, 0), (DEST, DEPARTURE, leg.dest, 0),
    ):  # fmt: skip
        signals[n] = mean(s, what, series, a, b)
        n += 1
    return n


@lean
def ask_inbound(s, leg, now, signals, n):
    """What the aircraft did last: nothing known (0), has come (1), under way (2); the next place.

    Spare is the slack less the way back and a turn: the leg that brings it here is not seen.
    """
    i = slot(s.vehicle.size, MOTION, MOTION, leg.vehicle, 0)
    known, slack, late, spare = 0.0, np.nan, np.nan, np.nan
    if leg.vehicle != 0 and s.vehicle[i] == leg.vehicle:
        if s.came[i] >= s.left[i] and now - s.came[i] < KNOWN_HOURS * 60.0:
            known, slack, late = 1.0, leg.dep_planned - s.came[i], s.came_late[i]
        elif s.left[i] > s.came[i] and now - s.left[i] < KNOWN_FLYING_HOURS * 60.0:
            known, slack = 2.0, leg.dep_planned - s.left[i] - s.block[i]
        spare = min(max(slack - s.block[i] - TURN_MIN, SLACK_LEAST), SLACK_MOST)
    signals[n] = known
    signals[n + 1] = min(max(slack, SLACK_LEAST), SLACK_MOST)
    signals[n + 2] = late
    signals[n + 3] = spare
    return n + 4
