"""Cutter: what sources said in one log second, into pieces that fit a record."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tower import ids
from tower.batch import Batch
from tower.record import MOST_EVENTS


class Part(NamedTuple):
    """Events of one source for one record.

    position    of the newest envelope that is whole by then, 0 if none is
    unfinished  how many events of the one behind it are in by then
    """

    key: int
    batch: Batch
    position: int
    unfinished: int


@dataclass(frozen=True, slots=True)
class Run:
    """Envelopes of one source, one behind the other, decoded together.

    positions  of the envelopes; `ends` after which event each is over
    skip       so many events of the first one are in the log already
    """

    key: int
    positions: Sequence[int]
    ends: Sequence[int]
    batch: Batch
    skip: int = 0

    def part(self, start: int, stop: int) -> Part:
        """The events start..stop, with what was rejected of the envelopes that are whole only now."""
        before = 0 if start == self.skip else bisect_right(self.ends, start)
        whole = bisect_right(self.ends, stop)
        batch = self.batch
        if (start, stop) != (0, len(batch)):
            batch = batch.slice(start, stop)
            self._reject(batch, self._position(before), self._position(whole))
        return Part(self.key, batch, self._position(whole), stop - (self.ends[whole - 1] if whole else 0))

    def _position(self, count: int) -> int:
        return self.positions[count - 1] if count else 0

    def _reject(self, batch: Batch, after: int, upto: int) -> None:
        rows = self.batch.rows("rejected")
        chosen = np.flatnonzero((rows["inbox"] > after) & (rows["inbox"] <= upto))
        if chosen.size:
            batch.tables["rejected"], batch.raws = rows[chosen], [self.batch.raws[i] for i in chosen]


def run_of(key: int, positions: Sequence[int], batch: Batch, skip: int = 0) -> Run:
    """The run of these envelopes; their events lie in the batch in the same order, and tell their positions."""
    ends = np.searchsorted(batch.rows("event")["inbox"], positions, "right").tolist()
    return Run(key, positions, ends, batch, min(skip, ends[0]))


def cut(runs: Iterable[Run], most: int = MOST_EVENTS) -> Iterator[list[Part]]:
    """Lists of parts with at most so many events in all."""
    parts: list[Part] = []
    room = most
    for run in runs:
        start, size = run.skip, len(run.batch)
        while size - start > room:
            yield [*parts, run.part(start, start + room)] if room else parts
            start, room, parts = start + room, most, []
        parts.append(run.part(start, size))
        room -= size - start
    if parts:
        yield parts


def advance(causes: dict[int, int], parts: Iterable[Part]) -> None:
    """Note in a record's causes what these parts take in: positions of whole envelopes, events of an unfinished one."""
    for part in parts:
        if part.position:
            causes[part.key] = part.position
        if part.unfinished:
            causes[unfinished(part.key)] = part.unfinished
        else:
            causes.pop(unfinished(part.key), None)


def unfinished(source: int) -> int:
    """The cause under which a record says how many events of the source's next envelope it already has."""
    return ids.of("unfinished", str(source))
