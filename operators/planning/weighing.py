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
    return minutes_behind(want.promised_by, arr)


@kernel
def minutes_behind(promise, arr):
    """The same for a promise; -1: none."""
    behind = arr + LAST_MILE - promise
    if promise < 0 or behind <= 0:
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
    return leaving_cents(want, money, late_cents_of(want, money, late_min_of(want, arr + LEFT_FOR), now))


@kernel
def left_for_good(want, money):
    """What it costs that a line finds no goods, whenever that is asked: it comes as late as the plan looks ahead."""
    return leaving_cents(want, money, price_of_late(want, money, money.horizon // clock.MINUTE))


@kernel
def price_of_late(want, money, late_min):
    """What it costs that a line is so late, whenever that is asked."""
    p = min(np.int64(want.priority), np.int64(2))
    return late_cents(money.fee[p], money.hour[p], 1.0, late_min)


@kernel
def leaving_cents(want, money, late):
    """What leaving a line costs where its lateness costs so much: a share of its value too."""
    share = np.int64(money.left_share * max(want.value_cents, 0))
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
    return hours_cents(money.wait[min(np.int64(want.priority), np.int64(2))], since, until)


@kernel
def hours_cents(hour, since, until):
    """What it costs from one moment to another, at a price an hour."""
    return np.int64(hour * (until - since) // clock.HOUR)


@kernel
def moving_cents(want, money):
    """What moving a line off the leg it is booked on costs."""
    return np.int64(money.switch[min(np.int64(want.priority), np.int64(2))]) if want.stand == BOOKED else np.int64(0)


@kernel
def is_kept(want, arrives, j, k):
    """Whether the promise is kept on that leg, or on none (NOWHERE), in that future."""
    return j != NOWHERE and arrives[j, k] != NEVER and late_min_of(want, arrives[j, k]) == 0


@kernel
def expected_cents(want, money, growth, arrives, left):
    """What lateness costs in the mean of these futures; arrives: (K,). `left` where it never comes."""
    p = min(np.int64(want.priority), np.int64(2))
    return mean_cents(want.promised_by, money.fee[p], money.hour[p], growth, arrives, left)


@kernel
def mean_cents(promise, fee, hour, growth, arrives, left):
    """The same for a promise, a fee and a price an hour."""
    total = np.int64(0)
    for moment in arrives:
        late = minutes_behind(promise, moment)
        total += left if moment == NEVER else late_cents(fee, hour, growth, late)
    return total if arrives.size == 1 else total // arrives.size


@kernel
def breaking_cents(promise, broken, arrives, a, j):
    """What is added to moving a line from leg `a` to `j`, or to none (NOWHERE), because that breaks its promise: as
    much of `broken` as it does so in futures. arrives: (m, K).
    """
    count = np.int64(0)
    for k in range(arrives.shape[1]):
        was, comes = arrives[a, k], arrives[j, k] if j != NOWHERE else np.int64(NEVER)
        keeps = was != NEVER and minutes_behind(promise, was) == 0
        count += keeps and (comes == NEVER or minutes_behind(promise, comes) > 0)
    return broken * count if arrives.shape[1] == 1 else broken * count // arrives.shape[1]


@kernel
def weigh(wants, lines, ways, arrives, at, hub, allow, money, now, cost, left, stay, in_time):
    """Fill cost (n, m), FAR where a line cannot go; left (n,); stay (n,): what it costs as it is booked. What another
    line loses by the goods that a line keeps is part of all but going from another site.

    lines: (n,) rows of `wants` and of `allow` (N, H). arrives: (m, K) as `futures` has it. at: (n,) the leg each is
    booked on, or NOWHERE. hub: (m,) the column of `allow` for each leg's origin. in_time: (n,) whether any leg could be
    caught, goods or not.
    """
    first, last, latest = first_departure(ways), last_arrival(ways), now + money.horizon
    for i in range(lines.size):
        want, row, a = wants[lines[i]], allow[lines[i]], at[i]
        p, stand, promise = min(np.int64(want.priority), np.int64(2)), want.stand, want.promised_by
        fee, hour, wait, growth = money.fee[p], money.hour[p], money.wait[p], growth_of(want, money, now)
        moves, broken = moving_cents(want, money), money.broken[p] if stand == BOOKED and a != NOWHERE else 0
        rush, soonest = money.rush[p] if stand != STAGED else 0, now + lead_of(stand, want.is_off, money)
        never, is_in_time = left_cents_of(want, money, last, now), False
        for j in range(ways.size):
            dep, is_there, cents = ways[j].dep, j == a, np.int64(FAR)
            catches = ways[j].is_open != 0 and ways[j].arr >= 0 and soonest <= dep <= latest
            is_in_time = is_in_time or catches
            if is_there or (catches and row[hub[j]]):
                cents = want.loads * ways[j].freight + mean_cents(promise, fee, hour, growth, arrives[j], never)
                cents += hours_cents(wait, first, dep)
                if ways[j].origin == want.place:
                    cents += want.gives
                if not is_there:
                    cents += moves + (rush if dep < now + money.rush_lead else 0)
                    cents += breaking_cents(promise, broken, arrives, a, j) if broken else 0
                cents = min(cents, np.int64(LIMIT_CENTS))
            cost[i, j] = cents
        never += waiting_cents(want, money, first, last + LEFT_FOR)
        breaks = breaking_cents(promise, broken, arrives, a, NOWHERE) if broken else 0
        left[i] = min(never + moves + breaks + want.gives, LIMIT_CENTS)
        stay[i], in_time[i] = cost[i, a] if a != NOWHERE else left[i], is_in_time


__all__ = ["FAR", "LEFT_FOR", "expected_cents", "growth_of", "is_kept", "last_arrival", "late_cents_of", "late_min_of",
           "lead_of", "left_cents_of", "left_for_good", "moving_cents", "price_of_late", "waiting_cents",
           "weigh"]  # fmt: skip
