"""The clerk books first in first out."""

import numpy as np

from simulators.world import rows
from simulators.world.fifo import Fifo
from simulators.world.rows import HOUR, MINUTE
from simulators.world.world import World
from tests.simulators.world import small


def busy(moment: int) -> tuple[World, Fifo]:
    """The small world just before the clerk decides at a moment."""
    network = small.network()
    world, clerk = World(network), small.clerk(network)
    small.play(world, clerk, moment - 1)
    world.advance(moment)
    return world, clerk


def by_hand(world: World, clerk: Fifo) -> list[list[int]]:
    """What the clerk should decide, told plainly: legs and lines as numbers in loops."""
    w, b, at = world.w, clerk.book, world.now
    left, free = (w.offered["room"] - w.legs["used"]).tolist(), w.stock["free"].copy()
    decided = []
    for i in clerk._todo(w).tolist():
        line, want = w.lines[i], w.ordered[i]
        lane = int(w.offered["origin"][line["last"]]) if line["last"] >= 0 else -1
        found = []
        for g in np.flatnonzero(w.offered["dest"] == want["site"]).tolist():
            origin, etd = int(w.offered["origin"][g]), int(w.legs["etd"][g])
            bookable = w.legs["state"][g] == rows.PLANNED and left[g] >= 1 and lane in {-1, origin}
            there = line["place"] == origin if line["place"] >= 0 else free[origin, want["sku"]] >= want["quantity"]
            if bookable and there and etd >= at + (b.cut if line["place"] >= 0 else b.pick):
                found.append((etd if lane >= 0 else price(world, clerk, i, g), g))
        best = min(found, default=None)
        if best and (lane >= 0 or best[0] < clerk._wait(at)[i]):
            left[best[1]] -= 1
            free[w.offered["origin"][best[1]], want["sku"]] -= want["quantity"] if line["place"] < 0 else 0
            decided.append([at, rows.ASSIGN, i, best[1], 0])
    return decided


def price(world: World, clerk: Fifo, i: int, g: int) -> int:
    w, b = world.w, clerk.book
    late = int(w.legs["eta"][g]) + w.rules.last_mile - int(b.promise[i])
    urgency = int(b.priority[i])
    fee = int(b.fee[urgency]) + int(b.rate[urgency]) * min(late, 72 * HOUR) // HOUR if late > 0 else 0
    haste = b.rush if w.legs["etd"][g] < world.now + 8 * HOUR else 0
    return int(b.freight[g]) + fee + (b.restage if w.lines["place"][i] >= 0 else haste)


def test_it_decides_as_one_would_by_hand() -> None:
    for hour in (2, 9, 15, 24, 31):
        world, clerk = busy(hour * HOUR)
        assert clerk.decide(world).tolist() == by_hand(world, clerk), hour


def test_deciding_changes_nothing_in_the_world() -> None:
    world, clerk = busy(9 * HOUR)
    before = world.to_bytes()
    clerk.decide(world)
    assert world.to_bytes() == before


def test_stranded_lines_come_first() -> None:
    world, clerk = busy(30 * HOUR)
    last = world.w.lines["last"][clerk._todo(world.w)]
    assert (np.diff((last < 0).astype(int)) >= 0).all()


def test_a_line_waits_where_waiting_is_cheaper_than_any_leg() -> None:
    world, clerk = busy(9 * HOUR)
    world.w.lines["last"] = -1
    clerk.dearest = np.zeros_like(clerk.dearest) - 10**6
    assert clerk.decide(world).size == 0
    assert clerk.every == 30 * MINUTE
