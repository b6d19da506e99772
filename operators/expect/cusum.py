"""Cusum: sums of log-likelihood ratios, which grow while another rate explains counts better than the usual one.

Page (1954). By Lorden (1971) a sum reaches ln(n) by chance no oftener than once in n steps: so limits follow from how
many false alarms anybody wants, and from nothing that was recorded.
"""

from typing import Final

import numpy as np

from tower.math import log
from tower.table import kernel

RATIOS: Final = np.array([1.3, 2.0, 0.7, 0.3])
"""The rates that are listened for, as multiples of the usual one: a little more, twice, a little less, hardly any."""
LOGS: Final = np.array([0.26236426446749106, 0.6931471805599453, -0.35667494393873245, -1.203972804325936])
SUMS: Final = RATIOS.size
MORE: Final = 2
"""The first so many listen for more, the others for less."""
ODDS: Final = 2.0
"""Of shares: twice the odds are listened for."""


@kernel
def hear_counts(row, count, usual, spread, limit, moment):
    """Add a step's count to each sum. `spread` is how much wider counts scatter than chance alone would have them."""
    for j in range(SUMS):
        total = row.sums[j] + (count * LOGS[j] - (RATIOS[j] - 1.0) * usual) / spread
        if row.sums[j] <= 0.0:
            row.began[j], row.seen[j], row.wanted[j] = moment, 0.0, 0.0
        row.seen[j] += count
        row.wanted[j] += usual
        row.sums[j] = min(max(total, 0.0), limit)


@kernel
def loudest(row, first, end):
    """The largest of the sums from `first` to before `end`."""
    best = first
    for j in range(first, end):
        if row.sums[j] > row.sums[best]:
            best = j
    return best


@kernel
def judge_counts(row, limit):
    """Which way the rate has shifted: 1 more, -1 less, 0 it has not; one that had has until its sum is halved."""
    more, less = loudest(row, 0, MORE), loudest(row, MORE, SUMS)
    over_more = row.sums[more] >= (limit / 2.0 if row.shift > 0.0 else limit)
    over_less = row.sums[less] >= (limit / 2.0 if row.shift < 0.0 else limit)
    if over_more and (not over_less or row.sums[more] >= row.sums[less]):
        return 1, more
    return (-1, less) if over_less else (0, 0)


@kernel
def is_odd(row, limit):
    """Whether any sum has come halfway."""
    for j in range(SUMS):
        if row.sums[j] >= limit / 2.0:
            return True
    return False


@kernel
def gain_of_shares(hits, misses, share):
    """What that many hits and misses add to a sum that listens for twice the odds of a share."""
    often = ODDS * share / (1.0 - share + ODDS * share)
    return hits * log(often / share) + misses * log((1.0 - often) / (1.0 - share))
