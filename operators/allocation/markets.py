"""Markets: which resources and lines have to do with each other at all; markets are solved apart."""

from typing import Any

import numpy as np

from operators.allocation.exact import Exact
from operators.allocation.lines import ABSENT
from operators.allocation.net import AUGMENTED, OUT, REBUILT, SCANNED
from tower.compiled import kernel


@kernel
def find(parent, j):
    """The head of j's group; ways there get shorter."""
    while parent[j] != j:
        parent[j] = parent[parent[j]]
        j = parent[j]
    return j


@kernel
def join(parent, option):
    """Put the resources of each line into one group, headed by the smallest; how many groups that cost."""
    joined = 0
    for i in range(option.shape[0]):
        first = -1
        for k in range(option.shape[1]):
            if option[i, k] == ABSENT:
                continue
            other = find(parent, option[i, k])
            if first < 0:
                first = other
            elif first != other:
                low, high = min(first, other), max(first, other)
                parent[high] = low
                first = low
                joined += 1
    return joined


@kernel
def groups(parent, option):
    """The group of each line, ABSENT for lines without an option."""
    found = np.full(option.shape[0], ABSENT, np.int64)
    for i in range(option.shape[0]):
        for k in range(option.shape[1]):
            if option[i, k] != ABSENT:
                found[i] = find(parent, option[i, k])
                break
    return found


class Market:
    """Resources that lines have in common, and the rows of these lines: seat s of `exact` is row `rows[s]`."""

    def __init__(self, resources: Any, ids: Any, room: Any, options: int) -> None:
        self.resources = resources
        self.exact = Exact(ids[resources], room[resources], options)
        self.rows = np.zeros(0, "i8")
        self._free = np.zeros(0, "i8")

    def seats(self, count: int) -> Any:
        """Seats for so many new lines."""
        used, self._free = self._free[:count], self._free[count:]
        more = np.arange(len(self.rows), len(self.rows) + count - len(used))
        self.rows = np.concatenate([self.rows, np.full(len(more), OUT)])
        return np.concatenate([used, more])

    def seated(self) -> Any:
        """Seats that are taken."""
        at = self.exact.net.at[: len(self.rows)]
        return np.flatnonzero(at != OUT)

    def leave(self, seats: Any) -> None:
        """These lines take no part any more."""
        self.exact.leave(seats)
        self._free = np.concatenate([self._free, seats])

    def local(self, option: Any) -> Any:
        """Options (n, K) by their place among the market's resources."""
        return np.where(option == ABSENT, ABSENT, np.searchsorted(self.resources, option))

    @property
    def spent(self) -> Any:
        """Augmentations, rebuilds, scans so far."""
        return self.exact.net.meta[[AUGMENTED, REBUILT, SCANNED]]
