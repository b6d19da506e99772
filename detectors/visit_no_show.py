"""A visit that has not come to the gate by the end of its window."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.table import kernel

RULE = Rule("visit.no_show", up=15, down=0, warning=60, critical=240, unit="min", grows=True,
            why="{value:.0f} min past its window and not at the gate")  # fmt: skip
OVERDUE = 2


@kernel
def look(visits, numbers, now, rule, signals):
    """Active while its arrival is overdue."""
    for i in numbers:
        visit = visits.rows[i]
        here = visit.arrived_at >= 0 or visit.docked_at >= 0 or visit.started_at >= 0 or visit.finished_at >= 0
        active = 1.0 if visit.life == OVERDUE and not here and visit.cancelled_at < 0 and visit.left_at < 0 else 0.0
        position = max(visit.booked_position, visit.rescheduled_position)
        signal(signals, rule, visit.key, visit.site, visit.window_end, active, visit.window_end, position, -1)


DETECTOR = Detector(RULE, "visits", look)
