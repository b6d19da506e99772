"""Demand: order lines of each half hour, by the site they go to and the family of their article, and what is expected
in the next one, in six hours and in a day.

What is told an hour and more after it happened is no news of now, and counts nowhere. A series is forecast once it has
had a line in each half hour of a day on average; it takes two weeks to know its week. When nothing at all is ordered
where something was sure to be, the source is silent, not the customers: that half hour is unknown, and teaches nothing.
"""

from typing import Final

import numpy as np

from operators.expect import season
from operators.expect.season import DAY, FIRSTS, HIGH, HORIZONS, LOW, MIDDLE, STEP, WEEK
from tower import clock
from tower.events import NUMBER
from tower.ids import UNKNOWN, pairs
from tower.outcomes import DOUBTS
from tower.pairing import pair
from tower.table import find, kernel, look_at, upsert

PLACED: Final = NUMBER["order.placed"]
NEWS: Final = clock.HOUR
LEAST: Final = DAY
"""Lines of a day from which on a series is worth a forecast of its own."""
MOST: Final = 256
"""Series of a network that are forecast: each takes 32 kB."""
FORGOTTEN: Final = 14 * clock.DAY
KEEP: Final = 6 * clock.HOUR
"""How long it is told of a forecast what came of it."""
SURE, FEW, SILENT = DOUBTS.index("none"), DOUBTS.index("too_few_labels"), DOUBTS.index("inputs_missing")
ALL: Final = np.uint64(pairs(np.array([UNKNOWN], "u8"), np.array([UNKNOWN], "u8"))[0])
"""The series of everything, by whose timer half hours end."""
FAMILY: Final = np.zeros(1, np.dtype([("key", "<u8"), ("keep_until", "<i8"), ("family", "<u8")]))
FAMILY["keep_until"], FAMILY["family"] = -1, UNKNOWN
"""By sku."""
COUNTED: Final = np.zeros(1, np.dtype([
    ("key", "<u8"), ("keep_until", "<i8"), ("look_at", "<i8"), ("site", "<u8"), ("family", "<u8"), ("count", "<i8"),
    ("of_day", "<i8"), ("last_at", "<i8"),
]))  # fmt: skip
"""A site, a family, or both; the other is none."""
COUNTED["keep_until"], COUNTED["look_at"], COUNTED["last_at"] = -1, -1, -1
COUNTED["site"], COUNTED["family"] = UNKNOWN, UNKNOWN
SERIES: Final = np.zeros(1, np.dtype([("key", "<u8"), ("keep_until", "<i8"), *season.SERIES]))
SERIES["keep_until"] = -1
season.unseen(SERIES)


@kernel
def count(orders, lines, heads, ok, now, to, families, counted):
    """Count the lines of orders that are placed. `to`: room for a site an event, 0 where none is counted."""
    for j in range(orders.size):
        h = heads[orders[j].event]
        if ok[orders[j].event] and h.kind == PLACED and h.at >= now - NEWS:
            to[orders[j].event] = orders[j].ship_to
    for j in range(lines.size):
        site = to[lines[j].event]
        if site == 0:
            continue
        k = find(families, lines[j].sku)
        family = families.rows[k].family if k >= 0 else UNKNOWN
        add(counted, UNKNOWN, UNKNOWN, now)
        if site != UNKNOWN:
            add(counted, site, UNKNOWN, now)
        if family != UNKNOWN:
            add(counted, UNKNOWN, family, now)
        if site != UNKNOWN and family != UNKNOWN:
            add(counted, site, family, now)


@kernel
def add(counted, site, family, now):
    """One more. The first of all sets the timer."""
    i = upsert(counted, pair(site, family))
    row = counted.rows[i]
    row.site, row.family, row.last_at, row.keep_until, row.count = site, family, now, -1, row.count + 1
    if row.key == ALL and row.look_at < 0:
        look_at(counted, i, now - now % STEP + STEP)


@kernel
def end_step(counted, series, demands, x, gain, number, moment):
    """A half hour is over, for all series in the order of their rows: labels join, it is learned, the next are said."""
    k = find(counted, ALL)
    total = find(series, ALL)
    is_silent = counted.rows[k].count == 0 and total >= 0 and expected_least(series.rows[total]) >= 1.0
    for i in range(counted.meta[0]):
        row = counted.rows[i]
        if row.keep_until >= 0:
            continue
        s = find(series, row.key)
        if s >= 0 and series.rows[s].keep_until < 0:
            value = np.nan if is_silent else float(row.count)
            label(demands, row, value, moment)
            season.learn(series.rows[s], value, x, gain)
            say(demands, row, series.rows[s], SILENT if is_silent else SURE, number, moment)
        row.of_day += row.count
        row.count = 0
        if moment % clock.DAY == 0:
            if s < 0 and row.of_day >= LEAST and series.meta[0] < MOST:
                upsert(series, row.key)
            row.of_day = 0
        if moment - row.last_at > FORGOTTEN:
            row.keep_until = moment
            if s >= 0:
                series.rows[s].keep_until = moment
    is_over = counted.rows[k].keep_until >= 0
    look_at(counted, k, np.int64(-1) if is_over else moment + STEP)


@kernel
def expected_least(one):
    """How many there are at least in the half hour that is over, as was said before it."""
    w = FIRSTS[0] + one.seen % HORIZONS[0]
    return one.bands[w, LOW]


@kernel
def target(row, step_at, k):
    """The key of what is said of a half hour at one of the horizons."""
    return pair(pair(row.key, np.uint64(step_at)), np.uint64(k))


@kernel
def label(demands, row, value, moment):
    """What came in the half hour that is over, beside what was said of it."""
    for k in range(len(HORIZONS)):
        key = target(row, moment - STEP, k)
        if find(demands, key) >= 0:
            told = demands.rows[upsert(demands, key)]
            told.label, told.error, told.labelled_at = value, value - told.p50, moment
            told.keep_until = moment + KEEP


@kernel
def say(demands, row, one, why, number, moment):
    """Say what is expected at each horizon; once a day why nothing is."""
    for k in range(len(HORIZONS)):
        is_known = one.seen >= 2 * WEEK and one.learned[k] >= DAY
        if not is_known and (moment % clock.DAY != 0 or k != len(HORIZONS) - 1):
            continue
        step_at = moment + (HORIZONS[k] - 1) * STEP
        told = demands.rows[upsert(demands, target(row, step_at, k))]
        told.site, told.family, told.issued_at, told.step_at = row.site, row.family, moment, step_at
        told.ahead, told.version, told.basis = k, one.learned[k], number
        told.why = why if is_known else FEW
        told.usual = one.profile[(one.seen - 1 + HORIZONS[k]) % WEEK] if one.seen >= WEEK else np.nan
        told.last_week = season.value_at(one, WEEK - HORIZONS[k]) if one.seen >= WEEK else np.nan
        if is_known:
            band = one.bands[FIRSTS[k] + one.seen % HORIZONS[k]]
            told.p05, told.p50, told.p95 = band[LOW], band[MIDDLE], band[HIGH]
