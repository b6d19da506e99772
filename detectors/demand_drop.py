"""Far less is ordered to a site than is usual at this hour of the week, or nothing, and chance does not explain it."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.table import kernel

RULE = Rule("demand.drop", up=20, down=1, warning=60, critical=95, unit="%",
            why="{value:.0f} % less ordered than is usual")  # fmt: skip
ORDERS = 2


@kernel
def look(flows, numbers, now, rule, signals):
    """By how much, once a sum of likelihood ratios says that it is so."""
    for i in numbers:
        flow = flows.rows[i]
        if flow.what == ORDERS:
            signal(signals, rule, flow.site, flow.site, flow.since, 100.0 * max(-flow.shift, 0.0), now, flow.position,
                   0)  # fmt: skip


DETECTOR = Detector(RULE, "flows", look)
