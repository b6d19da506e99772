"""SQL over HTTP: a key for some networks sees their rows alone, and none where no door could keep it to them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.where import URL_FILE
from sinks.clickhouse.store import ClickHouse
from tests.sinks.clickhouse.warehouse import KEY, Warehouse
from tests.suites.small_api import SmallApi, small_api

COUNTS = "SELECT network, count() FROM tower.notes GROUP BY 1 ORDER BY 1"


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    with Warehouse(tmp_path_factory.mktemp("history")) as running:
        ClickHouse(running.url, KEY).make()
        running.write("INSERT INTO tower.notes (network, number) VALUES ('east', 1), ('west', 1), ('west', 2)")
        yield running


@pytest.fixture
def api(tmp_path: Path, history: Warehouse) -> Iterator[SmallApi]:
    (tmp_path / URL_FILE).write_text(history.url)
    (tmp_path / "clickhouse.key").write_text(KEY)
    with small_api(tmp_path) as found:
        yield found


def test_a_key_of_all_networks_sees_all_and_one_of_some_sees_those(api: SmallApi) -> None:
    rows = {key: api.ask("POST", "/v1/sql?network=east", key, json={"query": COUNTS}).json()["data"]
            for key in ("viewer", "viewer-east", "admin-east")}  # fmt: skip
    assert rows["viewer"] == [["east", 1], ["west", 2]]
    assert rows["viewer-east"] == rows["admin-east"] == [["east", 1]]


@pytest.mark.parametrize("query", [
    "EXPLAIN ESTIMATE SELECT * FROM tower.notes", "SHOW TABLES FROM tower", "SELECT _part_offset FROM tower.notes",
    "SELECT total_rows FROM system.tables",
])  # fmt: skip
def test_what_could_tell_of_other_networks_is_refused_by_name(api: SmallApi, query: str) -> None:
    answer = api.ask("POST", "/v1/sql", "viewer-east", json={"query": query})
    assert answer.status_code == 422
    assert "for some networks" in answer.json()["errors"][0]["why"]


def test_where_history_is_on_a_server_elsewhere_a_key_for_some_is_refused(api: SmallApi, tmp_path: Path) -> None:
    (tmp_path / "clickhouse.key").unlink()
    answer = api.ask("POST", "/v1/sql", "viewer-east", json={"query": COUNTS})
    assert (answer.status_code, "is not for all networks" in answer.json()["detail"]) == (403, True)
