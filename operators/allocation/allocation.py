"""Allocation: lines to resources at least cost, optimal after every change, with prices and a certificate.

What comes out depends on the lines, the capacities and the ids only: never on the order of changes, on restarts or on
how many changes a solve takes in.
"""

from typing import Any

import numpy as np

from operators.allocation import marginal
from operators.allocation.lines import ABSENT, Lines, capacities
from operators.allocation.markets import Market, groups, join
from operators.allocation.plan import FROZEN, FULL, NO_CANDIDATE, NOT_WORTH, UNSERVED, Plan
from tower.errors import UsageError


class Allocation:
    """D resources that take `room` (D,) units; lines with `options` options each come, change and go by row.

    ids: (D,) what resources are called for ever, for ties; their numbers where not given. Rows are the caller's and
    may be given again after `drop`.
    """

    def __init__(self, room: Any, options: int, ids: Any = None) -> None:
        self.room = capacities(room)
        self.ids = np.arange(len(self.room)) if ids is None else np.ascontiguousarray(ids, "i8")
        self._options = options
        self._held = np.zeros(len(self.room), "i8")
        self._lines = _none(0, options)
        self._there = np.zeros(0, "?")
        self._parent = np.arange(len(self.room))
        self._markets: dict[int, Market] = {}
        self._seat = np.zeros(0, "i8")
        self._market = np.zeros(0, "i8")
        self._spent = np.zeros(3, "i8")

    # --- what may happen

    def put(self, rows: Any, lines: Lines) -> None:
        """Lines come or change. Raises UsageError for a resource that there is not."""
        rows = np.ascontiguousarray(rows, "i8")
        self._check(rows, lines)
        self._grow(int(rows.max(initial=-1)) + 1)
        self._hold(rows, -1)
        for name in Lines.__slots__:
            getattr(self._lines, name)[rows] = getattr(lines, name)
        self._there[rows] = True
        self._hold(rows, 1)
        free = ~lines.frozen
        self._unseat(rows[~free])
        self._seat_all(rows[free])

    def drop(self, rows: Any) -> None:
        """Lines go."""
        rows = np.ascontiguousarray(rows, "i8")
        self._hold(rows, -1)
        self._unseat(rows)
        self._there[rows] = False

    def resize(self, resource: int, room: int) -> None:
        """A resource takes `room` units from now on, frozen lines included. Raises UsageError below 0."""
        self.room[resource] = capacities([room])[0]
        self._open(resource)

    # --- the plan

    def plan(self) -> Plan:
        """The optimum now."""
        last, following, gap = np.zeros(len(self.room), "i8"), np.zeros(len(self.room), "i8"), 0.0
        taken = np.full(len(self._there), ABSENT)
        frozen = self._there & self._lines.frozen
        taken[frozen] = self._lines.current[frozen]
        for market in self._markets.values():
            market.exact.solve()
            seats = market.seated()
            taken[market.rows[seats]] = np.where(market.exact.net.at[seats] == self._options, ABSENT,
                                                 market.exact.net.at[seats])  # fmt: skip
            last[market.resources], following[market.resources] = marginal.values(market.exact.net)
            gap += marginal.gap(market.exact.net)
        return self._told(np.flatnonzero(self._there), taken, last, following, gap)

    def _told(self, rows: Any, taken: Any, last: Any, following: Any, gap: float) -> Plan:
        lines, chosen = self._lines.take(rows), taken[rows]
        at = np.maximum(chosen, 0)[:, None]
        served = chosen != ABSENT
        resource = np.where(served, np.take_along_axis(lines.option, at, 1)[:, 0], ABSENT)
        load = np.bincount(resource[served], minlength=len(self.room))
        moved = (lines.current != ABSENT) & (chosen != lines.current)
        spent = sum((market.spent for market in self._markets.values()), np.zeros(3, "i8"))
        spent, self._spent = spent - self._spent, spent
        return Plan(
            rows=rows, taken=chosen, gap_cents=gap, last_cents=last, next_cents=following, load=load,
            cost_cents=int(np.where(served, np.take_along_axis(lines.cost, at, 1)[:, 0], lines.unserved).sum()),
            switching_cents=int(lines.switching[moved].sum()), over=np.maximum(0, self._held - self.room),
            unserved=why_not(rows[~served], lines.take(~served)), moved=rows[moved],
            spent=dict(zip(("augmentations", "rebuilds", "scans"), spent.tolist(), strict=True)),
        )  # fmt: skip

    # --- rows and markets

    def _check(self, rows: Any, lines: Lines) -> None:
        if lines.option.shape[1] != self._options or len(rows) != len(lines):
            raise UsageError(f"allocation: lines must have {self._options} options and a row each"
                             f" (got {len(rows)} rows, {lines.option.shape[1]} options, {lines})")  # fmt: skip
        wrong = (lines.option != ABSENT) & ((lines.option < 0) | (lines.option >= len(self.room)))
        if wrong.any():
            raise UsageError(f"lines: option must be a resource below {len(self.room)} (got {lines.option[wrong][0]})")

    def _grow(self, size: int) -> None:
        more = max(size, 2 * len(self._there)) - len(self._there) if size > len(self._there) else 0
        if more:
            blank = _none(more, self._options)
            wide = (np.concatenate([getattr(self._lines, n), getattr(blank, n)]) for n in Lines.__slots__)
            self._lines = _trusted(*wide)
            self._there = np.concatenate([self._there, np.zeros(more, "?")])
            self._seat = np.concatenate([self._seat, np.full(more, ABSENT)])
            self._market = np.concatenate([self._market, np.full(more, ABSENT)])

    def _hold(self, rows: Any, units: int) -> None:
        """Frozen lines take (+1) or give back (-1) what they hold."""
        rows = rows[self._there[rows] & self._lines.frozen[rows] & (self._lines.current[rows] != ABSENT)]
        held = self._lines.option[rows, self._lines.current[rows]]
        np.add.at(self._held, held, units)
        for resource in np.unique(held):
            self._open(resource)

    def _open(self, resource: int) -> None:
        """Tell the market what is left beside frozen lines."""
        market = self._markets.get(int(groups(self._parent, np.array([[resource]], "i4"))[0]))
        if market:
            left = max(0, int(self.room[resource] - self._held[resource]))
            market.exact.make_room(int(np.searchsorted(market.resources, resource)), left)

    def _unseat(self, rows: Any) -> None:
        rows = rows[self._seat[rows] != ABSENT]
        for name in np.unique(self._market[rows]).tolist():
            self._markets[name].leave(self._seat[rows[self._market[rows] == name]])
        self._seat[rows] = ABSENT
        self._market[rows] = ABSENT

    def _seat_all(self, rows: Any) -> None:
        """Each line takes its seat in the market of its options; markets that a line joins become one."""
        option = self._lines.option[rows]
        if join(self._parent, option):
            rows = np.union1d(rows, self._dissolved())
            option = self._lines.option[rows]
        group = groups(self._parent, option)
        self._unseat(rows[self._market[rows] != group])
        for name in np.unique(group[group != ABSENT]).tolist():
            here = rows[group == name] if (group != name).any() else rows
            market = self._markets.get(name) or self._opened(name)
            new = here[self._seat[here] == ABSENT]
            seats = market.seats(len(new))
            market.rows[seats], self._seat[new], self._market[new] = new, seats, name
            cost, unserved = self._lines.take(here).charged()
            market.exact.change(self._seat[here], self._lines.key[here], market.local(self._lines.option[here]), cost,
                                unserved)  # fmt: skip

    def _dissolved(self) -> Any:
        """Close markets whose resources are in a larger group now; the rows that sat there."""
        left, sizes = [], np.bincount(self._heads(), minlength=len(self._parent))
        for name, market in list(self._markets.items()):
            if len(market.resources) != sizes[name]:
                left.append(market.rows[market.seated()])
                self._seat[left[-1]] = ABSENT
                self._market[left[-1]] = ABSENT
                del self._markets[name]
        return np.concatenate(left) if left else np.zeros(0, "i8")

    def _heads(self) -> Any:
        return groups(self._parent, np.arange(len(self._parent), dtype="i4")[:, None])

    def _opened(self, name: int) -> Market:
        resources = np.flatnonzero(self._heads() == name)
        market = Market(resources, self.ids, np.maximum(0, self.room - self._held), self._options)
        self._markets[name] = market
        return market


