"""Record: one entry of LOG or OUTCOMES, the unit of determinism.

    magic u2, version u2, now i8, build u8, chain u8, causes u2, tables u2
    causes: (source u8, position i8) each
    tables: (layout u2, size u4) each, then their packed rows one after the other, then the texts of `names`, then JSON,
    then what was rejected

An entry of a log is one byte that says how many bytes of hop stamps follow, the stamps, then the record. Stamps are
wall-clock, are never hashed and never reach a step.
"""

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from tower import layouts
from tower.errors import FormatError

MAGIC: Final = 0x5257
VERSION: Final = 1
HEADER: Final = struct.Struct("<HHqQQHH")
CAUSE: Final = struct.Struct("<Qq")
ENTRY: Final = struct.Struct("<HI")
MOST_EVENTS: Final = 4096
LUMP: Final = 4096
"""From so many bytes on, a view of rows is cheaper than a copy of them."""
NEWER: Final = "read it with the build that wrote it, or a newer one"


@dataclass(slots=True)
class Record:
    """One step of a network.

    now       ms: the newest `received` stamp of what went in; never falls from record to record
    causes    id of source -> position in its inbox up to which everything is taken in (LOG); {} in OUTCOMES
    tables    rows by table name, of the newest layouts; empty tables are left out
    names     what ids mean, where one is first seen: id -> text
    documents JSON of low-rate events, in the order of table `document`
    raws      what was rejected, cut at 64 kB, in the order of table `rejected`
    build     id of the build that made it; `chain` (OUTCOMES): running hash of all outcomes up to here
    """

    number: int
    now: int
    tables: dict[str, np.ndarray] = field(default_factory=dict)
    causes: dict[int, int] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    documents: list[bytes] = field(default_factory=list)
    raws: list[bytes] = field(default_factory=list)
    build: int = 0
    chain: int = 0
    body: tuple[int, bytes] | None = field(default=None, init=False, compare=False, repr=False)
    """Once sealed: how many tables there are, and all bytes behind the header."""

    def rows(self, table: str) -> np.ndarray:
        """The rows of a table; none if the record has none."""
        found = self.tables.get(table)
        return layouts.blank(table)[:0] if found is None else found

    def encode(self) -> bytes:
        """The record's bytes: the same rows give the same bytes."""
        tables, body = self.body or self._body()
        return self._header(tables) + body

    def entry(self, stamps: bytes = b"") -> bytes:
        """What a log holds of it: its hop stamps (at most 255 bytes), then its bytes."""
        tables, body = self.body or self._body()
        return b"".join((bytes([len(stamps)]), stamps, self._header(tables), body))

    def seal(self) -> tuple[bytes, bytes]:
        """The bytes as header and body. From then on only what the header tells may change."""
        self.body = self._body()
        return self._header(self.body[0]), self.body[1]

    def _header(self, tables: int) -> bytes:
        return HEADER.pack(MAGIC, VERSION, self.now, self.build, self.chain, len(self.causes), tables)

    def _body(self) -> tuple[int, bytes]:
        parts: list[bytes | memoryview] = []
        entries = [CAUSE.pack(source, position) for source, position in sorted(self.causes.items())]
        for name, rows in self.tables.items():
            if rows.size:
                entries.append(ENTRY.pack(layouts.of(name).number, rows.size))
                parts.append(rows.tobytes() if rows.nbytes < LUMP else rows.view("u1").data)
        if self.names:
            texts = [text.encode() for text in self.names.values()]
            entries.append(ENTRY.pack(layouts.of("name").number, len(texts)))
            parts += [_names(self.names, texts), *texts]
        return len(entries) - len(self.causes), b"".join([*entries, *parts, *self.documents, *self.raws])

    @classmethod
    def decode(cls, number: int, data: bytes | memoryview) -> "Record":
        """The record of those bytes; its rows are read-only views of them. Raises FormatError."""
        if len(data) < HEADER.size:
            raise FormatError(f"record {number} has {len(data)} bytes", "the log is damaged: see `towerctl doctor`")
        magic, version, now, build, chain, causes, tables = HEADER.unpack_from(data)
        if magic != MAGIC or version > VERSION:
            raise FormatError(f"record {number} has format {magic:#x}/{version}, this build reads {VERSION}", NEWER)
        record = cls(number, now, build=build, chain=chain)
        at = HEADER.size
        for _ in range(causes):
            source, position = CAUSE.unpack_from(data, at)
            record.causes[source] = position
            at += CAUSE.size
        record._read_tables(data, at, tables)
        return record

    def _read_tables(self, data: bytes | memoryview, at: int, count: int) -> None:
        body = at + count * ENTRY.size
        for i in range(count):
            code, size = ENTRY.unpack_from(data, at + i * ENTRY.size)
            layout = layouts.by_number(code)
            rows = np.frombuffer(data, layout.dtype, size, body)
            body += rows.nbytes
            self.tables[layout.table] = layout.upcast(rows)
        body = self._read_names(data, body)
        for table, texts in (("document", self.documents), ("rejected", self.raws)):
            for size in self.rows(table)["size"].tolist() if table in self.tables else ():
                texts.append(bytes(data[body : body + size]))
                body += size

    def _read_names(self, data: bytes | memoryview, at: int) -> int:
        rows = self.tables.pop("name", None)
        if rows is None:
            return at
        names = {}
        for key, size in zip(rows["id"].tolist(), rows["size"].tolist(), strict=True):
            names[key] = str(data[at : at + size], "utf-8")
            at += size
        self.names = names
        return at


def _names(names: Iterable[int], texts: list[bytes]) -> bytes:
    """Rows of table `name`."""
    rows = layouts.empty("name", len(texts))
    rows["id"], rows["size"] = list(names), [len(text) for text in texts]
    return rows.tobytes()


def entry(record: bytes, stamps: bytes = b"") -> bytes:
    """What a log holds of a record: its hop stamps (at most 255 bytes), then its bytes."""
    return bytes([len(stamps)]) + stamps + record


def split(data: bytes | memoryview) -> tuple[bytes, memoryview]:
    """The hop stamps and the record's bytes of a log's entry."""
    size = data[0]
    return bytes(data[1 : 1 + size]), memoryview(data)[1 + size :]
