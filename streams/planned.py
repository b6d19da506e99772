"""Planned: plans of doors in a replay: what the plan flow would propose, at the same moments of the log's time.

What follows from an outcome arrives with what arrives next; of a site only the newest, as an older one says nothing
beside it. Nobody waits in a replay, so nothing is ever too late to be proposed, and the same arrivals give the same
proposals.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson

from operators.yards.looking import Looking
from streams import adapters
from streams.planner import SOURCE
from streams.replay import Arrival
from tower.envelope import Envelope
from tower.record import Record


class Planned:
    """Of one network. `hear` takes in each outcome as it is decided, and tells it on."""

    def __init__(self, network: str, on: Callable[[Record], None] = lambda _: None) -> None:
        self.network, self.looking, self.on = network, Looking(network), on
        self._waiting: dict[str, dict[str, Any]] = {}

    def hear(self, outcome: Record) -> None:
        """Propose what follows from it."""
        if self.looking.take(outcome):
            self._waiting |= {event["site"]: event for event in self.looking.proposals(outcome.number)}
        self.on(outcome)

    def arrivals(self, arrivals: Iterable[Arrival]) -> Iterator[Arrival]:
        """All that arrives, and with it what was proposed by then."""
        for second, source, batch in arrivals:
            yield second, source, batch
            if self._waiting:
                said = Envelope(SOURCE, second, "application/json", orjson.dumps(list(self._waiting.values())))
                self._waiting = {}
                yield second, SOURCE, adapters.decode(said, 0, self.network)
