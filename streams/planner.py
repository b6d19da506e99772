"""Planner: follows the outcomes of a network and proposes plans of doors through an inbox of its own, like any source.

What a proposal says follows from the state after its record and nothing else, and its id from that record: so one that
was killed between two words proposes the same again, or nothing, and never the same twice. A record that is long over
by the time it is read is not planned from.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any, Final

import orjson

from operators.yards.looking import Looking
from streams import names
from streams.beat import HERE
from streams.inbox import InboxWriter, stamps_of
from streams.states import States
from tower import clock, layouts
from tower.envelope import Envelope
from tower.errors import Busy
from tower.logs import LogReader, urls
from tower.record import Record, split
from tower.table import Table

SOURCE: Final = "plan"
STEPS: Final = {"visits": "visits", "doors": "doors", "loads": "lines", "doorplans": "doorplans",
                "labour": "labour", "predictions": "predictions", "doorrules": "policies"}  # fmt: skip
"""Whose state each table is in."""


class Planner:
    """Of one network. `after`: behind which record to read. `stale`: so many ms behind the newest outcome nothing is
    proposed, as it would not hold; -1: as the rules have it.
    """

    def __init__(self, root: str, network: str, states: States, stale: int = -1) -> None:
        self.root, self.network, self.looking = root, network, Looking(network)
        self._said_stale = stale
        self._outcomes: LogReader = urls.reader(names.outcomes(root, network))
        self._door: InboxWriter | None = None
        self._stamp: Callable[[], int] | None = None
        self.said = last_basis(root, network)
        self.after = self._begun(states)

    @property
    def _stale(self) -> int:
        return self._said_stale if self._said_stale >= 0 else self.looking.following.rules.stale_min * clock.MINUTE

    def _begun(self, states: States) -> int:
        """Start from the newest state from which nothing is left out that is still worth proposing."""
        end, newest = self._outcomes.last()[0], self._newest()
        good = [n for n in states.numbers(self.network) if n <= end and self._is_old(states, n, newest)]
        if not good:
            return max(0, self._outcomes.first() - 1)
        saved = states.load(self.network, good[-1])
        held = {name: saved.get(step, {}).get(name) for name, step in STEPS.items()}
        self.looking.following.load({name: Table.from_bytes(layouts.blank(name), data).rows
                             for name, data in held.items() if data is not None})  # fmt: skip
        return max(0, good[-1] - 1)

    def _is_old(self, states: States, number: int, newest: int) -> bool:
        """Whether what comes before that state has been proposed, or is long over."""
        until = (states.head(self.network, number)["hour"] + 1) * clock.HOUR
        return number <= self.said or until + self._stale <= newest

    def take(self, records: Sequence[Record]) -> None:
        """Follow these outcomes, and propose what follows from them."""
        for record in records:
            is_due = self.looking.take(record) and record.number > self.said
            found = self.looking.proposals(record.number) if is_due and self._is_fresh(record) else []
            if found:
                self._put(found, record.number)
            HERE.at(self.network, record.number)

    def _is_fresh(self, record: Record) -> bool:
        """Whether what is proposed after it may still hold."""
        return self._newest() - record.now <= self._stale

    def _put(self, events: list[dict[str, Any]], basis: int) -> None:
        """Say it, at once or not at all: who takes nothing now will not want it later.

        Nobody else says anything once the door is ours; what was said before that is not said again.
        """
        if self._door is None:
            self._door = InboxWriter(self.root, self.network, SOURCE)
            self._stamp = stamps_of(self.root, self.network)
            self.said = last_basis(self.root, self.network)
        if basis <= self.said:
            return
        assert self._stamp is not None
        self.said = basis
        try:
            self._door.put(Envelope(SOURCE, self._stamp(), "application/json", orjson.dumps(events)))
        except Busy:
            return

    def _newest(self) -> int:
        """The moment of the newest outcome."""
        number, data = self._outcomes.last()
        return Record.decode(number, split(data)[1]).now if data else -1

    def close(self) -> None:
        """Free the logs."""
        self._outcomes.close()
        if self._door is not None:
            self._door.close()


def last_basis(root: str, network: str) -> int:
    """The record that the newest proposal was worked out from; 0 if there is none."""
    if SOURCE not in names.sources(root, network):
        return 0
    with closing(urls.reader(names.inbox(root, network, SOURCE))) as log:
        data = log.last()[1]
    return max((int(event["basis"]) for event in orjson.loads(Envelope.decode(data).data)), default=0) if data else 0


