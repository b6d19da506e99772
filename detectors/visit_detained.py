"""A vehicle that is still at the site when its free time is over: from then on each minute is paid for."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.table import kernel

RULE = Rule("visit.detained", up=0, down=0, warning=60, critical=180, unit="min", grows=True,
            why="{value:.0f} min beyond free time, and paid for")  # fmt: skip


@kernel
def look(clocks, numbers, now, rule, signals):
    """Active from the end of free time until it has left."""
    for i in numbers:
        c = clocks.rows[i]
        active = 1.0 if c.cents_per_h > 0 else 0.0
        signal(signals, rule, c.key, c.site, c.free_until, active, c.free_until, c.position, 0)


DETECTOR = Detector(RULE, "clocks", look)
