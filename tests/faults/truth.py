"""What must be true after any faults: nothing lost, nothing twice, and every copy says what the log says."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
import orjson

from api.embedded import Tower
from operators.chain import Chain
from sinks.clickhouse.store import ClickHouse
from sinks.views import Views
from sinks.views.keys import LIVE
from streams import names
from streams.control import make
from streams.entries import entries, records
from tests.faults.producer import SOURCES
from tests.faults.small_tower import NETWORK
from tower import ids
from tower.envelope import Envelope
from tower.fields import Type
from tower.logs import urls
from tower.outcomes import DEVIATION_STATUS, TABLES
from tower.record import Record, split

UNKNOWN, LATEST = -1, 10_413_792_000_000
OPEN = [DEVIATION_STATUS.index(status) for status in ("opened", "changed")]


def check(here: Tower) -> int:
    """All of it; how many messages were acknowledged."""
    acknowledged = check_inboxes(here)
    log = list(records(urls.reader(names.log(here.root, NETWORK))))
    outcomes = list(records(urls.reader(names.outcomes(here.root, NETWORK))))
    check_log(here, log)
    check_outcomes(here, log)
    check_ledger(outcomes, log)
    check_views(here, outcomes)
    check_history(here, outcomes)
    return acknowledged


def check_inboxes(here: Tower) -> int:
    """Every acknowledged message lies at its position as it was."""
    kept = {source: [crc32(bytes(data)) for _, data in inbox(here, source)] for source in SOURCES}
    noted = [line.split() for line in Path(here.data / "notes").read_text().splitlines()]
    lost = [(source, at) for source, at, told in noted if kept[source][int(at) - 1 : int(at)] != [int(told)]]
    assert lost == []
    assert len({(source, at) for source, at, _ in noted}) == len(noted)
    return len(noted)


def inbox(here: Tower, source: str) -> list[tuple[int, bytes | memoryview]]:
    return list(entries(urls.reader(names.inbox(here.root, NETWORK, source))))


def check_log(here: Tower, log: Sequence[Record]) -> None:
    """Each row of each message is in LOG once: as an event, or rejected as unreadable."""
    assert [record.number for record in log] == list(range(1, len(log) + 1))
    rows = [np.concatenate([record.rows(table) for record in log]) for table in ("event", "rejected")]
    places = Counter(tuple(place) for part in rows for place in part[["source", "inbox", "row"]].tolist())
    wanted = [(ids.of("source", source), number, row) for source in SOURCES for number, data in inbox(here, source)
              for row in range(len(orjson.loads(Envelope.decode(data).data)))]  # fmt: skip
    assert places == Counter(wanted)


def check_outcomes(here: Tower, log: Sequence[Record]) -> None:
    """A straight replay of LOG gives OUTCOMES byte for byte."""
    chain, found = Chain(make), entries(urls.reader(names.outcomes(here.root, NETWORK)))
    told = {number: bytes(split(data)[1]) for number, data in found}
    other = [record.number for record in log if told.pop(record.number) != chain.advance(record).encode()]
    assert (other, told) == ([], {})


def check_ledger(outcomes: Sequence[Record], log: Sequence[Record]) -> None:
    """received == accepted + duplicate + late + rejected for each source, and nothing in LOG was not counted."""
    newest = {int(row["source"]): row for record in outcomes for row in record.rows("ledger")}
    counted = ("accepted", "duplicate", "late", "rejected")
    assert [row for row in newest.values() if row["received"] != sum(row[name] for name in counted)] == []
    in_log = sum(record.rows("event").size + record.rows("rejected").size for record in log)
    assert sum(int(row["received"]) for row in newest.values()) == in_log > 0


def final(outcomes: Sequence[Record]) -> dict[str, dict[int, bytes]]:
    """The live tables after these records: the newest row of each id that is not over."""
    tables: dict[str, dict[int, bytes]] = {table: {} for table in LIVE}
    codes = {ids.of("table", table): table for table in LIVE}
    for record in outcomes:
        for table, rows in record.tables.items():
            if table in LIVE:
                tables[table] |= {int(row[LIVE[table]]): row.tobytes() for row in rows}
        for row in record.rows("deviations"):
            if row["status"] not in OPEN:
                del tables["deviations"][int(row["id"])]
        for row in record.rows("gone"):
            tables.get(codes.get(int(row["table"]), ""), {}).pop(int(row["key"]), None)
    return tables


def check_views(here: Tower, outcomes: Sequence[Record]) -> None:
    """Live state is the final tables."""
    position, shown = Views(here.redis_url).at_once(NETWORK, sorted(LIVE))
    assert position.number == len(outcomes)
    found = {table: {int(row[LIVE[table]]): row.tobytes() for row in rows} for table, rows in shown.items()}
    wanted = final(outcomes)
    assert {table: rows for table, rows in found.items() if rows != wanted[table]} == {}
    assert sum(map(len, wanted.values())) > 0


def check_history(here: Tower, outcomes: Sequence[Record]) -> None:
    """History has the rows of OUTCOMES, each once: as many, at the same places, with the same moments."""
    store = ClickHouse(here.clickhouse_url)
    both = {table: (tuple(store.rows(asked(table))[0]), sums(table, outcomes)) for table in TABLES}
    other = {table: sides for table, sides in both.items() if sides[0] != sides[1]}
    assert not other, other
    assert both["deviations"][0][0] > 0


def moments(table: str) -> list[str]:
    return [field.name for field in TABLES[table] if field.type is Type.TIME and field.name != "now"]


def sums(table: str, outcomes: Sequence[Record]) -> tuple[int, ...]:
    """Rows, a checksum of their places, and one of each moment that they tell."""
    rows = [(record.number, record.rows(table)) for record in outcomes]
    count = sum(part.size for _, part in rows)
    places = sum(number * 65_536 * part.size + part.size * (part.size - 1) // 2 for number, part in rows)
    return count, places, *(sum(known(part[name]) for _, part in rows) for name in moments(table))


def known(values: np.ndarray) -> int:
    """The sum of those moments that are known and not for ever: after 2299 there is none in history."""
    return sum(ms for ms in values.astype("i8").tolist() if ms != UNKNOWN and ms < LATEST)


def asked(table: str) -> str:
    stamps = [f"toInt64(sum(ifNull(toUnixTimestamp64Milli({name}), 0)))" for name in moments(table)]
    columns = ["toInt64(count())", "toInt64(sum(number * 65536 + ordinal))", *stamps]
    return f"SELECT {', '.join(columns)} FROM tower.{table}"
