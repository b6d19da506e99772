"""Stay: `dwell.Dwell` as kernels, number for number, with bands: how long a visit lasts, and how sure that is.

River's line through eight features corrects what the plan leaves. The band is read from how visits came out beside what
was said of them, and put right by how often labels fell outside of it: for all, a site, a length of stay, and of late.
Of a visit that is still there only those count that lasted longer: it is right-censored while it lasts.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.predict import bands
from operators.predict.hashing import joined, slot
from tower.compiled import lean

EDGES: Final = np.arange(-180.0, 721.0, 5.0)
"""Minutes by which visits came out longer than was said, told apart by five."""
FADES: Final = 0.9995
SITE_STEP: Final = 0.05
LEAST_MIN: Final = 25.0
"""Until a site is known, a visit takes so long at least."""
TAIL: Final = 0.1
MOST_MIN: Final = 180.0
FEATURES: Final = 8
PLACES: Final = 1 << 12
SITE, KIND, BOTH = range(3)
RATE, MIDDLE_RATE, LEAST_SQUARE = 1.0, 0.05, 1e-8
FIRST, STEP, BINS = float(EDGES[0]), float(EDGES[1] - EDGES[0]), EDGES.size + 1
LOW, MIDDLE, HIGH = range(3)
OUTSIDE: Final = 0.05
"""Of labels, on each side of a band."""
SITE_SLOTS: Final = 64
LENGTHS: Final = (60.0, 120.0, 240.0)
GROUPS: Final = 1 + SITE_SLOTS + len(LENGTHS) + 1 + 1
RATES: Final = np.array([0.003, 0.002, 0.002, 0.05])
KEEPS: Final = np.array([1.0, 1.0, 1.0, 0.99])
"""How fast offsets follow, and what is left of each after one more label: all, a site, a length, of late."""
ERROR_SHARE: Final = 1 / 500


class Stay(NamedTuple):
    """`least`, `over` (places,) by site, kind and both, NaN where nothing is learned; `seen` (features, 3) count, mean
    and variance, `slopes` (features, 2) weight and sum of squares, `middle` (1,); `out` (bins,) how visits came out
    beside what was said; `offsets` (2, groups, 2) of first answers and later ones; `wrong` (2,) errors of late, ours
    and the plan's; `learned` (1,) labels.
    """

    least: Any
    over: Any
    seen: Any
    slopes: Any
    middle: Any
    out: Any
    offsets: Any
    wrong: Any
    learned: Any


def empty() -> Stay:
    """Nothing is learned yet."""
    return Stay(np.full(PLACES, np.nan), np.zeros(PLACES), np.zeros((FEATURES, 3)), np.zeros((FEATURES, 2)),
                np.zeros(1), np.zeros(BINS), np.zeros((2, GROUPS, 2)), np.zeros(2), np.zeros(1, "i8"))  # fmt: skip


@lean
def place(what, site, kind):
    """Where what is known of a site, a kind, or both lies."""
    of_site = np.uint64(0) if what == KIND else np.uint64(site)
    of_kind = np.uint64(0) if what == SITE else np.uint64(kind)
    return slot(PLACES, what, 0, of_site, of_kind)


@lean
def is_new(m, site):
    """Whether no label was ever about that site."""
    return np.isnan(m.least[place(SITE, site, 0)])


@lean
def features(m, site, kind, slack, late, x):
    """Write what corrects the plan; returns what the plan leaves. `slack`: minutes to the planned end, `late`: after
    the planned start; NaN: there is no plan.
    """
    both = place(BOTH, site, kind)
    least = m.least[both]
    if np.isnan(least):
        least = m.least[place(KIND, site, kind)]
    if np.isnan(least):
        least = LEAST_MIN
    left = least if np.isnan(slack) else slack
    after = 0.0 if np.isnan(late) else late
    base = max(left, least)
    x[SITE], x[KIND], x[BOTH] = m.over[place(SITE, site, kind)], m.over[place(KIND, site, kind)], m.over[both]
    x[3] = max(least + 15.0 - left, 0.0)
    x[4], x[5] = min(max(after, 0.0), MOST_MIN), min(max(-after, 0.0), MOST_MIN)
    x[6], x[7] = min(base, 4 * MOST_MIN), 1.0 if base > MOST_MIN else 0.0
    return base


@lean
def scaled(m, k, value):
    """A feature by its mean and spread so far; 0 where it has none."""
    return (value - m.seen[k, 1]) / np.sqrt(m.seen[k, 2]) if m.seen[k, 2] > 0 else 0.0


@lean
def line(m, x):
    """What the features add to the plan."""
    told = m.middle[0]
    for k in range(FEATURES):
        told += m.slopes[k, 0] * scaled(m, k, x[k])
    return told


@lean
def held(value):
    """Within what a correction may be."""
    return min(max(value, -MOST_MIN), MOST_MIN)


@lean
def expect(m, base, x):
    """How long it will last in all, said when it comes."""
    return max(base + held(line(m, x)), 1.0)


@lean
def middle_of(k):
    """By how much longer than said a bin's visits lasted."""
    return FIRST + k * STEP - STEP / 2.0