def why_not(rows: Any, lines: Lines) -> Any:
    """Why these lines are unserved, rows of UNSERVED: the cheapest option that is worth its cost must be full."""
    cost, unserved = lines.charged()
    cost = np.where(lines.option == ABSENT, np.iinfo("i8").max, cost)
    best = cost.argmin(1)[:, None] if len(rows) else np.zeros((0, 1), "i8")
    least = np.take_along_axis(cost, best, 1)[:, 0]
    reason = np.where((lines.option == ABSENT).all(1), NO_CANDIDATE, np.where(least >= unserved, NOT_WORTH, FULL))
    reason[lines.frozen] = FROZEN
    told = np.zeros(len(rows), UNSERVED)
    told["row"], told["key"], told["reason"] = rows, lines.key, reason
    told["resource"] = np.where(reason == FULL, np.take_along_axis(lines.option, best, 1)[:, 0], ABSENT)
    return told


def _none(count: int, options: int) -> Lines:
    return Lines.of(np.full((count, options), ABSENT), np.zeros((count, options)), np.zeros(count))


def _trusted(*columns: Any) -> Lines:
    """Lines whose columns were checked when they came."""
    lines = object.__new__(Lines)
    for name, column in zip(Lines.__slots__, columns, strict=True):
        object.__setattr__(lines, name, column)
    return lines
