"""A source that has been quiet for longer than its own rate explains: a gap that one in a million would be."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.table import kernel

RULE = Rule("source.stale", up=0, down=0, warning=60, critical=360, unit="min", grows=True,
            why="nothing for {value:.0f} min more than its rate explains")  # fmt: skip
GAPS = 13.8
"""ln(1e6): after so many usual gaps, silence has a chance of one in a million, if messages come at random."""
SHORTEST_MS = 120_000
ENOUGH = 20
"""Messages before a rate is believed."""


@kernel
def look(sources, numbers, now, rule, signals):
    """Always waiting: the moment of the alarm moves on with each message."""
    for i in numbers:
        source = sources.rows[i]
        known = source.events >= ENOUGH and source.interval_s >= 0
        limit = max(SHORTEST_MS, int(GAPS * source.interval_s * 1000)) if known else 0
        active = 1.0 if known else 0.0
        signal(signals, rule, source.key, source.key, source.last_at + limit, active, now, source.position, 0)


DETECTOR = Detector(RULE, "sources", look)
