"""A leg that waits for what comes too late with another one: its vehicle, trailer, driver, or goods it should take."""

import numpy as np

from detectors.rule import Detector, Rule
from detectors.signals import signal
from operators.connections import LEVELS, OVER
from tower.table import kernel

RULE = Rule("connection.missed", up=LEVELS[0], down=-5, warning=LEVELS[1], critical=LEVELS[2], unit="min",
            why="what it waits for comes {value:.0f} min too late")  # fmt: skip


@kernel
def look(connections, numbers, now, rule, signals):
    """Minutes too late, until the leg has left or is cancelled."""
    for i in numbers:
        c = connections.rows[i]
        value = c.short_min if c.state != OVER else np.nan
        signal(signals, rule, c.key, c.site, c.needed_at, value, c.leaves_at, c.position, c.risk_cents)


DETECTOR = Detector(RULE, "connections", look)
