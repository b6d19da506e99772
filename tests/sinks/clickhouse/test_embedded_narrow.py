"""Whoever may see some networks only learns nothing of the others: not a row, not how many there are."""

import json
from collections.abc import Iterator

import pytest

from sinks.clickhouse.embedded.grants import TABLES
from sinks.clickhouse.store import ClickHouse
from tests.sinks.clickhouse.warehouse import KEY, Told, Warehouse

TRICKY = [
    "SELECT count(), uniq(network), max(number), sum(cityHash64(*)) FROM tower.notes",
    "SELECT count() FROM tower.notes WHERE throwIf(network = 'west') = 0",
    "SELECT count() FROM tower.notes PREWHERE throwIf(network = 'west' AND number > 0) = 0",
    "SELECT count() FROM tower.notes WHERE intDiv(1, number - 1000000) = 0",
    "SELECT throwIf(number > 900000) FROM tower.notes LIMIT 1",
    "SELECT count() FROM tower.notes WHERE number IN (SELECT number FROM tower.notes WHERE network = 'west')",
    "SELECT count() FROM tower.notes WHERE (network, number) IN (SELECT network, number FROM tower.ledger)",
    "SELECT count() FROM numbers(9) WHERE number IN (SELECT number FROM tower.notes)",
    "SELECT a.network, 1 FROM tower.notes AS a JOIN tower.ledger AS b ON throwIf(a.network = 'west') = 0 LIMIT 1",
    "SELECT network FROM tower.notes AS ledger UNION ALL SELECT network FROM tower.ledger AS notes ORDER BY 1",
    "SELECT count() FROM `tower`.`notes` AS system_notes",
    "WITH q AS (SELECT * FROM tower.notes) SELECT network, count() FROM q GROUP BY 1",
    "SELECT (SELECT groupUniqArray(network) FROM tower.notes), (SELECT max(number) FROM tower.notes)",
    "SELECT count() FROM (SELECT network FROM tower.notes EXCEPT SELECT 'east')",
    "SELECT number, rowNumberInAllBlocks() FROM tower.notes ORDER BY number DESC LIMIT 3",
    "SELECT count() FROM view(SELECT * FROM tower.notes)",
    "SELECT network, count() FROM tower.names FINAL GROUP BY 1",
    "SELECT network, count() FROM tower.incidents_newest GROUP BY 1",
    "SELECT network, max(last) FROM tower.progress GROUP BY 1",
    "SELECT * FROM tower.notes ORDER BY number LIMIT 1 FORMAT JSON",
    "SELECT count() FROM tower.notes GROUP BY network WITH TOTALS FORMAT JSONCompact",
    "SELECT quantiles(0.1, 0.9)(number), topK(3)(network) FROM tower.notes",
    "SELECT number FROM tower.notes ORDER BY number DESC LIMIT 1 BY network",
]
"""Each must answer the same however many rows the others have."""
REFUSED = [
    "EXPLAIN SELECT * FROM tower.notes", "EXPLAIN ESTIMATE SELECT * FROM tower.notes",
    "SELECT * FROM (EXPLAIN ESTIMATE SELECT * FROM tower.notes)", "SELECT * FROM viewExplain('', '', (SELECT 1))",
    "SHOW TABLES FROM tower", "SHOW CREATE TABLE tower.notes", "DESCRIBE tower.notes", "EXISTS tower.notes",
    "SELECT total_rows FROM system.tables", "SELECT data_compressed_bytes FROM system.columns",
    "SELECT * FROM `system`.`tables`", "SELECT _part_offset FROM tower.notes", "SELECT `_part` FROM tower.notes",
    "SELECT _partition_id FROM tower.notes", "SELECT 1 SETTINGS log_comment = '*'",
    "SELECT 1 SETTINGS max_rows_to_read = 1", "SELECT * FROM merge('tower', 'notes')",
    "SELECT * FROM mergeTreeIndex('tower', 'notes')",
    "SELECT * FROM loop(tower.notes)", "SET log_comment = '*'", "INSERT INTO tower.notes (network) VALUES ('east')",
]  # fmt: skip


def filled(running: Warehouse, network: str, first: int, count: int) -> None:
    """Put so many rows of a network into every table."""
    for table in TABLES:
        columns = "network, number, ordinal, now" if table != "progress" else "network, first, last, now"
        rows = "".join(f"('{network}', {number}, {number}, 0)," for number in range(first, first + count))
        running.write(f"INSERT INTO tower.{table} ({columns}) VALUES {rows.rstrip(',')}")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse in which two networks have rows in every table."""
    with Warehouse(tmp_path_factory.mktemp("shared")) as running:
        ClickHouse(running.url, KEY).make()
        filled(running, "east", 1, 3)
        filled(running, "west", 2, 4)
        yield running


def seen(running: Warehouse, statement: str, networks: str = "east") -> Told:
    return running.ask(statement, tower_networks=networks)


def test_there_is_a_policy_for_every_table(shared: Warehouse) -> None:
    made = shared.value("SELECT name FROM system.tables WHERE database = 'tower' AND engine LIKE '%MergeTree'")
    assert set(made.split()) == set(TABLES)


@pytest.mark.parametrize("networks, wanted", [
    ("east", ["east"]), ("west", ["west"]), ("east,west", ["east", "west"]), ("nowhere", []), ("eas", []),
])  # fmt: skip
def test_every_table_shows_the_networks_that_were_said(shared: Warehouse, networks: str, wanted: list[str]) -> None:
    for table in TABLES:
        told = seen(shared, f"SELECT arraySort(groupUniqArray(network)) AS n FROM tower.{table} FORMAT JSONCompact",
                    networks)  # fmt: skip
        assert json.loads(told.body)["data"] == [[wanted]], table
        assert shared.value(f"SELECT uniq(network) FROM tower.{table}") == "2", "others see all"


def test_however_many_rows_the_others_have_every_answer_is_the_same(shared: Warehouse) -> None:
    before = {statement: seen(shared, statement) for statement in TRICKY}
    assert {statement for statement, told in before.items() if told.status != 200} == set()
    assert all(b"west" not in told.body for told in before.values())
    filled(shared, "west", 900_000, 150)
    filled(shared, "west", 1_000_000, 1)
    for statement, told in before.items():
        assert seen(shared, statement).body == told.body, statement


@pytest.mark.parametrize("statement", REFUSED)
def test_what_could_tell_of_the_others_is_refused(shared: Warehouse, statement: str) -> None:
    told = seen(shared, statement)
    assert told.status != 200
    assert told.code in {48, 62, 164, 452, 497}
    assert b"west" not in told.body


@pytest.mark.parametrize("networks", ["", "*", "east,*", "east,", "a'b", "east\\", "east\n"])
def test_what_is_no_network_is_refused(shared: Warehouse, networks: str) -> None:
    assert seen(shared, "SELECT 1", networks).code == 497


def test_a_setting_of_the_url_opens_nothing(shared: Warehouse) -> None:
    for name, value in (("log_comment", "*"), ("readonly", "0"), ("max_rows_to_read", "1"), ("extremes", "1")):
        told = shared.http("POST", f"/?tower_networks=east&{name}={value}", "SELECT count() FROM tower.notes")
        assert told.status != 200, name


def test_the_writers_key_makes_it_no_wider(shared: Warehouse) -> None:
    told = shared.ask("SELECT count() FROM tower.notes", headers={"X-ClickHouse-Key": KEY}, tower_networks="east")
    assert told.code == 497
