"""Columns: a Batch as it is, packed as a record. Our own programs speak so; a door opens it to nobody else.

Sound or refused as a whole. Names and hashes are believed: the sender is ours.
"""

import struct
from collections.abc import Iterator
from typing import Final

import numpy as np

from streams.adapters import limits
from streams.adapters.faults import Unreadable
from streams.adapters.json_object import loaded
from tower import clock, events, layouts
from tower.batch import Batch
from tower.envelope import Envelope
from tower.errors import FormatError
from tower.fields import Field, Type
from tower.record import Record

NAME: Final = "columns"
MEDIA_TYPE: Final = "application/vnd.tower.columns"
TYPES: Final = frozenset((MEDIA_TYPE,))
NUMBERS: Final = np.array(sorted(events.BY_NUMBER), "u2")
TABLES: Final = {"event": events.HEAD, **events.FAMILIES, "document": layouts.DOCUMENT,
                 "rejected": layouts.current()["rejected"]}  # fmt: skip

KEYS: Final = {"reference": ("scheme", "reference"),
               **{part.family: (part.keys[-1].name,) for k in events.KINDS for part in k.parts}}  # fmt: skip
"""What rows of these tables must have."""


def suits(envelope: Envelope) -> bool:
    """Only what says so is."""
    return envelope.media_type == MEDIA_TYPE


def packed(batch: Batch) -> bytes:
    """The message that holds this batch."""
    return Record(0, 0, batch.tables, {}, batch.names, batch.documents, batch.raws).encode()


def read(envelope: Envelope) -> "Batch | list[object]":
    """The batch; or why it is none."""
    try:
        record = Record.decode(0, envelope.data)
        why = next(_unsound(record, envelope.received), "")
    except (FormatError, struct.error, ValueError, KeyError, IndexError, OverflowError) as error:
        why = str(error)
    if why:
        return [Unreadable(f"not columns: {why}", envelope.data)]
    tables = {"event": layouts.empty("event"), **{name: rows.copy() for name, rows in record.tables.items()}}
    return Batch(tables, dict(record.names), record.documents, record.raws)


def _unsound(record: Record, received: int) -> Iterator[str]:
    """What is wrong with a packed batch."""
    yield from (f"table {name} is not of a log" for name in record.tables if name not in TABLES)
    yield from (f"unknown kind: {number}" for number in _strange(record))
    for name, rows in record.tables.items():
        yield from _unfit(name, rows)
    yield from _strange_heads(record.rows("event"), received)
    for name in [name for name in record.tables if name not in ("event", "rejected")]:
        yield from _misplaced(record, name)
    yield from _misfilled(record)
    yield from _texts(record)


def _strange(record: Record) -> np.ndarray:
    kinds = record.rows("event")["kind"]
    return kinds[~np.isin(kinds, NUMBERS)]


def _unfit(table: str, rows: np.ndarray) -> Iterator[str]:
    """Values that the field of a table cannot take."""
    for of in TABLES[table]:
        column = rows[of.name]
        known = ~np.isnan(column) if of.type is Type.NUMBER else column != of.unknown
        if not _fit(of, column[known]).all():
            yield f"{table}.{of.name} has an impossible value"
        if of.name in KEYS.get(table, ()) and not known.all():
            yield f"{table}.{of.name} is missing"


def _fit(of: Field, column: np.ndarray) -> np.ndarray:
    if of.type is Type.TIME:
        return (column >= clock.OLDEST) & (column <= limits.LATEST)
    if of.type is Type.CODE:
        return column < len(of.words)
    if of.type is Type.NUMBER:
        return np.isfinite(column)
    if of.type is Type.KIND:
        return np.isin(column, NUMBERS)
    return column >= 0 if of.type is Type.COUNT else np.ones(column.size, "?")


def _strange_heads(heads: np.ndarray, received: int) -> Iterator[str]:
    if (heads["at"] < clock.OLDEST).any() or (heads["at"] > received + clock.AHEAD).any():
        yield "event.at is missing, before 1990 or more than 400 days ahead"
    for name in ("id", "source"):
        if (heads[name] == np.uint64(events.HEAD[0].unknown)).any():
            yield f"event.{name} is missing"
    if (np.diff(heads["row"].astype("i8")) <= 0).any():
        yield "event.row does not rise"


def _misplaced(record: Record, table: str) -> Iterator[str]:
    """Bodies that stand out of order or behind no event of a kind that has such."""
    places, heads = record.tables[table]["event"].astype("i8"), record.rows("event")
    if (np.diff(places) < 0).any() or (places.size and places[-1] >= heads.size):
        yield f"{table}.event is out of order"
    elif table not in ("correction", "reference"):
        owners = [k.number for k in events.KINDS if table in (k.family, *(p.family for p in k.parts))]
        owners += [k.number for k in events.KINDS if table == "document" and k.is_document]
        if not np.isin(heads["kind"][places], owners).all():
            yield f"{table} has a row of an event of another kind"


def _misfilled(record: Record) -> Iterator[str]:
    """Events without their body, or with two, or without what their kind requires."""
    heads = record.rows("event")
    for number in np.unique(heads["kind"]).tolist():
        kind = events.BY_NUMBER[number]
        table = "document" if kind.is_document else kind.family
        own = np.flatnonzero(heads["kind"] == number)
        bodies = record.rows(table)
        bodies = bodies[heads["kind"][bodies["event"]] == number]
        if not np.array_equal(bodies["event"], own):
            yield f"{kind.name} does not have one row of {table} each"
        elif not kind.is_document:
            yield from _missing(kind, bodies, record, own)
        if len(kind.subject) == 1 and (heads["subject"][own] == np.uint64(events.HEAD[0].unknown)).any():
            yield f"{kind.name} without {kind.subject[0].name}"


def _missing(kind: events.Kind, bodies: np.ndarray, record: Record, own: np.ndarray) -> Iterator[str]:
    required = [f for f in kind.fields if f.name in kind.required]
    for of in [*required, *(kind.subject if len(kind.subject) > 1 else ())]:
        unknown = np.isnan(bodies[of.name]) if of.type is Type.NUMBER else bodies[of.name] == of.unknown
        if of.type is not Type.DELTA and unknown.any():
            yield f"{kind.name} without {of.said}"
    for part in kind.parts:
        if part.name in kind.required and not np.isin(own, record.rows(part.family)["event"]).all():
            yield f"{kind.name} without {part.name}"


def _texts(record: Record) -> Iterator[str]:
    if any(len(text.encode()) > limits.TEXT for text in record.names.values()):
        yield f"a name is longer than {limits.TEXT:,} bytes"
    for table, texts in (("document", record.documents), ("rejected", record.raws)):
        if record.rows(table)["size"].tolist() != [len(text) for text in texts]:
            yield f"{table}.size is not what follows"
    if not record.names.keys() >= set(record.rows("rejected")["reason"].tolist()):
        yield "a reason has no text"
    if not all(isinstance(loaded(text), dict) for text in record.documents):
        yield "a document is not a JSON object"
