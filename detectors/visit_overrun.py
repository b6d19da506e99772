"""A visit whose work at the door takes longer than booked."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.table import kernel

RULE = Rule("visit.overrun", up=15, down=0, warning=45, critical=120, unit="min", grows=True,
            why="{value:.0f} min longer at the door than booked")  # fmt: skip


@kernel
def look(visits, numbers, now, rule, signals):
    """Active from the moment the work should be done until it is."""
    for i in numbers:
        visit = visits.rows[i]
        over = visit.finished_at >= 0 or visit.left_at >= 0 or visit.cancelled_at >= 0
        active = 1.0 if 0 <= visit.over_at <= now and not over else 0.0
        evidence = max(visit.docked_position, visit.started_position)
        signal(signals, rule, visit.key, visit.site, visit.over_at, active, visit.over_at, evidence, -1)


DETECTOR = Detector(RULE, "visits", look)
