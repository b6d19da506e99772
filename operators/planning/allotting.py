"""Allotting: which sites each line may take its goods from at a moment, and what goods are worth there."""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.planning.giving import GIVE_WAY
from operators.planning.goods import QUEUE, RATION, WANTED
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


def allot(
    wants: Any, at: Any, plays: Any, legs: Legs, hubs: Any, stock: Any, goals: int, money: Money, now: int
) -> tuple[Any, Scarce]:
    """(n, H) whether a line may take its goods from a site, and what goods are worth. What another loses is written
    into `gives` of `wants`, copies.

    wants, at, plays: (n,) as in `Scene`, `at` among these legs. hubs: (H,) the sites' ids. stock: (S, H) units that
    nobody has reserved, as `goods.free_stock` has them. goals: how many places lines go to.
    """
    sites = hubs.size
    reach, first = np.zeros((goals, sites), "?"), np.empty((goals, sites, 2), "i8")
    reach[legs.ways["at_goal"], legs.hub] = True
    others, taken, order = np.zeros_like(stock), np.zeros_like(stock), np.empty(wants.size, "i8")
    WANTED.call(wants, hubs, reach, others)
    order = order[: QUEUE.call(wants, stock, others, np.empty(len(stock) + 1, "i8"), order)]
    leads = np.array([now + max(money.release_lead, money.pick_lead), now + money.pick_lead])
    SOONEST.call(legs.ways, legs.hub, legs.seats, leads, now + money.horizon, first)
    shares: Shares = blank_shares(wants.size, *stock.shape)
    sheet = sheet_for(int(np.bincount(wants["shelf"][order]).max(initial=0)), sites)
    SHARE.call(wants, order, at, plays, legs.ways, hubs, first, stock, money, sheet, shares)
    allow = np.zeros((wants.size, sites), "?")
    RATION.call(wants, order, shares.takes, hubs, reach, stock, others, taken, allow)
    GIVE_WAY.call(wants, order, shares.takes, shares.cents, hubs, allow, money)
    return allow, Scarce(hubs, shares.last, shares.following)
