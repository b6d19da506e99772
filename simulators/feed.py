"""Feed: what arrives, from whom and when; recorded, made up or both. The driver asks for it moment by moment."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import merge as merged
from itertools import chain, pairwise
from typing import Final, NamedTuple, Protocol

import numpy as np

from tower import events
from tower.batch import BODIES, Batch, cut
from tower.clock import HOUR
from tower.fields import Type

Counts = dict[str, dict[str, int]]
"""Data set -> reason -> rows."""


class Arrivals(NamedTuple):
    """What one source says, in the order in which it is received.

    received  ms of each event, not falling
    batch     its events, sealed; `source` of every head is ids.of("source", source), `inbox` and `row` are unknown
    """

    source: str
    received: np.ndarray
    batch: Batch


class Feed(Protocol):
    """Everything that will arrive between two moments, given out once."""

    name: str
    networks: tuple[str, ...]
    start_ms: int
    end_ms: int
    unused: Counts
    """Rows of the data that say nothing in this feed, and why."""

    def advance(self, until_ms: int) -> list[Arrivals]:
        """All that is received after the last call's `until_ms` and up to this one."""


@dataclass(slots=True)
class RecordedFeed:
    """A feed of what is already known: from the first moment received to the last.

    rows     data set -> rows read; each is used or in `unused`
    derived  data set -> what was worked out rather than recorded -> how often
    notes    what a reader of the figures must know
    """

    name: str
    networks: tuple[str, ...]
    arrivals: list[Arrivals]
    rows: dict[str, int] = field(default_factory=dict)
    unused: Counts = field(default_factory=dict)
    derived: Counts = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    start_ms: int = field(init=False)
    end_ms: int = field(init=False)
    _given: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.arrivals = [a for a in self.arrivals if a.received.size]
        self.start_ms = min((int(a.received[0]) for a in self.arrivals), default=0)
        self.end_ms = max((int(a.received[-1]) for a in self.arrivals), default=0)
        self._given = [0] * len(self.arrivals)

    def advance(self, until_ms: int) -> list[Arrivals]:
        """All that is received after the last call's `until_ms` and up to this one; its batches share their names."""
        found = []
        for i, (source, received, batch) in enumerate(self.arrivals):
            start, stop = self._given[i], int(np.searchsorted(received, until_ms, "right"))
            if stop > start:
                found.append(Arrivals(source, received[start:stop], _between(batch, start, stop)))
                self._given[i] = stop
        return found


def merge(arrivals: Iterable[Arrivals]) -> Iterator[tuple[int, str, Batch]]:
    """Envelopes in the order (received second, source): (ms of the second, source, at most 4,096 events of it).

    Each batch names exactly what it speaks of.
    """
    return merged(*map(_envelopes, arrivals), key=lambda envelope: envelope[:2])


def gathered(feed: Feed, each: int) -> Iterator[tuple[int, str, Batch]]:
    """All that a feed says, as sources tell it that deliver every `each` ms, which is a part of an hour: in the second
    in which these are over.
    """
    for until in range(feed.start_ms // HOUR * HOUR + HOUR - 1, feed.end_ms + HOUR, HOUR):
        said = merge(feed.advance(min(until, feed.end_ms)))
        told = [(-(-second // each) * each, source, batch) for second, source, batch in said]
        yield from sorted(told, key=lambda arrival: arrival[:2])


def _envelopes(given: Arrivals) -> Iterator[tuple[int, str, Batch]]:
    cuts = list(cut(given.batch, given.received))
    bounds = np.array([start for _, start, _ in cuts] + [given.received.size])
    for (second, _, _), piece in zip(cuts, _pieces(given.batch, bounds), strict=True):
        yield second, given.source, piece


def _pieces(batch: Batch, bounds: np.ndarray) -> Iterator[Batch]:
    """The batch cut at those events; cheap for very many cuts, as bodies are moved for all pieces at once."""
    bodies = [(name, *_moved(rows, bounds)) for name, rows in batch.tables.items() if name in BODIES]
    heads = batch.rows("event")
    for i, (start, stop) in enumerate(pairwise(bounds.tolist())):
        tables, documents = {"event": heads[start:stop]}, batch.documents[:0]
        for name, rows, at in bodies:
            if at[i] < at[i + 1]:
                tables[name] = rows[at[i] : at[i + 1]]
                documents = batch.documents[at[i] : at[i + 1]] if name == "document" else documents
        yield Batch(tables, _spoken_of(tables, batch.names), documents)


def _moved(rows: np.ndarray, bounds: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """Body rows that point at the heads of their own piece, and where each piece begins."""
    event = np.ascontiguousarray(rows["event"])
    at = np.searchsorted(event, bounds)
    out = rows.copy()
    out["event"] = event - np.repeat(bounds[:-1], np.diff(at)).astype(event.dtype)
    return out, at.tolist()


def _between(batch: Batch, start: int, stop: int) -> Batch:
    """Events start..stop with their bodies and all names; touches no row outside."""
    tables, documents = {"event": batch.rows("event")[start:stop]}, batch.documents[:0]
    for name, rows in batch.tables.items():
        if name not in BODIES:
            continue
        first, last = bisect_left(rows["event"], start), bisect_left(rows["event"], stop)
        if first < last:
            tables[name] = rows[first:last].copy()
            tables[name]["event"] -= start
            documents = batch.documents[first:last] if name == "document" else documents
    return Batch(tables, batch.names, documents)


NAMED: Final = {
    family: [f.name for f in fields if f.type in {Type.ID, Type.TEXT}]
    for family, fields in {**events.FAMILIES, "document": ()}.items()
} | {"event": ["source", "subject"]}  # also where two ids name it
"""The columns of each table whose ids stand for texts."""


def _spoken_of(tables: dict[str, np.ndarray], names: dict[int, str]) -> dict[int, str]:
    columns = (rows[name].tolist() for table, rows in tables.items() for name in NAMED[table])
    return {code: names[code] for code in chain.from_iterable(columns) if code in names}
