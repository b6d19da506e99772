"""More visits wait at a site's gate than its doors can take in soon."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.table import kernel

RULE = Rule("dock.queue", up=4, down=2, warning=8, critical=16, unit="visits", on_delay_s=600,
            why="{value:.0f} visits wait at the gate")  # fmt: skip


@kernel
def look(queues, numbers, now, rule, signals):
    """How many wait without a door."""
    for i in numbers:
        queue = queues.rows[i]
        signal(signals, rule, queue.key, queue.key, queue.changed_at, float(queue.waiting), now, queue.position, -1)


DETECTOR = Detector(RULE, "queues", look)
