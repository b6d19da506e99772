"""Greed: statements that would take all there is end by themselves, say why, and nobody else notices."""

import threading

import pytest

from tests.sinks.clickhouse.warehouse import Told, Warehouse

TIME, ROWS, MEMORY = 159, 396, 241
MANY = "numbers(10000000000)"
BOMBS = {
    "a number of everything": ("SELECT sum(number) FROM numbers(100000000000000)", {TIME}),
    "a cartesian product": (f"SELECT count() FROM {MANY} AS a, {MANY} AS b WHERE a.number > b.number", {TIME, MEMORY}),
    "a sleep": ("SELECT sleepEachRow(1) FROM numbers(1000) SETTINGS max_block_size = 1", {TIME, 160}),
    "a group for each": ("SELECT groupArray(number) FROM numbers(2000000000)", {MEMORY, TIME}),
    "a long text": ("SELECT repeat('x', 4000000000)", {MEMORY, 131}),
    "texts of texts": ("SELECT length(arrayStringConcat(arrayMap(x -> repeat('x', 1000000), range(100000))))",
                       {MEMORY, TIME}),
    "a sort of everything": (f"SELECT number FROM {MANY} ORDER BY cityHash64(number) LIMIT 1 OFFSET 9999999",
                             {MEMORY, TIME, ROWS}),
    "too many rows": ("SELECT number FROM numbers(1000001)", {ROWS}),
    "too many bytes": ("SELECT repeat('x', 1000) FROM numbers(400000)", {ROWS, TIME}),
    "a recursion": ("WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT sum(n) FROM r",
                    {306, TIME, MEMORY}),
    "a range of arrays": ("SELECT arrayJoin(range(100000000)), arrayJoin(range(100000000))", {MEMORY, 128, TIME, ROWS}),
}  # fmt: skip


@pytest.mark.full
@pytest.mark.parametrize("name", BOMBS)
def test_a_greedy_statement_ends_by_itself(warehouse: Warehouse, name: str) -> None:
    statement, codes = BOMBS[name]
    told = warehouse.ask(statement, max_execution_time="3")
    assert told.status in {400, 403, 500, 503}, told.body[:300]
    assert told.code in codes, told.body[:300]
    assert warehouse.value("SELECT 1") == "1"


@pytest.mark.full
def test_while_some_are_greedy_others_are_served(warehouse: Warehouse) -> None:
    """Two take both turns of readers for three seconds each; ten who come after are all served."""
    greedy, _ = BOMBS["a number of everything"]
    answers: list[Told] = []
    threads = [threading.Thread(target=lambda: answers.append(warehouse.ask(greedy, max_execution_time="3")))
               for _ in range(2)]  # fmt: skip
    for thread in threads:
        thread.start()
    assert [warehouse.value(f"SELECT {number}") for number in range(10)] == [str(number) for number in range(10)]
    for thread in threads:
        thread.join()
    assert [told.code for told in answers] == [TIME, TIME]


@pytest.mark.parametrize("setting, value", [
    ("max_memory_usage", "99999999999"), ("max_execution_time", "60"), ("max_threads", "64"),
    ("max_result_rows", "2000000"), ("max_result_bytes", "99999999999"), ("max_bytes_before_external_sort", "1"),
    ("max_rows_in_join", "0"), ("max_concurrent_queries_for_user", "0"), ("priority", "1"), ("log_queries", "1"),
])  # fmt: skip
def test_nobody_gives_himself_more(warehouse: Warehouse, setting: str, value: str) -> None:
    assert warehouse.http("GET", f"/?query=SELECT+1&{setting}={value}").code == 452
    assert warehouse.ask(f"SELECT 1 SETTINGS {setting} = {value}").code == 452
