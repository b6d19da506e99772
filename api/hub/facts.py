"""Facts: the newest row of each thing, by table, as plain tuples: what the boards are drawn from."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from typing import Any, Final

import numpy as np

from sinks.views.keys import BY_ID, LIVE, is_over
from tower import layouts
from tower.record import Record

WANTED: Final = tuple(
    table for table in (
        "deviations", "handling", "members", "incidents", "invariants", "kpis", "networks", "sites", "stations",
        "weather", "hazards", "queues", "doors", "visits", "legs", "loads", "sources", "ledger", "decisions", "actions",
        "action_moves", "options", "plans", "prices", "doorplans", "playbooks",
    ) if table in LIVE
)  # fmt: skip
Row = Mapping[str, Any]
Changed = dict[str, dict[int, Row | None]]
"""By table: the ids that a record touched, and the row that each had before; None where it is new."""


@dataclass(slots=True)
class Facts:
    """The live rows of the wanted tables."""

    tables: dict[str, dict[int, tuple[Any, ...]]] = field(default_factory=lambda: {name: {} for name in WANTED})

    def load(self, table: str, rows: np.ndarray) -> None:
        """Take in rows as they are."""
        if rows.size:
            self.tables[table].update(zip(rows[LIVE[table]].tolist(), rows.tolist(), strict=True))

    def take(self, record: Record) -> Changed:
        """Take in a record: rows first, then what is gone; what that touched."""
        changed: Changed = {}
        for table in record.tables.keys() & self.tables.keys():
            self._rows(table, record.tables[table], changed.setdefault(table, {}))
        for code, key in record.rows("gone")[["table", "key"]].tolist():
            if (gone := BY_ID.get(code, "")) in self.tables:
                self._gone(gone, key, changed.setdefault(gone, {}))
        return changed

    def _rows(self, table: str, rows: np.ndarray, touched: dict[int, Row | None]) -> None:
        over, kept = is_over(table, rows).tolist(), self.tables[table]
        for key, row, ended in zip(rows[LIVE[table]].tolist(), rows.tolist(), over, strict=True):
            touched.setdefault(key, named(table, kept.get(key)))
            if ended:
                kept.pop(key, None)
            else:
                kept[key] = row

    def _gone(self, table: str, key: int, touched: dict[int, Row | None]) -> None:
        touched.setdefault(key, named(table, self.tables[table].get(key)))
        self.tables[table].pop(key, None)

    def get(self, table: str, key: int) -> Row | None:
        """The row of that id."""
        kept = self.tables.get(table)
        return None if kept is None else named(table, kept.get(key))

    def all(self, table: str) -> Iterable[tuple[int, Row]]:
        """Every row of a table, with its id."""
        columns = places(table)
        return ((key, Named(row, columns)) for key, row in self.tables.get(table, {}).items())

    def columns(self, table: str, *names: str) -> Iterable[tuple[int, tuple[Any, ...]]]:
        """Two or more columns of every row of a table, with its id: for those who look at all rows, which are many."""
        wanted = itemgetter(*(places(table)[name] for name in names))
        return ((key, wanted(row)) for key, row in self.tables.get(table, {}).items())


class Named(Mapping[str, Any]):
    """A row by column. Columns are looked up as they are asked for: few are, of a row that has dozens."""

    __slots__ = ("_places", "_row")

    def __init__(self, row: tuple[Any, ...], places: Mapping[str, int]) -> None:
        self._row, self._places = row, places

    def __getitem__(self, column: str) -> Any:
        return self._row[self._places[column]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._row)


@cache
def places(table: str) -> Mapping[str, int]:
    """Where each column of a table stands in its rows."""
    return {name: place for place, name in enumerate(layouts.of(table).dtype.names or ())}


def named(table: str, row: tuple[Any, ...] | None) -> Row | None:
    """The row by column."""
    return None if row is None else Named(row, places(table))
