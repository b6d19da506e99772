"""Facts are read by column, all columns of one row or some of all rows."""

import pytest

from api.hub.facts import WANTED, Facts
from tower import layouts
from tower.record import Record


def told(table: str, count: int) -> tuple[Facts, Record]:
    """Facts of some rows, each column of which has another value."""
    rows = layouts.empty(table, count)
    for place, column in enumerate(rows.dtype.names or ()):
        rows[column] = [place + number for number in range(count)]
    facts, record = Facts(), Record(1, 1, {table: rows})
    facts.take(record)
    return facts, record


@pytest.mark.parametrize("table", sorted({*WANTED} - {"deviations"}))
def test_a_row_says_by_column_what_its_record_said(table: str) -> None:
    facts, record = told(table, 3)
    columns = layouts.of(table).dtype.names or ()
    expected = [dict(zip(columns, row, strict=True)) for row in record.rows(table).tolist()]
    assert [dict(row) for _, row in facts.all(table)] == expected
    assert [facts.get(table, key) for key, _ in facts.all(table)] == expected
    first, last = columns[0], columns[-1]
    assert [cells for _, cells in facts.columns(table, first, last)] == [(row[first], row[last]) for row in expected]


def test_a_change_says_what_stood_there_before() -> None:
    facts, record = told("visits", 2)
    first, second = facts.tables["visits"]
    changed = facts.take(Record(2, 2, {"visits": record.rows("visits")[:1].copy()}))
    assert changed["visits"] == {first: facts.get("visits", first)}
    assert facts.get("visits", second) is not None
    assert facts.get("visits", 1 << 60) is None
    with pytest.raises(KeyError):
        facts.get("visits", first)["no such column"]  # type: ignore[index]
