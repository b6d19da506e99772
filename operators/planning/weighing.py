"""Weighing: what each line costs on each leg to its destination, and left without one; whole cents."""

from typing import Final

import numpy as np

from operators.allocation.lines import LIMIT_CENTS
from operators.allocation.net import FAR
from operators.orders import LAST_MILE
from operators.planning.rows import BOOKED, NOWHERE, STAGED
from tower import clock
from tower.table import kernel

LEFT_FOR: Final = clock.DAY
"""A line that is left is weighed as if it came so long after the last leg that is known."""
MOST_MIN: Final = 200 * 1440


@kernel
def late_min_of(want, arr):
    """Minutes behind its promise at its ship-to if it comes on a leg that arrives then; 0 in time or without one."""
    if want.promised_by < 0:
        return np.int64(0)
    behind = (arr + LAST_MILE - want.promised_by) // clock.MINUTE
    return np.int64(min(max(behind, 0), MOST_MIN))


@kernel
def late_cents_of(want, money, late_min, now):
    """Fee, and a rate an hour that grows with how late the line is by now, as of the last whole hour: what has been put
    off before is not put off for ever.
    """
    if late_min <= 0:
        return np.int64(0)
    p = min(np.int64(want.priority), np.int64(2))
    hours = late_min / 60.0
    days = max(now - now % clock.HOUR - want.promised_by, 0) / clock.DAY
    grown = money.hour[p] * hours * (1.0 + money.ageing[p] / 100.0 * days)
    return np.int64(min(money.fee[p] + grown, float(LIMIT_CENTS)))


@kernel
def left_cents_of(want, money, arr, now):
    """What leaving a line costs: it comes a day after the last leg there is, or never."""
    share = np.int64(money.left_share * max(want.value_cents, 0))
    late = late_cents_of(want, money, late_min_of(want, arr + LEFT_FOR), now)
    return np.int64(min(money.left_cents + share + late, LIMIT_CENTS))


@kernel
def may_take(want, way, money, now):
    """Whether there is time to book a line on a leg: what is picked needs less."""
    if not way.is_open or way.arr < 0 or way.dep > now + money.horizon:
        return False
    return way.dep >= now + (money.cutoff_lead if want.stand == STAGED else money.pick_lead)


@kernel
def last_arrival(ways):
    """When the last of these legs arrives; 0 without any."""
    last = np.int64(0)
    for j in range(ways.size):
        last = max(last, ways[j].arr)
    return last


@kernel
def moving_cents(want, money, breaks):
    """What moving a line off the leg it is booked on costs; more if that breaks a promise that its leg keeps."""
    if want.stand != BOOKED:
        return np.int64(0)
    p = min(np.int64(want.priority), np.int64(2))
    return np.int64(money.switch[p] + (money.broken[p] if breaks else 0))


@kernel
def weigh(wants, ways, at, hub, allow, money, now, cost, left, stay, in_time):
    """Fill cost (n, m), FAR where a line cannot go; left (n,); stay (n,): what it costs as it is booked.

    at: (n,) the leg each is booked on, or NOWHERE. hub: (m,) the column of `allow` (n, H) for each leg's origin.
    in_time: (n,) whether any leg could be caught, goods or not.
    """
    last = last_arrival(ways)
    for i in range(wants.size):
        want = wants[i]
        keeps = at[i] != NOWHERE and late_min_of(want, ways[at[i]].arr) == 0
        in_time[i] = False
        for j in range(ways.size):
            cost[i, j] = FAR
            is_there = j == at[i]
            catches = may_take(want, ways[j], money, now)
            in_time[i] = in_time[i] or catches
            if not is_there and not (catches and allow[i, hub[j]]):
                continue
            late = late_min_of(want, ways[j].arr)
            cents = ways[j].freight + late_cents_of(want, money, late, now)
            if not is_there:
                cents += moving_cents(want, money, keeps and late > 0)
            cost[i, j] = min(cents, LIMIT_CENTS)
        left[i] = min(left_cents_of(want, money, last, now) + moving_cents(want, money, keeps), LIMIT_CENTS)
        stay[i] = cost[i, at[i]] if at[i] != NOWHERE else left[i]


__all__ = ["FAR", "LEFT_FOR", "last_arrival", "late_cents_of", "late_min_of", "left_cents_of", "may_take",
           "moving_cents", "weigh"]  # fmt: skip
