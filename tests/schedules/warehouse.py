"""Warehouse: history by the code that fills ClickHouse, in a store that breaks off or ends its writer at any call."""

import random
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pyarrow as pa

from sinks.clickhouse.insert import Warehouse
from sinks.patience import Away
from sinks.position import Position
from streams.words import OURS
from tests.suites.dying import Died
from tests.suites.store import MemoryStore
from tower.record import Record

Given = TypeVar("Given")


class Fuse(MemoryStore):
    """A store whose writer dies after `fuse` calls, if that is not negative; now and then it does not answer."""

    def __init__(self, draw: random.Random) -> None:
        super().__init__()
        self.draw, self.fuse, self.fails = draw, -1, 0.05

    def insert(self, table: str, rows: pa.Table, token: str) -> None:
        return self._ask(lambda: MemoryStore.insert(self, table, rows, token))

    def rows(self, query: str) -> Sequence[Sequence[Any]]:
        return self._ask(lambda: MemoryStore.rows(self, query))

    def _ask(self, do: Callable[[], Given]) -> Given:
        if self.draw.random() < self.fails:
            raise Away("the store broke off before the work was done")
        given = do()
        self.fuse -= 1
        if self.fuse == 0:
            raise Died
        if self.draw.random() < self.fails:
            raise Away("the store broke off after the work was done")
        return given


class RowsWriter:
    """The writer of history."""

    def __init__(self, store: MemoryStore, network: str) -> None:
        self.warehouse = Warehouse(store, network, "OUTCOMES", OURS)

    @property
    def position(self) -> Position:
        """How far the rows are."""
        return self.warehouse.position

    def write(self, records: Sequence[Record]) -> None:
        """Put them in."""
        self.warehouse.take(records)

    def close(self) -> None:
        """Nothing is held."""


def rows_of(store: MemoryStore) -> dict[str, list[str]]:
    """The rows of each table, sorted; not how they came in. What is unknown in all of a range may be left out."""
    return {table: sorted(map(known, rows)) for table, rows in store.tables.items() if table != "progress"}


def known(row: dict[str, Any]) -> str:
    """What a row tells, but for the name of its key: that may be told later, in the same range or in another."""
    return repr(sorted((name, value) for name, value in row.items() if value not in (None, "") and name != "key"))


def undisturbed(said: Sequence[Record], network: str) -> MemoryStore:
    """A store that was given everything at once."""
    store = MemoryStore()
    RowsWriter(store, network).write(said)
    return store
