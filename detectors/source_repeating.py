"""A source tells what it has told before, oftener than its own past explains, for more than a quarter of an hour."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.table import kernel

RULE = Rule("source.repeating", up=10, down=5, warning=50, critical=90, unit="%", on_delay_s=1200,
            why="{value:.0f} % of what it tells has been told before")  # fmt: skip
REPEATED = 1


@kernel
def look(shares, numbers, now, rule, signals):
    """The share of what was told again, once a sum of likelihood ratios says that it has grown."""
    for i in numbers:
        share = shares.rows[i]
        if share.what == REPEATED:
            value = 100.0 * share.seen_hits / max(share.seen, 1.0) if share.is_shifted else 0.0
            signal(signals, rule, share.subject, share.subject, share.since, value, now, share.position, 0)


DETECTOR = Detector(RULE, "shares", look)
