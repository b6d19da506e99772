"""Paired: two variants seed by seed, with all other luck in common, and how sure their difference is."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from simulators.whatif.scores import VALIDITY, Score
from simulators.whatif.variant import Variant

Run = Callable[[Variant, int], Score]
CONFIDENCE = 0.95


class Difference(NamedTuple):
    """One figure of both variants, the means over n seeds.

    low, high  the 95 % interval of `difference` (Student's t over the paired differences); None of one seed alone
    validity   replayed: recorded facts; assumed: rests on what was simulated beside the records
    """

    kpi: str
    base: float
    changed: float
    difference: float
    low: float | None
    high: float | None
    n: int
    validity: str


def compare(base: Variant, changed: Variant, seeds: Sequence[int], run: Run) -> list[Difference]:
    """Every figure of two variants."""
    both = [(run(base, seed), run(changed, seed)) for seed in seeds]
    return [difference(kpi, [(float(b[kpi]), float(c[kpi])) for b, c in both]) for kpi in both[0][0]]


def difference(kpi: str, pairs: Sequence[tuple[float, float]]) -> Difference:
    """One figure, from its pairs.

    >>> difference("late_h", [(3.0, 2.0), (5.0, 4.0)])[3:6]
    (-1.0, -1.0, -1.0)
    """
    base, changed = np.array(pairs).T
    found = changed - base
    low, high = interval(found)
    return Difference(kpi, float(base.mean()), float(changed.mean()), float(found.mean()), low, high, len(pairs),
                      VALIDITY.get(kpi, "assumed"))  # fmt: skip


def interval(found: np.ndarray) -> tuple[float, float] | tuple[None, None]:
    """Where the mean of such differences lies, 95 times of 100; nothing is known from one."""
    if found.size < 2:
        return None, None
    from scipy.stats import t

    half = float(t.ppf((1 + CONFIDENCE) / 2, found.size - 1) * found.std(ddof=1) / np.sqrt(found.size))
    return float(found.mean()) - half, float(found.mean()) + half
