"""Bad weather at a site that has legs to come or go within six hours."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.table import kernel

RULE = Rule("weather.hazard", up=1, down=1, warning=2, critical=3, unit="of 3", off_delay_s=3600,
            why="hazard {value:.0f} of 3 with legs in its window")  # fmt: skip


@kernel
def look(hazards, numbers, now, rule, signals):
    """The hazard, where it concerns a leg."""
    for i in numbers:
        site = hazards.rows[i]
        value = site.hazard if site.legs > 0 else 0.0
        signal(signals, rule, site.key, site.key, site.since, value, site.next_leg_at, site.position, -1)


DETECTOR = Detector(RULE, "hazards", look)
