"""A leg that should have left or come by now, and nobody has said anything."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.table import kernel

RULE = Rule("leg.overdue", up=15, down=0, warning=60, critical=180, unit="min", grows=True,
            why="no word for {value:.0f} min after it was expected")  # fmt: skip
OVERDUE = 2


@kernel
def look(legs, numbers, now, rule, signals):
    """Active while its departure, or after that its arrival, is overdue."""
    for i in numbers:
        leg = legs.rows[i]
        gone = leg.departed_at >= 0
        life = leg.arr_life if gone else leg.dep_life
        active = 1.0 if life == OVERDUE and leg.cancelled_at < 0 and leg.arrived_at < 0 else 0.0
        since = leg.arr_expected if gone else leg.dep_expected
        evidence = leg.departed_position if gone else leg.planned_position
        site = leg.dest if gone else leg.origin
        signal(signals, rule, leg.key, site, since, active, leg.arr_expected, evidence, -1)


DETECTOR = Detector(RULE, "legs", look)
