"""A visit whose work at the door is expected to take longer than booked: told before it does."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.table import kernel

RULE = Rule("visit.slow", up=15, down=5, warning=45, critical=120, unit="min",
            why="expected to take {value:.0f} min longer at the door than booked")  # fmt: skip


@kernel
def look(staying, numbers, now, rule, signals):
    """By how much, as predicted, until the booked time is over or its work is done."""
    for i in numbers:
        row = staying.rows[i]
        signal(signals, rule, row.key, row.site, row.asked_at[1], row.overrun_min, row.over_at, row.position, -1)


DETECTOR = Detector(RULE, "staying", look)
