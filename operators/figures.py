"""Figures: the names of key figures, and how one is said."""

from typing import Final

import numpy as np

from operators import counting
from operators.windows import DAY_S
from tower import clock, ids
from tower.pairing import pair
from tower.table import find, kernel, upsert

NAMES: Final = (
    "legs_planned", "legs_departed", "legs_cancelled", "legs_arrived", "lines_due", "lines_on_time",
    "deviations_opened", "events", "legs_open", "late_p90_min", "on_time_ratio", "visits_waiting", "doors",
    "doors_in_use", "doors_closed", "lines_at_risk", "at_risk_cents", "alarms_10min", "incidents_10min",
    "alarms_flood_share", "alarms_chattering", "alarms_stale", "alarms_shelved", "alarms_top10_share", "alarms_most",
)  # fmt: skip
"""The first ones are in the order in which a cell counts them."""
OPEN, LATE_P90, RATIO, WAITING, DOORS, IN_USE, CLOSED, AT_RISK, CENTS = range(8, 17)
ALARMS, INCIDENTS, FLOOD_SHARE, CHATTERING, STALE, SHELVED, TOP_SHARE, MOST = range(17, 25)
CODES: Final = np.array([ids.of("kpi", name) for name in NAMES], "u8")
SAY_DAYS: Final = 2 * clock.DAY
"""Figures of days that started longer ago are said no more."""


@kernel
def keep_until(start, window_s):
    """When a figure of that window may go."""
    return start + (SAY_DAYS + clock.DAY if window_s == DAY_S else counting.KEEP_TREND)


@kernel
def put(kpis, what, site, start, window_s, value, plan, now):
    """Say a figure, unless it is what it was."""
    name = CODES[what]
    key = pair(pair(site, name), pair(np.uint64(start), np.uint64(window_s)))
    i = find(kpis, key)
    if i >= 0:
        row = kpis.rows[i]
        is_same = row.value == value or (np.isnan(row.value) and np.isnan(value))
        if is_same and (row.plan == plan or np.isnan(plan)):
            return
    elif np.isnan(value):
        return
    row = kpis.rows[upsert(kpis, key)]
    row.name, row.site, row.window, row.window_s, row.value, row.plan = name, site, start, window_s, value, plan
    row.at = now
    row.keep_until = keep_until(start, window_s)
