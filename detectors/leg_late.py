"""A leg that is expected, or predicted, to arrive later than its plan, where a promise on it is missed by that."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from operators.threats import LATE_MIN
from tower.table import kernel

RULE = Rule("leg.late", up=LATE_MIN, down=10, warning=45, critical=120, unit="min",
            why="expected {value:.0f} min after its plan")  # fmt: skip


@kernel
def look(threats, numbers, now, rule, signals):
    """Lateness against plan, if it is felt, until it has arrived or is cancelled."""
    for i in numbers:
        leg = threats.rows[i]
        signal(signals, rule, leg.key, leg.dest, leg.arr_planned, leg.late_min, leg.dep_expected, leg.position, -1)


DETECTOR = Detector(RULE, "threats", look)
