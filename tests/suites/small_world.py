"""A small, seeded world as messages: legs that are planned, leave, are late, arrive; orders on them; stock."""

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import cast

import orjson
from bytewax.dataflow import Dataflow
from bytewax.testing import cluster_main

from streams import inbox, names
from streams.inbox import InboxWriter
from tower.clock import MINUTE, parse
from tower.envelope import Envelope

START = parse("2026-03-02T06:00:00Z")
_fresh = count(1)

Said = tuple[int, str, dict[str, object]]
"""When it is received, by which source, and what it says."""


def memory_root() -> str:
    """A root of logs that no other test has."""
    return f"memory:world{next(_fresh)}"


def legs(size: int, seed: int = 1) -> list[Said]:
    """So many legs over some hours, in the order in which they are received; some are late, some say nothing more."""
    draw = random.Random(seed)
    said = [told for number in range(size) for told in _leg(number, draw)]
    return sorted(said, key=lambda told: (told[0], told[1], str(told[2]["id"])))


def _leg(number: int, draw: random.Random) -> Iterator[Said]:
    name, planned = f"L{number}", START + draw.randrange(120) * MINUTE
    delay = draw.choice([0, 0, 5, 40, 90]) * MINUTE
    yield _said(planned - 60 * MINUTE, "planner", "leg.planned", name, {
        "origin": "EWR", "dest": draw.choice(["ORD", "ATL"]), "dep_planned": planned,
        "arr_planned": planned + 90 * MINUTE, "mode": "truckload"})  # fmt: skip
    if draw.random() < 0.9:
        yield _said(planned + delay, "carrier", "leg.departed", name, {})
        yield _said(planned + delay + 5 * MINUTE, "carrier", "leg.estimated", name,
                    {"arr_estimated": planned + 90 * MINUTE + delay})  # fmt: skip
    if draw.random() < 0.8:
        yield _said(planned + 90 * MINUTE + delay, "dock", "leg.arrived", name, {})


def _said(received: int, source: str, kind: str, leg: str, more: dict[str, object]) -> Said:
    event = {"id": f"{kind}/{leg}", "kind": kind, "leg": leg, "at": received, **more}
    return received + 137, source, event


def envelopes(said: Sequence[Said], together: int = 1) -> list[Envelope]:
    """Messages of up to `together` events that one source says one after the other, stamped with the last."""
    found: list[Envelope] = []
    waiting: dict[str, list[Said]] = {}
    for told in said:
        held = waiting.setdefault(told[1], [])
        held.append(told)
        if len(held) == together:
            found.append(_sealed(waiting.pop(told[1])))
    found += [_sealed(held) for held in waiting.values()]
    return sorted(found, key=lambda message: (message.received, message.source))


def _sealed(held: list[Said]) -> Envelope:
    received, source, _ = held[-1]
    return Envelope(source, received, "application/json", orjson.dumps([event for _, _, event in held]))


def deliver(root: str, network: str, messages: Sequence[Envelope], driven: bool = True) -> None:
    """Put messages into their inboxes; where the network is driven, say afterwards that time has passed."""
    doors = {source: InboxWriter(root, network, source) for source in {message.source for message in messages}}
    if driven:
        doors[names.CLOCK] = InboxWriter(root, network, names.CLOCK)
    for message in messages:
        doors[message.source].put(message)
    if driven:
        inbox.tick(doors[names.CLOCK], messages[-1].received + 10 * MINUTE)
    for door in doors.values():
        door.close()


def run(flow: Dataflow, workers: int = 1) -> None:
    """Run a flow to its end, here."""
    cast("Callable[..., None]", cluster_main)(flow, [], 0, worker_count_per_proc=workers)
