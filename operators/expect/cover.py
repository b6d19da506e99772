"""Cover: for how long what is on hand at a site lasts, at the pace at which it goes, and who has more than he needs.

The pace is what went within the last three days, the newest counting most, less what chance may have added. It is
spread over the hours to come as moves at that site usually are over the week, once two days of them were seen: what is
gone by Monday noon need not be gone by Sunday. Goods go in moves: what is left goes with whole ones of the usual size,
so a unit that is left where ten go at a time lasts until the next time. Nothing is said before four moves, nor of what
nobody has counted. What nobody has ordered is taken to come no sooner than the soonest tenth of orders there did; in
half a day while few have.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np

from operators.expect import usual
from operators.expect.usual import BIN, DAY_BINS
from operators.step import Step
from operators.work import Work
from tower import clock
from tower.events import NUMBER
from tower.ids import UNKNOWN
from tower.math import exp
from tower.table import Direct, Table, find, kernel, look_at, touch, upsert

MOVED, RECEIVED = NUMBER["stock.moved"], NUMBER["supply.received"]
MEMORY: Final = 3 * clock.DAY
"""What went so long ago counts a third of what goes now."""
ENOUGH: Final = 4.0
"""Moves, counted likewise."""
SOONEST: Final = 12 * clock.HOUR
MOST_LEAD: Final = 7 * clock.DAY
"""What lasts for longer is not looked at."""
OWN_NEED: Final = 3 * clock.DAY
"""A site gives away nothing that it needs itself so soon."""
AGAIN: Final = 6 * clock.HOUR
FORGOTTEN: Final = 14 * clock.DAY
COVER: Final = np.zeros(1, np.dtype([
    ("key", "<u8"), ("keep_until", "<i8"), ("look_at", "<i8"), ("site", "<u8"), ("sku", "<u8"), ("first_at", "<i8"),
    ("at", "<i8"), ("units", "<f8"), ("moves", "<f8"), ("free", "<i8"), ("out_at", "<i8"), ("due", "<i8"),
    ("short_h", "<f8"), ("lent", "<f8"), ("lender", "<u8"), ("position", "<i8"),
]))  # fmt: skip
"""`free`: on hand and not laid claim to; `out_at`: when it is gone; `due`: when more comes; `short_h`: hours between.
`lent`: units to spare that another site lacks, which names this one as its `lender`."""
for _name in ("keep_until", "look_at", "first_at", "at", "out_at", "due"):
    COVER[_name] = -1
BEST: Final = np.zeros(1, np.dtype([("key", "<u8"), ("keep_until", "<i8"), ("cell", "<u8"), ("spare", "<f8")]))
BEST["keep_until"] = -1
"""By sku: the cell that has most to spare."""
KNOWN_BINS: Final = 2 * DAY_BINS
"""Quarters of an hour of a site before hours are told apart."""
WEEK_H: Final = 168
FADES_H: Final = clock.HOUR / MEMORY
RECEIPTS: Final = 10
"""Before how long orders take is believed."""
TENTH, LEAD_STEP = 0.1, 0.1
SHAPE: Final = np.zeros(1, np.dtype([
    ("key", "<u8"), ("keep_until", "<i8"), ("look_at", "<i8"), ("count", "<i8"), ("last_at", "<i8"), *usual.PROFILE,
    ("shaped_at", "<i8"), ("hours", "<f8", (WEEK_H,)), ("receipts", "<i8"), ("lead", "<f8"),
]))  # fmt: skip
"""By site: moves in the quarter of an hour that runs, what is usual, and how many an hour of the week has by that.
`lead`: ms from order to receipt that a tenth stays below."""
for _name in ("keep_until", "look_at", "last_at", "shaped_at"):
    SHAPE[_name] = -1
usual.unseen(SHAPE)
for _row, _name in ((COVER, "site"), (COVER, "sku"), (COVER, "lender"), (BEST, "cell")):
    _row[_name] = UNKNOWN


@kernel
def use(rows, heads, ok, now, covers, shapes):
    """Note what goes, and that something does at that site."""
    for j in range(rows.size):
        h = heads[rows[j].event]
        if not ok[rows[j].event] or h.kind != MOVED:
            continue
        c = covers.rows[upsert(covers, h.subject)]
        if c.first_at < 0:
            c.first_at, c.at, c.site, c.sku = now, now, rows[j].site, rows[j].sku
        fades = exp((c.at - now) / MEMORY)
        c.units, c.moves, c.at = c.units * fades + abs(rows[j].quantity), c.moves * fades + 1.0, now
        c.keep_until = now + FORGOTTEN
        i = upsert(shapes, rows[j].site)
        shape = shapes.rows[i]
        shape.count, shape.last_at, shape.keep_until = shape.count + 1, now, -1
        if shape.look_at < 0:
            look_at(shapes, i, now - now % BIN + BIN)


@kernel
def end_bins(shapes, numbers, moment):
    """A quarter of an hour is over; a site where nothing moved for weeks is forgotten."""
    for i in numbers:
        shape = shapes.rows[i]
        usual.learn(shape, moment - BIN, shape.count, usual.usual(shape, moment - BIN))
        shape.count = 0
        is_over = moment - shape.last_at > FORGOTTEN
        shape.keep_until = moment if is_over else -1
        look_at(shapes, i, np.int64(-1) if is_over else moment + BIN)


@kernel
def gone_at(shapes, c, units, speed, now):
    """When so many units are gone at a mean speed (units a ms) since the first of them went, by the hours of the week
    in which they go; at that speed where these are not known yet.
    """
    k = find(shapes, c.site)
    if k < 0 or shapes.rows[k].bins < KNOWN_BINS:
        return now + np.int64(min(units / speed, 1e12))
    shape = shapes.rows[k]
    if now // clock.HOUR != shape.shaped_at:
        shape.shaped_at = now // clock.HOUR
        for hour in range(WEEK_H):
            shape.hours[hour] = usual.usual(shape, np.int64(hour) * clock.HOUR)
    mean = mean_of(shape.hours, now, min((now - c.first_at) // clock.HOUR + 1, 3 * WEEK_H // 2))
    if mean <= 0.0:
        return now + np.int64(min(units / speed, 1e12))
    left, moment = units, now
    for _ in range(WEEK_H + 1):
        rest = clock.HOUR - moment % clock.HOUR
        goes = speed * shape.hours[moment // clock.HOUR % WEEK_H] / mean * rest
        if goes >= left:
            return moment + np.int64(left / goes * rest) if goes > 0.0 else moment
        left, moment = left - goes, moment + rest
    return moment


@kernel
def mean_of(hours, now, count):
    """What is usual an hour in the mean of so many hours up to now, the newest counting most, as in the pace."""
    total, weight, share, fades = 0.0, 0.0, 1.0, exp(-FADES_H)
    for back in range(count):
        total += share * hours[(now // clock.HOUR - back) % WEEK_H]
        weight += share
        share *= fades
    return total / weight


@kernel
def pace(c, now):
    """Units a ms, less what chance may have added: n moves at random moments are known to within their root."""
    seen = MEMORY * (1.0 - exp((c.first_at - now) / MEMORY))
    sure = max(1.0 - 1.0 / np.sqrt(max(c.moves, 1.0)), 0.0)
    return sure * c.units * exp((c.at - now) / MEMORY) / max(seen, clock.HOUR)


@kernel
def receive(rows, heads, ok, supply, shapes):
    """Learn how long purchase orders took that come."""
    for j in range(rows.size):
        h = heads[rows[j].event]
        n = find(supply, h.subject) if ok[rows[j].event] and h.kind == RECEIVED else -1
        k = find(shapes, supply.rows[n].site) if n >= 0 else -1
        if k < 0 or supply.rows[n].ordered_at < 0 or h.at < supply.rows[n].ordered_at:
            continue
        shape, took = shapes.rows[k], float(h.at - supply.rows[n].ordered_at)
        shape.receipts += 1
        if shape.receipts == 1:
            shape.lead = took
        shape.lead *= 1.0 + LEAD_STEP * (TENTH if took > shape.lead else TENTH - 1.0)


@kernel
def soonest_of(shapes, site):
    """In how many ms more can come of what nobody has ordered."""
    k = find(shapes, site)
    if k < 0 or shapes.rows[k].receipts < RECEIPTS:
        return np.int64(SOONEST)
    return np.int64(min(max(shapes.rows[k].lead, clock.HOUR), MOST_LEAD))


@kernel
def next_due(supply, site, sku, soonest):
    """When the next purchase order for it is expected; at the soonest where there is none."""
    found = np.int64(-1)
    for k in range(supply.meta[0]):
        po = supply.rows[k]
        if po.site == site and po.sku == sku and po.received_at < 0 and po.expected_at >= 0:
            found = po.expected_at if found < 0 else min(found, po.expected_at)
    return found if found >= 0 else soonest


@kernel
def weigh(stock, numbers, supply, now, covers, best, shapes):
    """How long each of these cells of stock lasts, and who could help."""
    for n in numbers:
        i = find(covers, stock.rows[n].key)
        if i >= 0 and stock.rows[n].counted_at >= 0:
            weigh_one(stock.rows[n], i, supply, now, covers, best, shapes)


@kernel
def weigh_again(numbers, stock, supply, now, covers, best, shapes):
    """The same of those that were running out some hours ago and were not touched since."""
    for i in numbers:
        n = find(stock, covers.rows[i].key)
        if n >= 0:
            weigh_one(stock.rows[n], i, supply, now, covers, best, shapes)
        else:
            covers.rows[i].short_h = 0.0
            touch(covers, i)
            look_at(covers, i, np.int64(-1))


@kernel
def weigh_one(cell, i, supply, now, covers, best, shapes):
    """How long one lasts; one that is running out is looked at again."""
    c = covers.rows[i]
    c.free, c.position = cell.balance - max(cell.allocated, 0), cell.position
    speed = pace(c, now)
    last(c, speed, supply, now, shapes)
    touch(covers, i)
    look_at(covers, i, now + AGAIN if c.short_h > 0.0 else np.int64(-1))
    offer(best, c, c.free - speed * OWN_NEED, now)
    borrow(covers, best, c, max(speed * OWN_NEED - c.free, 0.0))


@kernel
def last(c, speed, supply, now, shapes):
    """Until when it lasts, and by how many hours that is too short."""
    c.short_h, c.out_at = 0.0, -1
    if c.moves < ENOUGH or speed <= 0.0:
        return
    each = c.units / c.moves
    c.out_at = gone_at(shapes, c, np.ceil(max(c.free, 0) / each) * each, speed, now)
    if c.out_at >= now + 7 * clock.DAY:
        return
    c.due = next_due(supply, c.site, c.sku, now + soonest_of(shapes, c.site))
    c.short_h = max(c.due - c.out_at, 0) / clock.HOUR


@kernel
def offer(best, c, spare, now):
    """Remember who has most to spare of a sku."""
    b = best.rows[upsert(best, c.sku)]
    if b.cell == UNKNOWN or b.cell == c.key or spare > b.spare:
        b.cell, b.spare, b.keep_until = c.key, spare, now + FORGOTTEN


@kernel
def borrow(covers, best, c, need):
    """One that runs out names who could help; one that does not, nobody."""
    helper = best.rows[find(best, c.sku)]
    wanted = need if c.short_h > 0.0 and helper.cell != c.key and helper.spare >= need else 0.0
    lender = helper.cell if wanted >= 1.0 else UNKNOWN
    if c.lender != UNKNOWN and c.lender != lender:
        lend(covers, c.lender, 0.0)
    if lender != UNKNOWN:
        lend(covers, lender, wanted)
    c.lender = lender


@kernel
def lend(covers, key, units):
    """Say of a cell how much of it is lacking elsewhere."""
    i = find(covers, key)
    if i >= 0:
        covers.rows[i].lent = units
        touch(covers, i)


USE, WEIGH, WEIGH_AGAIN, END_BINS = Direct(use), Direct(weigh), Direct(weigh_again), Direct(end_bins)
RECEIVE: Final = Direct(receive)


class Cover(Step):
    """Tables `covers`, `best` and `shapes`, never told: one row a site and sku, one a sku, one a site."""

    families: ClassVar = ("stock_move", "supply_move")
    watches: ClassVar = ("stock",)
    keeps: ClassVar = (("covers", COVER), ("best", BEST), ("shapes", SHAPE))

    def __init__(self, saved: Mapping[str, bytes] | None, stock: Table, supply: Table) -> None:
        super().__init__(saved)
        self.stock, self.supply = stock, supply

    def room(self, work: Work) -> int:
        """A row a cell."""
        due = len(self.tables["covers"]) if self.tables["covers"].next_look() <= work.now else 0
        return super().room(work) + int(self.stock.touched().size) + due

    def run(self, work: Work) -> None:
        """Weigh again what is due, note what goes, then weigh what is touched."""
        covers, best, shapes = (self.tables[name].t for name in ("covers", "best", "shapes"))
        if (due := self.tables["shapes"].due(work.now)).size:
            END_BINS.call(shapes, due, work.now)
        if (rows := work.rows("supply_move")).size:
            RECEIVE.call(rows, work.heads, work.ok, self.supply.t, shapes)
        if (due := self.tables["covers"].due(work.now)).size:
            WEIGH_AGAIN.call(due, self.stock.t, self.supply.t, work.now, covers, best, shapes)
        if (rows := work.rows("stock_move")).size:
            USE.call(rows, work.heads, work.ok, work.now, covers, shapes)
        if (numbers := self.stock.touched()).size:
            WEIGH.call(self.stock.t, numbers, self.supply.t, work.now, covers, best, shapes)
