"""Bands: quantiles put right by how often labels fell outside of what was issued (conformal, online).

After conformalized quantile regression (Romano, Patterson, Candes 2019) and adaptive conformal inference (Gibbs, Candes
2021), for each side by itself: offsets of everybody and of each group that a row belongs to, and one that forgets and
so follows bad days. They count in half-widths of the model's own band, so that a doubtful leg gets more of them.
"""

import numpy as np

from tower.compiled import lean

LOW, MIDDLE, HIGH = range(3)
NARROWEST = 5.0
"""A band is never taken to be narrower than this when it is widened, in the label's unit."""


@lean
def half_width(issued):
    """What an offset of 1 is worth."""
    return max(issued[HIGH] - issued[LOW], NARROWEST) * 0.5


@lean
def widen(issued, slots, offsets, times, band):
    """Write the band of what a model issued, so many times as wide: low <= middle <= high, whatever it said."""
    down, up = 0.0, 0.0
    for slot in slots:
        down += offsets[slot, 0]
        up += offsets[slot, 1]
    half = half_width(issued)
    middle = issued[MIDDLE]
    band[LOW] = middle - times * max(middle - issued[LOW] + half * down, 0.0)
    band[MIDDLE] = middle
    band[HIGH] = middle + times * max(issued[HIGH] - middle + half * up, 0.0)


@lean
def settle(band, label, slots, offsets, rates, keeps, tail):
    """A label has come for a band as it was issued: outside widens its groups' side, inside narrows it a little."""
    if np.isnan(label) or np.isnan(band[LOW]):
        return
    below = 1.0 if label < band[LOW] else 0.0
    above = 1.0 if label > band[HIGH] else 0.0
    for i in range(slots.size):
        offsets[slots[i], 0] = keeps[i] * offsets[slots[i], 0] + rates[i] * (below - tail)
        offsets[slots[i], 1] = keeps[i] * offsets[slots[i], 1] + rates[i] * (above - tail)
