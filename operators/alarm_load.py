"""Alarm load: what is told to whoever answers for a network, after ISA 18.2 and EEMUA 191.

An alarm is a deviation that opens or an incident that begins. Each stands in one row, by the moment at which it was
told, for a day: counts of the last ten minutes and of the last day lose at one end what they gain at the other, so each
alarm costs the same however many there are. Which kinds and subjects come most is kept as rows of those that came
equally often.
"""

from typing import Final, NamedTuple

import numpy as np

from operators.counting import unknown
from tower import clock
from tower.ids import UNKNOWN
from tower.pairing import pair
from tower.table import Direct, T, find, kernel, upsert

TEN: Final = 10 * clock.MINUTE
FLOOD: Final = 10
"""More alarms than this in ten minutes of the clock are a flood."""
CHATTERS: Final = TEN
"""A kind of deviation that opens for one subject three times within this chatters."""
STALE_AFTER: Final = clock.DAY
"""What is open for longer is stale. It leaves the row of alarms then: this is a day."""
MOST: Final = 10
OPENED, OVER = 0, 2
"""Statuses of deviations: it has opened; from here on it is open no more."""

TOLD: Final = unknown("habit after", "at", ("is_over", "|u1"), ("is_stale", "|u1"))
"""An alarm, by its id; `after`: the one told next. An incident has no habit."""
HABIT: Final = unknown("kind subject before after", "last before_last chattered_at", ("times", "<i8"))
"""How often a kind of deviation opened for a subject in the last day, between others that did so equally often."""
LEVEL: Final = np.zeros(1, np.dtype([("key", "<u8"), ("first", "<u8")]))
"""By how often: the first habit of those that came so often."""
LEVEL["first"] = UNKNOWN
TENTH: Final = unknown("", "", ("alarms", "<i8"))
"""By its start: how many alarms ten minutes of the clock had."""
PUT_OFF: Final = unknown("", "", ("is_shelved", "|u1"))
"""By deviation: whether it is counted as shelved."""
WATCH: Final = unknown("oldest recent newest", "first_at", ("in_ten", "<i8"), ("incidents", "<i8"), ("opened", "<i8"),
                       ("chattering", "<i8"), ("stale", "<i8"), ("shelved", "<i8"))  # fmt: skip
"""The one row of sums. `oldest` begins the last day, `recent` the last ten minutes; `opened`: deviations of the day."""


class Load(NamedTuple):
    """The tables."""

    told: T
    habits: T
    levels: T
    tens: T
    shelved: T
    watch: T


KEEPS: Final = (("alarms_told", TOLD), ("alarms_habits", HABIT), ("alarms_levels", LEVEL), ("alarms_tens", TENTH),
                ("alarms_shelved", PUT_OFF), ("alarms_watch", WATCH))  # fmt: skip


@kernel
def hang(load, habit):
    """Put a habit first among those that came as often."""
    level = load.levels.rows[upsert(load.levels, np.uint64(habit.times))]
    habit.before, habit.after = UNKNOWN, level.first
    if level.first != UNKNOWN:
        load.habits.rows[find(load.habits, level.first)].before = habit.key
    level.first = habit.key


@kernel
def unhang(load, habit):
    """Take a habit out of those that came as often."""
    if habit.before != UNKNOWN:
        load.habits.rows[find(load.habits, habit.before)].after = habit.after
    else:
        load.levels.rows[find(load.levels, np.uint64(habit.times))].first = habit.after
    if habit.after != UNKNOWN:
        load.habits.rows[find(load.habits, habit.after)].before = habit.before


@kernel
def shift(load, habit, by):
    """A habit came so much oftener in the last day."""
    if habit.times > 0:
        unhang(load, habit)
    habit.times += by
    if habit.times > 0:
        hang(load, habit)
    load.watch.rows[0].opened += by


@kernel
def learn(load, d, now):
    """A deviation opens: once more of its habit, which it may make one that chatters."""
    habit = load.habits.rows[upsert(load.habits, pair(d.kind, d.subject))]
    habit.kind, habit.subject, habit.keep_until = d.kind, d.subject, -1
    if habit.before_last >= 0 and now - habit.before_last <= CHATTERS:
        load.watch.rows[0].chattering += 1 * (habit.chattered_at < 0)
        habit.chattered_at = now
    habit.before_last, habit.last = habit.last, now
    shift(load, habit, 1)


@kernel
def unlearn(load, alarm, now):
    """A deviation opened longer than a day ago."""
    habit = load.habits.rows[find(load.habits, alarm.habit)]
    if habit.chattered_at == alarm.at:
        habit.chattered_at = -1
        load.watch.rows[0].chattering -= 1
    shift(load, habit, -1)
    if habit.times == 0:
        habit.keep_until = now


