"""Batch: events as columns, before they have a place in a log: what adapters and recorded sets give, ingest cuts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from tower import events, layouts
from tower.ids import pairs
from tower.record import MOST_EVENTS, Record

RAW_MOST: Final = 64 << 10
"""How many bytes of a rejected message a record keeps; the inbox keeps the rest."""
SIDES: Final = ("document",)
BODIES: Final = (*events.FAMILIES, "document")


@dataclass(slots=True)
class Batch:
    """Events of one network in arrival order.

    tables    `event` (heads) and the family tables of their bodies, each sorted by `event`, the row of its head;
              `rejected` for rows that could not be read
    names     id -> text of every id in the tables that names something outside
    documents JSON for each row of table `document`; `raws` for each row of table `rejected`
    """

    tables: dict[str, np.ndarray] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    documents: list[bytes] = field(default_factory=list)
    raws: list[bytes] = field(default_factory=list)

    def __len__(self) -> int:
        return self.rows("event").size

    def rows(self, table: str) -> np.ndarray:
        """The rows of a table; none if the batch has none."""
        found = self.tables.get(table)
        return layouts.blank(table)[:0] if found is None else found

    def slice(self, start: int, stop: int) -> "Batch":
        """Events start..stop with their bodies and, for simplicity, all names; without what was rejected."""
        tables = {"event": self.rows("event")[start:stop]}
        documents: list[bytes] = []
        for name in BODIES:
            rows = self.rows(name)
            first, last = np.searchsorted(rows["event"], (start, stop)) if rows.size else (0, 0)
            if last > first:
                tables[name] = rows[first:last].copy()
                tables[name]["event"] -= start
                documents = self.documents[first:last] if name == "document" else documents
        return Batch(tables, self.names, documents)

    @staticmethod
    def concat(batches: Iterable["Batch"]) -> "Batch":
        """All of them, one after the other."""
        parts = list(batches)
        if len(parts) == 1:
            return parts[0]
        out, start = Batch(), 0
        columns: dict[str, list[np.ndarray]] = {}
        for part in parts:
            for name, rows in part.tables.items():
                moved = rows
                if name in BODIES and start:
                    moved = rows.copy()
                    moved["event"] += start
                columns.setdefault(name, []).append(moved)
            start += len(part)
            out.names.update(part.names)
            out.documents += part.documents
            out.raws += part.raws
        out.tables = {name: joined(rows) for name, rows in columns.items()}
        return out


def joined(rows: list[np.ndarray]) -> np.ndarray:
    """Structured arrays of one dtype, end to end (numpy's own concatenate is slow on them)."""
    if len(rows) == 1:
        return rows[0]
    data = b"".join(r.tobytes() for r in rows)
    return np.frombuffer(bytearray(data), rows[0].dtype)


def seal(batch: Batch) -> Batch:
    """Fill `subject` where two ids name it and `content`, the hash of what each event says: same content, same hash.

    Everything counts but the source's id, the place in the inbox and the source's own clock.
    """
    heads = batch.rows("event")
    for name, rows in batch.tables.items():
        if name in PAIRED:
            first, second = PAIRED[name]
            heads["subject"][rows["event"]] = pairs(rows[first], rows[second])
    name_pairs(batch)
    content = _hash_rows(heads[["kind", "source", "at", "sequence", "subject", "classifier"]])
    for name in BODIES:
        body = batch.rows(name)
        if body.size and name != "document":
            _fold(content, body["event"], _hash_rows(body[[n for n in body.dtype.names or () if n != "event"]]))
    if batch.documents:
        codes = [int.from_bytes(_digest(d), "little") for d in batch.documents]
        _fold(content, batch.rows("document")["event"], np.array(codes, "u8"))
    heads["content"] = content
    return batch


def name_pairs(batch: Batch) -> None:
    """Name what two ids name together by both names: `O1/2`, `EWR/85123A`."""
    heads = batch.rows("event")
    for name, rows in batch.tables.items():
        if name in PAIRED:
            first, second = PAIRED[name]
            _name_each(batch.names, heads["subject"][rows["event"]], rows[first], rows[second])
    lines = batch.rows("order_line")
    if lines.size:
        orders = heads["subject"][lines["event"]]
        _name_each(batch.names, pairs(orders, lines["line"]), orders, lines["line"])


def _name_each(names: dict[int, str], both: np.ndarray, first: np.ndarray, second: np.ndarray) -> None:
    for code, a, b in zip(both.tolist(), first.tolist(), second.tolist(), strict=True):
        if code not in names and a in names and b in names:
            names[code] = f"{names[a]}/{names[b]}"


def _digest(data: bytes) -> bytes:
    from hashlib import blake2b

    return blake2b(data, digest_size=8).digest()


def _paired() -> dict[str, tuple[str, str]]:
    found = {}
    for k in events.KINDS:
        if len(k.subject) > 1 and not k.is_document:
            found[k.family] = (k.subject[0].name, k.subject[1].name)
    return found


PAIRED: Final[Mapping[str, tuple[str, str]]] = _paired()
"""The families whose subject is named by two ids."""


def _hash_rows(rows: np.ndarray) -> np.ndarray:
    """A 64-bit hash of each row."""
    total = np.zeros(rows.size, "u8")
    for name in rows.dtype.names or ():
        column = rows[name]
        bits = column.view("u8") if column.dtype.itemsize == 8 and column.flags.contiguous else None
        if bits is None:
            bits = np.ascontiguousarray(column).view("u8") if column.dtype.itemsize == 8 else column.astype("u8")
        total = pairs(total, bits)
    return total


def _fold(content: np.ndarray, event: np.ndarray, codes: np.ndarray) -> None:
    """Mix the codes of body rows into their events', row by row; sums, so that parts commute within an event."""
    np.add.at(content, event, pairs(codes, codes))


def cut(batch: Batch, received: np.ndarray, most: int = MOST_EVENTS) -> Iterator[tuple[int, int, int]]:
    """Where to cut a batch into records: (now, start, stop), at log-second boundaries and after `most` events.

    received  ms of each event, not falling. now is the second, so that how records are cut never shows in timers.
    """
    seconds = received // 1000
    starts = np.flatnonzero(np.diff(seconds, prepend=seconds[:1] - 1)) if seconds.size else np.zeros(0, "i8")
    for start, stop in zip(starts.tolist(), [*starts[1:].tolist(), seconds.size], strict=True):
        for first in range(start, stop, most):
            yield int(seconds[start]) * 1000, first, min(first + most, stop)


def to_record(batch: Batch, number: int, now: int, causes: dict[int, int]) -> Record:
    """The batch as record `number`."""
    return Record(number, now, dict(batch.tables), causes, batch.names, batch.documents, batch.raws)
