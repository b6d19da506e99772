"""Statements: what people ask passes as they wrote it, and what this interface takes out is taken out."""

import pytest

from sinks.clickhouse.embedded.refusal import Refusal
from sinks.clickhouse.embedded.statements import Statement, admit

READABLE = [
    "SELECT 1",
    "select a, b from tower.sample where b = 'file(' and a in (1, 2) -- url(",
    "WITH x AS (SELECT 1) SELECT * FROM x",
    "(SELECT 1) UNION ALL (SELECT 2)",
    "SELECT format('{} {}', 'a', 'b'), file, url FROM tower.sample",
    'SELECT `from`, "into" FROM tower.`sample` AS s',
    "SELECT count() FROM numbers(10)",
    "SELECT [1, 2][1], (1, 2).1, map('a', 1)['a'], x -> x + 1, a ? b : c",
    "SELECT 1e-5, 0x1F, .5, 1_000",
    "SELECT {v:UInt64}",
    "SHOW TABLES FROM tower",
    "SHOW CREATE TABLE tower.sample",
    "DESCRIBE TABLE tower.sample",
    "EXPLAIN PLAN SELECT 1",
    "EXISTS TABLE tower.sample",
    "SELECT name FROM system.settings",
    "SELECT name FROM `system`.`columns`",
    "SELECT engine FROM system.tables",
]


@pytest.mark.parametrize("text", READABLE)
def test_what_people_read_with_passes_as_it_is(text: str) -> None:
    assert admit(text, writes=False).text == text.partition(" --")[0]


@pytest.mark.parametrize(
    "text",
    [
        "CREATE DATABASE IF NOT EXISTS tower ENGINE = Atomic",
        "CREATE TABLE tower.t (a Int8 COMMENT 'x') ENGINE = ReplacingMergeTree(a) ORDER BY a SETTINGS x = 1",
        "CREATE OR REPLACE VIEW tower.v AS SELECT 1",
        "CREATE MATERIALIZED VIEW tower.m TO tower.t AS SELECT 1",
        "ALTER TABLE tower.t ADD COLUMN b String",
        "DROP TABLE IF EXISTS tower.t",
        "OPTIMIZE TABLE tower.t FINAL",
        "INSERT INTO tower.t SELECT 1",
        "INSERT INTO tower.t VALUES (1, 'a;b')",
    ],
)
def test_the_writer_makes_and_fills_and_readers_do_not(text: str) -> None:
    assert admit(text, writes=True).text == text
    with pytest.raises(Refusal, match="needs the writer's key"):
        admit(text, writes=False)


def test_format_and_settings_at_the_end_are_taken_out_in_either_order() -> None:
    asked = Statement("select", "SELECT 1", "CSV", {"max_threads": "1", "session_timezone": "UTC"})
    settings = "SETTINGS max_threads = 1, session_timezone='UTC'"
    assert admit(f"SELECT 1 FORMAT CSV {settings};", writes=False) == asked
    assert admit(f"SELECT 1 {settings} FORMAT CSV ;; ", writes=False) == asked


@pytest.mark.parametrize(
    "text",
    ["SELECT * FROM (SELECT 1 SETTINGS max_threads = 1)", "SELECT 1 SETTINGS a = 1 UNION ALL SELECT 1 SETTINGS b = 2"],
)
def test_settings_stand_at_the_end_or_the_statement_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="SETTINGS"):
        admit(text, writes=False)


@pytest.mark.parametrize("line", ["\n", " \n", "\r\n", "\t \r\n", " "])
def test_data_begins_behind_the_line_of_an_insert(line: str) -> None:
    head = f"INSERT INTO tower.t (a) SETTINGS insert_deduplication_token = 'x;y' FORMAT CSV{line}"
    asked = admit(f"{head}\n1;'", writes=True)
    assert (asked.text, asked.format) == ("INSERT INTO tower.t (a)", "CSV")
    assert asked.settings == {"insert_deduplication_token": "x;y"}
    assert asked.data_at == len(head) + (line == " ")


@pytest.mark.parametrize(
    "tail",
    ["a = ", "a = (1)", "a = 1 b = 2 c", "a = f(1)", r"a = 'x\'y'", "a = 1,"],
)
def test_settings_that_are_no_plain_values_are_refused(tail: str) -> None:
    with pytest.raises(Refusal, match="SETTINGS"):
        admit(f"SELECT 1 SETTINGS {tail}", writes=False)


@pytest.mark.parametrize("text", ["", " ", ";", "-- nothing", "((("])
def test_nothing_is_no_statement(text: str) -> None:
    with pytest.raises(Refusal):
        admit(text, writes=False)
