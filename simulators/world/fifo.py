"""Fifo: the plan in force when nobody plans. First in first out, each line on its cheapest leg with room.

A line that was stranded takes the first leg of its old lane, as a clerk would who rebooks what fell off.
"""

from typing import Any, Final, NamedTuple, Self

import numpy as np

from simulators.world.rows import ASSIGN, COVERED, HOUR, MINUTE, NEVER, OPEN, PLANNED, STAGED, W
from simulators.world.world import ROW, World
from tower.table import kernel

MOST_LATE: Final = 72 * HOUR
SOON: Final = 8 * HOUR


class Book(NamedTuple):
    """What the clerk knows beside the world: money in cents, by line or leg.

    promise, priority     of each line; fee, rate: cents for being late and for each hour of it, by priority
    freight               of one load on each leg
    legs_to, first        legs sorted by (destination, departure); where each site's begin
    bucket, room          the hour of departure at each origin, and how many loads its people can handle
    """

    promise: Any
    priority: Any
    fee: Any
    rate: Any
    freight: Any
    legs_to: Any
    first: Any
    bucket: Any
    room: Any
    pick: int
    cut: int
    rush: int
    switch: int
    restage: int
    keeps_lane: bool = True
    """Whether a stranded line takes the first leg of its old lane, whatever that costs."""


class Desk(NamedTuple):
    """What lies on the clerk's desk at one moment, and changes as lines are booked.

    legs_to, first  as in `Book`, only legs that can be booked now
    left            loads that each leg can still take; room: that each hour's people can
    free            stock that nothing is reserved for; wait: cents for leaving each line
    """

    at: int
    legs_to: Any
    first: Any
    left: Any
    room: Any
    free: Any
    wait: Any


@kernel
def can_catch(w: W, b: Book, d: Desk, i: int, g: int) -> bool:
    """Whether line i is where leg g starts, and early enough."""
    origin, place = w.offered[g].origin, w.lines[i].place
    if place >= 0:
        return place == origin and w.legs[g].etd >= d.at + b.cut
    return d.free[origin, w.ordered[i].sku] >= w.ordered[i].quantity and w.legs[g].etd >= d.at + b.pick


@kernel
def late(b: Book, i: int, by: int) -> int:
    """Cents for line i if it is late by so many ms."""
    p = b.priority[i]
    return 0 if by <= 0 else b.fee[p] + b.rate[p] * min(by, MOST_LATE) // HOUR


@kernel
def cost(w: W, b: Book, d: Desk, i: int, g: int) -> int:
    """Cents for line i on leg g: freight, lateness, haste and handling."""
    cents = b.freight[g] + late(b, i, w.legs[g].eta + w.rules.last_mile - b.promise[i])
    if w.lines[i].place >= 0:
        return cents + b.restage
    if w.lines[i].last >= 0:
        cents += b.switch
    return cents + b.rush if w.legs[g].etd < d.at + SOON else cents


@kernel
def choose(w: W, b: Book, d: Desk, i: int) -> int:
    """The cheapest leg for line i, or -1 if waiting is cheaper; for a stranded line the first of its old lane."""
    lane = w.offered[w.lines[i].last].origin if b.keeps_lane and w.lines[i].last >= 0 else -1
    best, chosen, loads = NEVER if lane >= 0 else d.wait[i], -1, w.ordered[i].loads
    for k in range(d.first[w.ordered[i].site], d.first[w.ordered[i].site + 1]):
        g = d.legs_to[k]
        if d.left[g] < loads or d.room[b.bucket[g]] <= 0:  # most legs, in a storm: tested here, before any call
            continue
        if (lane < 0 or w.offered[g].origin == lane) and can_catch(w, b, d, i, g):
            cents = w.legs[g].etd if lane >= 0 else cost(w, b, d, i, g)
            if cents < best:
                best, chosen = cents, g
    return chosen


@kernel
def book_all(w: W, b: Book, d: Desk, todo: Any, out: Any) -> int:
    """Book the lines of `todo` one after the other; how many found a leg."""
    n = 0
    for i in todo:
        g = choose(w, b, d, i)
        if g >= 0:
            d.left[g] -= w.ordered[i].loads
            d.room[b.bucket[g]] -= 1
            if w.lines[i].place < 0:
                d.free[w.offered[g].origin, w.ordered[i].sku] -= w.ordered[i].quantity
            out[n, 0], out[n, 1], out[n, 2], out[n, 3], out[n, 4] = d.at, ASSIGN, i, g, 0
            n += 1
    return n


class Fifo:
    """Decides for the lines that have no leg."""

    every = 30 * MINUTE

    def __init__(self, book: Book, placed: np.ndarray, dearest: np.ndarray) -> None:
        self.book, self.dearest = book, dearest
        self.order: tuple[np.ndarray, ...] = (placed,)

    def anywhere(self) -> Self:
        """Stranded lines take their cheapest leg like all others, and no precedence."""
        self.book = self.book._replace(keeps_lane=False)
        return self

    def by(self, *order: np.ndarray) -> Self:
        """Lines come in this order: by the first column, then the next; at last by the moment they were ordered."""
        self.order = (*order, *self.order)
        return self

    def decide(self, world: World) -> np.ndarray:
        """Decisions of this moment, from what the world knows now."""
        w, at = world.w, world.now
        todo = self._todo(w)
        out = np.empty((todo.size, ROW), "i8")
        return out[: book_all(w, self.book, self._desk(w, at), todo, out)] if todo.size else out

    def _desk(self, w: W, at: int) -> Desk:
        b, state = self.book, w.legs["state"]
        is_open = (state >= PLANNED) & (state <= COVERED) & (w.legs["etd"] >= at + b.cut)
        kept = is_open[b.legs_to]
        first = np.concatenate([[0], np.cumsum(kept)])[b.first]
        left = w.offered["room"] - w.legs["used"]
        return Desk(at, b.legs_to[kept], first, left, self._room(w), w.stock["free"].copy(), self._wait(at))

    def _todo(self, w: W) -> np.ndarray:
        """Open lines in the clerk's order; before all others, where lanes are kept, those that were stranded."""
        lines = w.lines
        todo = np.flatnonzero((lines["leg"] < 0) & ((lines["state"] == OPEN) | (lines["state"] == STAGED)))
        fresh = lines["last"][todo] < 0
        columns = [todo, *(column[todo] for column in reversed(self.order)), fresh & self.book.keeps_lane]
        return todo[np.lexsort(columns)]

    def _room(self, w: W) -> np.ndarray:
        """What the people of each hour can still handle."""
        booked = w.lines["leg"][w.lines["leg"] >= 0]
        taken = np.bincount(self.book.bucket[booked], minlength=self.book.room.size)
        room: np.ndarray = self.book.room - taken
        return room

    def _wait(self, at: int) -> np.ndarray:
        """Cents for waiting: being 84 hours from now, by the dearest leg there is."""
        b = self.book
        by = at + 84 * HOUR - b.promise
        fee = np.where(by > 0, b.fee[b.priority] + b.rate[b.priority] * np.clip(by, 0, MOST_LATE) // HOUR, 0)
        wait: np.ndarray = fee + self.dearest
        return wait
