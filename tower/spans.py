"""Spans: how long things take in this process, as counts by bucket that only grow; cheap to note, said once a second.

    SPANS.note("tower_step_seconds", "legs", 0.0003)

The metric is a histogram of tower.telemetry with at most one label. What a flow notes is in its beat, and the API tells
it: streams.beat, api.http.flows.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Final

Counts = dict[str, dict[str, list[float]]]
"""By metric and label: how many are in each bucket, up to its bound; how many beyond the last one; their sum in s."""


def bounds_of(metric: str) -> Sequence[float]:
    """The bounds of a listed metric's buckets; imported by those who measure, as Prometheus's client is heavy."""
    from tower.telemetry import BY_NAME

    return BY_NAME[metric].buckets


class Spans:
    """By metric and label. A thread may note while another one reads: what is read may be one span short."""

    def __init__(self, bounds: Callable[[str], Sequence[float]] = bounds_of) -> None:
        self._bounds = bounds
        self._counts: Counts = {}

    def note(self, metric: str, label: str, seconds: float) -> None:
        """One more. Raises KeyError for a metric that is not listed."""
        bounds = self._bounds(metric)
        counts = self._counts.setdefault(metric, {}).setdefault(label, [0.0] * (len(bounds) + 2))
        counts[bisect_left(bounds, seconds)] += 1
        counts[-1] += seconds

    def said(self) -> Counts:
        """All of them.

        >>> spans = Spans(lambda metric: (0.1, 1.0))
        >>> for seconds in (0.1, 5.0): spans.note("m", "a", seconds)
        >>> spans.said()
        {'m': {'a': [1.0, 0.0, 1.0, 5.1]}}
        """
        return {metric: {label: list(counts) for label, counts in list(labels.items())}
                for metric, labels in list(self._counts.items())}  # fmt: skip


SPANS: Final = Spans()
