"""A seeded handful of events of every family that keeps state, for tests of order, repetition and correction."""

import random
from typing import Any

import numpy as np

from tests.suites.story import Event, at

LEGS, VISITS, ORDERS, SITES, SKUS = ("L1", "L2"), ("V1", "V2"), ("O1", "O2"), ("A", "B"), ("S1", "S2")


def events(seed: int, count: int = 40) -> list[Event]:
    """So many events with ids, some of the same fact, some of equal moments, a tenth of them corrections."""
    draw = random.Random(seed)
    told = [{"id": f"e{i}", "network": "n", "at": at(draw.randrange(0, 60)), **_one(draw)} for i in range(count)]
    wrong = [{"id": f"c{e['id']}", "network": "n", "at": at(70), "kind": e["kind"], **_subject(e),
              **_needed(draw, e["kind"]), "corrects": {"id": e["id"], "reason": "typed"}}
             for e in told if draw.random() < 0.1]  # fmt: skip
    return told + wrong


def _one(draw: random.Random) -> Event:
    make = draw.choice((_leg, _visit, _line, _order, _stock, _po))
    return make(draw)


def _leg(draw: random.Random) -> Event:
    kind = draw.choice(("leg.planned", "leg.assigned", "leg.departed", "leg.arrived", "leg.estimated", "leg.cancelled"))
    return {"kind": kind, "leg": draw.choice(LEGS), **_needed(draw, kind)}


def _visit(draw: random.Random) -> Event:
    kind = draw.choice(("visit.booked", "visit.rescheduled", "visit.arrived", "visit.docked", "visit.finished",
                        "visit.left", "visit.cancelled"))  # fmt: skip
    return {"kind": kind, "visit": draw.choice(VISITS), **_needed(draw, kind)}


def _line(draw: random.Random) -> Event:
    kind = draw.choice(("line.booked", "line.picked", "line.shipped", "line.delivered", "line.failed"))
    return {"kind": kind, "order": draw.choice(ORDERS), "line": draw.choice("12"), **_needed(draw, kind)}


def _order(draw: random.Random) -> Event:
    kind = draw.choice(("order.placed", "order.changed", "order.cancelled"))
    return {"kind": kind, "order": draw.choice(ORDERS), **_needed(draw, kind)}


def _stock(draw: random.Random) -> Event:
    kind = draw.choice(("stock.counted", "stock.received", "stock.moved", "stock.adjusted"))
    return {"kind": kind, "site": draw.choice(SITES), "sku": draw.choice(SKUS), **_needed(draw, kind)}


def _po(draw: random.Random) -> Event:
    kind = draw.choice(("supply.ordered", "supply.noticed", "supply.received"))
    return {"kind": kind, "po": "P1", **_needed(draw, kind)}


def _needed(draw: random.Random, kind: str) -> Event:
    """Fields of a kind, drawn."""
    soon, later = at(draw.randrange(60, 120)), at(draw.randrange(120, 400))
    fields: dict[str, Event] = {
        "leg.planned": {"origin": "A", "dest": "B", "dep_planned": soon, "arr_planned": later},
        "leg.assigned": {"carrier": draw.choice(("UA", "B6"))},
        "leg.estimated": {"dep_estimated": soon, "arr_estimated": later},
        "visit.booked": {"site": "A", "window_start": soon, "window_end": later, "leg": "L1"},
        "visit.rescheduled": {"window_start": soon, "window_end": later},
        "visit.docked": {"door": draw.choice("12")},
        "line.booked": {"leg": draw.choice(LEGS), "site": draw.choice(SITES)},
        "line.picked": {"quantity": 1}, "line.shipped": {"leg": draw.choice(LEGS)},
        "line.delivered": {"quantity": 1}, "line.failed": {"reason": "late"},
        "order.placed": {"customer": "C", "priority": draw.choice(("express", "economy")), "promise_by": later,
                         "lines": [{"line": n, "sku": draw.choice(SKUS), "quantity": draw.randrange(1, 9),
                                    "value_cents": 100, "loads": draw.randrange(9)} for n in "12"]},
        "order.changed": {"promise_by": later}, "stock.counted": {"on_hand": draw.randrange(50)},
        "stock.received": {"quantity": draw.randrange(9)}, "stock.moved": {"quantity": draw.randrange(9)},
        "stock.adjusted": {"quantity": draw.randrange(-5, 5)},
        "supply.ordered": {"site": "A", "sku": "S1", "due": later}, "supply.noticed": {"eta": later, "leg": "L1"},
    }  # fmt: skip
    return fields.get(kind, {})


def _subject(event: Event) -> Event:
    names = ("leg", "visit", "order", "line", "site", "sku", "po")
    mine = {"visit.booked": ("visit",), "supply.noticed": ("po",), "supply.ordered": ("po",),
            "line.booked": ("order", "line"), "line.shipped": ("order", "line")}.get(event["kind"], names)  # fmt: skip
    return {n: event[n] for n in mine if n in event}


COUNTED = {"doors": ("occupants", "closed_at", "opened_at"), "queues": ("waiting", "docked"), "loads": ("lines",),
           "stock": ("allocated", "counted_at", "balance"), "forecasts": ("forecast_at",),
           "advisories": ("advisory_at",)}  # fmt: skip
"""Tables of counts: a row in which nothing is counted any more says the same as no row."""


def facts(tables: dict[str, Any]) -> dict[str, list[list[Any]]]:
    """Fact tables as comparable rows by key, without positions in the log and the links inside a table."""
    skip = ("position", "look_at", "keep_until", "next_line", "before", "after", "first", "newest", "changed_at",
            "counted_cents", "counted_loads")
    found = {}
    for name, rows in tables.items():
        columns = [c for c in rows.dtype.names if not c.endswith(skip)]
        kept = [row for row in rows if name not in COUNTED or any(row[c] > 0 for c in COUNTED[name])]
        found[name] = sorted(([_plain(row[c]) for c in columns] for row in kept), key=lambda row: row[0])
    return found


def _plain(value: Any) -> Any:
    """NaN as None, so that rows compare equal; a field of several as a list."""
    return [_plain(one) for one in value] if np.ndim(value) else None if np.isnan(value) else value.item()
