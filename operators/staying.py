"""Staying: one visit's part in predictions: how long it stays at the site, how long its work takes; asked when it has
come and anew while it lasts longer than was said, its label learned once.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.expect import stay
from operators.expect.stay import FEATURES, HIGH, LOW, MIDDLE
from operators.predict import gate
from tower import clock, ids
from tower.ids import UNKNOWN
from tower.outcomes import DOUBTS, MOMENTS, SERVERS, USERS
from tower.pairing import pair
from tower.table import find, kernel, look_at, touch, upsert

GATE, DOOR = range(2)
"""The questions: from the gate to leaving the site; from the door to the end of the work there."""
FIRST: Final = MOMENTS.index("at_gate")
"""The first of them, as the column `moment` has it."""
NAMES: Final = ("stay_at_gate", "stay_at_door")
KEYS: Final = np.array([ids.of("model", name) for name in NAMES], "u8")
SURE, FEW, UNSEEN, MISSING, BLIND, SHUT, OUTLASTED = range(len(DOUBTS))
LINEAR, SCHEDULE = SERVERS.index("linear"), SERVERS.index("schedule")
"""Whose estimate is worth using: that one that was less off of late. Ours is told either way."""
DEVIATIONS: Final = USERS.index("deviations")
ENOUGH: Final = 100
"""Labels before anything is told: of a hundred five lie outside on each side."""
WIDER: Final = 1.5
OVER: Final = 15 * clock.MINUTE
"""A visit is asked about again when it has lasted so much longer than was said."""
AHEAD: Final = 5 * clock.MINUTE
"""What is told to begin later than that has a clock that is ahead of ours: nothing is said before."""
LATE_LABEL, NO_MORE = clock.DAY, 2 * clock.DAY
"""So long after it began its label counts as missing; it is not waited for any more."""
LONGEST_MIN: Final = 2_880.0
"""A label beyond this is a clock's or a typist's."""
KEEP: Final = clock.DAY
EACH: Final = 15 * clock.MINUTE
MS_MIN: Final = 60_000.0
NEVER: Final = 1 << 62

STAYING: Final = np.zeros(1, np.dtype([
    ("key", "<u8"), ("keep_until", "<i8"), ("look_at", "<i8"), ("site", "<u8"), ("kind", "<i8"), ("position", "<i8"),
    ("begin", "<i8", (2,)), ("end", "<i8", (2,)), ("is_off", "|u1"), ("is_asked", "|u1", (2,)),
    ("is_over", "|u1", (2,)), ("is_missed", "|u1", (2,)), ("asked_at", "<i8", (2,)), ("why", "|u1", (2,)),
    ("later_why", "|u1", (2,)), ("x", "<f8", (2, FEATURES)), ("base", "<f8", (2,)), ("plan", "<f8", (2,)),
    ("said", "<f8", (2,)), ("first", "<f8", (2, 3)), ("later", "<f8", (2, 3)), ("told", "<f8", (2, 3)),
    ("free_until", "<i8"), ("over_at", "<i8"), ("detention_min", "<f8"), ("overrun_min", "<f8"),
]))  # fmt: skip
"""A visit as it is followed: when it began and ended, each question's features and answers as they were when asked.
`told`: the newest; `detention_min`, `overrun_min`: how long it is expected to stay beyond what is free, and to work
beyond what is booked, as long as neither has begun."""
for _name in ("keep_until", "look_at", "begin", "end", "asked_at", "free_until", "over_at"):
    STAYING[_name] = -1
for _name in ("first", "later", "told", "said", "base", "plan", "detention_min", "overrun_min"):
    STAYING[_name] = np.nan
STAYING["site"] = UNKNOWN


class Book(NamedTuple):
    """What is kept: the visits that are followed, what was said of them, what was learned; and scratch."""

    staying: Any
    predictions: Any
    models: Any
    sides: Any
    gate: Any
    slots: Any
    raw: Any
    band: Any


@kernel
def begin_of(visit, question):
    """Since when."""
    return visit.arrived_at if question == GATE else max(visit.docked_at, visit.started_at)


@kernel
def end_of(visit, question):
    """Until when; -1 while it lasts."""
    if question == GATE:
        return visit.left_at
    return visit.finished_at if visit.finished_at >= 0 else visit.left_at


@kernel
def notice(visits, numbers, staying, now):
    """Mark the visits of which something is to be done when the minute is over."""
    soon = now - now % clock.MINUTE + clock.MINUTE
    for n in numbers:
        visit = visits.rows[n]
        i = find(staying, visit.key)
        is_off = visit.cancelled_at >= 0
        if i < 0 and ((begin_of(visit, GATE) < 0 and begin_of(visit, DOOR) < 0) or visit.left_at >= 0 or is_off):
            continue
        i = upsert(staying, visit.key)
        row = staying.rows[i]
        for question in range(2):
            is_other = begin_of(visit, question) != row.begin[question] or end_of(visit, question) != row.end[question]
            if (is_other or is_off != (row.is_off == 1)) and (row.look_at < 0 or row.look_at > soon):
                look_at(staying, i, soon)


@kernel
def minute(visits, clocks, b, numbers, number, now):
    """Do what is due for each of these visits, in their order; then say how the models stand."""
    gate.brought(b.gate, labels_in(visits, b, numbers))
    gate.watch(b.gate, now // clock.MINUTE)
    for i in numbers:
        row = b.staying.rows[i]
        touch(b.staying, i)
        n = find(visits, row.key)
        if n < 0:
            for question in range(2):
                if not row.is_over[question]:
                    close(b, row, question, now)
            row.detention_min, row.overrun_min, row.keep_until = np.nan, np.nan, now
            look_at(b.staying, i, np.int64(-1))
            continue
        visit = visits.rows[n]
        row.site, row.is_off = visit.site, 1 if visit.cancelled_at >= 0 else 0
        row.position = max(visit.arrived_position, visit.docked_position, visit.started_position)
        for question in range(2):
            follow(b, row, visit, question, number, now)
        finish(b, row, now)
        compare(b, row, visit, clocks, now)
        look_at(b.staying, i, next_look(row, now))
    gate.watch(b.gate, now // clock.MINUTE)
    for question in range(2):
        stand(b, question, now)


@kernel
def labels_in(visits, b, numbers):
    """How many labels this minute brings."""
    labels = 0
    for i in numbers:
        row = b.staying.rows[i]
        n = find(visits, row.key)
        for question in range(2):
            if n >= 0 and row.is_asked[question] and not row.is_over[question]:
                labels += 1 if end_of(visits.rows[n], question) >= 0 else 0
    return labels


@kernel
def follow(b, row, visit, q, number, now):
    """One question about a visit, as it stands now."""
    begin, end = begin_of(visit, q), end_of(visit, q)
    is_other = begin != row.begin[q] or end != row.end[q]
    row.begin[q], row.end[q] = begin, end
    if row.is_over[q]:
        if is_other and row.is_asked[q] and begin >= 0 and end >= 0:  # corrected: scored anew, not learned
            score(b, row, q, now)
    elif row.is_off or (end >= 0 and begin < 0):
        close(b, row, q, now)
    elif end >= 0:
        learn(b, row, q, now)
    elif begin >= 0 and now >= begin + NO_MORE:
        close(b, row, q, now)
    elif begin > now + AHEAD:
        return
    elif is_due(row, visit, q, now):
        ask(b, row, visit, q, number, now)
    if begin >= 0 and now >= begin + LATE_LABEL and not row.is_over[q] and not row.is_missed[q]:
        row.is_missed[q] = 1
        gate.lost(b.gate)


@kernel
def is_due(row, visit, q, now):
    """Whether it is to be asked about: when it comes, and when it has lasted longer than was said."""
    if not row.is_asked[q]:
        return row.begin[q] >= 0 or visit.arrived_at >= 0
    return row.begin[q] >= 0 and not np.isnan(row.told[q, MIDDLE]) and now >= over_at(row, q)


@kernel
def over_at(row, q):
    """When a visit has lasted so much longer than was said that it is asked about again."""
    return row.begin[q] + np.int64(row.told[q, MIDDLE] * MS_MIN) + OVER


@kernel
def ask(b, row, visit, q, number, now):
    """Say how long it will last: first from its features, which are kept; later from how long it has by now."""
    m = b.sides[q]
    if not row.is_asked[q]:
        take_in(m, b.gate, row, visit, q)
    elapsed = max((now - row.begin[q]) / MS_MIN, 0.0) if row.begin[q] >= 0 else 0.0
    why = doubt(m, b.gate, row, q)
    if why in (FEW, BLIND):
        b.band[:] = np.nan
        is_later = elapsed >= row.said[q]
    else:
        stay.groups(row.site, row.base[q], b.slots)
        times = 1.0 if why == SURE else WIDER
        is_later = stay.answer(m, row.said[q], elapsed, b.slots, times, b.raw, b.band)
        why = OUTLASTED if np.isnan(b.band[MIDDLE]) else why
    kept = row.later[q] if is_later else row.first[q]
    for k in range(3):
        row.told[q, k], kept[k] = b.band[k], b.band[k]
    if is_later:
        row.later_why[q] = why
    else:
        row.why[q] = why
    row.is_asked[q], row.asked_at[q] = 1, now
    say(b, row, q, elapsed, why, number, now)


@kernel
def take_in(m, g, row, visit, q):
    """Keep what it is answered from: never looked up again, whatever is said of it later."""
    row.kind = np.int64(visit.dock_group) if visit.dock_group != UNKNOWN else np.int64(1 + visit.purpose)
    start, end, begin = visit.window_start, visit.window_end, visit.arrived_at
    late = (begin - start) / MS_MIN if start >= 0 and begin >= 0 else np.nan
    slack = visit.work_min if q == DOOR and visit.work_min >= 0 else np.nan
    row.plan[q] = slack
    if q == GATE and end >= 0:
        slack, row.plan[q] = (end - begin) / MS_MIN, (end - start) / MS_MIN if start >= 0 else np.nan
    row.base[q] = stay.features(m, row.site, row.kind, slack, late, row.x[q])
    row.said[q] = stay.expect(m, row.base[q], row.x[q])
    unknown = (row.site == UNKNOWN) + (visit.dock_group == UNKNOWN) + np.isnan(slack) + np.isnan(late)
    gate.note(g, gate.MISSING, unknown / 4.0)
    gate.note(g, gate.UNSEEN, 1.0 if m.learned[0] >= ENOUGH and stay.is_new(m, row.site) else 0.0)


@kernel
def doubt(m, g, row, q):
    """Why an answer is wider than usual, or there is none."""
    if m.learned[0] < ENOUGH:
        return FEW
    if row.site == UNKNOWN:
        return BLIND
    if g.tally[gate.SHUT]:
        return SHUT
    if stay.is_new(m, row.site):
        return UNSEEN
    return MISSING if np.isnan(row.plan[q]) else SURE


@kernel
def say(b, row, q, elapsed, why, number, now):
    """Write what is told of a visit."""
    told = b.predictions.rows[upsert(b.predictions, pair(row.key, np.uint64(FIRST + q)))]
    told.subject, told.moment, told.site, told.issued_at = row.key, FIRST + q, row.site, now
    told.p05, told.p50, told.p95, told.why = row.told[q, LOW], row.told[q, MIDDLE], row.told[q, HIGH], why
    told.base_min, told.served_min = row.base[q], row.told[q, MIDDLE] - row.base[q]
    told.served_by, told.linear_min, told.elapsed_min = serving(b.sides[q]), row.said[q], elapsed
    told.version, told.basis = b.sides[q].learned[0], number
    told.expected_at = -1
    if row.begin[q] >= 0 and not np.isnan(row.told[q, MIDDLE]):
        told.expected_at = row.begin[q] + np.int64(row.told[q, MIDDLE] * MS_MIN)


@kernel
def score(b, row, q, now):
    """Write what came of what was told; NaN where it has no label."""
    i = find(b.predictions, pair(row.key, np.uint64(FIRST + q)))
    if i >= 0:
        told = b.predictions.rows[upsert(b.predictions, pair(row.key, np.uint64(FIRST + q)))]
        told.label_min = lasted(row, q)
        told.error_min = told.label_min - told.p50
        told.labelled_at, told.keep_until = now, now + KEEP


@kernel
def lasted(row, q):
    """Minutes; NaN where it has not begun and ended."""
    return (row.end[q] - row.begin[q]) / MS_MIN if row.begin[q] >= 0 and row.end[q] >= 0 else np.nan


@kernel
def close(b, row, q, now):
    """It is over without a label."""
    row.is_over[q] = 1
    row.end[q] = -1
    score(b, row, q, now)


@kernel
def finish(b, row, now):
    """What has not begun when the other is over never will; a row may go a day after both are."""
    for q in range(2):
        if row.begin[q] < 0 and row.is_over[1 - q] and not row.is_over[q]:
            close(b, row, q, now)
    row.keep_until = now + KEEP if row.is_over[0] and row.is_over[1] else -1


@kernel
def learn(b, row, q, now):
    """The label has come: score; and, while it can be true and the gate is open, learn once from what was kept."""
    row.is_over[q] = 1
    score(b, row, q, now)
    if not row.is_asked[q]:
        return
    m, took = b.sides[q], lasted(row, q)
    is_right = 0.0 <= took <= LONGEST_MIN and row.end[q] <= now + AHEAD
    gate.labelled(b.gate, is_right, (now - row.end[q]) / MS_MIN)
    if not is_right or b.gate.tally[gate.SHUT] or row.site == UNKNOWN:
        b.gate.tally[gate.KEPT_BACK] += 1
        return
    stay.groups(row.site, row.base[q], b.slots)
    if row.why[q] == SURE:
        stay.settle(m, row.first[q], took, b.slots, False)
    if row.later_why[q] == SURE:
        stay.settle(m, row.later[q], took, b.slots, True)
    stay.learn(m, row.site, row.kind, row.base[q], row.x[q], row.said[q], row.plan[q], took)


@kernel
def serving(m):
    """Who is less off: our line, or the plan."""
    return LINEAR if m.wrong[0] < m.wrong[1] else SCHEDULE


@kernel
def compare(b, row, visit, clocks, now):
    """How long it is expected to stay beyond what is free, and to work beyond what is booked; NaN where that is not so,
    or so already, or where plans are less off than we are.
    """
    row.detention_min, row.overrun_min, row.free_until = np.nan, np.nan, -1
    row.over_at = visit.over_at if visit.work_min >= 0 else -1
    c = find(clocks, row.key)
    if c >= 0 and clocks.rows[c].is_here:
        row.free_until = clocks.rows[c].free_until
    if row.free_until > now:
        row.detention_min = beyond(b, row, GATE, row.free_until)
    if row.over_at > now:
        row.overrun_min = beyond(b, row, DOOR, row.over_at)


@kernel
def beyond(b, row, q, limit):
    """By how many minutes it is expected to last beyond a moment; the ledger is told that deviations go by it."""
    if row.is_over[q] or row.begin[q] < 0 or np.isnan(row.told[q, MIDDLE]) or serving(b.sides[q]) != LINEAR:
        return np.nan
    i = find(b.predictions, pair(row.key, np.uint64(FIRST + q)))
    if i >= 0 and b.predictions.rows[i].used_by != DEVIATIONS:
        b.predictions.rows[upsert(b.predictions, pair(row.key, np.uint64(FIRST + q)))].used_by = DEVIATIONS
    return (row.begin[q] - limit) / MS_MIN + row.told[q, MIDDLE]


@kernel
def next_look(row, now):
    """When something changes if nobody says anything: on the whole minute; -1 if nothing does."""
    moment = np.int64(NEVER)
    for q in range(2):
        if row.is_over[q] or row.begin[q] < 0:
            continue
        if row.is_asked[q] and not np.isnan(row.told[q, MIDDLE]):
            moment = sooner(moment, over_at(row, q), now)
        moment = sooner(moment, row.begin[q], now)
        moment = sooner(moment, row.begin[q] + (NO_MORE if row.is_missed[q] else LATE_LABEL), now)
    if row.detention_min > 0.0:
        moment = sooner(moment, row.free_until, now)
    if row.overrun_min > 0.0:
        moment = sooner(moment, row.over_at, now)
    if moment == NEVER:
        return np.int64(-1)
    return moment + (-moment) % clock.MINUTE


@kernel
def sooner(moment, other, now):
    """The sooner of two moments, if the other one is to come."""
    return min(moment, other) if other > now else moment


@kernel
def stand(b, q, now):
    """How a model stands: once a quarter of an hour, and at once where the gate has changed."""
    m, tally = b.sides[q], b.gate.tally
    i = find(b.models, KEYS[q])
    if i >= 0 and b.models.rows[i].why == tally[gate.WHY] and now < b.models.rows[i].at + EACH:
        return
    row = b.models.rows[upsert(b.models, KEYS[q])]
    if row.serves != serving(m):
        row.serves_since = now
    row.name, row.moment, row.serves, row.at = KEYS[q], FIRST + q, serving(m), now
    row.why, row.frozen = tally[gate.WHY], tally[gate.FROZEN]
    row.frozen_at = tally[gate.SINCE] * clock.MINUTE if tally[gate.SHUT] else -1
    row.learned, row.kept_back, row.measured = m.learned[0], tally[gate.KEPT_BACK], m.learned[0]
    if m.learned[0]:
        row.linear_error_min, row.schedule_error_min = m.wrong[0], m.wrong[1]
    row.missing_share, row.unseen_share = b.gate.recent[gate.MISSING], b.gate.recent[gate.UNSEEN]
    row.skewed_share, row.label_delay_min = b.gate.recent[gate.SKEW], b.gate.recent[gate.DELAY]
    row.lost_share = b.gate.recent[gate.LOST]
