"""Orders and their lines: what was promised, where each line stands, and what it costs if nothing changes."""

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np

from operators.legs import KEEP, lateness
from operators.policies import prices_in
from operators.prices import USUAL, Prices, late_cents, late_cents_per_h, undelivered_cents
from operators.registers import WHOLE, Registers
from operators.work import Work, mask_of
from tower import clock
from tower.events import NUMBER
from tower.ids import UNKNOWN, pairs
from tower.outcomes import LINE_KINDS
from tower.table import Direct, Table, find, kernel, touch, upsert

PLACED, CHANGED, RETURNED = NUMBER["order.placed"], NUMBER["order.changed"], NUMBER["order.returned"]
NOWHERE, ORDERED, HELD, BOOKED, PICKED, SHIPPED, DELIVERED, FAILED, CANCELLED = range(9)
BASKET: Final = np.zeros(1, np.dtype([("key", "<u8"), ("keep_until", "<i8"), ("first", "<u8")]))
BASKET["first"], BASKET["keep_until"] = UNKNOWN, -1
LAST_MILE: Final = 180 * clock.MINUTE
"""From a leg's arrival to the customer's door."""
MOST_LOADS: Final = 1 << 20
"""More than any leg takes, and little enough to be added up and priced."""


class Orders(Registers):
    """Table `orders`: one row an order."""

    families: ClassVar = ("order",)
    publishes: ClassVar = ("orders",)
    kinds: ClassVar = ("order.placed", "order.cancelled", "order.changed")
    parts: ClassVar = {"order": (WHOLE, "line")}


@kernel
def place(rows, heads, ok, keys, position, baskets, lines):
    """What order.placed says of each line; the newest wins. A new line is hung into its order's chain."""
    for j in range(rows.size):
        r = rows[j]
        h = heads[r.event]
        if not ok[r.event]:
            continue
        i = upsert(lines, keys[j])
        line = lines.rows[i]
        if line.order == UNKNOWN:
            hang(baskets, line, h.subject)
        if (h.at, h.id) <= (line.ordered_at, line.ordered_event) and line.ordered_event != UNKNOWN:
            continue
        line.ordered_at, line.ordered_event, line.ordered_position = h.at, h.id, position + r.event
        line.line, line.sku, line.quantity, line.value_cents = r.line, r.sku, r.quantity, r.value_cents
        line.loads, line.weight_kg, line.volume_m3 = r.loads, r.weight_kg, r.volume_m3


@kernel
def hang(baskets, line, order):
    """Make a line findable from its order."""
    basket = baskets.rows[upsert(baskets, order)]
    line.order, line.next_line = order, basket.first
    basket.first = line.key


@kernel
def unhang(baskets, lines, before):
    """Take lines that may go out of their orders' chains; an empty basket may go too."""
    for i in range(lines.meta[0]):
        line = lines.rows[i]
        if not 0 <= line.keep_until < before or line.order == UNKNOWN:
            continue
        basket = baskets.rows[find(baskets, line.order)]
        if basket.first == line.key:
            basket.first = line.next_line
            basket.keep_until = 0 if basket.first == UNKNOWN else -1
            continue
        k = find(lines, basket.first)
        while lines.rows[k].next_line != line.key:
            k = find(lines, lines.rows[k].next_line)
        lines.rows[k].next_line = line.next_line


@kernel
def change(rows, heads, ok, keys, baskets, lines):
    """What order.changed and order.returned say of one line."""
    for j in range(rows.size):
        r = rows[j]
        h = heads[r.event]
        if not ok[r.event] or r.line == UNKNOWN:
            continue
        line = lines.rows[upsert(lines, keys[j])]
        if line.order == UNKNOWN:
            hang(baskets, line, h.subject)
        newer = line.changed_event == UNKNOWN or (h.at, h.id) > (line.changed_at, line.changed_event)
        if h.kind == CHANGED and newer:
            line.changed_at, line.changed_event, line.changed_quantity = h.at, h.id, r.quantity
        elif h.kind == RETURNED:
            line.returned_quantity = max(line.returned_quantity, r.quantity)


@kernel
def touch_lines(orders, numbers, baskets, lines):
    """An order that changes changes its lines."""
    for i in numbers:
        k = find(baskets, orders.rows[i].key)
        key = baskets.rows[k].first if k >= 0 else UNKNOWN
        while key != UNKNOWN:
            j = find(lines, key)
            touch(lines, j)
            key = lines.rows[j].next_line


@kernel
def touch_load(loads, lines, legs, numbers):
    """A leg that changes changes the lines on it."""
    for i in numbers:
        k = find(loads, legs.rows[i].key)
        key = loads.rows[k].first if k >= 0 else UNKNOWN
        while key != UNKNOWN:
            j = find(lines, key)
            touch(lines, j)
            key = lines.rows[j].after


