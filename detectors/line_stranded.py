"""An order line whose leg is gone: cancelled under it, or it failed to get on, and nothing else carries it."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.table import kernel

RULE = Rule("line.stranded", up=0, down=0, warning=60, critical=720, unit="min", grows=True,
            why="without a leg for {value:.0f} min")  # fmt: skip


@kernel
def look(lines, numbers, now, rule, signals):
    """Active from the moment its leg is gone."""
    for i in numbers:
        line = lines.rows[i]
        active = 1.0 if line.stranded_at >= 0 else 0.0
        evidence = max(line.failed_position, line.booked_position)
        signal(signals, rule, line.key, line.ship_to, line.stranded_at, active, line.promised_by, evidence,
               max(line.risk_cents, 0))  # fmt: skip


DETECTOR = Detector(RULE, "lines", look)
