"""Merge: the inboxes of one network as one order: by `received`, ties by source, as far as all of them are known."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from streams.entries import entries
from streams.names import CLOCK
from tower import ids
from tower.clock import SECOND
from tower.envelope import Envelope
from tower.fields import FOREVER
from tower.logs import LogReader

READ: Final = 256
HELD: Final = 1024
"""How many envelopes of a source are held while others are waited for."""


class Arrived(NamedTuple):
    """An envelope and its place. `received` never falls within a source; `key` is the id of the source."""

    received: int
    source: str
    position: int
    key: int
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Envelopes in order, and the moment before which nothing else is to come; FOREVER: every inbox is dry."""

    envelopes: Sequence[Arrived]
    upto: int = FOREVER
    driven: bool = False


class Queue:
    """What is read of one inbox and not yet taken."""

    def __init__(self, source: str, reader: LogReader, after: int) -> None:
        self.source, self.reader, self.after = source, reader, after
        self.key, self.held, self.newest, self.dry = ids.of("source", source), deque[Arrived](), 0, False

    def fill(self, upto: int) -> None:
        """Read to the end, or until enough is held: more than one second of it, and something behind `upto`."""
        self.dry = False
        while not self.dry and not self._is_enough(upto):
            entries = self.reader.read(self.after, READ)
            self.dry = not entries
            for number, data in entries:
                self._hold(number, Envelope.decode(data))

    def known(self) -> int:
        """Every envelope received before this moment is held."""
        return FOREVER if self.dry else second(self.newest)

    def take(self, upto: int) -> Iterator[Arrived]:
        """The envelopes received before that moment."""
        while self.held and self.held[0].received < upto:
            yield self.held.popleft()

    def _is_enough(self, upto: int) -> bool:
        if not self.held or second(self.newest) <= self.held[0].received:
            return False
        return self.newest >= upto or len(self.held) >= HELD

    def _hold(self, number: int, envelope: Envelope) -> None:
        self.after, self.newest = number, max(self.newest, envelope.received)
        self.held.append(Arrived(self.newest, self.source, number, self.key, envelope))


class Merge:
    """Reads inboxes behind the positions that are `taken` (by id of source), wherever there are any.

    Where there is an inbox `clock`, the network is driven: an envelope there says that everything received before its
    stamp lies in its inbox by now, and nothing later is given out before the clock has passed it. So what is given out
    does not depend on when it is asked for.
    """

    def __init__(
        self, taken: dict[int, int], sources: Callable[[], Sequence[str]], reader: Callable[[str], LogReader]
    ) -> None:
        self._taken, self._sources, self._reader = taken, sources, reader
        self.queues: dict[str, Queue] = {}
        self.discover()

    @property
    def driven(self) -> bool:
        """Whether somebody drives the network's clock."""
        return CLOCK in self.queues

    def discover(self) -> None:
        """Take in the inboxes that were made since."""
        for source in self._sources():
            if source not in self.queues:
                after = self._taken.get(ids.of("source", source), 0)
                self.queues[source] = Queue(source, self._reader(source), after)

    def read(self) -> Arrivals:
        """What can be given out now."""
        upto = self._passed() if self.driven else FOREVER
        others = [queue for source, queue in self.queues.items() if source != CLOCK]
        for queue in others:
            queue.fill(upto)
        upto = min([upto, *(queue.known() for queue in others)])
        found = sorted(arrived for queue in self.queues.values() for arrived in queue.take(upto))
        return Arrivals(found, upto, self.driven)

    def readers(self) -> list[LogReader]:
        """The readers, to wait for."""
        return [queue.reader for queue in self.queues.values()]

    def waiting(self) -> Iterator[Envelope]:
        """Everything that is not given out, held or not read yet, source by source."""
        for queue in self.queues.values():
            yield from (arrived.envelope for arrived in queue.held)
            yield from (Envelope.decode(data) for _, data in entries(queue.reader, queue.after))

    def close(self) -> None:
        """Free what is held."""
        for queue in self.queues.values():
            queue.reader.close()

    def _passed(self) -> int:
        """How far the driver's clock is, to the second. It is read before the others, and they are looked for then."""
        ticks = self.queues[CLOCK]
        before = ticks.newest
        ticks.fill(FOREVER)
        if ticks.newest > before:
            self.discover()
        return second(ticks.newest)


def second(ms: int) -> int:
    """The second that a moment lies in, in ms."""
    return ms - ms % SECOND
