"""A site has more of an article than it needs in days, and another one runs out of it."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.table import kernel

RULE = Rule("stock.misplaced", up=1, down=1, warning=50, critical=500, unit="units",
            why="{value:.0f} units to spare that another site lacks")  # fmt: skip


@kernel
def look(covers, numbers, now, rule, signals):
    """Units that could go where they are needed."""
    for i in numbers:
        cell = covers.rows[i]
        signal(signals, rule, cell.key, cell.site, cell.at, cell.lent, now, cell.position, -1)


DETECTOR = Detector(RULE, "covers", look)
