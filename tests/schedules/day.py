"""Day: what the sources of a small network have to say, drawn: facts, repetitions, corrections, conflicts, rubbish."""

import random
from collections.abc import Iterator
from typing import ClassVar, Final

import orjson

from operators.step import Step
from operators.work import Work
from tests.suites import anyorder
from tests.suites.story import Event, at
from tower import ids

SOURCES: Final = ("carrier", "dock", "orders")
RUBBISH: Final = (b"{", b"[1]", b"", b'{"id":"r","kind":"leg.flew","at":0}', b'[{"kind":"leg.departed","leg":"L1"}]')
POISON: Final = "POISON"


class Poisoned(Exception):
    """What the steps end with at a poisonous event."""


class Fragile(Step):
    """A step that does not survive an event about the leg POISON."""

    families: ClassVar = ("leg_move",)

    def concerns(self, work: Work) -> bool:
        return bool((work.heads["subject"] == ids.of("leg", POISON)).any())

    def run(self, work: Work) -> None:
        raise Poisoned("a leg that no step survives")


def day(draw: random.Random) -> dict[str, list[bytes]]:
    """The messages of each source, in the order in which it sends them."""
    said: dict[str, list[Event]] = {source: [] for source in SOURCES}
    happened = anyorder.events(draw.randrange(1 << 30), draw.randrange(8, 25))
    for event in [*happened, *_late(draw), *_poison(draw), *_rush(draw)]:
        of_source = said[SOURCES[int(event["id"].lstrip("ce") or 0) % 3]]
        of_source += [event, *_again(draw, event)]
    return {source: list(_messages(draw, events)) for source, events in said.items()}


def _again(draw: random.Random, event: Event) -> list[Event]:
    """Sometimes the same once more; sometimes, wrongly, the same id with another content."""
    chance = draw.random()
    if chance < 0.1:
        return [event]
    return [{**event, "at": event["at"] + 1}] if chance < 0.15 else []


def _late(draw: random.Random) -> Iterator[Event]:
    if draw.random() < 0.5:
        yield {"id": "e100", "kind": "leg.departed", "leg": "L1", "at": at(-8 * 24 * 60)}


def _poison(draw: random.Random) -> Iterator[Event]:
    if draw.random() < 0.25:
        yield {"id": "e101", "kind": "leg.departed", "leg": POISON, "at": at(1)}


def _rush(draw: random.Random) -> Iterator[Event]:
    """A yard that is worth planning: who has time came first. Its search is short."""
    if draw.random() < 0.4:
        return
    rules = {"tries": 60, "pricing_tries": 10, "futures": 2, "every_min": draw.choice((1, 5))}
    yield {"id": "e200", "kind": "policy.set", "policy": "p", "version": 1, "at": at(0), "document": {"doors": rules}}
    for n, (end, work) in enumerate(((900, 90), (900, 90), (130, 30), (150, 30)), 1):
        one = {"visit": f"R{n}", "at": at(80 + n)}
        window = {"window_start": at(80 + n), "window_end": at(end)}
        yield {"id": f"e{200 + 2 * n}", "kind": "visit.booked", "site": "Y", **one, **window, "work_min": work}
        yield {"id": f"e{201 + 2 * n}", "kind": "visit.arrived", **one}
    for n in range(1, draw.choice((2, 3))):
        yield {"id": f"e{220 + n}", "kind": "door.declared", "door": f"D{n}", "site": "Y", "at": at(1)}


def _messages(draw: random.Random, events: list[Event]) -> Iterator[bytes]:
    draw.shuffle(events)
    while events:
        size = draw.choice([1, 1, 2, 5])
        yield orjson.dumps(events[:size] if size > 1 else events[0])
        del events[:size]
        if draw.random() < 0.1:
            yield draw.choice(RUBBISH)
