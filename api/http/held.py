"""Held: the rows of one live table in one array, found by id."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from sinks.views.keys import LIVE
from tower import layouts

ROOM: Final = 64


class Held:
    """The newest row of each thing. `changed` is the number of the record that touched it last.

    Not for two threads at once: `rows` is a view of what is held.
    """

    def __init__(self, table: str) -> None:
        self.table, self.key = table, LIVE[table]
        self.changed, self._at = 0, dict[int, int]()
        self._rows = layouts.empty(table, ROOM)

    def __len__(self) -> int:
        return len(self._at)

    @property
    def rows(self) -> np.ndarray:
        """All rows, in no order."""
        return self._rows[: len(self._at)]

    def get(self, key: int) -> np.void | None:
        """A copy of the row of that id."""
        at = self._at.get(key)
        return None if at is None else self._rows[at : at + 1].copy()[0]

    def put(self, rows: np.ndarray) -> None:
        """Take in rows, the last of an id counts."""
        places = [self._at.setdefault(key, len(self._at)) for key in rows[self.key].tolist()]
        if len(self._at) > self._rows.size:
            held = layouts.empty(self.table, 2 * len(self._at))
            lumps(held)[: self._rows.size] = lumps(self._rows)
            self._rows = held
        lumps(self._rows)[places] = lumps(rows)

    def drop(self, keys: Iterable[int]) -> None:
        """Forget ids; those that are not there too."""
        for key in keys:
            at = self._at.pop(key, None)
            last = len(self._at)
            if at is not None and at != last:
                lumps(self._rows)[at] = lumps(self._rows)[last]
                self._at[int(self._rows[self.key][at])] = at


def lumps(rows: np.ndarray) -> np.ndarray:
    """Rows as lumps of bytes: numpy would copy them field by field."""
    return np.ascontiguousarray(rows).view(f"V{rows.dtype.itemsize}")
