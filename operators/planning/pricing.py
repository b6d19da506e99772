"""Pricing: what a unit more or less of an article that is short is worth at a site, as rows of `prices`."""

from typing import Any, Final

import numpy as np

from operators.planning.allotting import Scarce
from tower.ids import pairs
from tower.table import Table, upsert

GOODS: Final = 2
"""What a price is of; 0: of a leg, 1: of a site's doors."""


def tell_goods(prices: Table, skus: Any, scarce: Scarce) -> None:
    """Say what is worth something where another one more is wanted; of the others mark the rows, to be evicted.

    skus: (S,) ids.
    """
    article, site = np.nonzero(scarce.following)
    worth = np.stack([scarce.last[article, site], scarce.following[article, site]], axis=1)
    keys = pairs(pairs(skus[article], scarce.hubs[site]), np.full(article.size, GOODS, "u8"))
    rows = prices.rows
    rows["keep_until"][(rows["what"] == GOODS) & ~np.isin(rows["key"], keys)] = 0
    prices.reserve(keys.size)
    for n, key in enumerate(keys.tolist()):
        i = prices.find(key)
        if i < 0 or prices.rows[["last_unit_cents", "next_unit_cents"]][i].tolist() != tuple(worth[n]):
            row: Any = prices.t.rows[upsert(prices.t, np.uint64(key))]
            row["what"], row["resource"], row["site"] = GOODS, skus[article[n]], scarce.hubs[site[n]]
            row["last_unit_cents"], row["next_unit_cents"] = worth[n]
