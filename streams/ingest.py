"""The ingest flow: every inbox of a network, as one order, becomes its LOG.

It keeps no state: the last record of LOG says how far each inbox is taken in.
"""

from collections import deque
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from bytewax import operators as op
from bytewax.dataflow import Dataflow
from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition

from streams import names
from streams.beat import HERE
from streams.connect import LogSink, LogSinkPartition
from streams.ending import ASKED
from streams.gate import Gate, Gates
from streams.intake import Ingest, accepts
from streams.merge import Arrivals, Merge
from streams.rest import Rest
from tower import clock, settings
from tower.errors import ClockJumped, Fenced
from tower.logs import LogReader, urls
from tower.record import Record, split

TICK_S = 0.25
"""How often an idle live network looks at the clock; it ticks once a second, as `now` is a second."""
DISCOVER_S = 1.0


def build(source: "InboxSource", sink: LogSink) -> Dataflow:
    """Inboxes -> LOG."""
    flow = Dataflow("ingest")
    records = op.input("inboxes", flow, source)
    op.output("log", records, sink)
    return flow


def flow() -> Dataflow:
    """The flow of all networks that the settings name."""
    told = settings.load()
    return over(names.root_of(told), names.prepared(told))


def over(root: str, networks: Sequence[str], *, ends: bool = False, **options: Any) -> Dataflow:
    """The flow of these networks over the logs under a root; `ends` when all inboxes are dry."""
    gates = Gates()
    source = InboxSource(root, networks, gates, ends=ends, **options)
    return build(source, RecordSink(networks, lambda network: urls.writer(names.log(root, network)), gates))


class InboxPartition(StatefulSourcePartition[tuple[str, Record], None]):
    """All inboxes of one network, as records; fetches nothing while 64 of them are not through."""

    def __init__(self, merge: Merge, ingest: Ingest, gate: Gate, rest: Rest, *, ends: bool) -> None:
        self.merge, self.ingest, self._gate, self._rest, self._ends = merge, ingest, gate, rest, ends
        self._ready: deque[Record] = deque()
        self._looked = clock.steady_s()

    def next_batch(self) -> list[tuple[str, Record]]:
        """The next records."""
        HERE.turn()
        if ASKED.is_set():
            raise StopIteration
        room = self._gate.room()
        if room > 0 and not self._ready:
            self._ready.extend(self._fetch())
        out = [self._ready.popleft() for _ in range(min(room, len(self._ready)))]
        self._gate.sent += len(out)
        if out:
            self._rest.busy(self.ingest.network)
        elif room > 0:
            self._nothing()
        return [(self.ingest.network, record) for record in out]

    def _fetch(self) -> list[Record]:
        self._discover()
        arrivals = self.merge.read()
        if self._ends and not arrivals.envelopes:
            return []
        wall, steady = clock.wall_ms(), clock.steady_s()
        try:
            return self.ingest.take(arrivals, wall, steady)
        except ClockJumped:
            if not self._accepted():
                raise
            self.ingest.accept(wall, steady)
            return self.ingest.take(Arrivals((), arrivals.upto, arrivals.driven), wall, steady)

    def _accepted(self) -> bool:
        waiting = chain(self.ingest.waiting(), self.merge.waiting())
        return any(accepts(envelope, self.ingest.network) for envelope in waiting)

    def _discover(self) -> None:
        if clock.steady_s() - self._looked > DISCOVER_S:
            self.merge.discover()
            self._looked = clock.steady_s()

    def _nothing(self) -> None:
        if self._ends:
            raise StopIteration
        self._rest.dry(self.ingest.network, self.merge.readers(), TICK_S)

    def snapshot(self) -> None:
        """Positions are in LOG."""

    def close(self) -> None:
        """Free the inboxes."""
        self.merge.close()


class InboxSource(FixedPartitionedSource[tuple[str, Record], None]):
    """The inboxes of these networks under a root. A partition is a network."""

    def __init__(
        self,
        root: str,
        networks: Sequence[str],
        gates: Gates,
        *,
        ends: bool = False,
        reader: Callable[[str], LogReader] = urls.reader,
        **options: Any,
    ) -> None:
        self.root, self.networks, self.gates, self.ends, self.reader = root, networks, gates, ends, reader
        self.options, self.rest = options, Rest()

    def list_parts(self) -> list[str]:
        """The networks."""
        return list(self.networks)

    def build_part(self, step_id: str, for_part: str, resume_state: None) -> InboxPartition:
        """Go on where the last record of LOG says."""
        ingest = Ingest(for_part, self.last(for_part), clock.wall_ms(), **self.options)
        return InboxPartition(self.merge(for_part, ingest), ingest, self.gates[for_part], self.rest, ends=self.ends)

    def last(self, network: str) -> Record | None:
        """The last record of the network's LOG."""
        log = self.reader(names.log(self.root, network))
        number, data = log.last()
        found = Record.decode(number, split(data)[1]) if data else None
        log.close()
        return found

    def merge(self, network: str, ingest: Ingest) -> Merge:
        """The inboxes of the network, behind what is taken in."""

        def sources() -> list[str]:
            return names.sources(self.root, network)

        return Merge(ingest.causes, sources, lambda source: self.reader(names.inbox(self.root, network, source)))


class RecordPartition(LogSinkPartition):
    """Refuses what LOG has only if LOG has the same."""

    def known(self, record: Record) -> None:
        """Raises Fenced if LOG holds another record there: ingest began before the end, with what is in already."""
        held = split(self.log.read(record.number - 1, 1)[0][1])[1]
        if held != record.encode():
            what = f"network {self.network}: LOG holds another record {record.number} than the one that was made now"
            raise Fenced(what, "start ingest again: it goes on behind the last record")


class RecordSink(LogSink):
    """LOG of these networks.

    A sink opens its log late, and only the log's writer knows the true end: after a crash, or behind another ingest,
    what was read before may be too little.
    """

    partition = RecordPartition
