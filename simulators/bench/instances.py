"""Instances: made-up allocation problems of any size, the same for the same seed.

Demand lies in clusters, capacity follows what is near with noise, so that some regions are short and others are not.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from operators.allocation.lines import Lines
from operators.allocation.stocked import Stock


@dataclass(frozen=True, slots=True)
class Instance:
    """Lines and what each resource takes."""

    lines: Lines
    room: Any


def regional(lines: int, resources: int, options: int = 5, seed: int = 1, tight: float = 0.97) -> Instance:
    """Lines around cities, resources anywhere, a line's options those that are nearest; demand is `tight` of room."""
    draw = np.random.default_rng(seed)
    places, cities = draw.random((resources, 2)), draw.random((60, 2))
    home = cities[draw.choice(60, lines, p=draw.dirichlet(np.full(60, 0.6)))] + draw.normal(0, 0.04, (lines, 2))
    far = np.sqrt(((home[:, None, :] - places[None]) ** 2).sum(2))
    cost = (300 + 2500 * far + draw.gamma(1.5, 60, far.shape) + 400 * (far > 0.35)).astype("i8")
    near = np.argpartition(cost, options - 1, axis=1)[:, :options]
    demand = np.bincount(near[:, :3].ravel(), minlength=resources) + 0.2 * lines / resources
    share = demand * draw.lognormal(0, 0.35, resources)
    room = np.maximum(1, share / share.sum() * lines / tight).astype("i8")
    unserved = (2000 + draw.gamma(2, 1500, lines)).astype("i8")
    return Instance(Lines.of(near, np.take_along_axis(cost, near, 1), unserved), room)


def altered(lines: Lines, count: int, seed: int = 5) -> tuple[Any, Lines]:
    """So many rows, and lines to take their place: drawn from the same lines, costs shaken."""
    draw = np.random.default_rng(seed)
    rows, like = draw.choice(len(lines), count, replace=False), draw.choice(len(lines), count)
    shaken = np.maximum(100, lines.cost[like] + draw.normal(0, 60, lines.cost[like].shape).astype("i8"))
    return rows, Lines.of(lines.option[like], shaken, lines.unserved[like], key=lines.key[rows])


def odd(seed: int) -> Instance:
    """Small and strange: ties everywhere, one option, none, no room, all frozen, negative costs, doubled resources."""
    draw = np.random.default_rng(seed)
    n, d, k = int(draw.integers(1, 60)), int(draw.integers(1, 9)), int(draw.integers(1, 6))
    option = draw.integers(-1 if seed % 2 else 0, d, (n, k))
    cost = draw.integers(-20 if seed % 3 == 0 else 0, draw.choice([2, 100, 4000]), (n, k))
    unserved = draw.integers(0, draw.choice([2, 150, 9000]), n)
    current = draw.integers(-1, k, n)
    current[np.take_along_axis(option, np.maximum(current, 0)[:, None], 1)[:, 0] == -1] = -1
    frozen = draw.random(n) < (0, 0, 0.2, 1)[seed % 4]
    room = draw.integers(0, draw.choice([1, max(2, n // d + 2), 2 * n + 1]), d)
    lines = Lines.of(option, cost, unserved, key=draw.permutation(10_000)[:n], current=current,
                     switching=draw.integers(0, 10, n), frozen=frozen, grade=draw.integers(0, 3, n))  # fmt: skip
    return Instance(lines, room)


@dataclass(frozen=True, slots=True)
class Shelves:
    """Lines of SKUs, where their options take stock from, what is there, and what each site can put through."""

    lines: Lines
    stock: Stock
    room: Any


def shelves(lines: int, skus: int, sites: int, options: int = 5, seed: int = 1) -> Shelves:
    """Lines whose SKUs sell by Zipf's law; a site keeps a SKU or not; stock and throughput are somewhat short."""
    draw = np.random.default_rng(seed)
    base = regional(lines, sites, options, seed)
    share = 1.0 / np.arange(1, skus + 1) ** 0.8
    sku = draw.choice(skus, lines, p=share / share.sum())
    kept = draw.random((skus, sites)) < 0.6
    option = np.where(kept[sku[:, None], base.lines.option], base.lines.option, -1)
    demand = np.zeros((skus, sites))
    np.add.at(demand, (np.repeat(sku, options), base.lines.option.ravel()), 1.0 / options)
    units = np.where(kept, np.ceil(demand * draw.uniform(0.6, 2.4, demand.shape)), 0).astype("i8")
    room = np.maximum(1, base.room * 0.95).astype("i8")
    made = Lines.of(option, base.lines.cost, base.lines.unserved)
    return Shelves(made, Stock(sku, base.lines.option, units), room)
