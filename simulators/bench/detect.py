"""Detect: faults found in simulated counts, alarm figures and the worth of each kind on the recorded storm.

With a path, what is usual in a data set: half-hourly demand in NAB, or how long aircraft stand in
us_flights_1999dec.
"""

from typing import Final

from simulators.bench import detect_alarms, detect_demand, detect_dwell, detect_faults, detect_storm, detect_worth
from simulators.bench.figures import Row

QUICK: Final = 20_000
"""Records of the storm that are played for a quick look."""


def run(*, quick: bool = False, data: str | None = None) -> list[Row]:
    """The rows of faults and of the storm; or those of the data set at a path. Raises UsageError."""
    if data is not None:
        part = detect_demand if detect_demand.knows(data) else detect_dwell
        return list(part.rows(data, quick=quick))
    storm = detect_storm.played(QUICK if quick else None)
    return [*detect_faults.run(quick=quick), *detect_alarms.rows(storm), *detect_worth.rows(storm)]
