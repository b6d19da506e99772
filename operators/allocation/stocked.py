"""Stocked: lines to resources where stock by SKU and site is short too, with a certified gap.

Shared resources get prices (Lagrange); each SKU is then solved exactly within its stock; Newton steps move the prices
to where loads nearly equal room; chains of moves make a plan within all limits. The gap is what the plan costs less
what the prices prove any plan to cost. Not unique as without stock: the same history gives the same plan and prices,
another may give others within the gap.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from operators.allocation import net as nets
from operators.allocation.chains import mend, total
from operators.allocation.exact import CENT, Exact
from operators.allocation.lines import ABSENT, Lines, capacities
from operators.allocation.newton import toward
from operators.allocation.plan import FROZEN, FULL, NO_CANDIDATE, NO_STOCK, NOT_WORTH, UNSERVED, Plan
from operators.allocation.repair import level
from operators.allocation.within import best, cells_of, survey
from tower.errors import UsageError

ROUNDS: Final = 30
"""Newton steps of a cold solve."""
CHAINS: Final = 20_000
"""Chains of moves at most; beyond them lines stay unserved."""
WIDE_CENTS: Final = 200
"""Near ties of the first Newton steps; fewer, and prices move less far, whenever a step did not help."""


@dataclass(frozen=True, slots=True, eq=False)
class Stock:
    """sku: (N,) of each line, below S. site: (N, K) where each option takes stock from. units: (S, W) on hand.

    Raises UsageError that names the clause and the value.
    """

    sku: Any
    site: Any
    units: Any

    def __post_init__(self) -> None:
        for name, kind in (("sku", "i8"), ("site", "i4"), ("units", "i8")):
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), kind))
        for name, values, low, high in (("sku", self.sku, 0, len(self.units) - 1),
                                        ("site", self.site, 0, self.units.shape[1] - 1),
                                        ("units", self.units, 0, 1 << 40)):  # fmt: skip
            wrong = (values < low) | (values > high)
            if wrong.any():
                raise UsageError(f"stock: {name} must be from {low} to {high} (got {values[wrong][0]})")


class Stocked:
    """One market with stock: rows are those of `lines`; the plan is made by `plan`, and again after `change`."""

    def __init__(self, lines: Lines, stock: Stock, room: Any) -> None:
        self.lines, self.stock, self.room = lines.take(np.arange(len(lines))), stock, capacities(room)
        if stock.site.shape != lines.option.shape or len(stock.sku) != len(lines):
            raise UsageError(f"stock: site must have the shape of option (got {stock.site.shape})")
        self._free = np.flatnonzero(~lines.frozen)
        self._free = self._free[np.argsort(stock.sku[self._free], kind="stable")]
        self._place = np.full(len(lines), ABSENT)
        self._place[self._free] = np.arange(len(self._free))
        self._left, self._over, units = self._beside_frozen()
        self._sku = stock.sku[self._free]
        self._first = np.searchsorted(self._sku, np.arange(len(stock.units) + 1))
        shape = (len(self._free), lines.option.shape[1] + 1)
        self._option, self._cost = np.empty(shape, "i4"), np.empty(shape, "i8")
        self._fill(np.arange(len(self._free)))
        self._start, self._where, self._cell = self._cells()
        self._units = np.concatenate([[0], units[self._owners(), self._where[1:]]])
        self._price = np.zeros(len(self.room) + 1, "i8")
        self._scarce = np.zeros(len(self._units), "i8")
        self._inner = np.zeros(len(self._free), "i8")
        self._at = np.full(len(self._free), ABSENT)
        self._cents = np.zeros(len(units), "i8")
        self._net = self._scratch()
        self._spent = {"steps": 0, "chains": 0}

    def change(self, rows: Any, lines: Lines) -> None:
        """Other costs and penalties for lines that are not frozen; their options, SKUs and sites stay."""
        places = self._place[rows]
        if (places == ABSENT).any() or lines.frozen.any():
            raise UsageError("stock: what is frozen cannot change (make the problem anew)")
        for name in ("cost", "unserved", "current", "switching"):
            getattr(self.lines, name)[rows] = getattr(lines, name)
        self._fill(places)
        skus = np.unique(self._sku[places])
        self._solve(skus)
        if self._at.min(initial=0) != ABSENT:
            touched = np.isin(self._sku, skus)
            self._at[touched] = self._inner[touched]

    def plan(self, rounds: int = ROUNDS, chains: int = CHAINS) -> Plan:
        """A plan within all limits, and how far from the best it may be; `rounds` Newton steps where there is none."""
        self._spent = {"steps": 0, "chains": 0}
        if self._at.min(initial=0) == ABSENT:
            self._cold(rounds)
        self._mend(chains)
        return self._told()

    # --- prices

    def _cold(self, rounds: int) -> None:
        """The best prices that so many steps find, and the lines where they cost least at these."""
        everything, width = np.arange(len(self._cents)), WIDE_CENTS
        self._price[:-1] = self._without_stock()
        self._solve(everything)
        found, kept = self._bound(), self._kept()
        for _ in range(rounds):
            self._step(width * CENT)
            self._solve(everything)
            if self._bound() > found:
                found, kept = self._bound(), self._kept()
            else:
                self._back(kept)
                width = max(6, width * 7 // 10)
        self._back(kept)
        self._at[:] = self._inner

    def _kept(self) -> list[Any]:
        """What a step back needs."""
        return [column.copy() for column in (self._price, self._scarce, self._inner, self._cents)]

    def _back(self, kept: list[Any]) -> None:
        for column, old in zip((self._price, self._scarce, self._inner, self._cents), kept, strict=True):
            column[:] = old

    def _without_stock(self) -> Any:
        """Prices of the exact plan that knows no stock, in whole cents."""
        exact = Exact(np.arange(len(self.room)), self._left, self._option.shape[1] - 1, len(self._free))
        exact.net.option[:], exact.net.cost[:], exact.net.at[:] = self._option, self._cost, 0
        exact.solve()
        level(exact.net)
        return np.maximum(0, exact.net.price[: len(self.room)]) // CENT * CENT

    def _step(self, width: int) -> None:
        d = len(self.room)
        load, near = np.zeros(d + 1), np.zeros((d + 1, d + 1))
        survey(self._option, self._cell, self._cost, self._price, self._scarce, self._inner, width, load, near)
        toward(self._price, self._left, load, near, 1.0, width, 4 * width)
        self._price[:] = (self._price + CENT // 2) // CENT * CENT
        self._spent["steps"] += 1

    def _solve(self, skus: Any) -> None:
        """Each of these SKUs at the prices as they are, those at few sites in a small net."""
        best(skus, self._first, self._start, self._option, self._cell, self._cost, self._price, self._units,
             self._scarce, self._inner, self._cents, self._net)  # fmt: skip

    def _scratch(self) -> nets.Net:
        """A net that any SKU fits into."""
        most, columns = int(np.diff(self._first).max(initial=1)), self._option.shape[1]
        return nets.empty(most, columns - 1, int(np.diff(self._start).max(initial=0)), 8 * most * columns + 1000)

    def _bound(self) -> int:
        """Cents that no plan is below."""
        return int(self._cents.sum() - (self._price[:-1] // CENT * self._left).sum())

    # --- the plan

    def _mend(self, chains: int) -> None:
        self._spent["chains"] += int(mend(self._option, self._cell, self._cost, self._sku, self._first, self._units,
                                          self._left, self._at, chains))  # fmt: skip

    def _fill(self, places: Any) -> None:
        """Options and scaled costs of these lines; of two options at one resource and site the cheaper remains."""
        rows, d, sites = self._free[places], len(self.room), self.stock.units.shape[1]
        lines = self.lines.take(rows)
        pair = np.where(lines.option == ABSENT, ABSENT, lines.option * sites + self.stock.site[rows])
        shape = (len(rows), self._option.shape[1])
        option, cost = np.empty(shape, "i4"), np.empty(shape, "i8")
        long = (np.ascontiguousarray(column, "i8") for column in (lines.key, pair, *lines.charged()))
        nets.scale(*long, np.repeat(np.arange(d), sites), d * sites, option, cost)
        self._option[places], self._cost[places] = option // sites, cost

    def _owners(self) -> Any:
        """The SKU of each cell, from the first on."""
        return np.repeat(np.arange(len(self._start) - 1), np.diff(self._start))

    def _cells(self) -> tuple[Any, Any, Any]:
        """Where each SKU's cells begin, (S + 1,), the site of each, (C,), and the cell of each option, (N, K + 1)."""
        sites, option = self.stock.units.shape[1], self.lines.option[self._free]
        site = np.full(self._option.shape, sites, "i4")
        site[:, :-1] = np.where(option == ABSENT, sites, self.stock.site[self._free])
        start, cell = np.empty(len(self.stock.units) + 1, "i8"), np.empty(site.shape, "i4")
        where = np.zeros(site.size + 1, "i4")
        count = cells_of(self._first, site, sites, start, where, cell)
        return start, where[:count], cell

    def _beside_frozen(self) -> tuple[Any, Any, Any]:
        """Room and stock that frozen lines leave, and by how much they exceed room."""
        rows = np.flatnonzero(self.lines.frozen & (self.lines.current != ABSENT))
        at = self.lines.current[rows]
        held = np.bincount(self.lines.option[rows, at], minlength=len(self.room))
        units = self.stock.units.copy()
        np.subtract.at(units, (self.stock.sku[rows], self.stock.site[rows, at]), 1)
        return np.maximum(0, self.room - held), np.maximum(0, held - self.room), np.maximum(0, units)

    def _told(self) -> Plan:
        lines, k = self.lines, self.lines.option.shape[1]
        taken = np.where(lines.frozen, lines.current, ABSENT)
        taken[self._free] = np.where(self._at == k, ABSENT, self._at)
        served, at = taken != ABSENT, np.maximum(taken, 0)[:, None]
        resource = np.take_along_axis(lines.option, at, 1)[:, 0]
        moved = (lines.current != ABSENT) & (taken != lines.current)
        price = self._price[:-1] // CENT
        return Plan(
            rows=np.arange(len(lines)), taken=taken, load=np.bincount(resource[served], minlength=len(self.room)),
            cost_cents=int(np.where(served, np.take_along_axis(lines.cost, at, 1)[:, 0], lines.unserved).sum()),
            switching_cents=int(lines.switching[moved].sum()), over=self._over, last_cents=price, next_cents=price,
            gap_cents=int(total(self._cost, self._at)) - self._bound(), unserved=self._why_not(taken),
            moved=np.flatnonzero(moved), spent=dict(self._spent),
        )  # fmt: skip

    def stock_cents(self) -> Any:
        """What a unit of each SKU is worth at each site, (S, W), in cents."""
        cents = np.zeros(self.stock.units.shape, "i8")
        cents[self._owners(), self._where[1:]] = self._scarce[1:] // CENT
        return cents

    def _why_not(self, taken: Any) -> Any:
        """Why lines are unserved: nowhere that is worth it is there stock (NO_STOCK), or there is but no room."""
        rows = np.flatnonzero(taken == ABSENT)
        lines = self.lines.take(rows)
        left = self._units - np.bincount(np.take_along_axis(self._cell, self._at[:, None], 1)[:, 0],
                                         minlength=len(self._units))  # fmt: skip
        cost, unserved = lines.charged()
        worth = (lines.option != ABSENT) & (cost < unserved[:, None])
        there = left[self._cell[self._place[rows], :-1]] > 0
        least = np.where(worth & there, cost, np.iinfo("i8").max).argmin(1) if len(rows) else np.zeros(0, "i8")
        reason = np.where(~worth.any(1), NOT_WORTH, np.where((worth & there).any(1), FULL, NO_STOCK))
        reason[(lines.option == ABSENT).all(1)] = NO_CANDIDATE
        reason[lines.frozen] = FROZEN
        told = np.zeros(len(rows), UNSERVED)
        told["row"], told["key"], told["reason"] = rows, lines.key, reason
        full = lines.option[np.arange(len(rows)), least]
        told["resource"] = np.where(reason == FULL, full, np.where(reason == NO_STOCK, self.stock.sku[rows], ABSENT))
        return told
