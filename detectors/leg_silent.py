"""A vehicle under way that used to tell its position and has stopped."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.table import kernel

RULE = Rule("leg.silent", up=0, down=0, warning=90, critical=240, unit="min", grows=True,
            why="no position for {value:.0f} min more than usual")  # fmt: skip


@kernel
def look(legs, numbers, now, rule, signals):
    """Active from the moment its silence is too long."""
    for i in numbers:
        leg = legs.rows[i]
        active = 1.0 if 0 <= leg.silent_at <= now else 0.0
        signal(signals, rule, leg.key, leg.dest, leg.silent_at, active, leg.arr_expected, leg.position_position, -1)


DETECTOR = Detector(RULE, "legs", look)
