"""Situation: what movements so far tell of a leg to come, kept in plain arrays by kernels.

Who calls says what happens, in order of time: `due` when a planned departure passes, `departed`, `arrived`, `given_up`
when a leg has been overdue for too long to wait for it; and `ask` writes what is known of a leg at that moment. Nothing
but what was said before goes in, so nothing of tomorrow can. Moments and spans are minutes.

Means follow a series: each new value counts a fixed share, more while there are few, starting from 0. Recent sums fade
with time. Both lie in slots by hash; a slot shared by accident costs a little accuracy and nothing else.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.predict.hashing import slot
from tower import math
from tower.compiled import lean

SLOTS: Final = 1 << 16
GIVE_UP_MIN: Final = 240.0
"""How long after its plan a leg that has not left counts as overdue."""
NEVER: Final = -1e12
CARRIER, ORIGIN, DEST, LANE, CARRIER_AT, CARRIER_LANE, SERVICE, CARRIER_BAND, LANE_HOUR, LENGTH, ALL = range(11)
"""What a mean or sum is of."""
ARRIVAL, ARRIVAL_FAST, GAIN, GAIN_FAST, GAIN_NOW, DEPARTURE, RECENT, NOW, OVERDUE, MOTION = range(11, 21)
"""And of which series. Gain is how much later a leg arrived than it left."""
KNOWN_HOURS, KNOWN_FLYING_HOURS = 36.0, 16.0
"""How long what an aircraft did last says something of what it does next."""

SIGNALS: Final = (
    "clock_min", "weekday", "block_min",
    "arr_carrier", "arr_lane", "arr_dest", "arr_carrier_at", "arr_service", "arr_carrier_band", "arr_dest_fast",
    "arr_all", "arr_lane_hour",
    "gain_carrier", "gain_lane", "gain_service", "gain_dest_fast", "gain_origin", "gain_carrier_lane", "gain_length",
    "gain_all", "gain_lane_hour", "gain_carrier_at", "gain_dest_now",
    "dep_origin", "dep_carrier_at", "dep_service", "dep_dest",
    "recent_origin", "recent_origin_n", "recent_carrier_at", "recent_dest", "recent_dest_n", "just_left_n",
    "overdue_origin_n", "overdue_origin_min", "overdue_carrier_n", "overdue_carrier_min",
    "overdue_dest_n", "overdue_dest_min", "overdue_n", "overdue_min",
    "planned_n", "planned_next_n",
    "inbound_known", "inbound_slack_min", "inbound_late_min", "inbound_spare_min",
    "temp_c", "wind_mps", "gust_mps", "visibility_m", "precip_mm_h", "pressure_hpa", "precip_3h_mm", "pressure_3h_hpa",
    "dest_hazard", "dep_late_min",
)  # fmt: skip
"""What `ask` writes, in this order; NaN is unknown."""
AT: Final = {name: number for number, name in enumerate(SIGNALS)}
WEATHER: Final = 9
"""How many of them are weather, which the caller gives; the last is where the leg goes."""


class Leg(NamedTuple):
    """A leg as the kernels take it. Ids are int64, 0 is unknown; `clock_min` is the planned departure's local clock."""

    carrier: Any
    origin: Any
    dest: Any
    vehicle: Any
    service: Any
    dep_planned: Any
    arr_planned: Any
    clock_min: Any
    weekday: Any


class Situation(NamedTuple):
    """mean, count: series. total, weight, faded: recent sums. overdue, since: how many legs should have left, and the
    sum of their plans. vehicle ..: what each aircraft did last.
    """

    mean: Any
    count: Any
    total: Any
    weight: Any
    faded: Any
    overdue: Any
    since: Any
    vehicle: Any
    left: Any
    came: Any
    came_late: Any
    block: Any


def empty(slots: int = SLOTS) -> Situation:
    """Nothing has happened."""
    blank = Situation(*(np.zeros(slots) for _ in Situation._fields))
    return blank._replace(vehicle=np.zeros(slots, "i8"), left=np.full(slots, NEVER), came=np.full(slots, NEVER))


@lean
def follow(s, what, series, a, b, value, share):
    """A series has a new value."""
    i = slot(s.mean.size, what, series, a, b)
    s.count[i] += 1.0
    s.mean[i] += max(share, 1.0 / (s.count[i] + 3.0)) * (value - s.mean[i])


@lean
def mean(s, what, series, a, b):
    """Where a series stands; 0 before its first value."""
    return s.mean[slot(s.mean.size, what, series, a, b)]


@lean
def add(s, what, series, a, b, value, now, span):
    """A recent sum has one more; what was before fades by e a span."""
    i = slot(s.total.size, what, series, a, b)
    kept = math.exp((s.faded[i] - now) / span)
    s.total[i] = s.total[i] * kept + value
    s.weight[i] = s.weight[i] * kept + 1.0
    s.faded[i] = now


@lean
def recent(s, what, series, a, b, now, span):
    """The mean of what is recent, drawn to 0 as it fades."""
    i = slot(s.total.size, what, series, a, b)
    kept = math.exp((s.faded[i] - now) / span)
    return s.total[i] * kept / (s.weight[i] * kept + 0.1)


@lean
def recent_count(s, what, series, a, b, now, span):
    """How much is recent."""
    i = slot(s.total.size, what, series, a, b)
    return s.weight[i] * math.exp((s.faded[i] - now) / span)


@lean
def wait(s, leg, more):
    """A leg is overdue (1) or is so no longer (-1)."""
    for what, a, b in (
        (ORIGIN, leg.origin, 0), (CARRIER_AT, leg.carrier, leg.origin), (DEST, leg.dest, 0), (ALL, 0, 0),
    ):  # fmt: skip
        i = slot(s.overdue.size, what, OVERDUE, a, b)
        s.overdue[i] += more
        s.since[i] += more * leg.dep_planned


@lean
def waiting(s, what, a, b, now, own, planned, signals, n):
    """Write how many are overdue without the leg asked about, and for how long on average; the next place."""
    i = slot(s.overdue.size, what, OVERDUE, a, b)
    count = s.overdue[i] - own
    signals[n] = count
    signals[n + 1] = (count * now - (s.since[i] - own * planned)) / count if count > 0.5 else 0.0
    return n + 2


@lean
def is_waited_for(leg, now):
    """Whether a leg that has not left by now counts as overdue."""
    return leg.dep_planned < now <= leg.dep_planned + GIVE_UP_MIN
