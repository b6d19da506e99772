"""Skips: events that a build could not survive, in a durable log. Control leaves them out, in every replay."""

import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict, dataclass

import numpy as np

from streams.entries import entries
from tower import ids, layouts
from tower.batch import BODIES, joined
from tower.logs import LogReader, LogWriter
from tower.record import Record


@dataclass(frozen=True, slots=True)
class Skip:
    """Event `event` (a row of table `event`) of record `number`, and the error that `build` ended with."""

    number: int
    event: int
    build: str
    error: str

    @property
    def reason(self) -> str:
        """What table `rejected` says of it."""
        return f"poison: {self.error}"


def read(log: LogReader) -> dict[int, list[Skip]]:
    """All skips, by record."""
    found: dict[int, list[Skip]] = {}
    for _, data in entries(log):
        skip = Skip(**json.loads(bytes(data)))
        found.setdefault(skip.number, []).append(skip)
    return found


def add(log: LogWriter, skip: Skip) -> None:
    """Leave an event out from now on."""
    with closing(log):
        log.append(log.last()[0] + 1, [json.dumps(asdict(skip)).encode()])


def without(record: Record, skips: Iterable[Skip]) -> Record:
    """The record as control takes it: skipped events stand in `rejected`. Positions count what is left.

    Whoever explains a position reads the record through this, as control did.
    """
    found = sorted(skips, key=lambda skip: skip.event)
    if not found:
        return record
    keep = np.ones(record.rows("event").size, "?")
    keep[[skip.event for skip in found]] = False
    left = only(record, keep)
    left.tables["rejected"] = joined([record.rows("rejected"), _rejected(record, found)])
    left.names = {**record.names, **{ids.of("reason", skip.reason): skip.reason for skip in found}}
    return left


def only(record: Record, keep: np.ndarray) -> Record:
    """The record with just these events (a flag each) and their bodies; what was rejected stays."""
    number = np.cumsum(keep) - 1
    tables = dict(record.tables)
    documents = record.documents
    for name in BODIES:
        rows = record.rows(name)
        stays = keep[rows["event"]]
        if rows.size and not stays.all():
            documents = _chosen(documents, stays) if name == "document" else documents
        tables[name] = rows[stays]
        tables[name]["event"] = number[tables[name]["event"]]
    tables["event"] = record.rows("event")[keep]
    full = {name: rows for name, rows in tables.items() if rows.size}
    return Record(record.number, record.now, full, record.causes, record.names, documents, record.raws, record.build)


def _chosen(documents: list[bytes], stays: np.ndarray) -> list[bytes]:
    return [document for document, stay in zip(documents, stays.tolist(), strict=True) if stay]


def _rejected(record: Record, skips: list[Skip]) -> np.ndarray:
    heads, rows = record.rows("event"), layouts.empty("rejected", len(skips))
    for row, skip in zip(rows, skips, strict=True):
        head = heads[skip.event]
        row["source"], row["inbox"], row["row"], row["id"] = head["source"], head["inbox"], head["row"], head["id"]
        row["reason"], row["size"] = ids.of("reason", skip.reason), 0
    return rows
