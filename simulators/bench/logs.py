"""How fast file logs are, beside SQLite doing the same and beside the calls that no log can do without."""

import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from tower.logs.files import FileReader, FileWriter

ENTRY = bytes(range(100))
MANY = 300_000

Row = dict[str, Any]


def run() -> list[dict[str, Any]]:
    """Each figure with its peer's in the same run; times are medians of single calls, on this machine's disk."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("TOWER_BENCH_FOLDER")) as folder:
        return [synced(folder), unsynced(folder), grouped(folder), *reading(folder), seeking(folder)]


def synced(folder: str) -> Row:
    """One entry on disk an append. SQLite: a write-ahead log, synchronous=FULL, one row a transaction."""
    with writer(f"{folder}/synced", durable=True) as append:
        ours = median_us(append, 1000)
    with database(f"{folder}/synced.db") as insert:
        peer = median_us(insert, 1000)
    return row("append 100 B, synced", ours, "us", "low", "sqlite3 WAL FULL", peer, target=1.0)


def unsynced(folder: str) -> Row:
    """One entry an append, safe from the end of the process only. Bound: the write alone."""
    with writer(f"{folder}/unsynced", durable=False) as append:
        ours = median_us(append, 20_000)
    with raw(f"{folder}/unsynced.raw", sync=False) as write:
        peer = median_us(write, 20_000)
    return row("append 100 B, not synced", ours, "us", "low", "pwrite (bound)", peer, target=5.0)


def grouped(folder: str) -> Row:
    """A hundred entries a sync. Bound: the write and the sync of their bytes."""
    with writer(f"{folder}/grouped", durable=True, group=100) as append:
        ours = median_us(append, 300)
    with raw(f"{folder}/grouped.raw", sync=True, size=11_600) as write:
        peer = median_us(write, 300)
    return row("append 100 x 100 B, synced", ours, "us", "low", "pwrite + fdatasync (bound)", peer, target=2.0)


def reading(folder: str) -> list[Row]:
    """Many small entries from start to end, and the same from SQLite by rowid."""
    with closing(FileWriter(f"{folder}/many", durable=False)) as log:
        for first in range(1, MANY, 1000):
            log.append(first, [ENTRY] * 1000)
    begin = time.perf_counter()
    ours = sum(1 for _ in records(f"{folder}/many")) / (time.perf_counter() - begin)
    with closing(sqlite3.connect(f"{folder}/many.db")) as base:
        base.execute("CREATE TABLE log (number INTEGER PRIMARY KEY, entry BLOB)")
        base.executemany("INSERT INTO log (entry) VALUES (?)", ((ENTRY,) for _ in range(MANY)))
        base.commit()
        begin = time.perf_counter()
        peer = sum(1 for _ in base.execute("SELECT number, entry FROM log")) / (time.perf_counter() - begin)
    return [row("read 100 B entries", ours, "1/s", "high", "sqlite3 SELECT", peer, target=0.5)]


def seeking(folder: str) -> Row:
    """Any entry of many by a reader that was just opened, and by SQLite's rowid on a new connection."""
    numbers = iter(range(MANY // 7, 1 << 60, 1009))
    ours = median_us(lambda: cold(f"{folder}/many", next(numbers) % MANY), 200)
    peer = median_us(lambda: cold_row(f"{folder}/many.db", next(numbers) % MANY), 200)
    return row("find any entry, cold", ours, "us", "low", "sqlite3 by rowid", peer, target=5.0)


def row(name: str, value: float, unit: str, better: str, peer: str, peer_value: float, target: float) -> Row:
    """One figure; ratio is ours to the peer's, and the target is for the ratio."""
    ratio = value / peer_value
    return {
        "bench": "logs",
        "name": name,
        "value": round(value, 1),
        "unit": unit,
        "better": better,
        "peer": peer,
        "peer_value": round(peer_value, 1),
        "ratio": round(ratio, 3),
        "target": target,
        "met": ratio >= target if better == "high" else ratio <= target,
        "load": round(os.getloadavg()[0], 2),
    }


def median_us(call: Callable[[], object], times: int) -> float:
    """Microseconds a call, the median of so many."""
    spans = []
    for _ in range(times):
        begin = time.perf_counter()
        call()
        spans.append(time.perf_counter() - begin)
    return statistics.median(spans) * 1e6


@contextmanager
def writer(path: str, durable: bool, group: int = 1) -> Iterator[Callable[[], None]]:
    """Appends a group of entries to a new log."""
    with closing(FileWriter(path, durable)) as log:
        numbers = iter(range(1, 1 << 60, group))
        entries = [ENTRY] * group
        yield lambda: log.append(next(numbers), entries)


@contextmanager
def raw(path: str, sync: bool, size: int = 120) -> Iterator[Callable[[], None]]:
    """Writes as many bytes behind the last, and syncs them if asked."""
    fd, data, places = os.open(path, os.O_RDWR | os.O_CREAT), bytes(size), iter(range(0, 1 << 60, size))

    def write() -> None:
        os.pwrite(fd, data, next(places))
        if sync:
            os.fdatasync(fd)

    try:
        yield write
    finally:
        os.close(fd)


@contextmanager
def database(path: str) -> Iterator[Callable[[], object]]:
    """Adds one row in a transaction of its own."""
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA synchronous=FULL")
        base.execute("CREATE TABLE log (number INTEGER PRIMARY KEY, entry BLOB)")
        yield lambda: base.execute("INSERT INTO log (entry) VALUES (?)", (ENTRY,))


def records(path: str) -> Iterator[tuple[int, bytes | memoryview]]:
    """Every entry of a log."""
    with closing(FileReader(path)) as reader:
        after = 0
        while entries := reader.read(after, 1000):
            after = entries[-1][0]
            yield from entries


def cold(path: str, after: int) -> object:
    """One entry, by a reader of its own."""
    with closing(FileReader(path)) as reader:
        return reader.read(after, 1)


def cold_row(path: str, after: int) -> object:
    """One row, by a connection of its own."""
    with closing(sqlite3.connect(path)) as base:
        return base.execute("SELECT entry FROM log WHERE number = ?", (after + 1,)).fetchone()
