"""The evening on which the storm closes New York's hubs, as arrivals: 8 February 2013, 20:00 to 23:00 UTC.

What was declared, planned and counted in the week's first hours is told again as the evening begins, so that there is
something to be late for and no three days of ticks. `python -m tests.determinism.evening` prints what a replay says.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby
from typing import Any

from operators.chain import Chain, state_hash
from simulators import scenarios
from simulators.driver import AT_ONCE, batched, numbered
from simulators.feed import merge
from streams import names
from streams.adapters import columns
from streams.inbox import InboxWriter, tick
from streams.replay import Arrival, Keep, Replay
from streams.tally import outcomes_hash
from tests.suites import anyorder
from tower.batch import Batch
from tower.clock import SECOND, parse
from tower.envelope import Envelope
from tower.errors import LogError
from tower.outcomes import FACTS
from tower.record import Record

NETWORK = "blizzard"
OPENINGS = 5
TOLD = parse("2013-02-06T12:00:00Z")
BEGIN, END = parse("2013-02-08T20:00:00Z"), parse("2013-02-08T23:00:00Z")


def arrivals() -> list[Arrival]:
    """What is received that evening, in order; whoever takes a batch in may change it."""
    return [(second, source, replace(batch, tables=dict(batch.tables))) for second, source, batch in said()]


@cache
def said() -> Sequence[Arrival]:
    """The same, to be copied."""
    feed = scenarios.load(NETWORK)
    before = list(merge(feed.advance(TOLD - 1)))
    feed.advance(BEGIN - 1)
    again = sorted(((BEGIN, source, batch) for _, source, batch in before), key=lambda arrival: arrival[1])
    return [*again, *merge(feed.advance(END - 1))]


def deliver(root: str, network: str) -> None:
    """Put the evening into the inboxes of a network, as its driver would: the clock is there before anybody speaks."""
    clock = InboxWriter(root, network, names.CLOCK)
    by_source = sorted(arrivals(), key=lambda arrival: arrival[1])
    for source, told in groupby(by_source, key=lambda arrival: arrival[1]):
        door = opened(root, network, source)
        for messages in batched((message(*arrival) for arrival in told), AT_ONCE):
            door.put(*messages)
        door.close()
    tick(clock, arrivals()[-1][0] + SECOND)
    clock.close()


def opened(root: str, network: str, source: str) -> InboxWriter:
    """A door; on a busy machine a Kafka may be late to say what it has."""
    for _ in range(OPENINGS - 1):
        try:
            return InboxWriter(root, network, source)
        except LogError:
            continue
    return InboxWriter(root, network, source)


def message(second: int, source: str, batch: Batch) -> Envelope:
    """What a driver makes of an arrival."""
    return Envelope(source, second, columns.MEDIA_TYPE, columns.packed(numbered(batch)))


class Held(Keep):
    """Keeps records and outcomes in memory."""

    def __init__(self) -> None:
        self.log: list[Record] = []
        self.outcomes: list[Record] = []

    def __call__(self, record: Record, outcome: Record) -> None:
        self.log.append(record)
        self.outcomes.append(outcome)

    def flush(self) -> None:
        pass


class Played:
    """A replay of the evening: its end, and what was said on the way."""

    def __init__(self, most: int = 4096, tick_s: int = 60, network: str = NETWORK, keep: Keep | None = None) -> None:
        self.held = Held()
        self.replay = Replay(network, keep or self.held, most, tick_s * 1000)
        self.replay.play(arrivals())
        self.chain = self.replay.chain

    def hashes(self) -> dict[str, str]:
        """Of the state and of the outcomes."""
        network = self.replay.network
        return {
            "state": state_hash({network: self.chain.saved()}),
            "outcomes": outcomes_hash({network: self.chain.chain}),
        }

    def facts(self) -> dict[str, Any]:
        """The facts at its end."""
        return facts(self.chain)


def facts(chain: Chain) -> dict[str, Any]:
    """The rows of every published table, without positions and links."""
    tables = {name: t.rows for step in chain.steps for name, t in step.tables.items() if name in FACTS}
    return anyorder.facts({name: rows for name, rows in tables.items() if name != "sources"})


@cache
def straight() -> Played:
    """One replay that many compare with."""
    return Played()


def encoded(records: Iterable[Record]) -> list[bytes]:
    """The records as a log has them, less hop stamps."""
    return [record.encode() for record in records]


if __name__ == "__main__":
    print(json.dumps(straight().hashes()))
