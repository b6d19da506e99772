"""Blocks: columns of events, a kind at a time, to what a source says, in the order in which it is received."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from simulators.feed import Arrivals
from tower import ids, layouts
from tower.batch import Batch, seal
from tower.events import BY_NAME


class Parts(NamedTuple):
    """Parts of a block's events, such as order lines: `of` is the row in the block of the event each belongs to."""

    family: str
    of: np.ndarray
    columns: dict[str, np.ndarray]


@dataclass(slots=True)
class Block:
    """Events of one kind.

    events, subjects  ids
    at                ms; they are received at that moment unless `received` says another
    columns           fields of the kind; what is not given is unknown
    documents         for kinds that are kept as JSON, one text an event
    """

    kind: str
    events: np.ndarray
    at: np.ndarray
    subjects: np.ndarray
    columns: dict[str, np.ndarray] = field(default_factory=dict)
    received: np.ndarray | None = None
    parts: Parts | None = None
    documents: Sequence[bytes] = ()

    @property
    def stamps(self) -> np.ndarray:
        """When each event is received, in ms."""
        return self.at if self.received is None else self.received


def arrivals(source: str, blocks: Sequence[Block], names: dict[int, str]) -> Arrivals:
    """All blocks as what one source says; what is received in the same ms stays in the order of the blocks."""
    received = np.concatenate([np.zeros(0, "i8"), *(b.stamps for b in blocks)])
    order = np.argsort(received, kind="stable")
    place = np.empty(order.size, "i8")
    place[order] = np.arange(order.size)
    places = np.split(place, np.cumsum([b.at.size for b in blocks])[:-1]) if blocks else []
    source_id = ids.of("source", source)
    batch = Batch({"event": _heads(source_id, blocks, places)}, {**names, source_id: source})
    _add_bodies(batch, blocks, places)
    _add_documents(batch, blocks, places)
    return Arrivals(source, received[order], seal(batch))


def _heads(source: int, blocks: Sequence[Block], places: Sequence[np.ndarray]) -> np.ndarray:
    heads = layouts.empty("event", sum(b.at.size for b in blocks))
    heads["source"] = source
    for block, place in zip(blocks, places, strict=True):
        heads["kind"][place] = BY_NAME[block.kind].number
        heads["id"][place], heads["at"][place], heads["subject"][place] = block.events, block.at, block.subjects
    return heads


def _add_bodies(batch: Batch, blocks: Sequence[Block], places: Sequence[np.ndarray]) -> None:
    found: dict[str, list[tuple[np.ndarray, dict[str, np.ndarray]]]] = {}
    for block, place in zip(blocks, places, strict=True):
        if not BY_NAME[block.kind].is_document:
            found.setdefault(BY_NAME[block.kind].family, []).append((place, block.columns))
        if block.parts:
            found.setdefault(block.parts.family, []).append((place[block.parts.of], block.parts.columns))
    for family, pieces in found.items():
        batch.tables[family] = _body(family, pieces)


def _body(family: str, pieces: list[tuple[np.ndarray, dict[str, np.ndarray]]]) -> np.ndarray:
    """Body rows in the order of their heads; parts of one event stay in the order given."""
    event = np.concatenate([place for place, _ in pieces])
    order = np.argsort(event, kind="stable")
    slot = np.empty(order.size, "i8")
    slot[order] = np.arange(order.size)
    rows = layouts.empty(family, event.size)
    rows["event"] = event[order]
    start = 0
    for place, columns in pieces:
        for name, values in columns.items():
            rows[name][slot[start : start + place.size]] = values
        start += place.size
    return rows


def _add_documents(batch: Batch, blocks: Sequence[Block], places: Sequence[np.ndarray]) -> None:
    texts = {int(i): text for b, place in zip(blocks, places, strict=True) if b.documents
             for i, text in zip(place, b.documents, strict=True)}  # fmt: skip
    if texts:
        rows = layouts.empty("document", len(texts))
        rows["event"] = sorted(texts)
        batch.documents = [texts[i] for i in sorted(texts)]
        rows["size"] = [len(text) for text in batch.documents]
        batch.tables["document"] = rows
