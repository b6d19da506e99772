"""A leg that should have left or come by now, and nobody has said anything, once a promise on it is missed by that."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.table import kernel

RULE = Rule("leg.overdue", up=15, down=0, warning=60, critical=180, unit="min", grows=True,
            why="no word for {value:.0f} min after it was expected")  # fmt: skip


@kernel
def look(threats, numbers, now, rule, signals):
    """Active while its departure, or after that its arrival, is overdue, if that is felt."""
    for i in numbers:
        leg = threats.rows[i]
        since = leg.arr_expected if leg.has_left else leg.dep_expected
        site = leg.dest if leg.has_left else leg.origin
        active = float(leg.is_overdue)
        signal(signals, rule, leg.key, site, since, active, leg.arr_expected, leg.overdue_position, -1)


DETECTOR = Detector(RULE, "threats", look)
