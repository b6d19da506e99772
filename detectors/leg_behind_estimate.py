"""A leg that came later than its carrier's own last estimate."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.table import kernel

RULE = Rule("leg.behind_estimate", up=20, down=15, warning=60, critical=180, unit="min",
            why="arrived {value:.0f} min after the carrier's own estimate", off_delay_s=3600)  # fmt: skip


@kernel
def look(legs, numbers, now, rule, signals):
    """Lateness on the estimate; until arrival, how long the estimated moment has passed."""
    for i in numbers:
        leg = legs.rows[i]
        value = leg.late_on_estimate_min
        if leg.arrived_at < 0 and leg.cancelled_at < 0 and 0 <= leg.arr_estimated < now:
            value = (now - leg.arr_estimated) / 60_000
        signal(signals, rule, leg.key, leg.dest, leg.arr_estimated, value, leg.arr_expected, leg.estimated_position, -1)


DETECTOR = Detector(RULE, "legs", look)
