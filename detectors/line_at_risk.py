"""An order line that is expected after its promise."""

import numpy as np

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.table import kernel

RULE = Rule("line.at_risk", up=1, down=0, warning=240, critical=1440, unit="min",
            why="expected {value:.0f} min after its promise")  # fmt: skip
DELIVERED = 6


@kernel
def look(lines, numbers, now, rule, signals):
    """Lateness of lines that are on their way or booked."""
    for i in numbers:
        line = lines.rows[i]
        value = line.late_min if line.state < DELIVERED and line.stranded_at < 0 else np.nan
        evidence = max(line.booked_position, line.ordered_position)
        signal(signals, rule, line.key, line.ship_to, line.promised_by, value, line.promised_by, evidence,
               max(line.risk_cents, 0))  # fmt: skip


DETECTOR = Detector(RULE, "lines", look)
