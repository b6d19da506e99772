"""`towerctl sql`: tables for people, JSON and CSV for programs, samples by name, refusals in one line."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sinks.clickhouse.insert import Warehouse
from sinks.clickhouse.store import ClickHouse
from streams.words import OURS
from tests.sinks.clickhouse.warehouse import KEY
from tests.sinks.clickhouse.warehouse import Warehouse as Server
from tests.suites.small_day import small_day
from tests.suites.tower_folder import say


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder whose SQL door is open."""
    made = tmp_path_factory.mktemp("run")
    with Server(made / "clickhouse") as running:
        store = ClickHouse(running.url, KEY)
        store.make()
        Warehouse(store, "east", words=OURS).take(small_day(str(made / "states"), 20).outcomes)
        (made / "clickhouse.url").write_text(f"{running.url}\n")
        yield made


@pytest.fixture(autouse=True)
def no_server_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("URL", "USER", "PASSWORD"):
        monkeypatch.delenv(f"TOWER_CLICKHOUSE_{name}", raising=False)


def test_an_answer_is_a_table(capfd: pytest.CaptureFixture[str], folder: Path) -> None:
    said = say(capfd, "sql", "SELECT 1 AS one, 'two' AS word, NULL AS none", "--data", str(folder))
    assert said.lines == ["one  word  none", "---  ----  ----", "1    two   -"]


def test_an_answer_without_rows_is_nothing(capfd: pytest.CaptureFixture[str], folder: Path) -> None:
    said = say(capfd, "sql", "SELECT 1 AS one WHERE 0", "--data", str(folder))
    assert (said.code, said.out) == (0, "")


def test_an_answer_as_json_is_an_object_a_row(capfd: pytest.CaptureFixture[str], folder: Path) -> None:
    said = say(capfd, "sql", "@ledger", "--data", str(folder), "--json")
    rows = [json.loads(line) for line in said.lines]
    assert {row["missing"] for row in rows} == {0}
    assert {row["source"] for row in rows} >= {"carrier", "planner"}


def test_an_answer_as_csv_has_a_head(capfd: pytest.CaptureFixture[str], folder: Path) -> None:
    said = say(capfd, "sql", "SELECT arrayJoin(['a,b', 'c']) AS x", "--data", str(folder), "--csv")
    assert list(csv.reader(io.StringIO(said.out))) == [["x"], ["a,b"], ["c"]]


def test_without_a_query_it_lists_the_samples(capfd: pytest.CaptureFixture[str]) -> None:
    lines = say(capfd, "sql").lines
    assert any(line.startswith("@worst_legs") and "?" in line for line in lines)
    assert len(lines) >= 12


def test_samples_are_listed_as_json_too(capfd: pytest.CaptureFixture[str]) -> None:
    rows = [json.loads(line) for line in say(capfd, "sql", "--samples", "--json").lines]
    assert {"@cancelled_by_day", "@ledger"} <= {row["name"] for row in rows}
    assert all(row["asks"].endswith((".", "?")) for row in rows)


def test_a_sample_is_shown_as_it_is_asked(capfd: pytest.CaptureFixture[str]) -> None:
    lines = say(capfd, "sql", "@worst_legs", "--show").lines
    assert (lines[0][:3], lines[-1]) == ("-- ", "LIMIT 20")


def test_a_query_can_come_on_stdin(
    capfd: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("SELECT 7 AS seven"))
    assert say(capfd, "sql", "-", "--data", str(folder), "--json").lines == ['{"seven": 7}']


@pytest.mark.parametrize("query", ["SELECT nothing FROM tower.legs", "DROP TABLE tower.legs", "SELECT"])
def test_a_refusal_is_one_line(capfd: pytest.CaptureFixture[str], folder: Path, query: str) -> None:
    said = say(capfd, "sql", query, "--data", str(folder))
    assert (said.code, said.out, len(said.err.splitlines())) == (1, "", 2)
    assert said.err.startswith("Error: sql: ")


def test_a_sample_that_there_is_not_is_told_with_where_they_are(capfd: pytest.CaptureFixture[str]) -> None:
    said = say(capfd, "sql", "@nope")
    assert (said.code, said.err) == (2, "Error: sql: no such sample (got @nope)\nTry: towerctl sql --samples\n")
    assert "towerctl sql @worst_legs" in say(capfd, "sql", "@worst_leg").err


def test_without_a_history_it_says_how_to_name_one(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    said = say(capfd, "sql", "SELECT 1", "--data", str(tmp_path))
    assert (said.code, "TOWER_CLICKHOUSE_URL" in said.err) == (2, True)


def test_a_server_that_is_gone_is_told_in_one_line(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "clickhouse.url").write_text("http://127.0.0.1:9")
    said = say(capfd, "sql", "SELECT 1", "--data", str(tmp_path))
    assert (said.code, len(said.err.splitlines())) == (1, 2)
