"""A leg that is expected to arrive later than its plan, by what has been told of it."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.table import kernel

RULE = Rule("leg.late", up=15, down=10, warning=45, critical=120, unit="min",
            why="expected {value:.0f} min after its plan")  # fmt: skip


@kernel
def look(legs, numbers, now, rule, signals):
    """Lateness against plan, until it has arrived or is cancelled."""
    for i in numbers:
        leg = legs.rows[i]
        over = leg.arrived_at >= 0 or leg.cancelled_at >= 0
        evidence = max(leg.departed_position, leg.estimated_position)
        value = 0.0 if over else leg.late_min
        signal(signals, rule, leg.key, leg.dest, leg.arr_planned, value, leg.dep_expected, evidence, -1)


DETECTOR = Detector(RULE, "legs", look)
