"""A model of ours is further off than it was, the schedule's own errors taken off: what is told by it is worth less."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.ids import UNKNOWN
from tower.table import kernel

RULE = Rule("model.drift", up=25, down=10, warning=50, critical=100, unit="%", on_delay_s=3600,
            why="its errors have grown by {value:.0f} % more than the schedule's")  # fmt: skip


@kernel
def look(models, numbers, now, rule, signals):
    """How errors of late compare with the usual ones, both against the schedule's, in per cent."""
    for i in numbers:
        model = models.rows[i]
        signal(signals, rule, model.key, UNKNOWN, model.at, model.drift_pct, now, -1, 0)


DETECTOR = Detector(RULE, "models", look)
