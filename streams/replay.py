"""Replay: the production steps over what arrived, or over a log, as fast as possible, in this process."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

import numpy as np

from operators.admit import Admit
from operators.chain import Chain
from streams import names, skips
from streams.build import activated
from streams.control import make
from streams.entries import records
from streams.intake import TICK, Ingest
from streams.merge import Arrivals, Arrived
from streams.tally import Tally, step
from tower import ids
from tower.batch import Batch, name_pairs
from tower.clock import SECOND
from tower.envelope import Envelope
from tower.errors import UsageError
from tower.logs import LogWriter, urls
from tower.record import MOST_EVENTS, Record

Arrival = tuple[int, str, Batch]
"""The log second, in ms, in which something is received; its source; its events."""
TOGETHER: Final = 64


class Replay:
    """One network: arrivals are cut and ticked as ingest does it for a driven network, then go through the chain.

    What is received before `since` only builds the state: it is kept, but not counted.
    """

    def __init__(
        self, network: str, keep: "Keep | None" = None, most: int = MOST_EVENTS, tick: int = TICK, since: int = 0
    ) -> None:
        self.network, self.keep, self.tally, self.chain, self.since = network, keep, Tally(), Chain(make), since
        self.hear: Callable[[Record], None] = lambda _: None
        """Who is told each outcome as it is decided."""
        self._ingest = Ingest(network, None, 0, self._batch, most, tick)
        self._batches: dict[tuple[str, int], Batch] = {}
        self._positions: dict[str, int] = {}
        self._build = 0

    def play(self, arrivals: Iterable[Arrival]) -> None:
        """Take in everything that arrives, in order, then let the last second pass."""
        last = 0
        for second, group in groupby(arrivals, key=lambda arrival: arrival[0]):
            last = second
            self._take(Arrivals([self._arrived(arrival) for arrival in group], second, driven=True))
        self._take(Arrivals((), last + SECOND, driven=True))
        self.finish()

    def follow(self, log: Iterable[Record], left_out: dict[int, list[skips.Skip]]) -> None:
        """Take a log as it was cut; what control leaves out is left out."""
        for record in log:
            self._advance(skips.without(record, left_out.get(record.number, ())))
        self.finish()

    def finish(self) -> None:
        """Write what is still to be written."""
        if self.keep:
            self.keep.flush()

    def _take(self, arrivals: Arrivals) -> None:
        for record in self._ingest.take(arrivals, 0, 0.0):
            self._advance(record)

    def _advance(self, record: Record) -> None:
        self._build = record.build = activated(record) or self._build
        outcome = self.chain.advance(record)
        self.hear(outcome)
        if record.now >= self.since:
            self.tally.count(record, outcome)
        else:
            self.tally.learn(outcome)
            self.tally.before = step(self.chain, Admit).counts()
        if self.keep:
            self.keep(record, outcome)

    def _arrived(self, arrival: Arrival) -> Arrived:
        second, source, batch = arrival
        position = self._positions[source] = self._positions.get(source, 0) + 1
        self._batches[source, position] = placed(batch, position)
        return Arrived(second, source, position, ids.of("source", source), Envelope(source, second, "", b""))

    def _batch(self, told: Sequence[tuple[int, Envelope]], network: str) -> Batch:
        return Batch.concat(self._batches.pop((envelope.source, position)) for position, envelope in told)


class Keep:
    """Writes LOG and OUTCOMES of a replay as logs under a root; raises UsageError if there are some already."""

    def __init__(self, root: str, network: str) -> None:
        self._logs = [urls.writer(at(root, network), durable=False) for at in (names.log, names.outcomes)]
        self._waiting: list[tuple[Record, Record]] = []
        if any(log.last()[0] for log in self._logs):
            self.close()
            raise UsageError(f"{root}: network {network} has a log there", "name a new folder")

    def __call__(self, record: Record, outcome: Record) -> None:
        """Write both, soon."""
        self._waiting.append((record, outcome))
        if len(self._waiting) == TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Write now."""
        for log, both in zip(self._logs, zip(*self._waiting, strict=True), strict=False):
            append(log, both)
        self._waiting.clear()

    def close(self) -> None:
        """Let another one write."""
        for log in self._logs:
            log.close()


def append(log: LogWriter, found: Iterable[Record]) -> None:
    """Put records at the end of a log."""
    held = list(found)
    log.append(held[0].number, [record.entry() for record in held])


def placed(batch: Batch, position: int) -> Batch:
    """The batch as if it had come at that position of its inbox: numbered and named as an adapter would."""
    for name in ("event", "rejected"):
        if name in batch.tables:
            batch.tables[name] = batch.tables[name].copy()
            batch.tables[name]["inbox"] = position
    batch.tables["event"]["row"] = np.arange(len(batch))
    name_pairs(batch)
    return batch


def logs_at(path: str) -> dict[str, str]:
    """The LOGs in a folder, by network: a root, a network's folder, or a log itself; {} if it holds none."""
    found = {network: names.log(f"file:{path}", network) for network in names.networks(f"file:{path}")}
    found = {network: url for network, url in found.items() if _is_log(url)}
    if not found and _is_log(f"file:{path}/log"):
        return {path.rstrip("/").rpartition("/")[2]: f"file:{path}/log"}
    return found or ({"log": f"file:{path}"} if _is_log(f"file:{path}") else {})


def _is_log(url: str) -> bool:
    return bool(urls.reader(url).id)


def followed(network: str, url: str, keep: Keep | None) -> Replay:
    """The replay of a network's LOG, with the skips beside it."""
    beside = url.removesuffix("/log") + "/skips"
    left_out = skips.read(urls.reader(beside)) if url.endswith("/log") and _is_log(beside) else {}
    replay = Replay(network, keep)
    replay.follow(records(urls.reader(url)), left_out)
    return replay


Opened = Callable[[str], Keep | None]


def all_of(path: str, keep: Opened) -> Iterator[Replay]:
    """The replays of every LOG in a folder."""
    for network, url in logs_at(path).items():
        yield followed(network, url, keep(network))