@kernel
def unhook(loads, lines, line):
    """Take a line off the leg it is counted on."""
    if line.on_leg == UNKNOWN:
        return
    load = loads.rows[upsert(loads, line.on_leg)]
    load.lines, load.loads = load.lines - 1, load.loads - line.counted_loads
    load.value_cents -= line.counted_cents
    load.risk_cents -= max(line.risk_cents, 0)
    load.loss_cents_per_h -= max(line.loss_cents_per_h, 0)
    if line.before != UNKNOWN:
        lines.rows[find(lines, line.before)].after = line.after
    else:
        load.first = line.after
    if line.after != UNKNOWN:
        lines.rows[find(lines, line.after)].before = line.before
    line.on_leg, line.before, line.after = UNKNOWN, UNKNOWN, UNKNOWN


@kernel
def loads_of(line):
    """How many loads a line takes of its leg: one where nobody told, MOST_LOADS at most."""
    return min(max(line.loads, np.int64(1)), np.int64(MOST_LOADS))


@kernel
def hook(loads, lines, line, leg):
    """Count a line on a leg."""
    i = upsert(loads, leg)
    load = loads.rows[i]
    if load.lines < 0:
        load.lines, load.loads, load.value_cents, load.risk_cents, load.loss_cents_per_h = 0, 0, 0, 0, 0
    line.on_leg, line.before, line.after = leg, UNKNOWN, load.first
    if load.first != UNKNOWN:
        lines.rows[find(lines, load.first)].before = line.key
    load.first, load.lines = line.key, load.lines + 1
    line.counted_cents, line.counted_loads = max(line.value_cents, 0), loads_of(line)
    load.value_cents, load.loads = load.value_cents + line.counted_cents, load.loads + line.counted_loads
    load.risk_cents += max(line.risk_cents, 0)
    load.loss_cents_per_h += max(line.loss_cents_per_h, 0)


@kernel
def count_loads(loads, lines):
    """Count the loads on each leg anew, in a state of a build that did not count them."""
    for k in range(loads.meta[0]):
        loads.rows[k].loads = 0 if loads.rows[k].lines >= 0 else -1
    for i in range(lines.meta[0]):
        line = lines.rows[i]
        if line.on_leg != UNKNOWN:
            line.counted_loads = loads_of(line)
            loads.rows[find(loads, line.on_leg)].loads += line.counted_loads


@kernel
def state_of(line):
    """Where a line stands: the newest of what was said, later stages first where moments are equal."""
    if line.delivered_at >= 0:
        return DELIVERED
    if line.cancelled_at >= 0 and line.shipped_at < 0:
        return CANCELLED
    state, at = (ORDERED, np.int64(-1)) if line.ordered_at >= 0 else (NOWHERE, np.int64(-1))
    if line.held_at > at:
        state, at = HELD, line.held_at
    if line.booked_at >= at and line.booked_at >= 0:
        state, at = BOOKED, line.booked_at
    if line.picked_at >= at and line.picked_at >= 0:
        state, at = PICKED, line.picked_at
    if line.shipped_at >= at and line.shipped_at >= 0:
        state, at = SHIPPED, line.shipped_at
    return FAILED if line.failed_at > at and line.failed_at >= 0 else state


@kernel
def promise(line, order):
    """What holds for a line of this order: priority, ship-to, promise in force, cancellation."""
    line.priority, line.ship_to, line.cancelled_at = order.priority, order.ship_to, order.cancelled_at
    line.promised_by = order.placed_promise_by
    if order.changed_at >= 0 and order.changed_promise_by >= 0:
        line.promised_by = order.changed_promise_by


@kernel
def leg_of(line):
    """The leg a line is booked on or went with; a failed or cancelled line has none."""
    if line.state == SHIPPED and line.shipped_leg != UNKNOWN:
        return line.shipped_leg
    return line.booked_leg if line.state in (BOOKED, PICKED, SHIPPED) else UNKNOWN


@kernel
def expect(line, legs, prices):
    """When it will be at its ship-to, how late that is, whether its leg is gone, and what that costs."""
    line.expected_at, line.stranded_at = line.delivered_at, -1
    k = find(legs, line.on_leg) if line.on_leg != UNKNOWN else -1
    if line.state == FAILED:
        line.stranded_at = line.failed_at
    elif k >= 0:
        leg = legs.rows[k]
        if leg.cancelled_at >= 0:
            line.stranded_at = max(leg.cancelled_at, line.booked_at)
        elif line.state != DELIVERED and leg.arr_expected >= 0:
            line.expected_at = leg.arr_expected + LAST_MILE
    line.late_min = lateness(line.expected_at, line.promised_by)
    line.risk_cents = late_cents(prices, line.priority, line.late_min)
    if line.stranded_at >= 0:
        line.risk_cents = undelivered_cents(prices, line.priority, line.value_cents)
    line.loss_cents_per_h = 0
    if line.state in (DELIVERED, CANCELLED):
        line.risk_cents = 0
    elif line.stranded_at >= 0 or line.late_min > 0:
        late_min = line.late_min if line.stranded_at < 0 else 0.0
        line.loss_cents_per_h = late_cents_per_h(prices, line.priority, late_min)


