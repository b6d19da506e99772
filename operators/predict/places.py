"""Places: where among the weights the terms of a row lie, each by a multiplication for each of its columns and a shift.

A term over columns of few codes has a place of its own for each combination of them; terms over more, as those over
ids, share 2**bits places by multiply-shift hashing (Dietzfelbinger 1996). One sum says both.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from operators.predict.hashing import GOLDEN
from tower import ids
from tower.compiled import lean

MANY: Final = 0
"""How many codes a column has that has too many to count."""
MOST: Final = 1 << 14
"""Combinations for which a term has places of its own."""


class Terms(NamedTuple):
    """`columns` and `factors` (3, terms), `widths` (terms,) how many of the three a term has, `begins` and `shifts`
    (terms,): it lies at (begin + sum of factor * code) >> shift, in 64 bits. `bounds` (groups + 1,): where the terms of
    each group begin and end.
    """

    columns: Any
    factors: Any
    widths: Any
    begins: Any
    shifts: Any
    bounds: Any


def of(terms: np.ndarray, bounds: np.ndarray, counts: Sequence[int], bits: int) -> tuple[Terms, int]:
    """Where terms lie, and how many places there are; `terms` (terms, 3) are columns, -1 where one has no more, and
    `counts` the codes of each column.
    """
    columns, factors = np.zeros((3, len(terms)), "u1"), np.zeros((3, len(terms)), "u8")
    begins, shifts, size = np.zeros(len(terms), "u8"), np.zeros(len(terms), "u8"), 1 << bits
    for k, term in enumerate(terms.tolist()):
        used = [column for column in term if column >= 0]
        columns[: len(used), k] = used
        combinations = np.cumprod([1, *(counts[column] for column in used)])
        if MANY < combinations[-1] <= MOST:
            factors[: len(used), k], begins[k] = combinations[:-1], size
            size += int(combinations[-1])
        else:
            factors[: len(used), k] = [ids.of("factor", f"{k}/{n}") | 1 for n in range(len(used))]
            begins[k], shifts[k] = (k + 1) * int(GOLDEN) % 2**64, 64 - bits
    return Terms(columns, factors, (terms >= 0).sum(axis=1).astype("u1"), begins, shifts, bounds), size


@lean
def lay(codes, terms, size, places):
    """Write where each term of a row lies, below size whatever the codes."""
    first, second, third = terms.columns[0], terms.columns[1], terms.columns[2]
    by_first, by_second, by_third = terms.factors[0], terms.factors[1], terms.factors[2]
    widths, begins, shifts, last = terms.widths, terms.begins, terms.shifts, np.uint64(size - 1)
    for k in range(places.size):
        h = begins[k] + by_first[k] * np.uint64(codes[first[k]])
        if widths[k] > 1:
            h += by_second[k] * np.uint64(codes[second[k]])
            if widths[k] > 2:
                h += by_third[k] * np.uint64(codes[third[k]])
        places[k] = min(h >> shifts[k], last)
