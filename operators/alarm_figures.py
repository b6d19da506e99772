"""Alarm figures: the key figures of the alarm load, of one operator who answers for the whole network.

They are of the minutes before the one that says them, and stand with the figures of the day, like all that says how
things stand. `alarms_most` has a row for each of the ten kinds and subjects that opened most, if oftener than once.
"""

import numpy as np

from operators import alarm_load
from operators.alarm_load import forget
from operators.figures import (
    ALARMS,
    CHATTERING,
    CODES,
    FLOOD_SHARE,
    INCIDENTS,
    MOST,
    SHELVED,
    STALE,
    TOP_SHARE,
    keep_until,
    put,
)
from operators.windows import DAY_S, TREND_S
from tower.ids import UNKNOWN
from tower.pairing import pair
from tower.table import find, kernel, upsert

ROOM: int = 8 + alarm_load.MOST
"""At most so many rows are said in a minute."""


@kernel
def put_habit(kpis, start, rank, kind, subject, times, now):
    """Say which one came so often; of none, that there is none any more at that rank."""
    key = pair(pair(UNKNOWN, CODES[MOST]), pair(np.uint64(start), np.uint64(rank)))
    i = find(kpis, key)
    if i < 0 and times == 0:
        return
    if i >= 0:
        row = kpis.rows[i]
        if row.kind == kind and row.subject == subject and row.value == times:
            return
    row = kpis.rows[upsert(kpis, key)]
    row.name, row.window, row.window_s, row.value, row.at = CODES[MOST], start, DAY_S, float(times), now
    row.kind, row.subject, row.keep_until = kind, subject, keep_until(start, DAY_S)


@kernel
def say_most(load, kpis, start, now):
    """Say which kinds and subjects opened most in the last day; how many openings the first ten are."""
    rank, sum_of_most = 0, 0
    for times in range(load.levels.meta[0], 0, -1):
        key = load.levels.rows[find(load.levels, np.uint64(times))].first
        while key != UNKNOWN and rank < alarm_load.MOST:
            habit = load.habits.rows[find(load.habits, key)]
            rank += 1
            sum_of_most += times
            if times > 1:
                put_habit(kpis, start, rank, habit.kind, habit.subject, times, now)
            else:
                put_habit(kpis, start, rank, UNKNOWN, UNKNOWN, 0, now)
            key = habit.after
    for empty in range(rank, alarm_load.MOST):
        put_habit(kpis, start, empty + 1, UNKNOWN, UNKNOWN, 0, now)
    return sum_of_most


@kernel
def say_alarms(load, kpis, day, window, now):
    """Say how loaded the operator is, with the figures of that day; of the last ten minutes also as a trend."""
    forget(load, now)
    w = load.watch.rows[0]
    put(kpis, ALARMS, UNKNOWN, day, DAY_S, float(w.in_ten), np.nan, now)
    put(kpis, ALARMS, UNKNOWN, window, TREND_S, float(w.in_ten), np.nan, now)
    put(kpis, INCIDENTS, UNKNOWN, day, DAY_S, float(w.incidents), np.nan, now)
    put(kpis, FLOOD_SHARE, UNKNOWN, day, DAY_S, alarm_load.flood_share(load, now), np.nan, now)
    put(kpis, CHATTERING, UNKNOWN, day, DAY_S, float(w.chattering), np.nan, now)
    put(kpis, STALE, UNKNOWN, day, DAY_S, float(w.stale), np.nan, now)
    put(kpis, SHELVED, UNKNOWN, day, DAY_S, float(w.shelved), np.nan, now)
    most = say_most(load, kpis, day, now)
    put(kpis, TOP_SHARE, UNKNOWN, day, DAY_S, most / w.opened if w.opened > 0 else np.nan, np.nan, now)
