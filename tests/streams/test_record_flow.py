"""The record flow: every row of both logs is in history once, in ranges, also when it starts again."""

import os
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from sinks.clickhouse.insert import Log, Warehouse
from streams import record
from streams.words import OURS
from tests.suites.small_day import Day, small_day
from tests.suites.small_world import run
from tests.suites.store import MemoryStore
from tower.errors import SettingError, TowerError
from tower.outcomes import TABLES
from tower.record import Record


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    return small_day(str(tmp_path_factory.mktemp("states")))


class Stopping(Warehouse):
    """A warehouse whose process ends in the middle of a range."""

    left = 3

    def _insert(self, records: list[Record]) -> None:
        self.left -= 1
        if self.left < 0:
            raise TowerError("stopped")
        super()._insert(records)


def into(store: MemoryStore, kind: type[Warehouse] = Warehouse) -> Callable[[str, Log], Warehouse]:
    return lambda name, log: kind(store, name, log, OURS)


def count_of(store: MemoryStore, table: str) -> tuple[int, int]:
    rows: Sequence[dict[str, Any]] = store.tables.get(table, [])
    return len(rows), len({(row["number"], row["ordinal"]) for row in rows})


def test_both_logs_are_in_once_after_many_starts(day: Day) -> None:
    store = MemoryStore()
    for kind in (Stopping, Stopping, Warehouse):
        flow = record.over(day.root, ["east"], into(store, kind), ends=True)
        try:
            run(flow)
        except (TowerError, RuntimeError):
            assert kind is Stopping
    for table in TABLES:
        size = sum(r.rows(table).size for r in day.outcomes)
        assert count_of(store, table) == (size, size), table
    assert count_of(store, "events")[0] == sum(r.rows("event").size for r in day.log)


def test_ranges_hold_as_many_records_as_there_are_up_to_a_bound(day: Day) -> None:
    store = MemoryStore()
    run(record.over(day.root, ["east"], into(store), ends=True))
    for log, size in (("LOG", len(day.log)), ("OUTCOMES", len(day.outcomes))):
        done = [row for row in store.tables["progress"] if (row["log"], row["state"]) == (log, "done")]
        assert (done[0]["last"], done[-1]["last"]) == (256, size)


def test_the_flow_without_a_clickhouse_says_how_to_name_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in [key for key in os.environ if key.startswith("TOWER_CLICKHOUSE")]:
        monkeypatch.delenv(key)
    with pytest.raises(SettingError, match="clickhouse_url"):
        record.flow()
