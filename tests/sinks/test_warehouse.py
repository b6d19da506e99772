"""The warehouse: every row in exactly once, whatever breaks and however often it starts again."""

import random
from collections.abc import Sequence

import numpy as np
import pytest

from sinks import patience
from sinks.clickhouse import insert
from sinks.clickhouse.columns import arrow
from sinks.clickhouse.insert import Warehouse
from sinks.position import Position
from tests.suites.store import Dying, Flaky, Killed, MemoryStore
from tower import fields, layouts
from tower.errors import Diverged
from tower.ids import of
from tower.record import Record

SITES = ["Newark", "Chicago", "Atlanta"]


def record(number: int) -> Record:
    """A record with as many sites as its number says, told by name where they come first; none in each seventh."""
    rows = layouts.empty("sites", number % 7)
    rows["key"] = [of("site", SITES[i % 3]) for i in range(rows.size)]
    rows["lat"] = number
    names = {of("site", SITES[number - 1]): SITES[number - 1]} if number <= 3 else {}
    return Record(number, number * 1000, {"sites": rows} if rows.size else {}, names=names, chain=number * 31)


def day(count: int = 40) -> list[Record]:
    return [record(i) for i in range(1, count + 1)]


def kept(store: MemoryStore) -> list[tuple[int, int, str, float]]:
    """Every row of `sites`: its place, name and value."""
    return sorted((r["number"], r["ordinal"], r["key"], r["lat"]) for r in store.tables.get("sites", []))


def wanted(records: Sequence[Record]) -> list[tuple[int, int, str, float]]:
    return [(r.number, i, SITES[i % 3], float(r.number)) for r in records for i in range(r.rows("sites").size)]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSE_S", 0.0)


def test_all_rows_are_in_and_ids_are_read_as_names_told_before() -> None:
    store = MemoryStore()
    warehouse = Warehouse(store, "east")
    for one in day():
        warehouse.take([one])
    assert kept(store) == wanted(day())
    assert warehouse.position == Position(40, 40 * 31)


def test_an_id_that_nobody_has_named_yet_is_its_digits() -> None:
    store = MemoryStore()
    Warehouse(store, "east").take([Record(1, 1000, record(1).tables, chain=1)])
    assert kept(store) == [(1, 0, f"#{of('site', 'Newark'):016x}", 1.0)]


def steps() -> int:
    """How often the store is asked when nothing breaks."""
    store = MemoryStore()
    warehouse = Warehouse(store, "east")
    for at in range(0, 12, 4):
        warehouse.take(day()[at : at + 4])
    return store.asked


@pytest.mark.parametrize("before", [True, False])
def test_killed_at_every_step_every_row_is_in_once(before: bool) -> None:
    for at in range(steps()):
        store = MemoryStore()
        with pytest.raises(Killed):
            feed(Dying(store, at, before=before), day(12), 4)
        feed(store, day(16), 5)
        assert kept(store) == wanted(day(16)), at


@pytest.mark.parametrize("before", [True, False])
def test_killed_at_every_step_every_row_is_in_once_though_the_server_forgot_all_tokens(before: bool) -> None:
    for at in range(steps()):
        store = MemoryStore()
        with pytest.raises(Killed):
            feed(Dying(store, at, before=before), day(12), 4)
        store.tokens.clear()
        feed(store, day(16), 5)
        assert kept(store) == wanted(day(16)), at


def feed(store: MemoryStore, records: Sequence[Record], size: int) -> None:
    """Start a warehouse where the store is, and give it the rest in parts."""
    warehouse = Warehouse(store, "east")
    behind = max(0, warehouse.position.number - 1)
    for at in range(behind, len(records), size):
        warehouse.take(records[at : at + size])


@pytest.mark.parametrize("seed", range(8))
def test_killed_again_and_again_with_other_parts_every_row_is_in_once(seed: int) -> None:
    draw, store = random.Random(seed), MemoryStore()
    for _ in range(30):
        try:
            feed(Dying(store, draw.randrange(25), before=draw.random() < 0.5), day(), draw.randint(1, 9))
        except Killed:
            continue
    feed(store, day(), 9)
    assert kept(store) == wanted(day())