@kernel
def settle(numbers, lines, orders, loads, legs, prices):
    """Look anew at these lines."""
    for i in numbers:
        line = lines.rows[i]
        k = find(orders, line.order) if line.order != UNKNOWN else -1
        if k >= 0:
            promise(line, orders.rows[k])
        line.state = state_of(line)
        unhook(loads, lines, line)
        leg = leg_of(line)
        line.on_leg = leg
        expect(line, legs, prices)
        line.on_leg = UNKNOWN
        if leg != UNKNOWN:
            hook(loads, lines, line, leg)
        over = max(line.delivered_at, line.cancelled_at)
        line.keep_until = over + KEEP if line.state in (DELIVERED, CANCELLED) else -1


PLACE, CHANGE = Direct(place), Direct(change)
TOUCH_LINES, TOUCH_LOAD, SETTLE = Direct(touch_lines), Direct(touch_load), Direct(settle)
COUNT_LOADS: Final = Direct(count_loads)
ORDERING: Final = mask_of(("order", "order_line", "line"))


class Lines(Registers):
    """Tables `lines` (one row an order line), `loads` (what is booked on each leg), `baskets` (an order's lines)."""

    families: ClassVar = ("line",)
    watches: ClassVar = ("order", "order_line", "legs", "document")
    publishes: ClassVar = ("lines", "loads")
    kinds: ClassVar = LINE_KINDS
    keeps: ClassVar = (("baskets", BASKET),)

    def __init__(
        self, saved: Mapping[str, bytes] | None, orders: Table, legs: Table, prices: Prices = USUAL,
        price_list: Table | None = None,
    ) -> None:  # fmt: skip
        super().__init__(saved)
        self.orders, self.legs, self.price_list = orders, legs, price_list
        self.prices = prices if price_list is None else prices_in(price_list)
        loads = self.tables["loads"]
        if ((loads.rows["lines"] >= 0) & (loads.rows["loads"] < 0)).any():
            COUNT_LOADS.call(loads.t, self.things.t)

    def concerns(self, work: Work) -> bool:
        """Anything of orders and lines, and legs that change."""
        return bool(work.present & ORDERING) or len(self.things) > 0

    def room(self, work: Work) -> int:
        """A row per line event or ordered line, and per change of one."""
        return super().room(work) + sum(int(work.rows(f).size) for f in ("order", "order_line"))

    def settle(self, work: Work) -> None:
        """Write orders' lines, then look anew at all that is touched, by itself, its order or its leg."""
        orders, lines = self.orders.t, self.things.t
        self._place(work)
        if (numbers := self.orders.touched()).size:
            TOUCH_LINES.call(orders, numbers, self.tables["baskets"].t, lines)
        loads = self.tables["loads"]
        if (numbers := self.legs.touched()).size:
            TOUCH_LOAD.call(loads.t, lines, self.legs.t, numbers)
        if self.price_list is not None and self.price_list.touched().size:
            self.prices = prices_in(self.price_list)
            touch_all(lines)
        numbers = self.things.touched().copy()
        loads.begin(work.turn, numbers.size)
        SETTLE.call(numbers, lines, orders, loads.t, self.legs.t, self.prices)

    def _place(self, work: Work) -> None:
        rows, heads = work.rows("order_line"), work.heads
        if rows.size:
            keys = pairs(heads["subject"][rows["event"]], rows["line"])
            PLACE.call(rows, heads, work.ok, keys, work.position(), self.tables["baskets"].t, self.things.t)
        if (rows := work.rows("order")).size:
            keys = pairs(heads["subject"][rows["event"]], rows["line"])
            CHANGE.call(rows, heads, work.ok, keys, self.tables["baskets"].t, self.things.t)

    def take_back(self, work: Work, void: np.void) -> None:
        """Also what an order taken back said of its lines."""
        super().take_back(work, void)
        if int(void["kind"]) in (PLACED, 0):
            forget_order(self.things.t, void["id"])

    def evict(self, before: int) -> dict[str, np.ndarray]:
        """Unhang what goes from its order first."""
        unhang(self.tables["baskets"].t, self.things.t, before)
        return super().evict(before)


@kernel
def touch_all(lines):
    """Prices that change change every line."""
    for i in range(lines.meta[0]):
        touch(lines, i)


@kernel
def forget_order(lines, event):
    """Lines of an order that was taken back were never ordered."""
    for i in range(lines.meta[0]):
        line = lines.rows[i]
        if line.ordered_event == event:
            line.ordered_at, line.ordered_event, line.ordered_position = -1, UNKNOWN, -1
            line.quantity, line.value_cents, line.loads, line.sku = -1, -1, -1, UNKNOWN
            touch(lines, i)
