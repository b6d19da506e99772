"""Small networks at random: two hubs, two destinations, few loads, little stock; and what may happen to them.

`most`: loads that a line can have; where that is more than one, half of the legs have no room for that much kg.
"""

import random
from collections import Counter
from typing import Any

import numpy as np

from operators.chain import Chain
from operators.planning.rows import BOOKED, STAGED
from streams.control import make
from tests.suites.story import Event, Story, at, event
from tower.ids import UNKNOWN, pairs

HUBS, DESTS, SKUS, PRIORITIES = ("A", "X"), ("B", "C"), ("S", "T", "U"), ("express", "standard", "economy")
LEGS, ORDERS = 14, 16


def opening(draw: random.Random, most: int = 1) -> list[Event]:
    """Stock, legs and what they cost, and the first orders, some of them booked."""
    told = [event("stock.counted", -600, site=hub, sku=sku, on_hand=draw.randrange(6)) for hub in HUBS for sku in SKUS]
    told += [event("lane.declared", -600, lane=f"{hub}-{dest}", origin=hub, dest=dest,
                   guide=[{"carrier": "K", "load_cents": draw.randrange(300, 900)}])
             for hub in HUBS for dest in DESTS]  # fmt: skip
    for n in range(LEGS):
        hub, dest, dep = draw.choice(HUBS), draw.choice(DESTS), draw.randrange(100, 1500)
        told.append(event("leg.planned", -550, leg=f"L{n}", origin=hub, dest=dest, dep_planned=at(dep),
                          arr_planned=at(dep + draw.randrange(60, 400)),
                          capacity_loads=draw.randrange(2 * most + 2)))  # fmt: skip
        if most > 1 and n % 2:
            told[-1]["capacity_kg"] = 100.0 * draw.randrange(2 * most)
    for n in range(ORDERS):
        told += order(draw, n, -500, most)
    return told


def order(draw: random.Random, n: int, when: float, most: int = 1) -> list[Event]:
    """An order of one line, booked perhaps."""
    loads = 1 if most == 1 else draw.randrange(1, most + 1)
    lines = [{"line": "1", "sku": draw.choice(SKUS), "quantity": draw.randrange(1, 3), "loads": loads,
              "value_cents": draw.randrange(20_000)}]  # fmt: skip
    if most > 1:
        lines[0]["weight_kg"] = 10.0 * loads * draw.randrange(5, 15)
    told = [event("order.placed", when, order=f"O{n}", customer="C", priority=draw.choice(PRIORITIES),
                  ship_to=draw.choice(DESTS), promise_by=at(draw.randrange(200, 2000)), lines=lines)]  # fmt: skip
    return [*told, booked(draw, n, when + 1)] if draw.random() < 0.5 else told


def booked(draw: random.Random, n: int, when: float) -> Event:
    return event("line.booked", when, order=f"O{n}", line="1", leg=f"L{draw.randrange(LEGS)}", site=draw.choice(HUBS))


def happens(draw: random.Random, n: int, when: float, most: int = 1) -> list[Event]:
    """Something that may happen then; n numbers what is new."""
    leg, old = f"L{draw.randrange(LEGS)}", draw.randrange(ORDERS)
    if most > 1 and draw.random() < 0.2:
        return order(draw, old, when, most)[:1]  # the same line, of other loads
    kind = draw.randrange(8)
    if kind == 0:
        return [event("leg.cancelled", when, leg=leg)]
    if kind == 1:
        return [event("leg.estimated", when, leg=leg, dep_estimated=at(when + 300), arr_estimated=at(when + 500))]
    if kind == 2:
        return [booked(draw, old, when)]
    if kind == 3:
        return [event("line.picked", when, order=f"O{old}", line="1", quantity=1)]
    if kind == 4:
        return [event("line.failed", when, order=f"O{old}", line="1", reason="leg_cancelled", quantity=1, leg=leg)]
    if kind == 5:
        return [event("stock.counted", when, site=draw.choice(HUBS), sku=draw.choice(SKUS), on_hand=draw.randrange(5))]
    if kind == 6:
        return [event("leg.departed", when, leg=leg)]
    return order(draw, ORDERS + n, when, most)


def played(seed: int, cut: int = 0, most: int = 1) -> Story:
    """A network at random, until a moment at which all of it is planned; saved and restored behind event `cut`."""
    draw, story, when = random.Random(seed), Story(), 0.0
    story.tell(0, *opening(draw, most))
    for n in range(draw.randrange(1, 12)):
        when += draw.randrange(1, 40)
        story.tell(when, *happens(draw, n, when, most))
        if n == cut:
            story.chain = Chain(make, story.chain.saved(), story.chain.after)
    story.wait(when - when % 10 + 20.02)
    return story


def over_taken(wants: Any, legs: dict[int, Any], stock: Any) -> list[int]:
    """Of which goods at which sites plans that go by these legs take more than nobody has reserved."""
    takes: Counter[int] = Counter()
    for want in wants[(wants["to_leg"] != UNKNOWN) & (wants["to_leg"] != wants["leg"]) & (wants["stand"] != STAGED)]:
        leg = legs.get(int(want["to_leg"]))
        if leg is not None and (want["stand"] != BOOKED or leg["origin"] != want["place"]):
            takes[int(pairs(np.array(leg["origin"]), np.array(want["sku"])))] += int(want["quantity"])
    free = {int(r["key"]): int(r["balance"]) - max(int(r["allocated"]), 0) for r in stock}
    return [cell for cell, units in takes.items() if units > free[cell]]


def planned_in_records(draw: random.Random, story: Story, ticks: int, most: int = 1) -> list[Any]:
    """What stands planned, and the prices, after eight times something has happened: at once in a record, or with so
    many ticks between and an event a record.
    """
    for n in range(8):
        events = happens(draw, n, 10.0 * n + 3, most)
        for tick in range(ticks):
            story.wait(10 * n + 3 * tick / ticks)
        for one in events if ticks > 1 else [None]:
            story.tell(10 * n + 3, *([one] if one else events))
    story.wait(90)
    names = [n for n in story.table("plans").dtype.names or () if n != "basis"]
    return [story.table("plans")[names].tolist(), story.table("prices").tolist()]
