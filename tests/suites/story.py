"""Story: events as a source would send them, told to the control chain in process."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import orjson

from operators.chain import Chain, State
from operators.step import Step
from streams.adapters import decode
from streams.control import make
from tower import clock, ids
from tower.batch import to_record
from tower.envelope import Envelope
from tower.record import Record

START = 1_360_314_000_000
"""2013-02-08T09:00Z: moment 0 of every story."""
Event = dict[str, Any]


def at(minutes: float) -> int:
    """So many minutes after the start, in ms."""
    return START + round(minutes * clock.MINUTE)


class Story:
    """One network. Moments are minutes after START."""

    def __init__(self, steps: Callable[[State], Sequence[Step]] = make, source: str = "test") -> None:
        self.chain, self.source, self.count, self.inbox = Chain(steps), source, 0, 0
        self.records: list[Record] = []
        self.outcomes: list[Record] = []

    def tell(self, now: float, *events: Event) -> Record:
        """One record at that moment, of these events; `id` is made up where it is missing."""
        self.inbox += 1
        said = orjson.dumps([self._whole(e) for e in events])
        batch = decode(Envelope(self.source, at(now), "application/json", said), self.inbox, "n")
        self.records.append(to_record(batch, self.chain.after + 1, at(now), {}))
        self.outcomes.append(self.chain.advance(self.records[-1]))
        return self.outcomes[-1]

    def wait(self, now: float) -> Record:
        """Nothing happens until then."""
        return self.tell(now)

    def _whole(self, event: Event) -> Event:
        self.count += 1
        return {"id": f"e{self.count}", "network": "n", **event}

    def table(self, name: str) -> np.ndarray:
        """The rows of a table of the state, by key."""
        rows = next(step.tables[name].rows for step in self.chain.steps if name in step.tables)
        return np.sort(rows, order="key")

    def row(self, table: str, kind: str, text: str) -> np.void:
        """The row of that thing."""
        rows = self.table(table)
        found: np.void = rows[rows["key"] == np.uint64(ids.of(kind, text))][0]
        return found

    def deviations(self, kind: str = "") -> list[tuple[int, int, float]]:
        """(status, severity, value) of what was said of a kind of deviation, in order."""
        code = np.uint64(ids.of("deviation", kind))
        rows = [r for o in self.outcomes for r in o.rows("deviations") if not kind or r["kind"] == code]
        return [(int(r["status"]), int(r["severity"]), float(r["value"])) for r in rows]

    def ledger(self) -> dict[str, int]:
        """The newest ledger of the story's source."""
        admit: Any = self.chain.steps[0]
        counts: dict[str, int] = admit.counts()[ids.of("source", self.source)]
        return counts


def planned(leg: str = "L1", dep: float = 60, arr: float = 180, **more: Any) -> Event:
    """A leg from A to B."""
    return {"kind": "leg.planned", "leg": leg, "at": at(-600), "origin": "A", "dest": "B", "dep_planned": at(dep),
            "arr_planned": at(arr), **more}  # fmt: skip


def leg(moment: str, when: float, leg: str = "L1", **more: Any) -> Event:
    """Something that happened to a leg."""
    return {"kind": f"leg.{moment}", "leg": leg, "at": at(when), **more}


def event(kind: str, when: float, **more: Any) -> Event:
    """Anything else."""
    return {"kind": kind, "at": at(when), **more}


def restarted(without: str, now: float, events: Sequence[Event], after: int = 40) -> tuple[Story, Story, Story]:
    """The same told thrice, in two records: to one tower; to one that goes on from its saved state; and from a state of
    a build that did not know a step, which is `without`.
    """
    _, halves, older = stories = Story(), Story(), Story()
    for story in stories:
        story.tell(now, *events[:after])
    halves.chain = Chain(make, halves.chain.saved(), halves.chain.after)
    before = {step: tables for step, tables in older.chain.saved().items() if step != without}
    older.chain = Chain(make, before, older.chain.after)
    for story in stories:
        story.tell(now, *events[after:])
    return stories
