"""Fewer people come to a shift than are rostered: told before it begins, or within it."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.table import kernel

RULE = Rule("labour.short", up=10, down=5, warning=20, critical=40, unit="%",
            why="{value:.0f} % fewer people than rostered")  # fmt: skip
BEFORE_MS = 4 * 3_600_000
"""So long before a shift what is told of who is present is about it."""


@kernel
def look(labour, numbers, now, rule, signals):
    """The share that is missing from the newest shift, where it is known who has come to it."""
    for i in numbers:
        team = labour.rows[i]
        is_known = team.rostered_heads > 0 and team.present_heads >= 0
        is_of_it = is_known and team.start - BEFORE_MS <= team.present_at < team.end
        value = 100.0 * (1.0 - team.present_heads / team.rostered_heads) if is_of_it else 0.0
        signal(signals, rule, team.key, team.site, team.start, value, team.start, team.present_position, -1)


DETECTOR = Detector(RULE, "labour", look)
