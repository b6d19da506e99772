"""Supply: purchase orders, their notices and receipts, and when each is expected."""

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np

from operators.legs import KEEP, NO_SUCH, life
from operators.registers import Registers
from operators.work import Work, mask_of
from tower import clock
from tower.outcomes import kinds_of
from tower.table import NO_ROWS, Direct, Table, find, kernel, look_at, touch


@kernel
def settle(t, numbers, legs, now):
    """Look anew at these purchase orders: expected with the leg that carries them, as noticed, or when due."""
    for i in numbers:
        po = t.rows[i]
        touch(t, i)
        j = find(legs, po.leg) if po.noticed_at >= 0 else NO_SUCH
        told = legs.rows[j].arr_expected if j >= 0 else po.eta
        po.expected_at = told if told >= 0 else po.due
        po.life = life(po.due, told, po.received_at, now)
        reached = po.received_at if po.received_at >= 0 else max(po.expected_at, now if now >= po.due else NO_SUCH)
        po.late_min = (reached - po.due) / clock.MINUTE if po.due >= 0 else np.nan
        look_at(t, i, next_moment(po, now))
        po.keep_until = po.received_at + KEEP if po.received_at >= 0 else -1


@kernel
def next_moment(po, now):
    """When it is due, then after one, four and each further 24 hours over that."""
    if po.received_at >= 0 or po.due < 0:
        return NO_SUCH
    for hours in (0, 1, 4):
        if po.due + hours * clock.HOUR > now:
            return po.due + hours * clock.HOUR
    return now + clock.DAY - (now - po.due) % clock.DAY


SUPPLYING: Final = mask_of(("supply_move",))


SETTLE: Final = Direct(settle)


class Supply(Registers):
    """Table `supply`: one row a purchase order."""

    families: ClassVar = ("supply_move",)
    watches: ClassVar = ("legs",)
    publishes: ClassVar = ("supply",)
    kinds: ClassVar = kinds_of("supply_move")

    def __init__(self, saved: Mapping[str, bytes] | None, legs: Table) -> None:
        super().__init__(saved)
        self.legs = legs

    def concerns(self, work: Work) -> bool:
        """Its own events and moments, and legs that change while orders are out."""
        return bool(work.present & SUPPLYING) or len(self.things) > 0

    def settle(self, work: Work) -> None:
        """Touched orders, those whose moment has come, and those on a touched leg."""
        keys = self.legs.t.rows["key"][self.legs.touched()]
        on_legs = np.flatnonzero(np.isin(self.things.rows["leg"], keys)).astype("i4") if keys.size else NO_ROWS
        for numbers in (self.things.due(work.now), on_legs, self.things.touched().copy()):
            SETTLE.call(self.things.t, numbers, self.legs.t, work.now)
