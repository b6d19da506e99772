"""A leg that was cancelled before it left; over once it should have arrived."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.table import kernel

RULE = Rule("leg.cancelled", up=1, down=1, warning=1, why="cancelled by its carrier")


@kernel
def look(legs, numbers, now, rule, signals):
    """1 while cancelled and its arrival still lies ahead."""
    for i in numbers:
        leg = legs.rows[i]
        value = 1.0 if leg.cancelled_at >= 0 and now < leg.arr_planned else 0.0
        signal(signals, rule, leg.key, leg.origin, leg.cancelled_at, value, leg.dep_planned, leg.cancelled_position, -1)


DETECTOR = Detector(RULE, "legs", look)
