"""The bench of the storm tells its figures; moments are found in what was played."""

import pytest

from simulators import bench
from simulators.bench.storm import Span


def test_a_moment_was_told_with_the_first_step_that_reached_it() -> None:
    span = Span([999, 999, 1999, 2999], [10.0, 10.1, 10.2, 10.3])
    assert [span.told(moment) for moment in (1000, 1999, 2000)] == [10.2, 10.2, 10.3]
    assert span.told(500) is None, "it may have been told before"
    assert span.told(3000) is None


@pytest.mark.full
def test_deviations_are_heard_after_they_are_told() -> None:
    rows = bench.run("storm", quick=True)
    assert [tuple(row) for row in rows] == [bench.COLUMNS] * 4
    deviations = [row["value"] for row in rows if row["name"].startswith("deviation")]
    assert all(value > 0 for value in deviations)
