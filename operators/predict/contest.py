"""Contest: who serves. Champion, challenger and their blend all answer in the shadow; what was issued is measured.

Promotion by rule: the best of the three serves once its error over the last some two thousand labels is 2 % less than
that of who serves; on trial it is compared again and rolled back where it turns out worse. Where the champion was a
tenth further off than the schedule for six hours of labels in a row the schedule serves, until two were better.
"""

from typing import Any, NamedTuple

import numpy as np

from tower import math
from tower.compiled import lean
from tower.outcomes import SERVERS

TILES, LINEAR, BLEND, SCHEDULE = range(len(SERVERS))
WINDOW, MARGIN = 2_000.0, 0.02
"""Labels that an error is measured over; by how much a challenger has to be better."""
FIRST, TRIAL, TRIED, REGRET, REST = 1_000, 500, 100, 1.05, 2_000
"""Labels before the first promotion; of a trial, and after how many of them it may fail; by how much worse; labels
from a rollback to the next promotion."""
EAGER, MEMORY, SCALE_MIN = 0.02, 0.9995, 20.0
"""Of the blend: weights exponential in what each lost of late (Vovk 1990), its mean taking part."""
HOURS, WORSE_BY, BACK, FEWEST = 6, 1.1, 2, 5
"""Hours in a row, of those with so many labels, in which the champion's error was so many times the schedule's; hours
in which it was not, until it serves again. Chosen on the first 120 days: oftener, the schedule serves good days worse.
"""
RECENT, USUAL, ODD = 2_000.0, 20_000.0, 4_000
"""Labels that drift is measured over, against those of which it is; said only after so many. Over
fewer, one bad day looks like drift."""
(LABELS, SERVES, BEFORE, SINCE, HOUR, IN_HOUR, WORSE, BETTER, IS_BEATEN, PROMOTIONS, ROLLBACKS, ON_TRIAL,
 BY_HAND) = range(13)  # fmt: skip


class Contest(NamedTuple):
    """`wrong` (4,) mean absolute errors by server, `lost` (3,) of the blend's three, `trial` (2,) and `hour` (2,) sums
    of errors: who serves and who did, or champion and schedule; `drift` (2, 2) recent and usual, champion's and
    schedule's; `tally` (13,) as numbered above; BY_HAND is 1 + whom people have serve, 0 where the rule says who.
    """

    wrong: Any
    lost: Any
    trial: Any
    hour: Any
    drift: Any
    tally: Any


def empty() -> Contest:
    """Our own model serves."""
    return Contest(np.zeros(len(SERVERS)), np.zeros(3), np.zeros(2), np.zeros(2), np.zeros((2, 2)), np.zeros(13, "i8"))


@lean
def blend(c, one, two):
    """Both estimates and their mean, by what each lost of late; one of them alone where the other is unknown."""
    if np.isnan(two):
        return one
    least = min(c.lost[0], c.lost[1], c.lost[2])
    w0 = math.exp(-EAGER * (c.lost[0] - least))
    w1 = math.exp(-EAGER * (c.lost[1] - least))
    w2 = math.exp(-EAGER * (c.lost[2] - least))
    return (w0 * one + w1 * two + w2 * (one + two) / 2.0) / (w0 + w1 + w2)


@lean
def serving(c):
    """Who serves now: whom people want, or whom the rule does; it goes on measuring meanwhile."""
    if c.tally[BY_HAND]:
        return c.tally[BY_HAND] - 1
    return np.int64(SCHEDULE) if c.tally[IS_BEATEN] else c.tally[SERVES]


@lean
def drifted(c):
    """By how many % errors have grown of late, those of the schedule growing too taken off; 0 while there are few."""
    recent, usual = c.drift[0], c.drift[1]
    if c.tally[LABELS] < ODD or recent[1] <= 0 or usual[0] <= 0:
        return 0.0
    return 100.0 * ((recent[0] / recent[1]) * (usual[1] / usual[0]) - 1.0)


@lean
def settle(c, told, label, hour):
    """A label has come for what all of them told, in that hour: measure, decide who serves; whether that changed.

    What was not told by all, or has no label, is not measured.
    """
    if np.isnan(label) or np.isnan(told[TILES]) or np.isnan(told[LINEAR]) or np.isnan(told[SCHEDULE]):
        return False
    t, was = c.tally, serving(c)
    t[LABELS] += 1
    share = max(1.0 / WINDOW, 1.0 / t[LABELS])
    for k in range(4):
        c.wrong[k] += share * (abs(told[k] - label) - c.wrong[k])
    both = (told[TILES] + told[LINEAR]) / 2.0
    for k in range(3):
        off = abs((both if k == BLEND else told[k]) - label)
        c.lost[k] = MEMORY * c.lost[k] + off / SCALE_MIN
    mine, plan = abs(told[t[SERVES]] - label), abs(told[SCHEDULE] - label)
    watch_drift(c, mine, plan)
    watch_hours(c, mine, plan, hour)
    if t[ON_TRIAL]:
        try_out(c, mine, abs(told[t[BEFORE]] - label))
    promote(c)
    return serving(c) != was


@lean
def watch_drift(c, mine, plan):
    """Recent and usual errors, the champion's and the schedule's."""
    n = np.float64(c.tally[LABELS])
    for row in range(2):
        share = max(1.0 / (RECENT if row == 0 else USUAL), 1.0 / n)
        c.drift[row, 0] += share * (mine - c.drift[row, 0])
        c.drift[row, 1] += share * (plan - c.drift[row, 1])


@lean
def watch_hours(c, mine, plan, hour):
    """Whether the hours in which the champion was further off than the schedule, or no longer was, are enough."""
    t = c.tally
    if hour != t[HOUR]:
        if t[IN_HOUR] >= FEWEST:
            is_worse = c.hour[0] > WORSE_BY * c.hour[1]
            t[WORSE], t[BETTER] = (t[WORSE] + 1, 0) if is_worse else (0, t[BETTER] + 1)
            if t[WORSE] >= HOURS:
                t[IS_BEATEN] = 1
            elif t[BETTER] >= BACK:
                t[IS_BEATEN] = 0
        t[HOUR], t[IN_HOUR] = hour, 0
        c.hour[:] = 0.0
    t[IN_HOUR] += 1
    c.hour[0] += mine
    c.hour[1] += plan


@lean
def try_out(c, mine, before):
    """Compare who was promoted with who served before; roll back where it is worse, be done when its trial is over."""
    t = c.tally
    c.trial[0] += mine
    c.trial[1] += before
    tried = t[LABELS] - t[SINCE]
    if tried >= TRIED and c.trial[0] > REGRET * c.trial[1]:
        t[SERVES], t[BEFORE] = t[BEFORE], t[SERVES]
        t[ROLLBACKS] += 1
        t[ON_TRIAL], t[SINCE] = 0, t[LABELS] + REST - TRIAL
    elif tried >= TRIAL:
        t[ON_TRIAL] = 0


@lean
def promote(c):
    """Have the best serve, if it is better by the margin and whoever serves has done so for a while."""
    t = c.tally
    if t[ON_TRIAL] or t[LABELS] < FIRST or t[LABELS] - t[SINCE] < TRIAL:
        return
    best = t[SERVES]
    for k in range(3):
        if c.wrong[k] < c.wrong[best]:
            best = k
    if c.wrong[best] < (1.0 - MARGIN) * c.wrong[t[SERVES]]:
        t[BEFORE], t[SERVES], t[SINCE] = t[SERVES], best, t[LABELS]
        t[PROMOTIONS] += 1
        t[ON_TRIAL] = 1
        c.trial[:] = 0.0
