"""Cuts: numbers and ids to small codes. 0 is unknown, in every column."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from operators.predict.hashing import stirred
from tower.compiled import lean

IDS: Final = np.uint64(65521)
"""Ids share so many codes (a prime): two that share one are taken for each other where no crossing parts them."""


@lean
def code_of_number(value, edges, count):
    """1 + how many of the first `count` edges, which rise, are not above the value; 0 for NaN."""
    if np.isnan(value):
        return 0
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if value < edges[middle]:
            high = middle
        else:
            low = middle + 1
    return 1 + low


@lean
def code_of_id(value):
    """1 .. 65521; 0 for id 0, which is nobody."""
    if value == 0:
        return 0
    return np.int64(np.uint64(1) + stirred(np.uint64(value)) % IDS)


@lean
def encode(numbers, ids, edges, counts, codes):
    """A row of numbers, then of ids, to codes."""
    for i in range(numbers.size):
        codes[i] = code_of_number(numbers[i], edges[i], counts[i])
    for i in range(ids.size):
        codes[numbers.size + i] = code_of_id(ids[i])


def table(grids: Sequence[Sequence[float]]) -> tuple[np.ndarray, np.ndarray]:
    """Edges of every column, (columns, most), and how many each has."""
    edges = np.full((len(grids), max(map(len, grids), default=1)), np.inf)
    for row, grid in zip(edges, grids, strict=True):
        row[: len(grid)] = grid
        assert list(grid) == sorted(set(grid)), f"edges must rise (got {grid})"
    return edges, np.array([len(grid) for grid in grids])
