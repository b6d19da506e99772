"""Detectors: one file per kind of deviation, listed in ALL."""

from typing import Final

from detectors import (
    action_silent,
    carrier_unreliable,
    connection_missed,
    demand_drop,
    demand_surge,
    dock_queue,
    door_conflict,
    labour_short,
    leg_behind_estimate,
    leg_cancelled,
    leg_late,
    leg_overdue,
    leg_silent,
    line_at_risk,
    line_stranded,
    model_drift,
    queue_building,
    source_repeating,
    source_stale,
    stock_misplaced,
    stock_running_out,
    stock_short,
    supply_late,
    visit_detained,
    visit_lingering,
    visit_no_show,
    visit_overrun,
    visit_slow,
    weather_hazard,
)
from detectors.rule import Detector

ALL: Final[tuple[Detector, ...]] = tuple(
    module.DETECTOR
    for module in (
        leg_late, leg_behind_estimate, leg_overdue, leg_silent, leg_cancelled, visit_overrun, visit_no_show,
        door_conflict, dock_queue, line_at_risk, line_stranded, stock_short, supply_late, source_stale, weather_hazard,
        action_silent, queue_building, visit_detained, labour_short, demand_surge, demand_drop, stock_running_out,
        stock_misplaced, carrier_unreliable, source_repeating, model_drift, connection_missed,
        visit_lingering, visit_slow,
    )
)  # fmt: skip
"""In the order in which their deviations are listed within a record."""