@pytest.mark.parametrize("seed", range(5))
def test_a_store_that_is_away_now_and_then_loses_nothing(seed: int) -> None:
    store = MemoryStore()
    feed(Flaky(store, random.Random(seed)), day(), 6)
    assert kept(store) == wanted(day())


def test_two_writers_at_once_go_by_the_same_borders() -> None:
    store = MemoryStore()
    first, second = Warehouse(store, "east"), Warehouse(store, "east")
    first.take(day()[:3])
    second.take(day()[:5])
    first.take(day()[3:9])
    second.take(day()[5:9])
    assert kept(store) == wanted(day(9))


def test_a_begun_range_is_filled_up_before_anything_else() -> None:
    store = MemoryStore()
    with pytest.raises(Killed):
        feed(Dying(store, 4, before=True), day(9), 9)
    waiting = Warehouse(store, "east")
    waiting.take(day()[:8])
    assert waiting.position.number == 0
    waiting.take(day()[8:11])
    assert [(r["first"], r["last"]) for r in store.tables["progress"] if r["state"] == "done"] == [(1, 9), (10, 11)]


def test_no_range_crosses_a_partition(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(insert, "PARTITION", 8)
    store = MemoryStore()
    Warehouse(store, "east").take(day(20))
    done = [(r["first"], r["last"]) for r in store.tables["progress"] if r["state"] == "done"]
    assert done == [(1, 7), (8, 15), (16, 20)]


def test_another_history_stops_the_warehouse_by_name() -> None:
    store = MemoryStore()
    Warehouse(store, "east").take(day(5))
    with pytest.raises(Diverged, match="warehouse of east/OUTCOMES holds another record 5"):
        Warehouse(store, "east").take([Record(5, 5000, chain=1)])


def test_a_gap_stops_the_warehouse_by_name() -> None:
    with pytest.raises(Diverged, match="was given 3: a gap"):
        Warehouse(MemoryStore(), "east").take(day()[2:])


def event_record() -> Record:
    heads = layouts.empty("event", 2)
    heads["kind"], heads["id"], heads["at"] = [3, 50], [7, 8], [1000, 2000]
    moves = layouts.empty("leg_move", 1)
    moves["event"], moves["reason"] = 0, of("reason", "fog")
    return Record(1, 3000, {"event": heads, "leg_move": moves}, names={of("reason", "fog"): "fog"})


def test_events_of_the_log_are_wide_rows() -> None:
    store = MemoryStore()
    Warehouse(store, "east", "LOG").take([event_record()])
    first, second = store.tables["events"]
    assert (first["kind"], first["id"], first["reason"]) == ("leg.departed", "#0000000000000007", "fog")
    assert (second["ordinal"], second["reason"]) == (1, "")


def test_a_column_that_nobody_has_told_is_left_to_the_engine() -> None:
    store = MemoryStore()
    Warehouse(store, "east", "LOG").take([event_record()])
    assert not {"sequence", "subject", "lat", "stop"} & store.tables["events"][0].keys()


SOME = np.array([(5, 1.5, 0, 7), (-1, np.nan, 255, 2**64 - 1)],
                [("at", "<i8"), ("value", "<f8"), ("word", "u1"), ("id", "<u8")])  # fmt: skip


@pytest.mark.parametrize("field, shown", [
    (fields.count("at"), [5, None]), (fields.delta("at"), [5, -1]), (fields.number("value"), [1.5, None]),
    (fields.code("word", "low"), ["low", ""]), (fields.digest("id"), ["#0000000000000007", ""]),
    (fields.id_of("site", "id"), ["Newark", ""]),
])  # fmt: skip
def test_unknown_is_null_or_empty_in_text(field: fields.Field, shown: list[object]) -> None:
    assert arrow(field, SOME[field.name], {7: "Newark"}).to_pylist() == shown


def test_a_moment_that_never_comes_is_null() -> None:
    at = np.array([86_400_000, -1, fields.FOREVER])
    assert [moment and moment.isoformat() for moment in arrow(fields.time("at"), at, {}).to_pylist()] == [
        "1970-01-02T00:00:00+00:00", None, None,
    ]  # fmt: skip
