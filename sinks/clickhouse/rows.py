"""Rows: a range of records as one Arrow table for each table of the warehouse."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
import pyarrow as pa

from sinks.clickhouse.columns import Names, all_unknown, arrow, columns, named
from sinks.clickhouse.schema import BODIES, BODY, PARTS
from tower import events, layouts
from tower.batch import joined
from tower.events import KINDS
from tower.fields import Field, Type, blank_of
from tower.outcomes import TABLES
from tower.record import Record

MOMENT: Final = pa.timestamp("ms", "UTC")
Rows = tuple[str, pa.Table]


def outcomes(network: str, records: Sequence[Record], names: Names) -> Iterator[Rows]:
    """What records of OUTCOMES put into the warehouse; tables without rows are left out."""
    for table in TABLES:
        if (rows := together(records, table)).size:
            said = columns(TABLES[table], rows, names)
            yield table, placed(network, records, [r.rows(table).size for r in records], said)


def log(network: str, records: Sequence[Record], names: Names) -> Iterator[Rows]:
    """What records of LOG put into the warehouse: their events, and what these have many of."""
    sizes = [r.rows("event").size for r in records]
    if sum(sizes):
        yield "events", placed(network, records, sizes, _events(records, names))
    for family in PARTS:
        if (rows := together(records, family)).size:
            said = columns(events.FAMILIES[family], rows, names)
            yield f"events_{family}", placed(network, records, [r.rows(family).size for r in records], said)


def told(network: str, records: Sequence[Record]) -> Iterator[Rows]:
    """The names that these records tell."""
    ids = np.array([code for r in records for code in r.names], "u8")
    if ids.size:
        texts = pa.array([text for r in records for text in r.names.values()], pa.string())
        said = {"id": pa.array(ids), "text": texts}
        yield "names", placed(network, records, [len(r.names) for r in records], said)


def placed(network: str, records: Sequence[Record], sizes: list[int], said: dict[str, pa.Array]) -> pa.Table:
    """Columns behind the place of their rows; each record has so many of them."""
    numbers, moments = (np.repeat(np.array([(r.number, r.now) for r in records]), sizes, axis=0)).T
    ordinals = np.concatenate([np.arange(size) for size in sizes]).astype("<u4")
    total = ordinals.size
    place = {
        "network": pa.DictionaryArray.from_arrays(pa.array(np.zeros(total, "<i4")), pa.array([network])),
        "number": pa.array(numbers.astype("<u8")),
        "ordinal": pa.array(ordinals),
        "now": pa.array(moments.astype("<i8")).cast(MOMENT),
    }
    return pa.table({**place, **said})


def ids_in(records: Sequence[Record]) -> np.ndarray:
    """Every id in these records that can have a name."""
    found = [r.rows(table)[f.name] for r in records for table, f in _named_fields() if table in r.tables]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, "u8")


def _named_fields() -> Iterable[tuple[str, Field]]:
    current = {"event": events.HEAD, **events.FAMILIES, **TABLES}
    return [(table, f) for table, fields in current.items() for f in fields if named(f)]


def together(records: Sequence[Record], table: str) -> np.ndarray:
    """The rows of a table in all records."""
    parts = [r.tables[table] for r in records if table in r.tables]
    return joined(parts) if parts else layouts.empty(table)


def _events(records: Sequence[Record], names: Names) -> dict[str, pa.Array]:
    """The columns of `events` that anything is told of."""
    heads = together(records, "event")
    said = columns(events.HEAD, heads, names)
    bodies = {family: _moved(records, family) for family in BODIES if any(family in r.tables for r in records)}
    for name, (f, families) in BODY.items():
        if present := [family for family in families if family in bodies]:
            said |= _body(name, f, [bodies[family] for family in present], heads["kind"], names)
    if documents := [(i, text) for i, text in _documents(records)]:
        texts = dict(documents)
        said["document"] = pa.array([texts.get(i, "") for i in range(heads.size)], pa.string())
    return said


def _moved(records: Sequence[Record], family: str) -> np.ndarray:
    """The rows of a family in all records, `event` counted through."""
    rows = together(records, family).copy()
    starts = np.cumsum([0, *(r.rows("event").size for r in records)])[:-1]
    rows["event"] += np.repeat(starts, [r.rows(family).size for r in records]).astype("<u4")
    return rows


def _body(name: str, f: Field, families: list[np.ndarray], kinds: np.ndarray, names: Names) -> dict[str, pa.Array]:
    """One column of `events`: what the families tell. A delta has no unknown: it is told where the kind has it."""
    values = np.repeat(blank_of((f,))[f.name], kinds.size)
    for rows in families:
        values[rows["event"]] = rows[f.name]
    if all_unknown(f, values):
        return {}
    return {name: arrow(f, values, names, np.isin(kinds, _kinds_with(f)) if f.type is Type.DELTA else None)}


def _kinds_with(f: Field) -> list[int]:
    return [k.number for k in KINDS if f in (*k.subject, *k.fields)]


def _documents(records: Sequence[Record]) -> Iterator[tuple[int, str]]:
    start = 0
    for r in records:
        for row, text in zip(r.rows("document"), r.documents, strict=True):
            yield start + int(row["event"]), text.decode()
        start += r.rows("event").size
