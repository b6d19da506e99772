"""Pricing: what a unit more or less of an article that is short is worth at a site, as rows of `prices`."""

from typing import Final

import numpy as np

from operators.planning.allotting import Scarce
from operators.planning.rows import NOWHERE
from tower.pairing import pair
from tower.table import Direct, Table, find, kernel, upsert

GOODS: Final = 2
"""What a price is of; 0: of a leg, 1: of a site's doors."""


@kernel
def drop(prices, shelves, hubs, following):
    """Mark prices of goods of which nobody waits for one more, to be evicted."""
    for i in range(prices.meta[0]):
        row = prices.rows[i]
        if row.what == GOODS:
            s, h = find(shelves, row.resource), column(hubs, row.site)
            if s < 0 or h == NOWHERE or following[s, h] <= 0:
                row.keep_until = 0


@kernel
def column(hubs, site):
    """Which of the hubs a site is, or NOWHERE."""
    for h in range(hubs.size):
        if hubs[h] == site:
            return h
    return NOWHERE


@kernel
def tell(prices, shelves, hubs, last, following):
    """Say each price that is new or another one."""
    for s in range(following.shape[0]):
        for h in range(hubs.size):
            if following[s, h] <= 0:
                continue
            sku = shelves.rows[s].key
            key = pair(pair(sku, hubs[h]), np.uint64(GOODS))
            k = find(prices, key)
            if k >= 0:
                row = prices.rows[k]
                if row.last_unit_cents == last[s, h] and row.next_unit_cents == following[s, h]:
                    continue
            row = prices.rows[upsert(prices, key)]
            row.what, row.resource, row.site = GOODS, sku, hubs[h]
            row.last_unit_cents, row.next_unit_cents = last[s, h], following[s, h]


DROP, TELL = Direct(drop), Direct(tell)


def tell_goods(prices: Table, shelves: Table, scarce: Scarce) -> None:
    """Say what one more unit is worth where somebody waits for it; mark the rows of all other goods, to be evicted."""
    DROP.call(prices.t, shelves.t, scarce.hubs, scarce.following)
    prices.reserve(int(np.count_nonzero(scarce.following)))
    TELL.call(prices.t, shelves.t, *scarce)
