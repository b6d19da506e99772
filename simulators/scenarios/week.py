"""Week: the blizzard's recorded tables and the overlay of one seed, as facts in ms ready to be told and played."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np

from simulators.scenarios import bundle
from simulators.scenarios.bundle import Legs, numbers, texts
from simulators.scenarios.overlay import labour, stock
from simulators.scenarios.overlay import legs as of_legs
from simulators.scenarios.overlay import orders as of_orders
from simulators.scenarios.pack import Tables
from simulators.scenarios.recorded import BLIZZARD, DAYS, Recorded
from simulators.scenarios.sources.carriers import LegFacts
from simulators.scenarios.sources.orders import LineFacts
from tower.clock import HOUR, MINUTE

START: Final = BLIZZARD.start
"""2013-02-06 00:00 in New York."""
HUBS: Final = stock.HUBS
BOOKABLE: Final = 60 * HOUR
"""How long before departure a leg is told of."""
VEHICLE: Final = 110 * MINUTE
"""How long before departure its vehicle is: later than the last notice of a cancellation."""
DOORS: Final = 20


@dataclass(frozen=True, slots=True)
class Week:
    """Everything that is true of the week whatever the plan.

    of       whose legs these are
    loads    capacity of each leg; starts: ms at which its loading is planned to start; freight: cents a load
    """

    tables: Tables
    of: Recorded
    recorded: Legs
    legs: LegFacts
    lines: LineFacts
    shelves: list[stock.Shelf]
    families: dict[str, str]
    crews: list[labour.Crew]
    starts: np.ndarray
    freight: np.ndarray


def week(seed: int, of: Recorded = BLIZZARD) -> Week:
    """The week with the overlay of this seed; of another week only the legs are other ones."""
    tables = bundle.tables(BLIZZARD.pack) | bundle.tables(of.pack)
    recorded = bundle.ordered(tables["legs"], numbers(tables["legs"]["arr_late"]))
    loads = of_legs.capacity(numbers(tables["legs"]["seats"]))[recorded.row]
    lines = _lines(seed, tables, _five_days(recorded, loads), of)
    quantities = lines.quantity.tolist()
    miles = numbers(tables["legs"]["miles"])[recorded.row]
    return Week(
        tables, of, recorded, _legs(seed, recorded, loads, of), lines, stock.shelves(seed, lines.sku, quantities),
        stock.families(lines.sku, quantities), _crews(recorded, loads, of),
        of.ms(of_legs.starts(recorded.planned, loads)),
        of_legs.freight(seed, miles, recorded.carrier, recorded.origin),
    )  # fmt: skip


def ms(minutes: np.ndarray) -> np.ndarray:
    """Minutes of the blizzard's week as ms; -1, for none, stays."""
    return BLIZZARD.ms(minutes)


def _legs(seed: int, r: Legs, loads: np.ndarray, of: Recorded) -> LegFacts:
    rows = r.row.tolist()
    noticed = of_legs.noticed(seed, rows, r.carrier, r.origin, r.planned.tolist())
    late = ~r.cancelled & (r.departed - r.planned >= of_legs.LATE)
    ms, start = of.ms, of.start
    told = np.maximum(start, ms(r.planned) - BOOKABLE)
    known = ~r.cancelled & np.array([bool(t) for t in r.tail])
    return LegFacts(
        r.names(of.dates(r.planned)), r.carrier, r.tail, r.origin, r.dest, ms(r.planned), ms(r.arrives),
        ms(r.departed), ms(r.arrived), told, np.where(known, np.maximum(start, ms(r.planned) - VEHICLE), -1),
        np.where(r.cancelled, np.maximum(start, ms(noticed)), -1),
        np.where(late, np.maximum(start, ms(of_legs.estimated(seed, rows, r.planned))), -1), loads,
    )  # fmt: skip


def _five_days(r: Legs, loads: np.ndarray) -> Counter[str]:
    """Loads that the legs of the first five days can carry to each site."""
    total: Counter[str] = Counter()
    for dest, planned, n in zip(r.dest, r.planned.tolist(), loads.tolist(), strict=True):
        total[dest] += n if planned < of_orders.DAYS * 1440 else 0
    return total


def _lines(seed: int, tables: Tables, five_days: Counter[str], of: Recorded) -> LineFacts:
    t = tables["lines"]
    invoices, skus, buyers = texts(t["invoice"]), texts(t["sku"]), numbers(t["customer"]).tolist()
    party = of_orders.parties(invoices, skus, buyers)
    site, urgency = of_orders.ship_to(seed, party, invoices, five_days), of_orders.priority(seed, set(party))
    priority = np.array([urgency[p] for p in party])
    placed, quantity = of.ms(numbers(t["t"])), numbers(t["quantity"])
    order = [f"{i}-{p}-{m}" for i, p, m in zip(invoices, party, placed.tolist(), strict=True)]
    numbered = _numbered(invoices, order)
    promise = placed + np.array(of_orders.PROMISE_H)[priority] * HOUR
    return LineFacts(
        [o for o, _ in numbered], [n for _, n in numbered], [str(b) if b >= 0 else "web" for b in buyers],
        [site[p] for p in party], skus, placed, promise, priority, quantity,
        np.round(quantity * numbers(t["price"]) / 10).astype("i8"),
    )  # fmt: skip


def _numbered(invoices: list[str], keys: list[str]) -> list[tuple[str, str]]:
    """Order and line of each row: an invoice is one order for each ship-to and minute, `536365`, `536365-2` ..."""
    orders: dict[str, str] = {}
    of_invoice, lines = Counter[str](), Counter[str]()
    for invoice, key in zip(invoices, keys, strict=True):
        if key not in orders:
            of_invoice[invoice] += 1
            orders[key] = invoice if of_invoice[invoice] == 1 else f"{invoice}-{of_invoice[invoice]}"
    found = []
    for key in keys:
        lines[key] += 1
        found.append((orders[key], str(lines[key])))
    return found


def _crews(r: Legs, loads: np.ndarray, of: Recorded) -> list[labour.Crew]:
    hub = np.array(r.origin)
    return [c for h in HUBS for c in labour.crews(h, r.planned[hub == h], loads[hub == h], DAYS, of.attendance)]
