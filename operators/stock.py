"""Stock: what is on hand per site and sku: the last count plus the deltas since, less what lines lay claim to."""

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np

from operators.orders import BOOKED, HELD
from operators.registers import Registers
from operators.work import Work
from tower import clock
from tower.events import NUMBER, REASONS_HELD
from tower.ids import UNKNOWN
from tower.pairing import pair
from tower.table import Direct, Table, find, kernel, touch, upsert

FOR_GOODS, FOR_ROOM = REASONS_HELD.index("stock"), REASONS_HELD.index("capacity")
RECEIVED, MOVED, ADJUSTED = NUMBER["stock.received"], NUMBER["stock.moved"], NUMBER["stock.adjusted"]
DELTA: Final = np.zeros(1, np.dtype([("key", "<u8"), ("keep_until", "<i8"), ("cell", "<u8"), ("event", "<u8"),
                                     ("at", "<i8"), ("quantity", "<i8"), ("before", "<u8")]))  # fmt: skip
CLAIM: Final = np.zeros(1, np.dtype([("key", "<u8"), ("keep_until", "<i8"), ("cell", "<u8"), ("quantity", "<i8")]))
CLAIM["cell"], CLAIM["keep_until"] = UNKNOWN, -1


@kernel
def amount(kind, quantity):
    """What an event changes at its site: a move takes away, whatever its sign."""
    return -abs(quantity) if kind == MOVED else quantity


@kernel
def note(deltas, cells, cell, site, sku, event, key, at, quantity, position, until):
    """Hang a delta into its cell's chain; it counts if it is after the last count."""
    i = upsert(cells, cell)
    c = cells.rows[i]
    c.site, c.sku = site, sku
    if find(deltas, key) >= 0:
        return
    d = deltas.rows[upsert(deltas, key)]
    d.cell, d.event, d.at, d.quantity, d.before, d.keep_until = cell, event, at, quantity, c.newest, until
    c.newest, c.changed_at, c.position = key, max(c.changed_at, at), max(c.position, position)


@kernel
def take_in(rows, heads, ok, position, until, deltas, cells):
    """Write the deltas of a pass; a move with a destination is two."""
    for j in range(rows.size):
        r = rows[j]
        h = heads[r.event]
        if not ok[r.event]:
            continue
        if h.kind == RECEIVED or h.kind == MOVED or h.kind == ADJUSTED:
            note(deltas, cells, h.subject, r.site, r.sku, h.id, h.id, h.at, amount(h.kind, r.quantity),
                 position + r.event, until)  # fmt: skip
            if h.kind == MOVED and r.to_site != UNKNOWN:
                note(deltas, cells, pair(r.to_site, r.sku), r.to_site, r.sku, h.id, pair(h.id, r.to_site), h.at,
                     abs(r.quantity), position + r.event, until)  # fmt: skip
        else:
            i = upsert(cells, h.subject)
            cells.rows[i].site, cells.rows[i].sku = r.site, r.sku


@kernel
def balance(cells, numbers, deltas):
    """Count plus the deltas after it, those that are settled included."""
    for i in numbers:
        c = cells.rows[i]
        total = max(c.on_hand, 0)
        if c.settled_on == c.counted_event and c.settled_at >= 0:
            total += c.settled
        key = c.newest
        while key != UNKNOWN:
            k = find(deltas, key)
            if k < 0:
                break
            d = deltas.rows[k]
            if d.at > c.counted_at:
                total += d.quantity
            key = d.before
        c.allocated = max(c.allocated, 0)
        c.balance, c.changed_at = total, max(c.changed_at, c.counted_at)
        c.position = max(c.position, c.counted_position)
        c.short = max(0, c.allocated - total) if c.counted_at >= 0 else 0


@kernel
def settle_old(cells, deltas, before):
    """Add deltas that will be dropped to their cell's settled sum, if they came after the count that holds."""
    for k in range(deltas.meta[0]):
        d = deltas.rows[k]
        if not 0 <= d.keep_until < before:
            continue
        i = find(cells, d.cell)
        if i < 0 or d.at <= cells.rows[i].counted_at:
            continue
        c = cells.rows[i]
        if c.settled_at < 0 or c.settled_on != c.counted_event:
            c.settled, c.settled_on = 0, c.counted_event
        c.settled, c.settled_at = c.settled + d.quantity, max(c.settled_at, d.at)


