"""Weighing: what each line costs on each leg to its destination, and left without one; whole cents."""

from typing import Final

import numpy as np

from operators.allocation.lines import LIMIT_CENTS
from operators.allocation.net import FAR
from operators.orders import LAST_MILE
from operators.planning.futures import NEVER
from operators.planning.rows import BOOKED, NOWHERE, STAGED
from tower import clock
from tower.table import kernel

LEFT_FOR: Final = clock.DAY
"""A line that is left is weighed as if it came so long after the last leg that is known."""
MOST_MIN: Final = 200 * 1440


@kernel
def late_min_of(want, arr):
    """Minutes behind its promise at its ship-to if it comes on a leg that arrives then; 0 in time or without one."""
    behind = arr + LAST_MILE - want.promised_by
    if want.promised_by < 0 or behind <= 0:
        return np.int64(0)
    return np.int64(min(np.uint64(behind) // np.uint64(clock.MINUTE), np.uint64(MOST_MIN)))


@kernel
def growth_of(want, money, now):
    """How many times its price an hour costs: more the later the line is by now, as of the last whole hour. What has
    been put off before is not put off for ever.
    """
    days = max(now - now % clock.HOUR - want.promised_by, 0) / clock.DAY
    return 1.0 + money.ageing[min(np.int64(want.priority), np.int64(2))] / 100.0 * days


@kernel
def late_cents(fee, hour, growth, late_min):
    """Fee, and a price an hour that has grown so many times."""
    if late_min <= 0:
        return np.int64(0)
    return np.int64(min(fee + hour * (late_min / 60.0) * growth, float(LIMIT_CENTS)))


@kernel
def late_cents_of(want, money, late_min, now):
    """What it costs that a line is so late."""
    p = min(np.int64(want.priority), np.int64(2))
    return late_cents(money.fee[p], money.hour[p], growth_of(want, money, now), late_min)


@kernel
def left_cents_of(want, money, arr, now):
    """What leaving a line costs: it comes a day after the last leg there is, or never."""
    share = np.int64(money.left_share * max(want.value_cents, 0))
    late = late_cents_of(want, money, late_min_of(want, arr + LEFT_FOR), now)
    return np.int64(min(money.left_cents + share + late, LIMIT_CENTS))


@kernel
def lead_of(stand, is_off, money):
    """So long before a leg leaves a line can still be put on it: what is picked needs less, what has a leg that goes
    needs more.
    """
    if stand == BOOKED and not is_off:
        return max(money.release_lead, money.pick_lead)
    return money.cutoff_lead if stand == STAGED else money.pick_lead


@kernel
def may_take(want, way, money, now):
    """Whether there is time to book a line on a leg."""
    if not way.is_open or way.arr < 0 or way.dep > now + money.horizon:
        return False
    return way.dep >= now + lead_of(want.stand, want.is_off, money)


@kernel
def last_arrival(ways):
    """When the last of these legs arrives; 0 without any."""
    last = np.int64(0)
    for j in range(ways.size):
        last = max(last, ways[j].arr)
    return last


@kernel
def first_departure(ways):
    """When the first of these legs leaves; 0 without any."""
    first = ways[0].dep if ways.size else np.int64(0)
    for j in range(ways.size):
        first = min(first, ways[j].dep)
    return first


@kernel
def waiting_cents(want, money, since, until):
    """What it costs that a line waits from one moment to another: who is put off takes a seat that others will want,
    and the one that he leaves may go empty.
    """
    return np.int64(money.wait[min(np.int64(want.priority), np.int64(2))] * (until - since) // clock.HOUR)


@kernel
def rush_cents(want, way, money, now):
    """What booking a line on a leg costs that leaves so soon: nothing if it is picked."""
    if want.stand == STAGED or way.dep >= now + money.rush_lead:
        return np.int64(0)
    return np.int64(money.rush[min(np.int64(want.priority), np.int64(2))])


@kernel
def moving_cents(want, money):
    """What moving a line off the leg it is booked on costs."""
    return np.int64(money.switch[min(np.int64(want.priority), np.int64(2))]) if want.stand == BOOKED else np.int64(0)


@kernel
def is_kept(want, arrives, j, k):
    """Whether the promise is kept on that leg, or on none (NOWHERE), in that future."""
    return j != NOWHERE and arrives[j, k] != NEVER and late_min_of(want, arrives[j, k]) == 0


@kernel
def broken_cents(want, money, arrives, a, j):
    """What is added to moving a line from leg `a` to `j` because that breaks its promise, in as many futures as it
    does. arrives: (m, K).
    """
    if want.stand != BOOKED or a == NOWHERE:
        return np.int64(0)
    count = np.int64(0)
    for k in range(arrives.shape[1]):
        count += is_kept(want, arrives, a, k) and not is_kept(want, arrives, j, k)
    return money.broken[min(np.int64(want.priority), np.int64(2))] * count // arrives.shape[1]


@kernel
def expected_cents(want, money, growth, arrives, left):
    """What lateness costs in the mean of these futures; arrives: (K,). `left` where it never comes."""
    p, total = min(np.int64(want.priority), np.int64(2)), np.int64(0)
    for moment in arrives:
        late = late_min_of(want, moment)
        total += left if moment == NEVER else late_cents(money.fee[p], money.hour[p], growth, late)
    return total // arrives.size


@kernel
def weigh(wants, lines, ways, arrives, at, hub, allow, money, now, cost, left, stay, in_time):
    """Fill cost (n, m), FAR where a line cannot go; left (n,); stay (n,): what it costs as it is booked.

    lines: (n,) rows of `wants` and of `allow` (N, H). arrives: (m, K) as `futures` has it. at: (n,) the leg each is
    booked on, or NOWHERE. hub: (m,) the column of `allow` for each leg's origin. in_time: (n,) whether any leg could be
    caught, goods or not.
    """
    first, last = first_departure(ways), last_arrival(ways)
    for i in range(lines.size):
        want = wants[lines[i]]
        growth, moves = growth_of(want, money, now), moving_cents(want, money)
        never, in_time[i] = left_cents_of(want, money, last, now), False
        for j in range(ways.size):
            cost[i, j] = FAR
            is_there = j == at[i]
            catches = may_take(want, ways[j], money, now)
            in_time[i] = in_time[i] or catches
            if is_there or (catches and allow[lines[i], hub[j]]):
                cents = ways[j].freight + expected_cents(want, money, growth, arrives[j], never)
                cents += waiting_cents(want, money, first, ways[j].dep)
                if not is_there:
                    cents += moves + broken_cents(want, money, arrives, at[i], j)
                    cents += rush_cents(want, ways[j], money, now)
                cost[i, j] = min(cents, LIMIT_CENTS)
        never += waiting_cents(want, money, first, last + LEFT_FOR)
        left[i] = min(never + moves + broken_cents(want, money, arrives, at[i], NOWHERE), LIMIT_CENTS)
        stay[i] = cost[i, at[i]] if at[i] != NOWHERE else left[i]


__all__ = ["FAR", "LEFT_FOR", "expected_cents", "growth_of", "is_kept", "last_arrival", "late_cents_of", "late_min_of",
           "lead_of", "left_cents_of", "may_take", "moving_cents", "rush_cents", "waiting_cents", "weigh"]  # fmt: skip
