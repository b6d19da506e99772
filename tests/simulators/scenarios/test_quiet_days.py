"""On the two days before the storm, what is usual is not told of."""

import pytest

from simulators.bench import detect_storm
from simulators.scenarios.week import START
from tower.clock import HOUR

BEFORE = 15_000
QUIET = {"queue.building", "demand.surge", "demand.drop", "carrier.unreliable", "source.repeating", "labour.short",
         "visit.detained"}  # fmt: skip


@pytest.mark.full
def test_before_the_storm_nothing_is_said_to_have_shifted() -> None:
    storm = detect_storm.played(BEFORE)
    assert 40 * HOUR < storm.end - START < 51 * HOUR
    told = {kind for _, kind, _ in storm.openings}
    assert told & QUIET == set()
    assert "line.at_risk" in told
