"""A purchase order that is noticed for, or has run past, a moment after it is due."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.table import kernel

RULE = Rule("supply.late", up=60, down=30, warning=240, critical=1440, unit="min",
            why="expected {value:.0f} min after it is due")  # fmt: skip


@kernel
def look(supply, numbers, now, rule, signals):
    """Lateness until received."""
    for i in numbers:
        po = supply.rows[i]
        value = po.late_min if po.received_at < 0 else 0.0
        evidence = max(po.noticed_position, po.ordered_position)
        signal(signals, rule, po.key, po.site, po.due, value, po.due, evidence, -1)


DETECTOR = Detector(RULE, "supply", look)
