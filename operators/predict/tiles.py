"""Tiles: sums of weights, one for each bin of each column and of each crossing of columns, learned one label at a time.

Several heads (a median, quantiles, a log-odds) share the places of a row and have weights of their own. AdaGrad
(Duchi, Hazan, Singer 2011) sets the steps; losses are pinball (Koenker, Bassett 1978), smoothed by Huber's width, and
logistic. `tiles_plain.py` is the same in plain Python, number for number.
"""

import numpy as np

from operators.predict.hashing import GOLDEN, joined
from tower import math
from tower.compiled import lean

KIND, LEVEL, WIDTH, RATE = range(4)
"""Columns of what says a head: kind of loss; level of the quantile, or what a label has to pass to count as one; width
within which the loss is smooth; rate.
"""
QUANTILE, CHANCE = 0.0, 1.0
FIRST_SQUARE = np.float32(1e-2)


@lean
def place(codes, term, number, mask):
    """Where the weights of a row's term lie; a term is columns, -1 where it has no more."""
    h = np.uint64(number + 1) * GOLDEN
    for column in term:
        if column >= 0:
            h = joined(h, codes[column])
    return np.int64(h & np.uint64(mask))


@lean
def guess(codes, base, terms, groups, weights, places, parts, out):
    """Write each head's output for a row, and what each group of terms adds to it: out = base + parts[0] + parts[1] ..

    Writes the row's places too; returns at how many of them nothing was ever learned.
    """
    parts[:] = 0.0
    new = 0
    for k in range(terms.shape[0]):
        places[k] = place(codes, terms[k], k, weights.shape[0] - 1)
        row = weights[places[k]]
        if row[0, 1] == FIRST_SQUARE:
            new += 1
        for head in range(out.size):
            parts[groups[k], head] += row[head, 0]
    for head in range(out.size):
        total = base[head]
        for group in range(parts.shape[0]):
            total += parts[group, head]
        out[head] = total
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
def learn(codes, base, label, terms, groups, heads, weights, places, parts, out):
    """One label, once: every weight of the row's places steps against its head's slope, which `out` is left with."""
    guess(codes, base, terms, groups, weights, places, parts, out)
    for head in range(out.size):
        out[head] = slope(heads[head], out[head], label)
    for k in range(terms.shape[0]):
        row = weights[places[k]]
        for head in range(out.size):
            step = out[head]
            row[head, 1] += step * step
            row[head, 0] -= heads[head, RATE] * step / np.sqrt(row[head, 1])
