"""Timers come up in order, each once, however often they are put off; a heap full of stale ones is made anew."""

import random

import numpy as np

from tower.fields import FOREVER
from tower.table import Table, look_at, touch_due, upsert

ROW = np.zeros(1, np.dtype([("key", "<u8"), ("keep_until", "<i8"), ("look_at", "<i8")]))
ROW["keep_until"], ROW["look_at"] = -1, -1


def table_of(moments: dict[int, int]) -> Table:
    """Rows by key, each with its moment."""
    table = Table(ROW)
    table.begin(1, len(moments))
    for key, moment in moments.items():
        look_at(table.t, int(upsert(table.t, np.uint64(key))), moment)
    return table


def put_off(table: Table, key: int, moment: int) -> None:
    look_at(table.t, table.find(key), moment)


def due(table: Table, now: int) -> list[int]:
    found: list[int] = table.t.rows["key"][table.due(now)].tolist()
    return found


def test_what_comes_due_is_what_a_search_would_find() -> None:
    draw, twin = random.Random(7), {key: key % 13 for key in range(1, 200)}
    table = table_of(twin)
    for now in range(0, 3000, 10):
        for key in draw.sample(sorted(twin), 40):
            twin[key] = draw.choice([-1, now + draw.randrange(1, 400)])
            put_off(table, key, twin[key])
        expected = sorted((moment, key) for key, moment in twin.items() if 0 <= moment <= now)
        assert due(table, now) == [key for _, key in expected]
        for _, key in expected:
            twin[key] = -1
            put_off(table, key, -1)
        assert table.next_look() == min((moment for moment in twin.values() if moment >= 0), default=FOREVER)


def test_of_one_moment_the_lower_key_comes_first() -> None:
    assert due(table_of({9: 5, 3: 5, 1 << 63: 5, 4: 5}), 5) == [3, 4, 9, 1 << 63]


def test_a_timer_put_off_and_back_comes_due_once() -> None:
    table = table_of({1: 50, 2: 60})
    put_off(table, 1, 70)
    put_off(table, 1, 50)
    assert due(table, 100) == [1, 2]


def test_the_next_moment_is_a_true_one_after_a_timer_was_put_off() -> None:
    table = table_of({1: 50, 2: 60})
    put_off(table, 1, 70)
    assert table.next_look() == 60
    put_off(table, 2, -1)
    put_off(table, 1, -1)
    assert table.next_look() == FOREVER


def test_timers_follow_rows_that_move_and_go_with_rows_that_go() -> None:
    table = table_of({1: 50, 2: 60, 3: 70})
    table.t.rows[table.find(1)]["keep_until"] = 10
    table.evict(20)
    assert due(table, 100) == [2, 3]


def test_timers_survive_growth_and_bytes() -> None:
    moments = {key: 1000 - key for key in range(1, 500)}
    table = table_of(moments)
    table.reserve(1000)
    again = Table.from_bytes(ROW, table.to_bytes())
    assert due(table, 700) == due(again, 700) == list(range(499, 299, -1))


def test_a_kernel_touches_what_is_due() -> None:
    table = table_of({1: 50, 2: 40, 3: 70})
    table.begin(2, 0)
    touch_due(table.t, 60)
    assert table.t.rows["key"][table.touched()].tolist() == [2, 1]
