"""What is left of each article at each site as a week goes on, and whether what was said of it came true.

`stock.running_out` says that an article is gone before more of it comes. That came true where by then nothing was left
that no line lays claim to, or somebody ordered more of it than that.
"""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from tower import clock
from tower.ids import UNKNOWN


@dataclass(slots=True)
class Claim:
    """That a shelf is empty by a moment, or has too little."""

    until: int
    is_true: bool = False


@dataclass(slots=True)
class Shelves:
    """By cell of stock: its article, what is left, what was said; by article its cells, and the lines without goods."""

    article: dict[int, int] = field(default_factory=dict)
    left: dict[int, int] = field(default_factory=dict)
    claims: defaultdict[int, list[Claim]] = field(default_factory=lambda: defaultdict(list))
    cells: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    wanting: defaultdict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    asking: defaultdict[int, list[tuple[int, list[int]]]] = field(default_factory=lambda: defaultdict(list))

    def count(self, rows: np.ndarray, now: int) -> None:
        """Take in rows of the table `stock`."""
        for cell, sku, balance, allocated in rows[["key", "sku", "balance", "allocated"]].tolist():
            if cell not in self.article:
                self.article[cell] = sku
                self.cells[sku].append(cell)
            self.left[cell] = balance - max(allocated, 0)
            self.hold(cell, 1, now)

    def hold(self, cell: int, wanted: int, now: int) -> None:
        """What was said of a shelf is true if it has less than is wanted."""
        for claim in self.claims[cell]:
            claim.is_true |= now <= claim.until and self.left[cell] < wanted

    def want(self, line: int, sku: int, site: int, quantity: int, now: int) -> None:
        """A line as it is now: one that was never booked has no goods. What asks for such lines is given new ones."""
        if site != UNKNOWN:
            self.wanting[sku].pop(line, None)
        elif line not in self.wanting[sku]:
            self.wanting[sku][line] = quantity
            for cell in self.cells[sku]:
                self.hold(cell, quantity, now)
            for until, lines in self.asking[sku]:
                if now <= until:
                    lines.append(line)

    def say(self, cell: int, until: int, now: int) -> None:
        """It was said that a shelf is empty by then."""
        self.claims[cell].append(Claim(until))
        most = max(self.wanting[self.article[cell]].values(), default=0)
        self.hold(cell, max(most, 1), now)

    def about(self, cell: int, until: int) -> list[int]:
        """The lines of its article without goods; those that are ordered until then are added as they come."""
        sku = self.article.get(cell)
        if sku is None:
            return []
        lines = list(self.wanting[sku])
        self.asking[sku].append((until, lines))
        return lines

    def came_true(self, end: int) -> list[bool]:
        """Of all that was said until then, whether it came true."""
        return [claim.is_true for claims in self.claims.values() for claim in claims if claim.until <= end]


def until(row: np.void) -> int:
    """By when a deviation says that more of an article comes: gone at `act_by`, so many hours before."""
    return int(row["act_by"]) + int(float(row["value"]) * clock.HOUR)
