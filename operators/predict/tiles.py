"""Tiles: sums of weights, one for each bin of each column and of each crossing of columns, learned one label at a time.

Several heads (a median, quantiles, a log-odds) share the places of a row and have weights of their own. AdaGrad
(Duchi, Hazan, Singer 2011) sets the steps; losses are pinball (Koenker, Bassett 1978), smoothed by Huber's width, and
logistic. `plain.py` is the same in plain Python, number for number.

`weights` (places, heads, 2) hold each head's weight and sum of squares, in single precision.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.predict.places import lay
from tower import math
from tower.compiled import lean

KIND, LEVEL, WIDTH, RATE = range(4)
"""Columns of what says a head: kind of loss; level of the quantile, or what a label has to pass to count as one; width
within which the loss is smooth; rate.
"""
QUANTILE, CHANCE = 0.0, 1.0
FIRST_SQUARE = np.float32(1e-2)
WEIGHT: Final = 0
SQUARE: Final = 1


class Room(NamedTuple):
    """Scratch for one row: `places` (terms,), `parts` (groups, heads), `out` (heads,), `pairs` (2, terms)."""

    places: Any
    parts: Any
    out: Any
    pairs: Any


def room(terms: int, groups: int, heads: int) -> Room:
    """Scratch."""
    return Room(np.zeros(terms, "u4"), np.zeros((groups, heads)), np.zeros(heads), np.zeros((2, terms), "f4"))


def blank(places: int, heads: int) -> np.ndarray:
    """Weights that have learned nothing."""
    weights = np.zeros((places, heads, 2), "f4")
    weights[..., SQUARE] = FIRST_SQUARE
    return weights


@lean
def add_up(base, bounds, weights, r):
    """Write each head's output for the row at the places, and what each group of terms adds to it: out = base +
    parts[0] + parts[1] ..
    """
    places = r.places
    for head in range(r.out.size):
        total = base[head]
        for group in range(r.parts.shape[0]):
            part = 0.0
            for k in range(bounds[group], bounds[group + 1]):
                part += weights[places[k], head, WEIGHT]
            r.parts[group, head] = part
            total += part
        r.out[head] = total


@lean
def guess(codes, base, terms, weights, r):
    """Write a row's places, outputs and parts; returns at how many of its places nothing was ever learned."""
    lay(codes, terms, weights.shape[0], r.places)
    add_up(base, terms.bounds, weights, r)
    new = 0
    for place in r.places:
        new += weights[place, 0, SQUARE] == FIRST_SQUARE
    return new


@lean
def slope(head, output, label):
    """The loss's slope where the output stands, at most 2 either way; 0 where the label is no number."""
    if np.isnan(label):
        return 0.0
    if head[KIND] == CHANCE:
        return chance(output) - (1.0 if label > head[LEVEL] else 0.0)
    over = output - label
    steep = 1.0 if over > 0 else -1.0
    if head[WIDTH] > 0:
        steep = min(max(over / head[WIDTH], -1.0), 1.0)
    return steep * 2.0 * (1.0 - head[LEVEL] if steep > 0 else head[LEVEL])


@lean
def chance(odds):
    """The chance whose log-odds these are."""
    return 1.0 / (1.0 + math.exp(-min(max(odds, -30.0), 30.0)))


@lean
def learn(codes, base, label, terms, heads, weights, r):
    """One label, once: every weight of the row's places steps against its head's slope, which `out` is left with."""
    lay(codes, terms, weights.shape[0], r.places)
    add_up(base, terms.bounds, weights, r)
    for head in range(r.out.size):
        r.out[head] = slope(heads[head], r.out[head], label)
        step(r.places, head, r.out[head], heads[head, RATE], weights, r.pairs)


@lean
def step(places, head, steep, rate, weights, pairs):
    """AdaGrad at all places of a row: brought together, stepped side by side (the loop between becomes vectors), put
    back. A place that two terms share steps once.
    """
    values, squares = pairs[0], pairs[1]
    square, far = np.float32(steep) * np.float32(steep), np.float32(rate * steep)
    for k in range(places.size):
        values[k], squares[k] = weights[places[k], head, WEIGHT], weights[places[k], head, SQUARE]
    for k in range(places.size):
        squares[k] += square
        values[k] -= np.divide(far, np.sqrt(squares[k]))
    for k in range(places.size):
        weights[places[k], head, WEIGHT], weights[places[k], head, SQUARE] = values[k], squares[k]
