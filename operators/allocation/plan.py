"""Plan: where each line goes, what that costs, what the resources are worth, and what could not be placed and why."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

NO_CANDIDATE, NOT_WORTH, FULL, NO_STOCK, FROZEN = range(1, 6)
"""Why a line is unserved: it has no option; none costs less than leaving it; what it would use is full; is sold out;
it was left and is frozen."""

UNSERVED: Final = np.dtype([("row", "i8"), ("key", "i8"), ("reason", "i1"), ("resource", "i4")])
"""`resource`: the one that the line would use first if there were room (FULL) or stock (NO_STOCK), else -1."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The result of one solve.

    rows: (n,) the caller's rows. taken: (n,) the option that each takes, or ABSENT.
    cost_cents: options and penalties of all lines; switching_cents: what leaving plans in force was charged besides.
    gap_cents: cost_cents + switching_cents is at most so much above the least possible; 0 is optimal.
    last_cents, next_cents: (D,) what the last unit of a resource saves, what one more would.
    load: (D,) units taken, frozen ones included; over: (D,) by how many units frozen lines exceed what there is.
    unserved: rows of UNSERVED. moved: rows whose option is not the one in force, unbooking included.
    spent: counted work since the plan before: "augmentations", "rebuilds", "scans".
    """

    rows: Any
    taken: Any
    cost_cents: int
    switching_cents: int
    gap_cents: float
    last_cents: Any
    next_cents: Any
    load: Any
    over: Any
    unserved: Any
    moved: Any
    spent: dict[str, int]


def short(unserved: Any) -> dict[int, int]:
    """Loads that a full resource is short of, by resource."""
    wanted = unserved["resource"][unserved["reason"] == FULL]
    resources, counts = np.unique(wanted, return_counts=True)
    return dict(zip(resources.tolist(), counts.tolist(), strict=True))


def reasons(unserved: Any, name: Callable[[int], str]) -> Iterator[str]:
    """What a person reads of unserved lines; `name` names a resource (for stock: the SKU).

    >>> row = np.array([(0, 7, FULL, 3), (1, 8, FULL, 3), (2, 9, NO_CANDIDATE, -1)], UNSERVED)
    >>> list(reasons(row, "UA1545-EWR-2013-02-08/{}".format))
    ['UA1545-EWR-2013-02-08/3 full: 2 loads short', 'no candidate: 1 line']
    """
    for resource, count in short(unserved).items():
        yield f"{name(resource)} full: {_some(count, 'load')} short"
    sold_out = unserved["resource"][unserved["reason"] == NO_STOCK]
    for stock in np.unique(sold_out).tolist():
        yield f"no stock of {name(stock)} within promise: {_some(int((sold_out == stock).sum()), 'line')}"
    for reason, why in ((NO_CANDIDATE, "no candidate"), (NOT_WORTH, "no option costs less than leaving it"),
                        (FROZEN, "left, and frozen")):  # fmt: skip
        count = int((unserved["reason"] == reason).sum())
        if count:
            yield f"{why}: {_some(count, 'line')}"


def _some(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
