"""Tell: what the world says happened, as rows (at, kind, a, b, c) with the kinds of `tower.events`."""

from typing import Final

from simulators.world.heap import push
from simulators.world.rows import NOW, PENDING, W
from tower.events import NUMBER
from tower.table import kernel

LINE_BOOKED: Final = NUMBER["line.booked"]
LINE_HELD: Final = NUMBER["line.held"]
LINE_PICKED: Final = NUMBER["line.picked"]
LINE_SHORTED: Final = NUMBER["line.shorted"]
LINE_SHIPPED: Final = NUMBER["line.shipped"]
LINE_DELIVERED: Final = NUMBER["line.delivered"]
LINE_FAILED: Final = NUMBER["line.failed"]
STOCK_MOVED: Final = NUMBER["stock.moved"]
STOCK_ADJUSTED: Final = NUMBER["stock.adjusted"]
VISIT_BOOKED: Final = NUMBER["visit.booked"]
VISIT_RESCHEDULED: Final = NUMBER["visit.rescheduled"]
VISIT_ARRIVED: Final = NUMBER["visit.arrived"]
VISIT_DOCKED: Final = NUMBER["visit.docked"]
VISIT_STARTED: Final = NUMBER["visit.started"]
VISIT_FINISHED: Final = NUMBER["visit.finished"]
VISIT_LEFT: Final = NUMBER["visit.left"]
VISIT_CANCELLED: Final = NUMBER["visit.cancelled"]


@kernel
def tell(w: W, at: int, kind: int, a: int, b: int = 0, c: int = 0) -> None:
    """Add a row to the page."""
    row = w.page[w.told[0]]
    row[0], row[1], row[2], row[3], row[4] = at, kind, a, b, c
    w.told[0] += 1


@kernel
def later(w: W, at: int, kind: int, entity: int) -> None:
    """Put a thing to do on the calendar, not before now."""
    push(w.calendar, 0, w.clock[PENDING], max(at, w.clock[NOW]), (kind << 40) | entity)
    w.clock[PENDING] += 1
