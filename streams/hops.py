"""Hops: how long events take from hop to hop, by the stamps that ride beside records; never read by a step.

    inbox     from the source's own clock (`said_at`, where it says it) until the door had the message
    log       from then until its record was in LOG
    outcome   from then until the record's outcome was in OUTCOMES

In a driven network messages are stamped with its own time, so there only the last hop can be told.
"""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Final

from streams import names
from streams.connect import STAMP
from tower import ids
from tower.envelope import Envelope
from tower.errors import Trimmed
from tower.logs import Entry, LogReader, urls
from tower.record import Record, split

LAST: Final = 256
READ: Final = 64
Quantiles = dict[str, float]


class Hops:
    """Of one network, over its newest records. Each call takes in what is new, of which the last so many records; what
    they tell goes to `told(hop, ms)` too. Not to be shared by threads.
    """

    def __init__(
        self, root: str, network: str, last: int = LAST, reader: Callable[[str], LogReader] = urls.reader,
        told: Callable[[str, float], object] = lambda _hop, _ms: None,
    ) -> None:  # fmt: skip
        self.root, self.network, self._open, self._tell = root, network, reader, told
        self._log, self._outcomes = reader(names.log(root, network)), reader(names.outcomes(root, network))
        self._inboxes: dict[str, LogReader] = {}
        self._ahead, self._after = last, max(0, min(self._log.last()[0], self._outcomes.last()[0]) - last)
        self._done = self._after
        self._taken: dict[int, int] = {}
        self._stamps: dict[int, int] = {}
        self.ms = {hop: deque[float](maxlen=last) for hop in ("inbox", "log", "outcome")}

    def __call__(self) -> dict[str, Quantiles]:
        """`{hop: {"p50": ms, "p99": ms}}` of the newest records; a hop that nothing is known of is left out."""
        done = self._outcomes.last()[0]
        self._skip_to(min(self._log.last()[0], done) - self._ahead)
        for number, data in self._fresh(self._log, self._after, done + self._ahead):
            self._after = number
            self._see(number, data)
        for number, data in self._fresh(self._outcomes, self._done, done):
            self._done = number
            self._match(number, data)
        return {hop: quantiles(ms) for hop, ms in self.ms.items() if ms}

    def _skip_to(self, number: int) -> None:
        """Leave out what is older, however long nobody has asked."""
        if number > self._after:
            self._after = self._done = number
            self._taken = {}
            self._stamps.clear()

    def _note(self, hop: str, ms: float) -> None:
        self.ms[hop].append(ms)
        self._tell(hop, ms)

    def close(self) -> None:
        """Free the logs."""
        for log in (self._log, self._outcomes, *self._inboxes.values()):
            log.close()

    def _fresh(self, log: LogReader, after: int, upto: int) -> Iterator[Entry]:
        end = min(log.last()[0], upto)
        while after < end:
            try:
                found = log.read(after, min(READ, end - after))
            except Trimmed as trimmed:
                after = trimmed.first - 1
                continue
            yield from found
            after = found[-1][0] if found else end

    def _see(self, number: int, data: bytes | memoryview) -> None:
        stamps, body = split(data)
        if len(stamps) != STAMP:
            return
        stamp, record = int.from_bytes(stamps, "little"), Record.decode(number, body)
        self._stamps[number] = stamp
        moved = {key: at for key, at in record.causes.items() if self._taken and self._taken.get(key) != at}
        self._taken = record.causes
        sources = {ids.of("source", s): s for s in names.sources(self.root, self.network)} if moved else {}
        if names.CLOCK in sources.values():
            return
        told = [self._received(sources[key], at) for key, at in moved.items() if key in sources]
        for received in told:
            self._note("log", max(0, stamp - received))
        if len(told) == 1:
            said = record.rows("event")["said_at"]
            for ms in said[said >= 0]:
                self._note("inbox", max(0, told[0] - int(ms)))

    def _received(self, source: str, position: int) -> int:
        if source not in self._inboxes:
            self._inboxes[source] = self._open(names.inbox(self.root, self.network, source))
        return Envelope.decode(self._inboxes[source].read(position - 1, 1)[0][1]).received

    def _match(self, number: int, data: bytes | memoryview) -> None:
        logged, stamps = self._stamps.pop(number, None), split(data)[0]
        if logged is not None and len(stamps) == STAMP:
            self._note("outcome", max(0, int.from_bytes(stamps, "little") - logged))


def hops(root: str, network: str, last: int = LAST) -> dict[str, Quantiles]:
    """The same once, of the last so many records."""
    found = Hops(root, network, last)
    try:
        return found()
    finally:
        found.close()


def quantiles(ms: "deque[float]") -> Quantiles:
    """The median and the 99th percentile, by nearest rank.

    >>> quantiles(deque([3.0, 1.0, 2.0]))
    {'p50': 2.0, 'p99': 3.0}
    """
    ordered = sorted(ms)
    return {name: ordered[int(share * len(ordered))] for name, share in (("p50", 0.5), ("p99", 0.99))}
