"""Step: keeps tables, changes them when events happen or time passes, and nobody else writes them."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from operators.work import Work, mask_of
from tower import layouts
from tower.ids import of
from tower.table import TOUCHED, Table


class Step:
    """One step of the control chain.

    families   the event families it reads
    watches    the fact tables of earlier steps, and further families, that also concern it
    publishes  its tables that are facts for others: changed rows become outcomes
    keeps      its other tables
    Both are names of outcome layouts, or (name, one unknown row) where a table never leaves the state.
    """

    families: ClassVar[tuple[str, ...]] = ()
    watches: ClassVar[tuple[str, ...]] = ()
    publishes: ClassVar[tuple[str, ...]] = ()
    keeps: ClassVar[tuple[tuple[str, np.ndarray], ...]] = ()

    def __init__(self, saved: Mapping[str, bytes] | None = None) -> None:
        saved = saved or {}
        blanks = {**{name: layouts.blank(name) for name in self.publishes}, **dict(self.keeps)}
        self.tables = {name: _restored(blank, saved.get(name)) for name, blank in blanks.items()}
        self.mask = mask_of((*self.families, *self.watches))
        self._kept = tuple(self.tables.values())
        self._bits = [(self.tables[name], mask_of((name,))) for name in self.publishes]

    @property
    def name(self) -> str:
        """The step's name in state files and metrics."""
        return type(self).__name__.lower()

    def begin(self, work: Work) -> None:
        """Make room for all that this pass can add."""
        if room := self.room(work):
            for table in self._kept:
                table.reserve(room)

    def room(self, work: Work) -> int:
        """At most so many rows can be added to any one table."""
        rows, tables = 0, work.tables
        for family in self.families:
            if family in tables:
                rows += tables[family].size
        return rows

    def apply(self, work: Work) -> None:
        """Let a pass go through that has something in `mask`; what this changes concerns later steps."""
        if self.concerns(work):
            self.begin(work)
            self.run(work)
            for table, bit in self._bits:
                if table.t.meta[TOUCHED]:
                    work.present |= bit

    def concerns(self, work: Work) -> bool:
        """Whether there is anything to do, where the mask says that there may be."""
        return True

    def run(self, work: Work) -> None:
        """Change the tables."""
        raise NotImplementedError

    def activate(self, work: Work) -> None:
        """Another build starts on this state: say how every published row is, as this build says it."""
        for name in self.publishes:
            if len(self.tables[name]):
                work.found[name] = [self.tables[name].rows.copy()]

    def evict(self, before: int) -> dict[str, np.ndarray]:
        """Drop what may go; the keys of what was published, by table."""
        gone = {name: table.evict(before) for name, table in self.tables.items() if len(table) and table.may_go}
        return {name: keys for name, keys in gone.items() if keys.size and name in self.publishes}

    def saved(self) -> dict[str, bytes]:
        """The step's state: its tables as bytes."""
        return {name: table.to_bytes() for name, table in self.tables.items()}


def _restored(blank: np.ndarray, data: bytes | None) -> Table:
    return Table(blank) if data is None else Table.from_bytes(blank, data)


def gone_rows(gone: Mapping[str, np.ndarray]) -> np.ndarray:
    """Dropped keys as rows of the outcome table `gone`."""
    rows = [_gone(name, keys) for name, keys in gone.items()]
    return np.concatenate(rows) if rows else layouts.empty("gone")


def _gone(name: str, keys: np.ndarray) -> np.ndarray:
    rows = layouts.empty("gone", keys.size)
    rows["table"], rows["key"] = of("table", name), keys
    return rows
