"""Visits wait at a site, and more come than is usual, or fewer get a door than is usual, beyond chance."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.pairing import pair
from tower.table import find, kernel

RULE = Rule("queue.building", up=1, down=1, warning=8, critical=16, unit="visits",
            why="{value:.0f} visits wait, and arrivals outrun the doors")  # fmt: skip
ARRIVALS, DOCKINGS = 0, 1


@kernel
def look(flows, numbers, now, rule, signals):
    """How many wait, while either flow has shifted so that the queue grows."""
    for i in numbers:
        flow = flows.rows[i]
        if flow.what > DOCKINGS:
            continue
        grows = flow.shift > 0.0 if flow.what == ARRIVALS else flow.shift < 0.0
        k = find(flows, pair(ARRIVALS + DOCKINGS - flow.what, flow.site))
        if not grows and k >= 0:
            other = flows.rows[k]
            grows = other.shift < 0.0 if flow.what == ARRIVALS else other.shift > 0.0
        value = float(flow.waiting) if grows else 0.0
        signal(signals, rule, flow.site, flow.site, flow.since, value, now, flow.position, -1)


DETECTOR = Detector(RULE, "flows", look)