@kernel
def claim(lines, numbers, legs, claims, cells):
    """A line that lays claim to stock does so at its site; any other gives it back."""
    for i in numbers:
        line = lines.rows[i]
        site = wanted(line, legs)
        cell = pair(site, line.sku) if site != UNKNOWN and line.sku != UNKNOWN else UNKNOWN
        k = find(claims, line.key)
        if k < 0 and cell == UNKNOWN:
            continue
        c = claims.rows[upsert(claims, line.key)]
        move_claim(cells, c, cell, max(line.quantity, 0) if cell != UNKNOWN else 0)
        if cell != UNKNOWN:
            row = cells.rows[find(cells, cell)]
            row.site, row.sku = site, line.sku
        c.keep_until = -1 if cell != UNKNOWN else 0


@kernel
def wanted(line, legs):
    """The site whose stock a line lays claim to, its own or where its leg starts; unknown for one that claims none.

    One that is booked does, unless it was picked before and left behind: its goods stand ready and are off the shelf.
    Who is held for room or goods has to be booked anew and gives them back; who is held for anything else keeps them.
    """
    keeps = line.state == HELD and line.held_for != FOR_GOODS and line.held_for != FOR_ROOM
    if line.picked_at >= 0 or not (line.state == BOOKED or keeps):
        return UNKNOWN
    if line.site != UNKNOWN:
        return line.site
    k = find(legs, line.booked_leg)
    return legs.rows[k].origin if k >= 0 else UNKNOWN


@kernel
def move_claim(cells, c, cell, quantity):
    """Take the old claim off its cell and put the new one on."""
    if c.cell == cell and c.quantity == quantity:
        return
    if c.cell != UNKNOWN:
        cells.rows[upsert(cells, c.cell)].allocated -= c.quantity
    if cell != UNKNOWN:
        row = cells.rows[upsert(cells, cell)]
        row.allocated = max(row.allocated, 0) + quantity
    c.cell, c.quantity = cell, quantity


TAKE_IN, CLAIMS, BALANCE = Direct(take_in), Direct(claim), Direct(balance)


class Stock(Registers):
    """Table `stock`: one row a (site, sku)."""

    families: ClassVar = ("stock_move",)
    watches: ClassVar = ("lines",)
    publishes: ClassVar = ("stock",)
    kinds: ClassVar = ("stock.counted",)
    keeps: ClassVar = (("deltas", DELTA), ("claims", CLAIM))

    def __init__(self, saved: Mapping[str, bytes] | None, lines: Table, legs: Table) -> None:
        super().__init__(saved)
        self.lines, self.legs = lines, legs

    def room(self, work: Work) -> int:
        """Two rows per event (a move has two ends), two per line (the cell it leaves, the cell it takes)."""
        return 2 * super().room(work) + 2 * int(self.lines.touched().size)

    def settle(self, work: Work) -> None:
        """Deltas and claims, then the balances of all that is touched."""
        rows, deltas, cells = work.rows("stock_move"), self.tables["deltas"].t, self.things.t
        until = work.now + clock.LATENESS + clock.DAY
        if rows.size:
            TAKE_IN.call(rows, work.heads, work.ok, work.position(), until, deltas, cells)
        if (numbers := self.lines.touched()).size:
            CLAIMS.call(self.lines.t, numbers, self.legs.t, self.tables["claims"].t, cells)
        BALANCE.call(cells, self.things.touched(), deltas)

    def take_back(self, work: Work, void: np.void) -> None:
        """Also deltas: one taken back changes nothing any more."""
        super().take_back(work, void)
        deltas = self.tables["deltas"].rows
        mine = deltas["event"] == void["id"]
        if void["id"] == UNKNOWN:
            mine = (deltas["cell"] == void["subject"]) & (deltas["at"] == void["at"])
        deltas["quantity"][mine] = 0
        for cell in deltas["cell"][mine]:
            touch(self.things.t, self.things.find(int(cell)))

    def evict(self, before: int) -> dict[str, np.ndarray]:
        """A balance keeps what its oldest deltas changed."""
        settle_old(self.things.t, self.tables["deltas"].t, before)
        return super().evict(before)
