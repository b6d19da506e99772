"""Stock that is gone before more of it comes, at the pace at which it goes."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.table import kernel

RULE = Rule("stock.running_out", up=1, down=0.5, warning=6, critical=24, unit="h",
            why="runs out {value:.0f} h before more can come")  # fmt: skip


@kernel
def look(covers, numbers, now, rule, signals):
    """Hours for which there will be nothing."""
    for i in numbers:
        cell = covers.rows[i]
        signal(signals, rule, cell.key, cell.site, cell.at, cell.short_h, cell.out_at, cell.position, -1)


DETECTOR = Detector(RULE, "covers", look)
