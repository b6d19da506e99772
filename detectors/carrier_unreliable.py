"""A carrier's legs come late, or not at all, oftener than its own past explains."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.ids import UNKNOWN
from tower.table import kernel

RULE = Rule("carrier.unreliable", up=10, down=5, warning=25, critical=50, unit="points",
            why="{value:.0f} points more of its legs are late or cancelled than before")  # fmt: skip
LATE = 0


@kernel
def look(shares, numbers, now, rule, signals):
    """By how much the share has grown, in points of a hundred, once a sum of likelihood ratios says so."""
    for i in numbers:
        share = shares.rows[i]
        if share.what != LATE:
            continue
        value = 0.0
        if share.is_shifted:
            value = 100.0 * (share.seen_hits / max(share.seen, 1.0) - share.hits / max(share.all, 1.0))
        signal(signals, rule, share.subject, UNKNOWN, share.since, value, now, share.position, 0)


DETECTOR = Detector(RULE, "shares", look)
