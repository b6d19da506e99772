"""Stock of the overlay: what each hub has of each sku on the first morning."""

import math
from collections import Counter
from typing import Final, NamedTuple

import numpy as np

from simulators.scenarios.draw import unit

HUBS: Final = ("EWR", "JFK", "LGA")
SHARE: Final = np.array([0.45, 0.30, 0.25])
SCARCE: Final = 0.04
FAMILIES: Final = ("fast", "middle", "slow")
WIDTH: Final = {"fast": 3, "middle": 2, "slow": 1}
"""At how many hubs a sku of each family lies."""


class Shelf(NamedTuple):
    """Opening stock of one sku at one hub."""

    sku: str
    hub: str
    on_hand: int


def families(skus: list[str], quantities: list[int]) -> dict[str, str]:
    """The family of each sku by its place among all: the 30 % ordered most often are fast, the next 30 % middle."""
    lines, units = Counter(skus), Counter[str]()
    for sku, quantity in zip(skus, quantities, strict=True):
        units[sku] += quantity
    ranked = sorted(sorted(lines), key=lambda s: (-lines[s], -units[s]))
    bounds = (0.3 * len(ranked), 0.6 * len(ranked))
    return {s: FAMILIES[0 if r < bounds[0] else 1 if r < bounds[1] else 2] for r, s in enumerate(ranked)}


def shelves(seed: int, skus: list[str], quantities: list[int]) -> list[Shelf]:
    """Demand of the week times 1.30 to 1.80, of 4 % of skus only 0.85; split over the hubs that keep the sku."""
    units: Counter[str] = Counter()
    for sku, quantity in zip(skus, quantities, strict=True):
        units[sku] += quantity
    found = []
    for sku, family in families(skus, quantities).items():
        wanted = units[sku] * _cover(seed, sku)
        split = zip(HUBS, _split(seed, sku, family), strict=True)
        found += [Shelf(sku, hub, math.ceil(wanted * share)) for hub, share in split if share > 0]
    return found


def _cover(seed: int, sku: str) -> float:
    return 0.85 if unit(seed, "scarce", sku) < SCARCE else 1.30 + 0.5 * unit(seed, "cov", sku)


def _split(seed: int, sku: str, family: str) -> list[float]:
    weight = SHARE * np.array([0.5 + unit(seed, "hub", sku, h) for h in HUBS])
    weight[np.argsort(-weight)[WIDTH[family] :]] = 0
    split: list[float] = (weight / weight.sum()).tolist()
    return split
