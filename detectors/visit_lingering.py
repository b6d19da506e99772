"""A visit that is expected to stay beyond its free time: told while there is time to do something about it."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.table import kernel

RULE = Rule("visit.lingering", up=15, down=5, warning=60, critical=180, unit="min",
            why="expected to stay {value:.0f} min beyond free time")  # fmt: skip


@kernel
def look(staying, numbers, now, rule, signals):
    """By how much, as predicted, until free time is over or it has left."""
    for i in numbers:
        row = staying.rows[i]
        signal(signals, rule, row.key, row.site, row.asked_at[0], row.detention_min, row.free_until, row.position, 0)


DETECTOR = Detector(RULE, "staying", look)
