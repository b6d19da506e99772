"""Play: the week as the world plays it, with the clerk who books first in first out."""

from typing import Final

import numpy as np

from operators.prices import USUAL, Prices
from simulators.scenarios.overlay.labour import LOADS_AN_HOUR
from simulators.scenarios.recorded import DAYS
from simulators.scenarios.week import DOORS, HUBS, Week
from simulators.world import rows
from simulators.world.fifo import Book, Fifo
from simulators.world.world import Network, World
from tower.clock import HOUR, MINUTE

RULES: Final = rows.Rules(
    seed=0, pick_lead=240 * MINUTE, cut_lead=60 * MINUTE, window_lead=25 * MINUTE, last_mile=180 * MINUTE,
    pick=HOUR / LOADS_AN_HOUR, load_fix=20 * MINUTE, load_each=MINUTE + MINUTE // 2, shrink=0.0,
)  # fmt: skip
HOURS: Final = (DAYS + 1) * 24
DEAREST: Final = 1000
"""Cents on top of the dearest freight to a site: what waiting for it costs."""


def sites(week: Week) -> list[str]:
    """Hubs first, then destinations: the order of the world's site numbers."""
    return [*HUBS, *sorted(set(week.legs.dest))]


def network(week: Week, seed: int) -> Network:
    """Legs and lines as the world's rows."""
    number = {site: i for i, site in enumerate(sites(week))}
    skus = {sku: i for i, sku in enumerate(sorted(set(week.lines.sku)))}
    on_hand = np.zeros((len(number), len(skus)), "i4")
    for shelf in week.shelves:
        on_hand[number[shelf.hub], skus[shelf.sku]] = shelf.on_hand
    caps = np.zeros(4 * len(number), "i4")
    caps[rows.OUT : 4 * len(HUBS) : 4] = DOORS
    return Network(
        RULES._replace(seed=seed), _ordered(week, number, skus), _offered(week, number), week.starts,
        _exogenous(week), on_hand, caps,
    )  # fmt: skip


def clerk(week: Week, world: World, prices: Prices = USUAL) -> Fifo:
    """First in first out with that price list."""
    offered, ordered = world.w.offered, world.w.ordered
    legs_to = np.lexsort((offered["dep"], offered["dest"]))
    first = np.searchsorted(offered["dest"][legs_to], np.arange(len(sites(week)) + 1))
    dearest = np.zeros(len(sites(week)), "i8")
    np.maximum.at(dearest, offered["dest"], week.freight)
    bucket = offered["origin"] * HOURS + (offered["dep"] - week.of.start) // HOUR
    book = Book(
        week.lines.promise, week.lines.priority, prices.fee_cents, prices.hour_cents, week.freight,
        legs_to, first, bucket, _room(week), pick=150 * MINUTE, cut=60 * MINUTE, rush=350, switch=50, restage=200,
    )  # fmt: skip
    return Fifo(book, week.lines.placed, dearest[ordered["site"]] + DEAREST)


def _ordered(week: Week, number: dict[str, int], skus: dict[str, int]) -> np.ndarray:
    lines = np.zeros(len(week.lines.sku), rows.ORDERED)
    lines["site"] = [number[s] for s in week.lines.site]
    lines["sku"] = [skus[s] for s in week.lines.sku]
    lines["quantity"], lines["loads"] = week.lines.quantity, 1
    return lines


def _offered(week: Week, number: dict[str, int]) -> np.ndarray:
    given = week.legs
    legs = np.zeros(len(given.names), rows.OFFERED)
    legs["kind"] = rows.RECORDED
    legs["origin"], legs["dest"] = [number[s] for s in given.origin], [number[s] for s in given.dest]
    legs["dep"], legs["arr"], legs["room"] = given.planned, given.arrives, given.loads
    legs["revised_dep"], legs["revised_arr"] = given.departed, given.arrived
    return legs


def _exogenous(week: Week) -> np.ndarray:
    given, hub = week.legs, {h: i for i, h in enumerate(HUBS)}
    moments = {
        rows.X_PLANNED: given.told, rows.X_CANCELLED: given.noticed, rows.X_ESTIMATED: given.revised,
        rows.X_DEPARTED: given.departed, rows.X_ARRIVED: given.arrived, rows.X_PLACED: week.lines.placed,
    }  # fmt: skip
    found = [_of_kind(kind, at) for kind, at in moments.items()]
    crews = [(week.of.start + c.start * MINUTE, rows.X_HEADS, 4 * hub[c.hub] + rows.PICKERS, c.heads)
             for c in week.crews]  # fmt: skip
    outside = np.concatenate([*found, np.array(crews, "i8")])
    return np.ascontiguousarray(outside[np.lexsort((outside[:, 2], outside[:, 1], outside[:, 0]))])


def _of_kind(kind: int, at: np.ndarray) -> np.ndarray:
    which = np.flatnonzero(at >= 0)
    return np.stack([at[which], np.full(which.size, kind), which, np.zeros(which.size, "i8")], 1)


def _room(week: Week) -> np.ndarray:
    """Loads that the people of each hub and hour can handle; beyond the week nobody counts."""
    room = np.full(len(HUBS) * HOURS, 10**6)
    for crew in week.crews:
        start = HUBS.index(crew.hub) * HOURS
        room[start + crew.start // 60 : start + crew.end // 60] = crew.loads
    return room
