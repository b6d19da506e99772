"""Detect: faults found in simulated counts, alarm figures and the worth of each kind on the recorded storm.

With a path, what a data set shows: half-hourly demand in NAB; which legs come late in nycflights13; how long aircraft
stand in us_flights_1999dec, and which of their legs miss the one before.
"""

from types import ModuleType
from typing import Final

from simulators.bench import (
    detect_alarms,
    detect_connections,
    detect_demand,
    detect_dwell,
    detect_faults,
    detect_legs,
    detect_storm,
    detect_worth,
)
from simulators.bench.figures import Row

QUICK: Final = 20_000
"""Records of the storm that are played for a quick look."""


def run(*, quick: bool = False, data: str | None = None) -> list[Row]:
    """The rows of faults and of the storm; or those of the data set at a path. Raises UsageError."""
    if data is not None:
        return [row for part in parts(data) for row in part.rows(data, quick=quick)]
    storm = detect_storm.played(QUICK if quick else None)
    return [*detect_faults.run(quick=quick), *detect_alarms.rows(storm), *detect_worth.rows(storm)]


def parts(data: str) -> list[ModuleType]:
    """What can be measured on the data set at a path. Raises UsageError."""
    if detect_demand.knows(data):
        return [detect_demand]
    return [detect_legs] if detect_legs.knows(data) else [detect_dwell, detect_connections]
