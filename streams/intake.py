"""Intake: envelopes in order become the records of LOG. All it knows beyond them is the last record."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final

import numpy as np

from streams import adapters
from streams.cutter import Part, Run, advance, cut, refused_of, run_of, unfinished
from streams.merge import Arrivals, Arrived, second
from streams.names import CLOCK
from streams.watch import Watch
from tower import clock, events
from tower.batch import Batch, to_record
from tower.envelope import MESSAGE_MOST, Envelope
from tower.errors import ClockJumped
from tower.fields import FOREVER
from tower.record import MOST_EVENTS, Record

Decode = Callable[[Sequence[tuple[int, Envelope]], str], Batch]
"""Envelopes of one source with their positions, and the network, to their events in the same order."""
TICK: Final = clock.MINUTE
"""A driven network ticks at each full minute in which nothing else does."""
SETTLES: Final = 5 * clock.SECOND
"""It ticks too when it has been silent for so long, once: what is to be done soon is not left to the next minute."""
TOLD_MOST: Final = 1_000_000
ACCEPTED: Final = events.NUMBER["clock.accepted"]


class Ingest:
    """Numbers, cuts and ticks. Telling a name twice is harmless, so those told are forgotten now and then."""

    def __init__(
        self,
        network: str,
        last: Record | None,
        wall: int,
        decode: Decode = adapters.decode_all,
        most: int = MOST_EVENTS,
        tick: int = TICK,
    ) -> None:
        self.network, self._decode, self._most, self._tick = network, decode, most, tick
        self.number, self.now = (last.number, last.now) if last else (0, 0)
        self.causes = dict(last.causes) if last else {}
        self._watch = Watch(self.now, wall)
        self._told: set[int] = set()
        self._resumed = dict(self.causes)
        self._accepted = accepted(last.rows("event")) if last else 0
        self._is_silent = not (last and last.tables)
        self._held: Sequence[Arrived] = ()

    def take(self, arrivals: Arrivals, wall: int, steady: float) -> list[Record]:
        """The next records of the log. Raises ClockJumped before the record that would follow a jump.

        It is raised again, and nothing is lost, until `accept` was called.
        """
        self._held = [*self._held, *arrivals.envelopes]
        records: list[Record] = []
        while self._held:
            now = max(second(self._held[0].received), self.now)
            try:
                self._check(now, wall, steady, arrivals.driven)
            except ClockJumped:
                if records:
                    return records
                raise
            records += self._second(now, arrivals.driven)
        return records + self._ticks(arrivals, wall, steady, busy=bool(records))

    def waiting(self) -> list[Envelope]:
        """What was given to it and is in no record yet."""
        return [arrived.envelope for arrived in self._held]

    def accept(self, wall: int, steady: float) -> None:
        """Let one jump pass: somebody has accepted it, in a message that is taken in or still waits."""
        moment = self._held[0].received if self._held else wall
        self._watch.accept(moment, wall, steady)
        self._accepted -= 1

    def _check(self, now: int, wall: int, steady: float, driven: bool) -> None:
        if driven or now <= self.now:
            return
        try:
            self._watch.check(now, wall, steady)
        except ClockJumped:
            if self._accepted <= 0:
                raise
            self.accept(wall, steady)

    def _second(self, now: int, driven: bool) -> list[Record]:
        """The records of the log second that comes first in what is held."""
        size = next((i for i, a in enumerate(self._held) if second(a.received) > now), len(self._held))
        group, self._held = self._held[:size], self._held[size:]
        ticks = [a for a in group if a.source == CLOCK]
        self.causes |= {a.key: a.position for a in ticks}
        if len(ticks) == size:
            return []
        before = list(self._passing(now)) if driven else []
        said = sorted((a for a in group if a.source != CLOCK), key=attrgetter("source", "position"))
        return before + [record for some in bounded(said) for record in self._records(now, some)]

    def _records(self, now: int, said: Sequence[Arrived]) -> list[Record]:
        """What some messages of a second say, a run of each source."""
        runs = (self._run(list(run)) for _, run in groupby(said, key=attrgetter("source")))
        return [self._record(now, parts) for parts in cut(runs, self._most)]

    def _run(self, said: Sequence[Arrived]) -> Run:
        told = [(arrived.position, arrived.envelope) for arrived in said]
        key = said[0].key
        batch = self._decode(told, self.network)
        taken = (self._resumed.pop(cause(key), 0) for cause in (unfinished, refused_of))
        return run_of(key, [position for position, _ in told], batch, *taken)

    def _record(self, now: int, parts: Sequence[Part]) -> Record:
        batch = Batch.concat(part.batch for part in parts)
        batch.names = self._untold(batch.names)
        advance(self.causes, parts)
        self._accepted += accepted(batch.rows("event"))
        return self._next(now, batch)

    def _ticks(self, arrivals: Arrivals, wall: int, steady: float, *, busy: bool) -> list[Record]:
        """Records without events, so that absence is noticed."""
        if arrivals.driven:
            return list(self._passing(arrivals.upto))
        if busy or arrivals.upto != FOREVER:
            return []
        self._check(second(wall), wall, steady, driven=False)
        ticks = [self._silent(second(wall))] if 0 < self.now < second(wall) else []
        self._watch.see(max(self.now, wall), steady)
        return ticks

    def _passing(self, before: int) -> Iterator[Record]:
        """A record when the network has settled and at each full minute from now on and before that moment; none before
        the first event.
        """
        first = self.now - self.now % self._tick + self._tick if self.now else before
        if not self._is_silent and self.now + SETTLES < min(first, before):
            yield self._silent(self.now + SETTLES)
        for moment in range(first, before, self._tick):
            yield self._silent(moment)

    def _silent(self, now: int) -> Record:
        """The next record: nothing happens in it, but time passes."""
        self.number, self.now, self._is_silent = self.number + 1, now, True
        return Record(self.number, now, causes=dict(self.causes))

    def _next(self, now: int, batch: Batch) -> Record:
        self.number, self.now = self.number + 1, now
        record = to_record(batch, self.number, now, dict(self.causes))
        self._is_silent = not record.tables
        return record

    def _untold(self, names: dict[int, str]) -> dict[int, str]:
        fresh = {key: text for key, text in names.items() if key not in self._told}
        if len(self._told) > TOLD_MOST:
            self._told.clear()
        self._told.update(fresh)
        return fresh


def bounded(said: Iterable[Arrived], most: int = MESSAGE_MOST) -> Iterator[list[Arrived]]:
    """The messages in stretches of at most so many bytes, or of one: an entry of a log on Kafka takes no more than two
    of the largest.
    """
    some: list[Arrived] = []
    size = 0
    for arrived in said:
        size += len(arrived.envelope.data)
        if some and size > most:
            yield some
            some, size = [], len(arrived.envelope.data)
        some.append(arrived)
    if some:
        yield some


def accepted(heads: np.ndarray) -> int:
    """How many of these events say that a jump of the clock is right."""
    return int(np.count_nonzero(heads["kind"] == ACCEPTED))


def accepts(envelope: Envelope, network: str) -> bool:
    """Whether a message says so."""
    if b"clock.accepted" not in envelope.data:
        return False
    return accepted(adapters.decode(envelope, 0, network).rows("event")) > 0