@kernel
def tell(load, key, habit, now):
    """An alarm is told: the newest of the row."""
    watch = load.watch.rows[0]
    alarm = load.told.rows[upsert(load.told, key)]
    alarm.at, alarm.habit = now, habit
    if watch.newest != UNKNOWN:
        load.told.rows[find(load.told, watch.newest)].after = key
    else:
        watch.oldest = key
    if watch.recent == UNKNOWN:
        watch.recent = key
    watch.newest = key
    watch.in_ten += 1
    watch.incidents += 1 * (habit == UNKNOWN)
    if watch.first_at < 0:
        watch.first_at = now
    ten = load.tens.rows[upsert(load.tens, np.uint64(now - now % TEN))]
    ten.alarms += 1
    ten.keep_until = now + clock.DAY + clock.HOUR


@kernel
def end(load, key, now):
    """A deviation is over: it can be stale no more."""
    i = find(load.told, key)
    if i < 0 or load.told.rows[i].is_over:
        return
    alarm = load.told.rows[i]
    alarm.is_over = 1
    if alarm.is_stale:
        alarm.is_stale, alarm.keep_until = 0, now
        load.watch.rows[0].stale -= 1


@kernel
def shelve(load, handling, numbers, now):
    """Count what is put off, of those deviations of which people have said something."""
    for n in numbers:
        row = handling.rows[n]
        is_shelved = row.shelved_until >= 0 and row.closed_at < 0
        i = find(load.shelved, row.key)
        if is_shelved == (i >= 0 and load.shelved.rows[i].is_shelved == 1):
            continue
        off = load.shelved.rows[upsert(load.shelved, row.key)]
        off.is_shelved, off.keep_until = is_shelved, -1 if is_shelved else now
        load.watch.rows[0].shelved += 1 if is_shelved else -1


@kernel
def hear(load, said, incidents, began, handling, handled, now):
    """Take in what the judge said of deviations, incidents that were touched, and what people did; twice is once."""
    for d in said:
        if d.status == OPENED and find(load.told, d.id) < 0:
            tell(load, d.id, pair(d.kind, d.subject), now)
            learn(load, d, now)
        elif d.status >= OVER:
            end(load, d.id, now)
    for n in began:
        incident = incidents.rows[n]
        if incident.since == now and find(load.told, incident.key) < 0:
            tell(load, incident.key, UNKNOWN, now)
    shelve(load, handling, handled, now)


@kernel
def forget(load, now):
    """Let go what was told longer ago than ten minutes, and than a day; what is open then is stale."""
    watch = load.watch.rows[0]
    while watch.recent != UNKNOWN:
        alarm = load.told.rows[find(load.told, watch.recent)]
        if alarm.at >= now - TEN:
            break
        watch.in_ten -= 1
        watch.incidents -= 1 * (alarm.habit == UNKNOWN)
        watch.recent = alarm.after
    while watch.oldest != UNKNOWN:
        alarm = load.told.rows[find(load.told, watch.oldest)]
        if alarm.at >= now - STALE_AFTER:
            break
        watch.oldest = alarm.after
        if alarm.habit != UNKNOWN:
            unlearn(load, alarm, now)
        if alarm.habit == UNKNOWN or alarm.is_over:
            alarm.keep_until = now
        else:
            alarm.is_stale = 1
            watch.stale += 1
    if watch.oldest == UNKNOWN:
        watch.newest = UNKNOWN


@kernel
def flood_share(load, now):
    """Of the ten minutes of the clock that are over, in a day or since the first alarm: the share that was a flood."""
    first_at, end_at = load.watch.rows[0].first_at, now - now % TEN
    first = max(end_at - clock.DAY, first_at - first_at % TEN)
    if first_at < 0 or first >= end_at:
        return np.nan
    floods = 0
    for i in range(load.tens.meta[0]):
        ten = load.tens.rows[i]
        if first <= np.int64(ten.key) < end_at and ten.alarms > FLOOD:
            floods += 1
    return floods / ((end_at - first) // TEN)


@kernel
def next_change(load, now):
    """The next minute at which figures change though nothing happens; -1 if they do not."""
    watch = load.watch.rows[0]
    if watch.oldest == UNKNOWN:
        return np.int64(-1)
    moment = now - now % TEN + TEN
    if watch.recent != UNKNOWN:
        leaves = load.told.rows[find(load.told, watch.recent)].at + TEN
        moment = min(moment, leaves - leaves % clock.MINUTE + clock.MINUTE)
    return moment


HEAR: Final = Direct(hear)
