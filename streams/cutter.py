"""Cutter: decoded envelopes of one log second into pieces that fit a record."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from streams.merge import Arrived
from tower import ids
from tower.batch import Batch
from tower.record import MOST_EVENTS


class Decoded(NamedTuple):
    """An envelope's events; the first `skip` of them are in the log already."""

    arrived: Arrived
    batch: Batch
    skip: int = 0


class Part(NamedTuple):
    """Events of one envelope for one record. `stop` is how many of them are in by then; the last part says `whole`."""

    arrived: Arrived
    batch: Batch
    stop: int
    whole: bool


def cut(decoded: Iterable[Decoded], most: int = MOST_EVENTS) -> Iterator[list[Part]]:
    """Lists of parts with at most so many events in all. What was rejected goes with an envelope's last part."""
    parts: list[Part] = []
    room = most
    for envelope in decoded:
        start, size = envelope.skip, len(envelope.batch)
        while size - start > room:
            yield [*parts, Part(envelope.arrived, envelope.batch.slice(start, start + room), start + room, whole=False)]
            start, room, parts = start + room, most, []
        parts.append(Part(envelope.arrived, rest(envelope.batch, start), size, whole=True))
        room -= size - start
    if parts:
        yield parts


def rest(batch: Batch, start: int) -> Batch:
    """The batch from event `start` on, with what was rejected."""
    if start == 0:
        return batch
    left = batch.slice(start, len(batch))
    if batch.rows("rejected").size:
        left.tables["rejected"], left.raws = batch.rows("rejected"), batch.raws
    return left


def advance(causes: dict[int, int], parts: Sequence[Part]) -> None:
    """Note in a record's causes what these parts take in: positions of whole envelopes, events of an unfinished one."""
    for part in parts:
        key = part.arrived.key
        if part.whole:
            causes[key] = part.arrived.position
            causes.pop(unfinished(key), None)
        else:
            causes[unfinished(key)] = part.stop


def unfinished(source: int) -> int:
    """The cause under which a record says how many events of the source's next envelope it already has."""
    return ids.of("unfinished", str(source))
