"""Usual: how many a quarter of an hour has at this hour of the week, as far as it has been seen.

An hour of the week leans, until it has been seen for weeks, on that hour of all days times what that day of the week
has beside the others. On top lies the level of these days. All are means that forget.
"""

from typing import Final

import numpy as np

from tower import clock
from tower.table import kernel

BIN: Final = 15 * clock.MINUTE
DAY_BINS: Final = clock.DAY // BIN
PROFILE: Final = (("all", "<f8"), ("bins", "<i8"), ("day", "<f4", (24,)), ("day_n", "<u2", (24,)),
                  ("weekday", "<f4", (7,)), ("weekday_n", "<u2", (7,)), ("week", "<f4", (168,)),
                  ("week_n", "<u2", (168,)), ("level", "<f8"), ("spread", "<f8"))  # fmt: skip
LEANS_ON_ALL, LEANS_ON_DAY, LEANS_ON_WEEK = 4.0, 8.0, 24.0
"""So many quarters of an hour does what is known of more hours count beside what was seen of this one."""
MOST_ALL, MOST_DAY, MOST_WEEKDAY, MOST_WEEK = 28 * DAY_BINS, 28 * 4, 8 * DAY_BINS, 8 * 4
LEVEL_STEP: Final = 1.0 / DAY_BINS
LEVEL_MOST: Final = 4.0
SPREAD_STEP: Final = 1.0 / DAY_BINS
SURPRISE_MOST: Final = 16.0
"""One step that surprises more than that does not widen what is believed of the rest."""


@kernel
def usual(row, moment):
    """The count expected in the quarter of an hour that begins at `moment` (ms)."""
    hour = (moment // clock.HOUR) % 168
    of_day, of_weekday, of_week = row.day_n[hour % 24], row.weekday_n[hour // 24], row.week_n[hour]
    day = (of_day * row.day[hour % 24] + LEANS_ON_ALL * row.all) / (of_day + LEANS_ON_ALL)
    weekday = (of_weekday * row.weekday[hour // 24] + LEANS_ON_WEEK * row.all) / (of_weekday + LEANS_ON_WEEK)
    day *= weekday / row.all if row.all > 0.0 else 1.0
    return row.level * (of_week * row.week[hour] + LEANS_ON_DAY * day) / (of_week + LEANS_ON_DAY)


@kernel
def learn(row, moment, count, expected):
    """Take in what came in the quarter of an hour that began at `moment`."""
    hour, row.bins = (moment // clock.HOUR) % 168, row.bins + 1
    if row.bins > DAY_BINS:
        surprise = min((count - expected) ** 2 / max(expected, 0.1), SURPRISE_MOST)
        row.spread += SPREAD_STEP * (surprise - row.spread)
    if row.bins > 7 * DAY_BINS and expected > 0.0:
        level = row.level * (1.0 + LEVEL_STEP * (count - expected) / max(expected, 1.0))
        row.level = min(max(level, 1.0 / LEVEL_MOST), LEVEL_MOST)
    plain = count / row.level
    row.all += (plain - row.all) / min(row.bins, MOST_ALL)
    refine(row.day, row.day_n, hour % 24, plain, MOST_DAY)
    refine(row.weekday, row.weekday_n, hour // 24, plain, MOST_WEEKDAY)
    refine(row.week, row.week_n, hour, plain, MOST_WEEK)


@kernel
def refine(means, counts, i, value, most):
    """Let a mean take in a value: as one of all that were seen, of so many at most."""
    counts[i] = min(counts[i] + 1, most)
    means[i] += (value - means[i]) / counts[i]


def unseen(row: np.ndarray) -> None:
    """Make a blank row one of which nothing is known."""
    row["level"], row["spread"] = 1.0, 1.0
