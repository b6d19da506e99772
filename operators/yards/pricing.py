"""Pricing: what a door more or less of a site is worth, a row of `prices` beside those of legs, while it is fresh."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import numpy as np

from operators.step import Step, gone_rows
from operators.work import Work
from tower.pairing import pair
from tower.table import Table, upsert

DOORS: Final = 1
"""What a price is of; 0: of a leg."""


class DoorPrices(Step):
    """No tables of its own: prices are the rows of the step before, which leaves those of doors alone."""

    watches: ClassVar = ("yards",)

    def __init__(self, saved: Mapping[str, bytes] | None, yards: Table, prices: Table) -> None:
        super().__init__(saved)
        self.yards, self.prices = yards, prices

    def concerns(self, work: Work) -> bool:
        """A site's doors have been planned, or what they are worth is not known any more."""
        return bool(self.yards.touched().size)

    def room(self, work: Work) -> int:
        """Whoever adds a row makes room for it."""
        return 0

    def run(self, work: Work) -> None:
        """Say the prices of these sites' doors; those that are worth nothing have none."""
        numbers = self.yards.touched()
        self.prices.reserve(numbers.size)
        for yard in self.yards.rows[numbers]:
            key = int(pair(yard["key"], np.uint64(DOORS)))
            if max(yard["last_door_cents"], yard["next_door_cents"]) > 0:
                row: Any = self.prices.t.rows[upsert(self.prices.t, np.uint64(key))]
                row["what"], row["resource"], row["window_start"] = DOORS, yard["site"], yard["at"]
                row["last_unit_cents"], row["next_unit_cents"] = yard["last_door_cents"], yard["next_door_cents"]
            elif (i := self.prices.find(key)) >= 0:
                self.prices.rows["keep_until"][i] = 0
        if (gone := self.prices.evict(1)).size:
            work.found.setdefault("gone", []).append(gone_rows({"prices": gone}))
