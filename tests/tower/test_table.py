"""Tables find what they hold, grow, drop and restore; what can be seen depends only on the calls."""

import random

import numpy as np
import pytest

from tower.errors import FormatError
from tower.fields import FOREVER
from tower.table import Table, find, look_at, upsert

ROW = np.zeros(1, np.dtype([("key", "<u8"), ("keep_until", "<i8"), ("look_at", "<i8"), ("value", "<f8")]))
ROW["keep_until"], ROW["look_at"], ROW["value"] = -1, -1, np.nan


def put(table: Table, key: int, value: float) -> int:
    i = int(upsert(table.t, np.uint64(key)))
    table.t.rows[i]["value"] = value
    return i


def test_a_table_says_what_a_dict_says() -> None:
    draw, table, twin = random.Random(5), Table(ROW), dict[int, float]()
    for turn in range(200):
        table.begin(turn, 10)
        for _ in range(10):
            key, value = draw.randrange(1 << 64), draw.random()
            key = draw.choice([key, *list(twin)[:50]])
            twin[key] = value
            put(table, key, value)
    assert {int(r["key"]): float(r["value"]) for r in table.rows} == twin
    assert all(table.t.rows[table.find(key)]["value"] == value for key, value in twin.items())
    assert table.find(12345) == -1


def test_a_new_row_knows_nothing() -> None:
    table = Table(ROW)
    table.begin(1, 1)
    upsert(table.t, np.uint64(7))
    assert table.rows["look_at"].tolist() == [-1]
    assert np.isnan(table.rows["value"]).all()


def test_touched_rows_are_listed_once_in_order_of_first_touch() -> None:
    table = Table(ROW)
    table.begin(1, 4)
    for key in (3, 1, 3, 2, 1):
        put(table, key, key)
    assert table.changed()["key"].tolist() == [3, 1, 2]
    table.begin(2, 1)
    assert table.touched().size == 0


def test_what_a_pass_has_touched_stays_touched_when_it_needs_more_room() -> None:
    table = Table(ROW, room=2)
    table.begin(1, 2)
    put(table, 3, 3)
    put(table, 1, 1)
    table.reserve(100)
    for key in (1, 3, 2):
        put(table, key, key)
    assert table.changed()["key"].tolist() == [3, 1, 2]
    assert table.changed()["value"].tolist() == [3, 1, 2]


def test_timers_come_due_in_order_and_the_next_moment_is_known() -> None:
    table = Table(ROW)
    table.begin(1, 3)
    for key, moment in ((1, 300), (2, 100), (3, 200)):
        look_at(table.t, put(table, key, 0), moment)
    assert table.next_look() == 100
    assert table.t.rows["key"][table.due(250)].tolist() == [2, 3]
    assert (table.next_look(), table.due(250).size) == (300, 0)


def test_nothing_is_ever_due_in_a_table_without_timers_set() -> None:
    table = Table(ROW)
    table.begin(1, 1)
    put(table, 1, 0)
    assert (table.next_look(), table.due(FOREVER - 1).size) == (FOREVER, 0)


def test_rows_go_after_their_time_and_rows_without_one_stay() -> None:
    table = Table(ROW)
    table.begin(1, 4)
    for key, until in ((1, 50), (2, -1), (3, 150), (4, 99)):
        table.t.rows[put(table, key, key)]["keep_until"] = until
    assert table.evict(100).tolist() == [1, 4]
    assert table.rows["key"].tolist() == [2, 3]
    assert [table.find(key) for key in (1, 2, 3, 4)] == [-1, 0, 1, -1]


def test_what_was_touched_stays_touched_when_rows_go_in_the_middle_of_a_pass() -> None:
    """Rows move up as others go: what was touched is found where it is then, and touched once."""
    draw = random.Random(3)
    for turn in range(50):
        table, twin = Table(ROW, room=4), list[int]()
        table.begin(-1, 20)
        for key in range(1, 20):
            put(table, key, key)
        table.begin(turn, 40)
        for _ in range(draw.randrange(4)):
            for key in draw.sample(range(1, 30), draw.randrange(9)):
                table.t.rows[put(table, key, key)]["keep_until"] = -1
                twin += [key] * (key not in twin)
            for row in table.rows:
                row["keep_until"] = draw.choice([-1, -1, 5])
            gone = table.evict(draw.choice([0, 100])).tolist()
            twin = [key for key in twin if key not in gone]
            assert table.rows["key"][table.touched()].tolist() == twin
            assert table.changed()["key"].tolist() == twin


def test_whoever_holds_the_rows_holds_all_of_a_table() -> None:
    t = Table(ROW).t
    held = [Table(ROW, room=1 << 14) for _ in range(8)]
    assert int(find(t, np.uint64(7))) == -1
    assert (int(upsert(t, np.uint64(7))), int(find(t, np.uint64(7)))) == (0, 0)
    assert all(len(other) == 0 for other in held)


def test_rows_that_are_held_anew_are_found_again_and_go_on_being_touched() -> None:
    table = Table(ROW)
    table.begin(5, 3)
    for key in (7, 8, 9):
        put(table, key, key / 2)
    table.begin(6, 1000)
    for n in range(1000):
        put(table, 1000 + n, n)
    put(table, 8, 4.5)
    assert [table.find(key) for key in (7, 8, 9, 1999)] == [0, 1, 2, 1002]
    assert (table.touched().size, int(table.touched()[-1])) == (1001, 1)


def test_bytes_restore_rows_and_the_next_moment() -> None:
    table = Table(ROW)
    table.begin(1, 2)
    look_at(table.t, put(table, 8, 1.5), 70)
    again = Table.from_bytes(ROW, table.to_bytes())
    assert again.to_bytes() == table.to_bytes()
    assert (again.next_look(), again.find(8)) == (70, 0)


def test_a_field_that_is_new_starts_unknown_and_one_that_is_gone_is_dropped() -> None:
    old = np.zeros(1, np.dtype([("key", "<u8"), ("keep_until", "<i8"), ("gone", "<i8")]))
    table = Table(old)
    table.begin(1, 1)
    upsert(table.t, np.uint64(9))
    again = Table.from_bytes(ROW, table.to_bytes())
    assert again.rows["key"].tolist() == [9]
    assert np.isnan(again.rows["value"]).all()


def test_a_table_of_a_newer_version_is_refused() -> None:
    data = Table(ROW).to_bytes().replace(b'"version": 1', b'"version": 9')
    with pytest.raises(FormatError, match="version 9"):
        Table.from_bytes(ROW, data)