@lean
def longer(m, said, elapsed):
    """How many visits lasted longer beside what was said of them than this one has by now."""
    mass = 0.0
    for k in range(BINS):
        if said + FIRST + k * STEP > elapsed:
            mass += m.out[k]
    return mass


@lean
def quantile(m, said, elapsed, mass, level):
    """How long such a visit lasts in all, of those (`mass`) that lasted longer than so far."""
    reached = 0.0
    for k in range(BINS):
        if said + FIRST + k * STEP > elapsed:
            reached += m.out[k]
            if reached >= level * mass:
                return max(said + middle_of(k), elapsed)
    return max(said, elapsed)


@lean
def groups(site, base, slots):
    """The offsets that a visit belongs to."""
    length = 0
    for limit in LENGTHS:
        if base > limit:
            length += 1
    slots[0] = 0
    slots[1] = 1 + np.int64(joined(np.uint64(1), site) % np.uint64(SITE_SLOTS))
    slots[2] = 1 + SITE_SLOTS + length
    slots[3] = GROUPS - 1


@lean
def answer(m, said, elapsed, slots, times, raw, band):
    """Write the band, so many times as wide: p05 <= p50 <= p95, none of it below what it has lasted. Returns whether it
    is a later answer, and not whether there is one: NaN where none of those seen lasted so long.
    """
    is_later = elapsed >= said
    mass = longer(m, said, elapsed)
    if mass < 1.0:
        band[:] = np.nan
        return is_later
    raw[MIDDLE] = quantile(m, said, elapsed, mass, 0.5) if is_later else said
    raw[LOW] = min(quantile(m, said, elapsed, mass, OUTSIDE), raw[MIDDLE])
    raw[HIGH] = max(quantile(m, said, elapsed, mass, 1.0 - OUTSIDE), raw[MIDDLE])
    bands.widen(raw, slots, m.offsets[1 if is_later else 0], times, band)
    for k in range(3):
        band[k] = max(band[k], elapsed, 0.0)
    return is_later


@lean
def settle(m, band, lasted, slots, is_later):
    """A label has come for a band as it was told."""
    bands.settle(band, lasted, slots, m.offsets[1 if is_later else 0], RATES, KEEPS, OUTSIDE)


@lean
def learn(m, site, kind, base, x, said, plan, lasted):
    """One label, once, from the features as they were when it came. `plan`: minutes planned then, NaN without."""
    beyond = held(lasted - base)
    follow(m, x, beyond)
    for k in range(BINS):
        m.out[k] *= FADES
    m.out[bin_of(lasted - said)] += 1.0
    for what in range(3):
        i = place(what, site, kind)
        m.over[i] += SITE_STEP * (beyond - m.over[i])
        if np.isnan(m.least[i]):
            m.least[i] = LEAST_MIN
        m.least[i] += TAIL if lasted > m.least[i] else TAIL - 1.0
    m.learned[0] += 1
    share = max(ERROR_SHARE, 1.0 / m.learned[0])
    m.wrong[0] += share * (abs(lasted - said) - m.wrong[0])
    m.wrong[1] += share * (abs(lasted - (base if np.isnan(plan) else plan)) - m.wrong[1])


@lean
def bin_of(longer_min):
    """The bin of a visit that lasted so much longer than said."""
    return min(max(np.int64(np.ceil((longer_min - FIRST) / STEP)), 0), BINS - 1)


@lean
def follow(m, x, beyond):
    """The line's step: features join mean and variance (Welford), then weights step against the slope (AdaGrad)."""
    for k in range(FEATURES):
        seen = m.seen[k]
        seen[0] += 1.0
        before = x[k] - seen[1]
        seen[1] += before / seen[0]
        seen[2] += (before * (x[k] - seen[1]) - seen[2]) / seen[0]
    steep = 1.0 if line(m, x) > beyond else -1.0
    for k in range(FEATURES):
        slope = steep * scaled(m, k, x[k])
        if slope != 0.0:
            m.slopes[k, 1] += slope * slope
            m.slopes[k, 0] -= RATE * slope / np.sqrt(m.slopes[k, 1] + LEAST_SQUARE)
    m.middle[0] -= MIDDLE_RATE * steep
