"""Near days: what is not recorded of a flight, from the same flight on the nearest day on which it is."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

MOST: Final = 31
"""How many days away a plan is still taken for the same; beyond it numbers are given to other flights."""


def coded(*columns: pa.Array) -> np.ndarray:
    """A small number for each distinct row of texts; rows with a null share one."""
    joined = pc.fill_null(pc.binary_join_element_wise(*columns, "/"), "")
    return joined.dictionary_encode().indices.to_numpy()


def donors(key: np.ndarray, day: np.ndarray, known: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """For each wanted row the known row of its key on the nearest day, the earlier of two, within MOST; else -1."""
    out = np.full(key.size, -1)
    rows, asking = np.flatnonzero(known), np.flatnonzero(wanted)
    if not rows.size or not asking.size:
        return out
    span = 1 << 20
    places = key * span + np.nan_to_num(day).astype("i8")
    rows = rows[np.argsort(places[rows], kind="stable")]
    at = np.searchsorted(places[rows], places[asking])
    sides = [rows[np.clip(at - 1, 0, rows.size - 1)], rows[np.clip(at, 0, rows.size - 1)]]
    before, after = (np.abs(places[side] - places[asking]) for side in sides)
    nearest = np.where(before <= after, sides[0], sides[1])
    out[asking] = np.where(np.minimum(before, after) <= MOST, nearest, -1)
    return out


def medians(key: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The median of the known values of each key, by key; NaN where none is known."""
    out = np.full(int(key.max(initial=-1)) + 1, np.nan)
    known = np.flatnonzero(~np.isnan(values))
    order = known[np.lexsort((values[known], key[known]))]
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    sizes = np.diff(np.append(starts, order.size))
    out[key[order[starts]]] = values[order[starts + (sizes - 1) // 2]]
    return out
