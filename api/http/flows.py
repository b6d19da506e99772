"""Flows: what the flows of this tower have measured, as their beats in the data folder say it."""

from collections.abc import Iterable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import Final

from prometheus_client.core import HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from streams.beat import FOLDER, Said, heard
from tower import clock
from tower.errors import TowerError
from tower.telemetry import BY_NAME

TOLD: Final = ("tower_step_seconds", "tower_plan_seconds")
"""What flows measure and the API tells."""
OLD_S: Final = 60.0
"""A beat that is older is of a flow that has gone: its figures are no more told."""


class OfFlows(Collector):
    """The histograms that flows have noted. Only what lies in this tower's data folder is known."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def collect(self) -> Iterator[Metric]:
        """Those that anybody has noted something in."""
        said = list(beats(self.data))
        for name in TOLD:
            found = {label: counts for beat in said for label, counts in beat.spans.get(name, {}).items()}
            if found:
                yield family(name, found.items())


def beats(data: Path) -> Iterator[Said]:
    """What every flow that is there has said last."""
    for path in sorted((data / FOLDER).glob("*.json")):
        try:
            beat = heard(data, path.stem)
        except TowerError:
            continue
        if beat is not None and clock.wall_ms() - beat.at < OLD_S * clock.SECOND:
            yield beat


def family(name: str, found: Iterable[tuple[str, list[float]]]) -> HistogramMetricFamily:
    """A histogram as Prometheus has it: its buckets hold all that lies below their bound."""
    metric = BY_NAME[name]
    made = HistogramMetricFamily(name, metric.help, labels=metric.labels)
    bounds = [*(repr(float(bound)) for bound in metric.buckets), "+Inf"]
    for label, counts in found:
        buckets = list(zip(bounds, accumulate(counts[:-1]), strict=True))
        made.add_metric([label] if metric.labels else [], buckets, counts[-1])
    return made
