"""Allotting: which sites each line may take its goods from at a moment, and what goods are worth there."""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.planning.giving import GIVE_WAY
from operators.planning.goods import QUEUE, RATION, WANTED
from operators.planning.remembering import (
    KEEP,
    MARK,
    MARK_WAYS,
    NEW_OF,
    RECALL,
    Memory,
    blank_memory,
    for_articles,
)
from operators.planning.settings import Money
from operators.planning.shares import SHARE, SOONEST, Shares, blank_shares, sheet_for


class Legs(NamedTuple):
    """Legs in sight. ways: (m,) rows. hub: (m,) which of the sites each leaves from. seats: (m,) that nobody holds."""

    ways: Any
    hub: Any
    seats: Any


class Scarce(NamedTuple):
    """What goods that are short are worth. hubs: (H,) ids of sites. last, following: (S, H) as in `Shares`."""

    hubs: Any
    last: Any
    following: Any


NOTHING_SCARCE: Final = Scarce(np.zeros(0, "u8"), np.zeros((0, 0), "i8"), np.zeros((0, 0), "i8"))


class Allotter:
    """Shares out goods, and remembers of which articles nothing has changed since."""

    def __init__(self) -> None:
        self._memory, self._hubs = blank_memory(0, 0), NOTHING_SCARCE.hubs
        self._money: Money | None = None

    def allot(
        self, wants: Any, at: Any, plays: Any, legs: Legs, hubs: Any, stock: Any, goals: int, money: Money, now: int
    ) -> tuple[Any, Scarce]:
        """(n, H) whether a line may take its goods from a site, and what goods are worth. What another loses is written
        into `gives` of `wants`, copies.

        wants, at, plays: (n,) as in `Scene`, `at` among these legs. hubs: (H,) the sites' ids. stock: (S, H) units that
        nobody has reserved, as `goods.free_stock` has them. goals: how many places lines go to.
        """
        sites, before = hubs.size, self._before(hubs, len(stock), money)
        reach, first = np.zeros((goals, sites), "?"), np.empty((goals, sites, 2), "i8")
        reach[legs.ways["at_goal"], legs.hub] = True
        others, taken, order = np.zeros_like(stock), np.zeros_like(stock), np.empty(wants.size, "i8")
        WANTED.call(wants, hubs, reach, others)
        count, most = QUEUE.call(wants, stock, others, np.empty(len(stock) + 1, "i8"), order)
        leads = np.array([now + max(money.release_lead, money.pick_lead), now + money.pick_lead])
        SOONEST.call(legs.ways, legs.hub, legs.seats, leads, now + money.horizon, first)
        order, memory = order[:count], blank_memory(len(stock), sites, count)
        at_leg, at_goal = np.empty(legs.ways.size, "u8"), np.empty(goals, "u8")
        MARK_WAYS.call(legs.ways, first, reach, at_leg, at_goal)
        MARK.call(wants, order, at, plays, at_leg, at_goal, stock, others, memory.marks, memory.begins)
        is_new = memory.marks != before.marks
        shares = shares_for(wants.size, before, is_new)
        SHARE.call(wants, order, at, plays, legs.ways, hubs, first, stock, money, sheet_for(most, sites), shares,
                   is_new)  # fmt: skip
        allow, some = np.zeros((wants.size, sites), "?"), np.empty(count, "i8")
        some = some[: NEW_OF.call(wants, order, is_new, some)]
        RATION.call(wants, some, shares.takes, hubs, reach, stock, others, taken, allow)
        GIVE_WAY.call(wants, some, shares.takes, shares.cents, hubs, allow, money)
        RECALL.call(wants, order, is_new, memory.begins, before, allow)
        KEEP.call(wants, order, allow, memory)
        self._memory = memory._replace(last=shares.last, following=shares.following, rounds=shares.rounds,
                                       cells=shares.cells)  # fmt: skip
        return allow, Scarce(hubs, shares.last, shares.following)

    def _before(self, hubs: Any, articles: int, money: Money) -> Memory:
        """What is remembered, as far as it was found at the same sites and prices."""
        if money is not self._money or not np.array_equal(hubs, self._hubs):
            self._memory, self._money, self._hubs = blank_memory(0, hubs.size), money, hubs
        if articles < self._memory.marks.size:
            self._memory = blank_memory(0, hubs.size)
        return for_articles(self._memory, articles)


def shares_for(lines: int, before: Memory, is_new: Any) -> Shares:
    """Room for the shares of so many lines, with what is remembered of articles that are as they were."""
    blank = blank_shares(lines, *before.last.shape)
    for name in ("last", "following", "rounds", "cells"):
        getattr(blank, name)[~is_new] = getattr(before, name)[~is_new]
    return blank
