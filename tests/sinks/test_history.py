"""History in a real engine: the schema says what everything is, the samples run, kills and absence change nothing."""

import random
import socket
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from sinks.clickhouse.insert import Warehouse
from sinks.clickhouse.metrics import METRICS
from sinks.clickhouse.schema import PLACE, TOLD
from sinks.clickhouse.store import ClickHouse
from streams.words import OURS
from tests.sinks.clickhouse.warehouse import KEY
from tests.sinks.clickhouse.warehouse import Warehouse as Server
from tests.suites.small_day import Day, small_day
from tower.outcomes import STANDING, TABLES
from tower.record import Record

QUERIES = sorted((Path(__file__).parents[2] / "sinks/clickhouse/queries").glob("*.sql"))


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    return small_day(str(tmp_path_factory.mktemp("states")))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, day: Day) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("history")) as running:
        store = ClickHouse(running.url, KEY)
        store.make()
        fill(store, "east", day.outcomes)
        Warehouse(store, "east", "LOG", OURS).take(day.log)
        yield running


@pytest.fixture
def store(server: Server) -> Iterator[ClickHouse]:
    opened = ClickHouse(server.url, KEY)
    yield opened
    opened.close()


def fill(store: ClickHouse, network: str, records: Sequence[Record], size: int = 120) -> None:
    warehouse = Warehouse(store, network, words=OURS)
    for at in range(max(0, warehouse.position.number - 1), len(records), size):
        warehouse.take(records[at : at + size])


def sizes(records: Sequence[Record]) -> dict[str, int]:
    return {t: n for t in TABLES if (n := sum(r.rows(t).size for r in records))}


def counted(store: ClickHouse, network: str) -> dict[str, int]:
    where = f"WHERE network = '{network}'"
    asked = [f"SELECT '{t}', count(), uniqExact(number, ordinal) FROM tower.{t} {where}" for t in TABLES]
    found = store.rows(" UNION ALL ".join(asked))
    assert [row for row in found if row[1] != row[2]] == []
    return {table: count for table, count, _ in found if count}


def test_every_outcome_and_event_of_a_day_is_in_once(store: ClickHouse, day: Day) -> None:
    assert counted(store, "east") == sizes(day.outcomes)
    events = sum(record.rows("event").size for record in day.log)
    assert store.rows("SELECT count() FROM tower.events WHERE network = 'east'")[0][0] == events


def test_every_table_and_column_says_what_it_is(store: ClickHouse) -> None:
    found = store.rows("SELECT name, comment FROM system.tables WHERE database = 'tower'")
    tables = {name: comment for name, comment in found}  # noqa: C416  # lists, not pairs
    assert set(tables) == {*TOLD, "progress", "schema", *METRICS, *(f"{table}_newest" for table in STANDING)}
    assert [name for name, comment in tables.items() if not comment] == []
    mute = "SELECT table, name FROM system.columns WHERE database = 'tower' AND comment = ''"
    views = {"schema", *METRICS, *(f"{table}_newest" for table in STANDING)}
    assert [row for row in store.rows(mute) if row[0] not in views] == []


def test_every_field_of_the_vocabulary_is_a_column(store: ClickHouse) -> None:
    found = store.rows("SELECT table, groupArray(name) FROM system.columns WHERE database = 'tower' GROUP BY table")
    there = {table: set(names) for table, names in found}
    for table, columns in TOLD.items():
        assert {c.name for c in (*PLACE, *columns)} == there[table]


def test_making_the_database_again_adds_what_an_older_build_had_not(store: ClickHouse, server: Server) -> None:
    server.write("ALTER TABLE tower.notes DROP COLUMN text")
    server.write("CREATE OR REPLACE VIEW tower.schema AS SELECT 'older' AS digest")
    store.make()
    assert ("text",) in {tuple(row) for row in store.rows("SELECT name FROM system.columns WHERE table = 'notes'")}


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_sample_runs_for_a_reader(server: Server, path: Path) -> None:
    """That it says something is for tests/sinks/test_samples.py, which has a whole week."""
    assert server.ask(path.read_text("utf-8")).status == 200


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_can_be_read(server: Server, name: str) -> None:
    server.value(f"SELECT * FROM tower.{name}")


def test_the_ledger_in_history_balances(store: ClickHouse) -> None:
    assert store.rows("SELECT sum(missing), sum(received) > 0 FROM tower.metrics_ledger") == [(0, 1)]


def test_kinds_of_deviations_are_read_by_name(store: ClickHouse) -> None:
    kinds = {kind for (kind,) in store.rows("SELECT DISTINCT kind FROM tower.deviations")}
    assert "leg.overdue" in kinds
    assert not any(kind.startswith("#") for kind in kinds)


def test_a_server_killed_and_started_again_has_every_row_once(tmp_path: Path, day: Day) -> None:
    draw, port = random.Random(3), free_port()
    url, running = f"http://127.0.0.1:{port}", Server(tmp_path, port)
    try:
        store = ClickHouse(url, KEY)
        store.make()
        done = threading.Thread(target=fill, args=(store, "west", day.outcomes, 40), daemon=True)
        done.start()
        for _ in range(3):
            done.join(draw.uniform(0.2, 0.6))
            running.kill()
            running = Server(tmp_path, port)
        done.join(60)
        assert not done.is_alive()
        assert counted(ClickHouse(url, KEY), "west") == sizes(day.outcomes)
    finally:
        running.kill()


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
