"""Planning: the plan flow as an actor, which says each plan of doors once, and what it should have said in all."""

from collections import deque
from collections.abc import Sequence
from typing import Any

import orjson

from streams import names
from streams.connect import LogPartition
from streams.entries import entries
from streams.gate import Gate
from streams.planner import SOURCE, Planner
from streams.states import States
from tests.schedules.actors import NETWORK, Actor, Still
from tests.schedules.machine import Machine
from tower.envelope import Envelope
from tower.fields import FOREVER
from tower.logs import urls
from tower.record import Record

Event = dict[str, Any]


class Plan(Actor):
    """The plan flow: outcomes come in, plans go through an inbox of its own."""

    def __init__(self, machine: Machine, folder: str) -> None:
        super().__init__(machine)
        self.folder = folder

    def start(self) -> None:
        self.flight = deque[Record]()
        self.planner = Planner(self.machine.root, NETWORK, States(self.folder), FOREVER)
        log = urls.reader(names.outcomes(self.machine.root, NETWORK))
        self.source = LogPartition(NETWORK, log, self.planner.after, Gate(), Still(), ends=False)
        self.opened += [self.planner, self.source]

    def turn(self) -> bool:
        fresh = [record for _, (_, record) in self.source.next_batch()]
        self.source._gate.passed += len(fresh)
        self.flight += fresh
        busy = bool(self.flight)
        if records := self.some(self.flight):
            self.planner.take(records)
        return busy


class Straight(Planner):
    """One that follows all outcomes from the first and keeps what it would say."""

    def __init__(self, root: str) -> None:
        self.told: list[Event] = []
        super().__init__(root, NETWORK, States(""), FOREVER)

    def _begun(self, states: States) -> int:
        self.said = 0
        return 0

    def _put(self, events: Sequence[Event], basis: int) -> None:
        self.told += events


def should_say(root: str, outcomes: Sequence[Record]) -> list[Event]:
    """What the flow says if nothing ever happens to it."""
    straight = Straight(root)
    straight.take(outcomes)
    straight.close()
    return straight.told


def has_said(root: str) -> list[Event]:
    """What is in the flow's inbox, in order."""
    if SOURCE not in names.sources(root, NETWORK):
        return []
    return [one for _, data in entries(urls.reader(names.inbox(root, NETWORK, SOURCE)))
            for one in orjson.loads(Envelope.decode(bytes(data)).data)]  # fmt: skip
