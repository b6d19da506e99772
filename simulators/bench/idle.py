"""Idle: what each flow uses while nobody says anything."""

import tempfile
from collections.abc import Iterator
from typing import Final

from simulators.bench.figures import Row, row
from simulators.bench.pair import Flow, first_outcome, pair, said
from tower import clock

SECONDS, QUICK_S = 10.0, 1.0
SETTLE_S: Final = 2.0
CPU_TARGET: Final = 5.0
RSS_TARGET: Final = 300.0
"""Per flow, of what the whole tower may use: a quarter of a core and 1.5 GB."""


def run(*, quick: bool = False) -> list[Row]:
    """CPU and memory of each flow."""
    seconds = QUICK_S if quick else SECONDS
    with tempfile.TemporaryDirectory() as folder:
        said(folder, 100)
        with pair(folder) as flows:
            first_outcome(folder, flows)
            clock.sleep(QUICK_S if quick else SETTLE_S)
            return list(figures(flows, seconds))


def figures(flows: list[Flow], seconds: float) -> Iterator[Row]:
    """Two rows a flow."""
    before, start = [flow.cpu_s() for flow in flows], clock.steady_s()
    clock.sleep(seconds)
    took, load = clock.steady_s() - start, f"{seconds:.0f} s without a message; a tick a second"
    for flow, used in zip(flows, before, strict=True):
        yield row("idle", f"{flow.name}, CPU", 100 * (flow.cpu_s() - used) / took, "% of a core", "low", load,
                  target=CPU_TARGET)  # fmt: skip
        yield row("idle", f"{flow.name}, memory", flow.rss_mb(), "MB", "low", load, target=RSS_TARGET)
