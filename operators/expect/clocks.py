"""Clocks: until when a vehicle that has come to the gate may stay for nothing, and what a minute after that costs.

Free time runs from the arrival, or from the beginning of the window for one that comes early. How long it is and what
an hour beyond it costs is in the price list: `detention_free_min`, `detention_cents_per_hour`.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np

from operators.policies import said_in
from operators.step import Step
from operators.work import Work
from tower import clock
from tower.ids import UNKNOWN
from tower.table import NO_ROWS, Direct, Table, find, kernel, look_at, touch, upsert

FREE_MIN, CENTS_PER_H = 120, 7500
"""What is usual: two hours, then 75 an hour."""
KEEP: Final = clock.DAY
CLOCK: Final = np.zeros(1, np.dtype([
    ("key", "<u8"), ("keep_until", "<i8"), ("look_at", "<i8"), ("site", "<u8"), ("from_at", "<i8"),
    ("free_until", "<i8"), ("is_here", "|u1"), ("cents_per_h", "<i8"), ("position", "<i8"),
]))  # fmt: skip
"""`from_at`: since when free time runs; `cents_per_h`: what an hour costs now: 0 while it is free."""
for _name in ("keep_until", "look_at", "from_at", "free_until"):
    CLOCK[_name] = -1
CLOCK["site"] = UNKNOWN


@kernel
def follow(visits, numbers, free_ms, cents_per_h, now, clocks):
    """Start and stop clocks as visits come and go."""
    for n in numbers:
        visit = visits.rows[n]
        is_here = visit.arrived_at >= 0 and visit.left_at < 0 and visit.cancelled_at < 0
        if not is_here and find(clocks, visit.key) < 0:
            continue
        i = upsert(clocks, visit.key)
        c = clocks.rows[i]
        c.site, c.from_at, c.position, c.is_here = visit.site, visit.arrived_at, visit.arrived_position, is_here
        if visit.window_start > visit.arrived_at:
            c.from_at = visit.window_start
        c.keep_until = -1 if is_here else now + KEEP
        tell(clocks, i, free_ms, cents_per_h, now)


@kernel
def tell(clocks, i, free_ms, cents_per_h, now):
    """What one costs now, and when that changes."""
    c = clocks.rows[i]
    c.free_until = c.from_at + free_ms
    c.cents_per_h = cents_per_h if c.is_here and c.free_until <= now else 0
    look_at(clocks, i, c.free_until if c.is_here and c.free_until > now else np.int64(-1))
    touch(clocks, i)


@kernel
def pass_time(clocks, numbers, free_ms, cents_per_h, now):
    """Free time ends."""
    for i in numbers:
        tell(clocks, i, free_ms, cents_per_h, now)


FOLLOW, PASS_TIME = Direct(follow), Direct(pass_time)


class Clocks(Step):
    """Table `clocks`, never told: one row a visit that is at a site."""

    families: ClassVar = ("document",)
    watches: ClassVar = ("visits",)
    keeps: ClassVar = (("clocks", CLOCK),)

    def __init__(self, saved: Mapping[str, bytes] | None, visits: Table, price_list: Table) -> None:
        super().__init__(saved)
        self.visits, self.price_list, self.clocks = visits, price_list, self.tables["clocks"]
        self.terms = terms_in(price_list)

    def room(self, work: Work) -> int:
        """A row a visit."""
        return int(self.visits.touched().size)

    def run(self, work: Work) -> None:
        """Terms that changed hold for all that are here; then time, then who came or went."""
        due = self.clocks.due(work.now)
        if self.price_list.touched().size:
            self.terms = terms_in(self.price_list)
            due = np.flatnonzero(self.clocks.rows["is_here"]).astype(NO_ROWS.dtype)
        if due.size:
            PASS_TIME.call(self.clocks.t, due, *self.terms, work.now)
        if (numbers := self.visits.touched()).size:
            FOLLOW.call(self.visits.t, numbers, *self.terms, work.now, self.clocks.t)


def terms_in(price_list: Table) -> tuple[int, int]:
    """Free time in ms, and what an hour beyond it costs."""
    said = said_in(price_list)
    free = int(said.get("detention_free_min", FREE_MIN))
    return free * clock.MINUTE, int(said.get("detention_cents_per_hour", CENTS_PER_H))
