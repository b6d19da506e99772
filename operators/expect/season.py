"""Season: `seasonal.Seasonal` as kernels on rows of a table, number for number, with bands.

A row is one series: half hours, a day and a week of them. Bands begin as the mean surprise on both sides and are put
right by how often values fell outside (conformal, online), for each horizon by itself.
"""

from typing import Final

import numpy as np

from operators.expect.seasonal import FEATURES, PROFILE_STEP, RECENT, RIDGE, SCALE_STEP, SURPRISE_MOST, correct
from operators.predict import bands
from tower import clock
from tower.table import kernel

STEP: Final = 30 * clock.MINUTE
DAY, WEEK = 48, 336
HORIZONS: Final = (1, 12, 48)
"""Half hours: the next one, six hours, a day."""
FIRSTS: Final = (0, 1, 13)
"""Where the answers of a horizon that wait for their value begin."""
WAITING: Final = 61
BACK: Final = (DAY, 2 * DAY, WEEK, WEEK + 1, WEEK - 1, 2 * WEEK)
TIMES: Final = 2.0
"""A band begins as so many mean surprises on both sides."""
OUTSIDE: Final = 0.05
SLOTS: Final = np.arange(2)
RATES, KEEPS = np.array([0.02, 0.05]), np.array([1.0, 0.99])
"""How fast offsets follow, for all values and for those of late, and what is left of them after one more."""
LOW, MIDDLE, HIGH = range(3)
SERIES: Final = (
    ("seen", "<i8"), ("unit", "<f8"), ("profile", "<f8", (WEEK,)), ("values", "<f8", (2 * WEEK,)),
    ("weights", "<f8", (3, FEATURES)), ("spread", "<f8", (3, FEATURES, FEATURES)), ("scale", "<f8", (3,)),
    ("issued", "<f8", (3,)), ("x", "<f8", (WAITING, FEATURES)), ("said", "<f8", (WAITING,)),
    ("bands", "<f8", (WAITING, 3)), ("offsets", "<f8", (3, 2, 2)), ("learned", "<i8", (3,)), ("wrong", "<f8", (3, 2)),
)  # fmt: skip
"""Columns of a series: `x`, `said` and `bands` are what was issued and waits for its value; `said` is the usual that
the correction was added to, NaN where nothing was issued; `wrong` mean errors of late, ours and last week's."""
ERROR_SHARE: Final = 1.0 / WEEK


def unseen(row: np.ndarray) -> None:
    """Make a blank row one of which nothing is known."""
    row["spread"], row["scale"] = np.eye(FEATURES) / RIDGE, 0.05
    row["said"], row["issued"], row["bands"] = np.nan, np.nan, np.nan


@kernel
def learn(row, value, x, gain):
    """Take in the next value, then say what is expected at each horizon. One that is unknown (NaN) teaches nothing."""
    slot = row.seen % WEEK
    is_known = not np.isnan(value)
    if row.seen < WEEK:
        row.unit += (max(value if is_known else row.unit, 0.0) - row.unit) / (row.seen + 1)
    usual = row.profile[slot] if row.seen >= WEEK else row.unit
    now = value if is_known else usual
    row.values[row.seen % (2 * WEEK)] = now
    row.profile[slot] += (PROFILE_STEP if row.seen >= WEEK else 1.0) * (now - row.profile[slot])
    row.seen += 1
    for k in range(len(HORIZONS)):
        take_in(row, k, now, is_known, gain)
        if row.seen >= 2 * WEEK:
            issue(row, k, x)


@kernel
def unit_of(row):
    """What one is, in the units in which corrections are learned."""
    return max(row.unit, 1e-9)


@kernel
def place(row, k):
    """Where the answer of a horizon lies that is about the newest value; the next one is then put there."""
    return FIRSTS[k] + row.seen % HORIZONS[k]


@kernel
def take_in(row, k, value, is_known, gain):
    """Learn from the value that was foretold so many steps before, from what was known then."""
    w = place(row, k)
    if np.isnan(row.said[w]) or not is_known:
        return
    x, weights = row.x[w], row.weights[k]
    foretold = row.said[w] + told(weights, x)
    error = value / unit_of(row) - foretold
    if row.learned[k] > 0:
        bands.settle(row.bands[w], value, SLOTS, row.offsets[k], RATES, KEEPS, OUTSIDE)
    row.learned[k] += 1
    share = max(ERROR_SHARE, 1.0 / row.learned[k])
    last_week = row.values[(row.seen - 1 - WEEK) % (2 * WEEK)]
    row.wrong[k, 0] += share * (abs(value - row.bands[w, MIDDLE]) - row.wrong[k, 0])
    row.wrong[k, 1] += share * (abs(value - last_week) - row.wrong[k, 1])
    correct(weights, row.spread[k], x, gain, error, row.scale[k])
    row.scale[k] += SCALE_STEP * (min(abs(error), SURPRISE_MOST * row.scale[k]) - row.scale[k])


@kernel
def told(weights, x):
    """What the correction adds."""
    total = 0.0
    for i in range(x.size):
        total += weights[i] * x[i]
    return total


@kernel
def issue(row, k, x):
    """Say what is expected, and remember from what."""
    features(row, HORIZONS[k], x)
    usual = usual_at(row, -HORIZONS[k]) / unit_of(row)
    w = place(row, k)
    for i in range(x.size):
        row.x[w, i] = x[i]
    row.said[w] = usual
    row.issued[k] = usual + told(row.weights[k], x)
    middle, half = row.issued[k] * unit_of(row), TIMES * row.scale[k] * unit_of(row)
    band = row.bands[w]
    band[LOW], band[MIDDLE], band[HIGH] = middle - half, middle, middle + half
    bands.widen(band, SLOTS, row.offsets[k], 1.0, band)
    for j in range(3):
        band[j] = max(band[j], 0.0)


@kernel
def usual_at(row, back):
    """What is usual so many steps before the newest value; below nothing: after it."""
    return row.profile[(row.seen - 1 - back) % WEEK]


@kernel
def value_at(row, back):
    """The value so many steps before the newest one; the newest, where that lies ahead."""
    return row.values[(row.seen - 1 - max(back, 0)) % (2 * WEEK)]


@kernel
def level(row, steps):
    """By how much the newest values stood above what is usual."""
    total = 0.0
    for back in range(steps):
        total += value_at(row, back) - usual_at(row, back)
    return total / steps


@kernel
def features(row, ahead, x):
    """What the correction is made from, in units of the first week's mean."""
    x[0], x[1], x[2] = 1.0, usual_at(row, -ahead), value_at(row, WEEK - ahead)
    n = 3
    for back in range(3):
        x[n], x[n + 1] = value_at(row, back), usual_at(row, back)
        n += 2
    for back in BACK:
        x[n], x[n + 1] = value_at(row, back - ahead), usual_at(row, back - ahead)
        n += 2
    x[n], x[n + 1] = level(row, DAY), level(row, RECENT)
    for i in range(1, x.size):
        x[i] /= unit_of(row)


@kernel
def learn_rows(rows, values, x, gain, bands):
    """One series (the first of `rows`) takes in all these values; `bands` (values, horizons, 3) are what was said."""
    for t in range(values.size):
        learn(rows[0], values[t], x, gain)
        for k in range(len(HORIZONS)):
            for j in range(3):
                bands[t, k, j] = rows[0].bands[place(rows[0], k), j]
