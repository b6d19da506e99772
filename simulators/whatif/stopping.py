"""Stopping: when paired runs are enough, by a rule that may look after each pair and still claims too much too seldom.

The chance of a wrong claim, 5 % in all, is spent in equal parts on each look and each variant beside the base (a union
bound: it holds however the looks depend on each other). Intervals are Student's at what one look may spend.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

ERROR: Final = 0.05
LEAST: Final = 4
"""Pairs before the first look."""
RULE: Final = "5 % spent in equal parts on each look from the 4th pair on and on each variant (alpha spending)"


class Span(NamedTuple):
    """A mean of paired differences and where it lies; None while one pair says nothing of that."""

    mean: float
    low: float | None
    high: float | None

    @property
    def is_apart(self) -> bool:
        """Whether 0 lies outside."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


class Looks(NamedTuple):
    """most: pairs that may be played; beside: variants beside the base; precision: how narrow is narrow enough, as a
    share of the base's figure.
    """

    most: int
    beside: int
    precision: float

    def reach(self, pairs: int) -> float:
        """How many standard errors an interval reaches to each side."""
        looks = max(self.most - LEAST, 0) + 1
        return quantile(ERROR / looks / self.beside, pairs - 1)

    def span(self, found: Sequence[float] | np.ndarray) -> Span:
        """The interval of the mean of such differences."""
        differences = np.asarray(found, "f8")
        mean, size = float(differences.mean()), differences.size
        if size < 2:
            return Span(mean, None, None)
        half = self.reach(size) * float(differences.std(ddof=1)) / size**0.5
        return Span(mean, mean - half, mean + half)

    def stop(self, differences: Sequence[Sequence[float]], base: float) -> str:
        """Why no more pairs are needed, given each variant's differences so far and the base's mean; "" if they are."""
        pairs = len(differences[0])
        if pairs < LEAST:
            return f"all {pairs} runs are played" if pairs >= self.most else ""
        spans = [self.span(found) for found in differences]
        if all(span.is_apart for span in spans):
            return "interval excludes 0"
        if all(span.is_apart or self.is_narrow(span, base) for span in spans):
            return f"interval narrower than {self.precision:.4g} of the base"
        return f"all {pairs} runs are played" if pairs >= self.most else ""

    def is_narrow(self, span: Span, base: float) -> bool:
        """Whether more pairs would tell nothing that matters."""
        wide = (span.high or 0.0) - (span.low or 0.0)
        return span.low is not None and wide < self.precision * abs(base)


@lru_cache(1000)
def quantile(error: float, freedom: int) -> float:
    """Student's, for an error on both sides together."""
    from scipy.stats import t

    return float(t.ppf(1 - error / 2, freedom))
