"""Telling: what differs between the plan and what is booked, and what scarce legs are worth, as rows of outcomes."""

import numpy as np

from operators.planning.plotting import NO_STOCK
from operators.planning.rows import BOOKED
from operators.planning.taking import NOT_SAID
from tower.ids import UNKNOWN
from tower.pairing import pair
from tower.table import Direct, find, kernel, upsert


@kernel
def differs(want):
    """Whether the plan has a line elsewhere than it is booked, or nowhere at all."""
    if want.keep_until >= 0 or want.why == NOT_SAID:
        return False
    return want.to_leg != want.leg or want.to_leg == UNKNOWN


@kernel
def missing(want):
    """What there is none of for a line that the plan leaves for that; else UNKNOWN."""
    return want.sku if want.to_leg == UNKNOWN and want.why == NO_STOCK else UNKNOWN


@kernel
def short_of(want):
    """How much the line lacks that the plan leaves without a leg; -1: nothing that can be counted."""
    return want.short if want.to_leg == UNKNOWN and want.short > 0 else np.int64(-1)


@kernel
def is_told(want, plan):
    """Whether a plan says what holds of a line."""
    return (
        plan.to_leg == want.to_leg and plan.from_leg == want.leg and plan.why == want.why
        and plan.cost_cents == -want.gain_cents and plan.resource == want.full
        and plan.short == short_of(want) and plan.sku == missing(want)
    )  # fmt: skip


@kernel
def drop_plans(wants, plans, found):
    """Mark plans that hold no more as such, to be evicted, and fill `found` with the rows of lines of which there is
    another to be said; how many of each.
    """
    dropped, new = 0, 0
    for i in range(wants.meta[0]):
        want = wants.rows[i]
        if not differs(want):
            if want.is_said:
                want.is_said = 0
                plans.rows[find(plans, want.key)].keep_until = 0
                dropped += 1
            continue
        k = find(plans, want.key)
        if k < 0 or not is_told(want, plans.rows[k]):
            found[new] = i
            new += 1
    return dropped, new


@kernel
def tell_plans(wants, ways, lines, plans, basis, numbers):
    """Say the plans of these lines."""
    for i in numbers:
        want = wants.rows[i]
        plan = plans.rows[upsert(plans, want.key)]
        n = find(lines, want.key)
        if n >= 0:
            plan.order, plan.order_line = lines.rows[n].order, lines.rows[n].line
        w = find(ways, want.to_leg) if want.to_leg != UNKNOWN else -1
        plan.line, plan.from_leg, plan.to_leg = want.key, want.leg, want.to_leg
        plan.why, plan.resource, plan.short, plan.sku = want.why, want.full, short_of(want), missing(want)
        plan.from_site = want.place if want.stand == BOOKED else UNKNOWN
        plan.to_site = ways.rows[w].origin if w >= 0 else UNKNOWN
        plan.cost_cents, plan.basis, want.is_said = -want.gain_cents, basis, 1


@kernel
def row_of_price(way, soonest):
    """The row of `prices` that a leg is to have; UNKNOWN: none."""
    if not way.is_open or way.dep < soonest or (way.last <= 0 and way.following <= 0):
        return UNKNOWN
    return pair(way.key, np.uint64(way.dep))


@kernel
def drop_prices(ways, prices, soonest):
    """Mark prices of legs that are not scarce any more, or leave otherwise, to be evicted; how many."""
    count = 0
    for i in range(ways.meta[0]):
        way = ways.rows[i]
        if way.said != UNKNOWN and way.said != row_of_price(way, soonest):
            prices.rows[find(prices, way.said)].keep_until = 0
            way.said = UNKNOWN
            count += 1
    return count


@kernel
def count_prices(ways, soonest):
    """How many prices there are to be said."""
    count = 0
    for i in range(ways.meta[0]):
        count += row_of_price(ways.rows[i], soonest) != UNKNOWN
    return count


@kernel
def tell_prices(ways, prices, soonest):
    """Say each price that is new or another one."""
    for i in range(ways.meta[0]):
        way = ways.rows[i]
        key = row_of_price(way, soonest)
        if key == UNKNOWN or (way.said == key and way.said_last == way.last and way.said_following == way.following):
            continue
        price = prices.rows[upsert(prices, key)]
        price.what, price.resource, price.window_start = 0, way.key, way.dep
        price.last_unit_cents, price.next_unit_cents = way.last, way.following
        way.said, way.said_last, way.said_following = key, way.last, way.following


DROP_PLANS, TELL_PLANS = Direct(drop_plans), Direct(tell_plans)
DROP_PRICES, COUNT_PRICES, TELL_PRICES = Direct(drop_prices), Direct(count_prices), Direct(tell_prices)
