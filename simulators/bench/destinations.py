"""Destinations at random, as a plan in the chain sees one: lines of some loads on legs of little room."""

from typing import Any, Final

import numpy as np

from operators.planning.futures import Outlook
from operators.planning.rows import BOOKED, NOWHERE, OPEN, WANT, WAY
from operators.planning.scene import Scene
from tower.clock import HOUR, MINUTE

NOW: Final = 1_360_314_000_000


def scene_at(seed: int, lines: int, legs: int, most: int, is_weighed: bool = False) -> Scene:
    """Lines of up to so many loads, half of them booked as far as that fits; of kg and m3 too, where they are weighed.
    Legs take about two thirds of it.
    """
    draw = np.random.default_rng(seed)
    wants, ways = np.repeat(WANT, lines), np.repeat(WAY, legs)
    wants["key"] = draw.permutation(np.arange(1, 1 + lines))
    wants["loads"], wants["priority"] = draw.integers(1, most + 1, lines), draw.integers(0, 3, lines)
    wants["value_cents"] = draw.integers(0, 90_000, lines)
    wants["promised_by"] = NOW + draw.integers(5, 60, lines) * HOUR
    wants["grams"] = wants["loads"] * draw.integers(100, 900, lines)
    wants["litres"] = wants["loads"] * draw.integers(1, 9, lines)
    ways["key"], ways["is_open"] = draw.permutation(np.arange(1, 1 + legs)), 1
    ways["dep"] = np.sort(NOW + draw.integers(7 * 60, 60 * 60, legs) * MINUTE)
    ways["arr"], ways["freight"] = ways["dep"] + draw.integers(1, 9, legs) * HOUR, draw.integers(0, 900, legs)
    share = 2 * int(wants["loads"].sum()) // (3 * legs)
    ways["capacity"] = draw.integers(0, 2 + 2 * share, legs)
    at, free = np.full(lines, NOWHERE), ways["capacity"].copy()
    for i in np.flatnonzero(draw.random(lines) < 0.5):
        j = int(draw.integers(0, legs))
        if wants["loads"][i] <= free[j]:
            at[i], wants["stand"][i], wants["leg"][i] = j, BOOKED, ways["key"][j]
            free[j] -= wants["loads"][i]
    wants["stand"][at == NOWHERE] = OPEN
    bulk = np.stack([ways["capacity"] * 450, ways["capacity"] * 5], 1) if is_weighed else np.zeros((0, 2), "i8")
    held: Any = np.zeros((legs, 2), "i8")
    np.add.at(held, at[at != NOWHERE], np.stack([wants["grams"], wants["litres"]], 1)[at != NOWHERE])
    bulk = np.maximum(bulk, held) if is_weighed else bulk
    ends = np.array([0, lines]), np.array([0, legs])
    return Scene(
        np.arange(lines), wants, at, np.ones(lines, "?"), np.ones((lines, 1), "?"), np.arange(legs), ways,
        np.zeros(legs, "i8"), ways["capacity"].copy(), free, *ends,
        Outlook(np.zeros(legs), np.ascontiguousarray(ways["arr"]).reshape(-1, 1)), bulk,
        bulk - held if is_weighed else bulk,
    )  # fmt: skip
