"""Cutter: what sources said in one log second, into pieces that fit a record."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from tower import ids
from tower.batch import Batch
from tower.record import MOST_EVENTS

REFUSED_MOST: Final = MOST_EVENTS
"""Refused rows of a record: an entry of a log on Kafka is bounded, what can be refused of a message hardly is."""


class Place(NamedTuple):
    """So many events and so many refused rows, counted from a beginning."""

    events: int
    refused: int


NOWHERE: Final = Place(0, 0)


class Part(NamedTuple):
    """Events of one source for one record.

    position    of the newest envelope that is whole by then, 0 if none is
    unfinished  how many events of the one behind it are in by then, and how many of its refused rows
    """

    key: int
    batch: Batch
    position: int
    unfinished: Place


@dataclass(frozen=True, slots=True)
class Run:
    """Envelopes of one source, one behind the other, decoded together.

    positions  of the envelopes; `ends` after which event each is over, `refused` after which refused row
    begin      so much of the first one is in the log already
    """

    key: int
    positions: Sequence[int]
    ends: Sequence[int]
    refused: Sequence[int]
    batch: Batch
    begin: Place = NOWHERE

    @property
    def end(self) -> Place:
        """All of it."""
        return Place(len(self.batch), self.batch.rows("rejected").size)

    def reach(self, at: Place, room: Place) -> Place:
        """How far a record with so much room takes it from there. Refused rows come with the end of their envelope, or
        before it, if they do not fit into one record.
        """
        events = min(at.events + room.events, len(self.batch))
        whole = bisect_right(self.ends, events)
        refused = max(at.refused, self.refused[whole - 1] if whole else 0)
        if refused - at.refused <= room.refused:
            return Place(events, refused)
        fit = bisect_right(self.refused, at.refused + room.refused)
        end = Place(self.ends[fit - 1], self.refused[fit - 1]) if fit else at
        is_further = end.events >= at.events and end.refused >= at.refused and end != at
        return end if is_further else Place(at.events, at.refused + room.refused)

    def part(self, start: Place, stop: Place) -> Part:
        """What lies between."""
        batch = self.batch
        if (start, stop) != (NOWHERE, self.end):
            batch = batch.slice(start.events, stop.events)
            rows = self.batch.rows("rejected")[start.refused : stop.refused]
            if rows.size:
                batch.tables["rejected"], batch.raws = rows, self.batch.raws[start.refused : stop.refused]
        whole = min(bisect_right(self.ends, stop.events), bisect_right(self.refused, stop.refused))
        done = Place(self.ends[whole - 1], self.refused[whole - 1]) if whole else NOWHERE
        left = Place(stop.events - done.events, stop.refused - done.refused)
        return Part(self.key, batch, self.positions[whole - 1] if whole else 0, left)


def run_of(key: int, positions: Sequence[int], batch: Batch, skip: int = 0, refused: int = 0) -> Run:
    """The run of these envelopes; their events lie in the batch in the same order, and tell their positions."""
    ends = np.searchsorted(batch.rows("event")["inbox"], positions, "right").tolist()
    over = np.searchsorted(batch.rows("rejected")["inbox"], positions, "right").tolist()
    return Run(key, positions, ends, over, batch, Place(min(skip, ends[0]), min(refused, over[0])))


def cut(runs: Iterable[Run], most: int = MOST_EVENTS, refused: int = REFUSED_MOST) -> Iterator[list[Part]]:
    """Lists of parts with at most so many events, and so many refused rows, in all."""
    parts: list[Part] = []
    room = Place(most, refused)
    for run in runs:
        at = run.begin
        while True:
            to = run.reach(at, room)
            if to == at != run.end:
                yield parts
                parts, room = [], Place(most, refused)
                continue
            parts.append(run.part(at, to))
            room = Place(room.events - to.events + at.events, room.refused - to.refused + at.refused)
            at = to
            if at == run.end:
                break
    if parts:
        yield parts


def advance(causes: dict[int, int], parts: Iterable[Part]) -> None:
    """Note in a record's causes what these parts take in: positions of whole envelopes, how much of unfinished ones."""
    for part in parts:
        if part.position:
            causes[part.key] = part.position
        for cause, count in ((unfinished, part.unfinished.events), (refused_of, part.unfinished.refused)):
            if count:
                causes[cause(part.key)] = count
            else:
                causes.pop(cause(part.key), None)


def unfinished(source: int) -> int:
    """The cause under which a record says how many events of the source's next envelope it already has."""
    return ids.of("unfinished", str(source))


def refused_of(source: int) -> int:
    """The cause under which a record says how many refused rows of the source's next envelope it already has."""
    return ids.of("refused", str(source))
