"""A small network for the world's tests: two hubs, three towns, a few hundred lines, legs that fail and are late."""

from typing import Final

import numpy as np

from simulators.world import rows
from simulators.world.draws import plain_unit
from simulators.world.fifo import Book, Fifo
from simulators.world.rows import HOUR, MINUTE
from simulators.world.world import Network, World

HUBS, TOWNS, SKUS = 2, 3, 7
SITES: Final = HUBS + TOWNS
DAYS: Final = 2
DAY: Final = 24 * HOUR
END: Final = (DAYS + 1) * DAY
RULES: Final = rows.Rules(
    seed=5, pick_lead=4 * HOUR, cut_lead=HOUR, window_lead=25 * MINUTE, last_mile=2 * HOUR, pick=6.0 * MINUTE,
    load_fix=20 * MINUTE, load_each=3 * MINUTE, shrink=0.05,
)  # fmt: skip


def chance(purpose: int, entity: int, nth: int = 0) -> float:
    return plain_unit(99, 100 + purpose, entity, nth)


def offered(n: int) -> np.ndarray:
    """Legs from both hubs to all towns, three at once where there are two doors; every fourth is late."""
    legs, i = np.zeros(n, rows.OFFERED), np.arange(n)
    legs["origin"], legs["dest"] = i % HUBS, HUBS + i % TOWNS
    legs["dep"] = 6 * HOUR + i // 6 * (DAYS * DAY * 6 // n)
    legs["arr"], legs["room"] = legs["dep"] + 3 * HOUR, 6
    late = np.where(i % 4 == 0, 90 * MINUTE, 5 * MINUTE)
    legs["revised_dep"], legs["revised_arr"] = legs["dep"] + late, legs["arr"] + late
    return legs


def ordered(n: int) -> np.ndarray:
    lines = np.zeros(n, rows.ORDERED)
    lines["site"] = [HUBS + int(TOWNS * chance(1, i)) for i in range(n)]
    lines["sku"] = [int(SKUS * chance(2, i)) for i in range(n)]
    lines["quantity"] = [1 + int(5 * chance(3, i)) for i in range(n)]
    lines["loads"] = 1
    return lines


def outside(legs: np.ndarray, placed: np.ndarray) -> np.ndarray:
    """Every fifth leg is cancelled three hours ahead; half a shift goes home on the second day."""
    n = len(legs)
    off = np.arange(n) % 5 == 3
    told = [(max(0, int(d) - 24 * HOUR), rows.X_PLANNED, g, 0) for g, d in enumerate(legs["dep"])]
    for g in range(n):
        dep, arr = int(legs["revised_dep"][g]), int(legs["revised_arr"][g])
        if off[g]:
            told.append((int(legs["dep"][g]) - 3 * HOUR, rows.X_CANCELLED, g, 0))
        else:
            told += [(dep, rows.X_DEPARTED, g, 0), (arr, rows.X_ARRIVED, g, 0)]
            told += [(int(legs["dep"][g]) - HOUR, rows.X_ESTIMATED, g, 0)] if g % 4 == 0 else []
    told += [(int(t), rows.X_PLACED, i, 0) for i, t in enumerate(placed)]
    told += [(int(t) + 20 * MINUTE, rows.X_WITHDRAWN, i, 0) for i, t in enumerate(placed) if i % 31 == 0]
    told += [(t, rows.X_HEADS, 4 * h + rows.PICKERS, n) for h in range(HUBS) for t, n in ((0, 3), (DAY, 1))]
    table = np.array(told, "i8")
    return table[np.lexsort((table[:, 2], table[:, 1], table[:, 0]))].copy()


def network(legs: int = 48, lines: int = 300) -> Network:
    given = offered(legs)
    placed = np.sort([int(30 * HOUR * chance(4, i)) // MINUTE * MINUTE for i in range(lines)])
    on_hand = np.zeros((SITES, SKUS), "i4")
    on_hand[:HUBS] = 90
    caps = np.zeros(4 * SITES, "i4")
    caps[rows.OUT : 4 * HUBS : 4] = 2
    starts = given["dep"] - 25 * MINUTE - 38 * MINUTE
    return Network(RULES, ordered(lines), given, starts, outside(given, placed), on_hand, caps)


def clerk(n: Network) -> Fifo:
    legs_to = np.lexsort((n.offered["dep"], n.offered["dest"]))
    first = np.searchsorted(n.offered["dest"][legs_to], np.arange(SITES + 1))
    size = len(n.ordered)
    placed = np.zeros(size, "i8")
    at = n.exogenous[n.exogenous[:, 1] == rows.X_PLACED]
    placed[at[:, 2]] = at[:, 0]
    book = Book(
        placed + 20 * HOUR, np.arange(size) % 3, np.array([2500, 1200, 800]), np.array([400, 120, 60]),
        1000 + 10 * np.arange(len(n.offered)), legs_to, first, np.zeros(len(n.offered), "i8"), np.array([10**6]),
        pick=150 * MINUTE, cut=HOUR, rush=350, switch=50, restage=200,
    )  # fmt: skip
    return Fifo(book, placed, np.full(size, 5000))


def play(world: World, fifo: Fifo, until: int = END) -> tuple[np.ndarray, np.ndarray]:
    """What the world tells and what the clerk decides, from where the world stands."""
    told, decided = [], []
    for moment in range(world.now // fifo.every * fifo.every, until + 1, fifo.every):
        told.append(world.advance(moment))
        decided.append(fifo.decide(world))
        world.decide(decided[-1])
        told.append(world.advance(moment))
    return np.concatenate(told), np.concatenate(decided)
