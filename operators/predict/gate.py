"""Gate: whether what comes in can be learned from: missing inputs, unseen names, clocks, late labels, storms, silence.

Each is measured over the last hundred or so and held against its limit, the first two and the delay as what they are
above the usual. Above a limit learning freezes and what is told is wider; when all are below half of it for an hour
learning goes on. What has become usual is no longer odd, so nothing is shut for ever.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from tower.compiled import lean
from tower.outcomes import FREEZES

OPEN, MISSING, UNSEEN, SKEW, DELAY, LOST, STORM = range(len(FREEZES))
UP: Final = (0.0, 0.08, 0.3, 0.2, 120.0, 0.5, 1.0)
"""Share of columns; of answers; of labels that cannot be; minutes; share of labels; of those a minute may bring."""
SHARES: Final = (0.0, 1 / 100, 1 / 100, 1 / 50, 1 / 50, 1 / 100, 1.0)
USUAL_SHARE: Final = 1 / 5_000
ENOUGH: Final = (0, 500, 500, 0, 100, 0, 0)
"""Of each, before it counts."""
QUIET_MIN: Final = 60
STORM_LEAST, STORM_TIMES, RATE_SHARE = 30.0, 8.0, 1 / 300
LEAST_LATE_MIN, MOST_LATE_MIN = -240.0, 2_880.0
"""A label beyond these is a clock's or a typist's, not a leg's."""
AHEAD_MIN: Final = 5.0
SHUT, WHY, SINCE, BREACHED, KEPT_BACK, FROZEN = range(6)


class Gate(NamedTuple):
    """`recent`, `usual` and `count` (7,) by reason, `rate` (1,) labels in a minute that brings any, `tally` (6,):
    whether it is shut, why, since which minute, when a limit was last passed, labels kept back, how often it shut.
    """

    recent: Any
    usual: Any
    count: Any
    rate: Any
    tally: Any


def empty() -> Gate:
    """Open."""
    reasons = len(FREEZES)
    return Gate(np.zeros(reasons), np.zeros(reasons), np.zeros(reasons, "i8"), np.zeros(1), np.zeros(6, "i8"))


@lean
def note(g, what, value):
    """One more of a measure."""
    g.count[what] += 1
    has_usual = what in (MISSING, UNSEEN, DELAY)
    share = 1.0 if has_usual and g.count[what] == 1 else SHARES[what]
    g.recent[what] += share * (value - g.recent[what])
    if has_usual:
        g.usual[what] += max(USUAL_SHARE, 1.0 / g.count[what]) * (value - g.usual[what])


@lean
def missing_of(codes):
    """The share of columns that are unknown."""
    blank = 0
    for code in codes:
        if code == 0:
            blank += 1
    return blank / codes.size


@lean
def asked(g, codes, is_unseen):
    """A question was answered, from these; `is_unseen` if about a carrier or place that no label was ever about."""
    note(g, MISSING, missing_of(codes))
    note(g, UNSEEN, 1.0 if is_unseen else 0.0)


@lean
def known(g, missing):
    """A question was asked of which such a share of inputs is unknown."""
    note(g, MISSING, missing)


@lean
def is_possible(late_min, departed, arrived, now):
    """Whether a label can be: no clock ahead of ours, no arrival before its departure, not days off. Minutes."""
    if np.isnan(late_min) or not LEAST_LATE_MIN <= late_min <= MOST_LATE_MIN:
        return False
    return arrived <= now + AHEAD_MIN and not departed > arrived


@lean
def labelled(g, is_right, delay_min):
    """A label came, so long after it was true."""
    note(g, SKEW, 0.0 if is_right else 1.0)
    if is_right:
        note(g, DELAY, max(delay_min, 0.0))
        note(g, LOST, 0.0)


@lean
def lost(g):
    """A label is six hours overdue."""
    note(g, LOST, 1.0)


@lean
def brought(g, labels):
    """A minute brings so many labels: before any of them is looked at."""
    if labels > 0:
        g.recent[STORM] = labels / (STORM_LEAST + STORM_TIMES * g.rate[0])
        g.rate[0] += RATE_SHARE * (min(labels, STORM_LEAST + STORM_TIMES * g.rate[0]) - g.rate[0])


@lean
def above(g, what):
    """By how much a measure is above what it may be compared with."""
    if g.count[what] < ENOUGH[what]:
        return 0.0
    return g.recent[what] - g.usual[what]


@lean
def watch(g, minute):
    """Shut or open, as the measures stand in this minute; whether that changed. Call it when the minute is done, and
    when labels were counted.
    """
    t, worst = g.tally, OPEN
    for what in range(STORM, OPEN, -1):
        if above(g, what) > UP[what] * (0.5 if t[SHUT] and what < STORM else 1.0):
            worst = what
    g.recent[STORM] = 0.0
    if worst != OPEN:
        changed = t[SHUT] == 0
        if changed:
            t[SHUT], t[SINCE] = 1, minute
            t[FROZEN] += 1
        changed = changed or t[WHY] != worst
        t[WHY], t[BREACHED] = worst, minute
        return changed
    if t[SHUT] and minute >= t[BREACHED] + QUIET_MIN:
        t[SHUT], t[WHY], t[SINCE] = 0, OPEN, minute
        return True
    return False
