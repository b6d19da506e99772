"""Batches hash, slice and join events without losing a row."""

import numpy as np

from tower import ids, layouts
from tower.batch import Batch, cut, seal
from tower.events import NUMBER


def order(n: int) -> Batch:
    heads = layouts.empty("event", n)
    heads["id"], heads["kind"], heads["source"], heads["at"] = range(n), NUMBER["order.placed"], 7, 1000
    heads["subject"] = [ids.of("order", str(i)) for i in range(n)]
    bodies, lines = layouts.empty("order", n), layouts.empty("order_line", 2 * n)
    bodies["event"], bodies["promise_by"] = range(n), 5000
    lines["event"], lines["line"] = np.repeat(range(n), 2), [ids.of("line", str(i % 2)) for i in range(2 * n)]
    return seal(Batch({"event": heads, "order": bodies, "order_line": lines}, {1: "one"}))


def test_the_same_content_has_the_same_hash_wherever_it_stands() -> None:
    alone, among = order(1), order(3)
    assert alone.rows("event")["content"][0] == among.rows("event")["content"][0]
    assert len(set(among.rows("event")["content"].tolist())) == 3


def test_content_changes_with_any_field_of_a_part() -> None:
    changed = order(1)
    changed.tables["order_line"]["quantity"][1] = 9
    assert seal(changed).rows("event")["content"][0] != order(1).rows("event")["content"][0]


def test_slices_joined_again_are_the_whole() -> None:
    whole = order(7)
    again = Batch.concat([whole.slice(0, 3), whole.slice(3, 4), whole.slice(4, 7)])
    assert {k: v.tobytes() for k, v in again.tables.items()} == {k: v.tobytes() for k, v in whole.tables.items()}


def test_records_are_cut_at_log_seconds_and_at_their_size() -> None:
    received = np.array([1000, 1500, 2000, 2001, 2002, 9999])
    assert list(cut(order(6), received, most=2)) == [(1000, 0, 2), (2000, 2, 4), (2000, 4, 5), (9000, 5, 6)]
