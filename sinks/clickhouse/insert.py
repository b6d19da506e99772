"""The writer of the warehouse: ranges of records, each in exactly once, however often anything breaks or starts again.

A range's borders are fixed before anything of it is inserted: the row `begun` in table `progress`, whose token knows
the first record alone, so that of two writers' borders one is kept and both go by it. Then each table's rows, under
the token table/network/log/first-last; then the row `done`. A writer that starts finds the last `done`, and if a range
is `begun` behind it, fills exactly that one again: same borders, same rows, same tokens, and where the server may have
forgotten the tokens, no rows into a table that has the range's. See
docs/decisions/0020-warehouse-ranges.md.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import Final, Literal, TypeVar

import pyarrow as pa

from sinks.clickhouse import rows
from sinks.clickhouse.names import Known
from sinks.clickhouse.schema import PARTITION
from sinks.clickhouse.store import Store, escaped
from sinks.patience import patiently
from sinks.position import Position
from tower.record import Record

Given = TypeVar("Given")
Log = Literal["OUTCOMES", "LOG"]
MOST: Final = 256
"""How many records a range has at most."""
FILLED: Final[dict[str, Callable[..., Iterator[rows.Rows]]]] = {"OUTCOMES": rows.outcomes, "LOG": rows.log}


class Warehouse:
    """Takes records of one log of one network. `position` is the last record that is in.

    words  what ids mean that no record tells
    Waits while ClickHouse is away. Raises Diverged at a gap or at another history.
    """

    def __init__(
        self, store: Store, network: str, log: Log = "OUTCOMES", words: Mapping[int, str] = MappingProxyType({})
    ) -> None:
        self._store, self._network, self._log = store, network, log
        self._what = f"warehouse of {network}/{log}"
        self._names, self._held = Known(store, network, words), list[Record]()
        self.position, self._last = self._patiently(self._find)
        self._seen, self._resumes = self.position, self._last is not None

    def take(self, records: Sequence[Record]) -> None:
        """Put these records in; those that are in already are left out.

        They make one range, cut where a partition ends; if a range is begun they fill it up first, and what it still
        lacks is waited for.
        """
        new = self._seen.behind(self._what, records)
        if new:
            self._seen = Position.of(new[-1])
            self._held += new
        while self._held and self._fill():
            pass

    def _fill(self) -> bool:
        """Put in the next range; False if records of it are still to come."""
        if self._last is None:
            self._last = self._patiently(self._begin)
        size = self._last - self.position.number
        if size > len(self._held):
            return False
        self._insert(self._held[:size])
        self._resumes = False
        self.position, self._held, self._last = Position.of(self._held[size - 1]), self._held[size:], None
        return True

    def _begin(self) -> int:
        """Fix the next range's last record: ours, or the one that is fixed already."""
        first = self._held[0].number
        last = min(first + min(len(self._held), MOST) - 1, (first // PARTITION + 1) * PARTITION - 1)
        self._note("begun", first, Position(last, 0, self._held[last - first].now), 0)
        return int(self._store.rows(self._query(f"first = {first} AND state = 'begun'"))[0][2])

    def _insert(self, records: list[Record]) -> None:
        known = self._patiently(lambda: self._names.of(records))
        count = 0
        for table, told in chain(rows.told(self._network, records), FILLED[self._log](self._network, records, known)):
            count += told.num_rows
            self._patiently(lambda: self._put(table, told, records[0].number, records[-1].number))  # noqa: B023  # now
        self._patiently(lambda: self._note("done", records[0].number, Position.of(records[-1]), count))

    def _put(self, table: str, told: pa.Table, first: int, last: int) -> None:
        """Insert a range's rows. Of a range that is resumed the token may be forgotten: then what is there counts."""
        if not (self._resumes and self._has(table, first, last)):
            self._store.insert(table, told, f"{table}/{self._network}/{self._log}/{first}-{last}")

    def _has(self, table: str, first: int, last: int) -> bool:
        """Whether rows of the range are in a table; an insert is one part, so any of them means all."""
        which = f"network = '{escaped(self._network)}' AND number BETWEEN {first} AND {last}"
        return bool(self._store.rows(f"SELECT 1 FROM tower.{table} WHERE {which} LIMIT 1"))  # noqa: S608  # escaped

    def _note(self, state: str, first: int, at: Position, count: int) -> None:
        row = pa.table({
            "network": [self._network], "log": [self._log], "first": pa.array([first], pa.uint64()),
            "last": pa.array([at.number], pa.uint64()), "state": [state], "mark": pa.array([at.mark], pa.uint64()),
            "now": pa.array([at.now]).cast(rows.MOMENT), "rows": pa.array([count], pa.uint64()),
        })  # fmt: skip
        self._store.insert("progress", row, f"progress/{self._network}/{self._log}/{first}/{state}")

    def _find(self) -> tuple[Position, int | None]:
        """The last range that is done; the last record of the one begun behind it, if there is one."""
        done, last = Position(), None
        for state, _, number, mark, now in self._store.rows(self._query("1", "ORDER BY last DESC, state DESC LIMIT 3")):
            if state == "done":
                done = Position(int(number), int(mark), int(now))
                break
            last = int(number)
        return done, last

    def _query(self, which: str, order: str = "") -> str:
        mine = f"network = '{escaped(self._network)}' AND log = '{self._log}'"
        columns = "state, first, last, mark, toUnixTimestamp64Milli(now)"
        return f"SELECT {columns} FROM tower.progress WHERE {mine} AND {which} {order}"  # noqa: S608  # escaped

    def _patiently(self, do: Callable[[], Given]) -> Given:
        return patiently(self._what, do)
