"""Detectors: one file per kind of deviation, listed in ALL."""

from typing import Final

from detectors import (
    action_silent,
    dock_queue,
    door_conflict,
    leg_behind_estimate,
    leg_cancelled,
    leg_late,
    leg_overdue,
    leg_silent,
    line_at_risk,
    line_stranded,
    source_stale,
    stock_short,
    supply_late,
    visit_no_show,
    visit_overrun,
    weather_hazard,
)
from detectors.rule import Detector

ALL: Final[tuple[Detector, ...]] = tuple(
    module.DETECTOR
    for module in (
        leg_late, leg_behind_estimate, leg_overdue, leg_silent, leg_cancelled, visit_overrun, visit_no_show,
        door_conflict, dock_queue, line_at_risk, line_stranded, stock_short, supply_late, source_stale, weather_hazard,
        action_silent,
    )
)  # fmt: skip
"""In the order in which their deviations are listed within a record."""
