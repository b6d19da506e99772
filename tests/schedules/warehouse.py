"""Warehouse: rows by table, in parts that can be dropped; a stand-in for history, filled by number ranges."""

from collections.abc import Sequence

from sinks.position import Position
from tests.suites.dying import Died
from tower.record import Record

Part = tuple[str, int, int]


class Warehouse:
    """Each insert is a part (table, first number, last number), whole or not there. `position` is written last.

    The writer dies after `fuse` inserts, if that is not negative.
    """

    def __init__(self) -> None:
        self.parts: dict[Part, list[tuple[int, bytes]]] = {}
        self.position, self.fuse = Position(), -1

    def rows(self) -> dict[str, list[tuple[int, bytes]]]:
        """Every row of each table, with its record's number."""
        found: dict[str, list[tuple[int, bytes]]] = {}
        for (table, _, _), rows in self.parts.items():
            found.setdefault(table, []).extend(rows)
        return {table: sorted(rows) for table, rows in found.items()}


class RowsWriter:
    """Fills a warehouse by ranges of records. What was begun and not ended is dropped first."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        begun = [part for part in warehouse.parts if part[1] > warehouse.position.number]
        for part in begun:
            del warehouse.parts[part]

    @property
    def position(self) -> Position:
        """How far the rows are."""
        return self.warehouse.position

    def write(self, records: Sequence[Record]) -> None:
        """Insert what is not in; raises Diverged at a gap or at another history."""
        new = self.position.behind("rows", records)
        for table, rows in rows_of(new).items():
            self.insert((table, new[0].number, new[-1].number), rows)
        if new:
            self.warehouse.position = Position.of(new[-1])

    def insert(self, part: Part, rows: list[tuple[int, bytes]]) -> None:
        """One insert."""
        self.warehouse.parts[part] = rows
        self.warehouse.fuse -= 1
        if self.warehouse.fuse == 0:
            raise Died

    def close(self) -> None:
        """Nothing is held."""


def rows_of(records: Sequence[Record]) -> dict[str, list[tuple[int, bytes]]]:
    """All rows of some outcomes by table, each with its record's number, sorted."""
    found: dict[str, list[tuple[int, bytes]]] = {}
    for record in records:
        for table, rows in record.tables.items():
            found.setdefault(table, []).extend((record.number, row.tobytes()) for row in rows)
    return {table: sorted(rows) for table, rows in found.items()}
