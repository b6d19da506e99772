"""More is booked from a site than it has."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.table import kernel

RULE = Rule("stock.short", up=1, down=1, warning=20, critical=200, unit="units", on_delay_s=60,
            why="{value:.0f} units more booked than on hand")  # fmt: skip


@kernel
def look(stock, numbers, now, rule, signals):
    """Units missing."""
    for i in numbers:
        cell = stock.rows[i]
        signal(signals, rule, cell.key, cell.site, cell.changed_at, float(cell.short), now, cell.position, -1)


DETECTOR = Detector(RULE, "stock", look)
