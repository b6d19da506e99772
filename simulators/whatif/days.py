"""Days: whose lines are counted in a comparison, and which week's legs carry them."""

from datetime import timedelta
from typing import Final, NamedTuple

from simulators.scenarios.recorded import BLIZZARD, DAYS, DECEMBER, MAY, OCTOBER, SEPTEMBER, Recorded
from tower.clock import DAY
from tower.errors import UsageError


class Day(NamedTuple):
    """The n-th day of a week (from 0). Counted are the lines placed on it and the day before: those that it hits."""

    name: str
    about: str
    of: Recorded
    nth: int

    @property
    def start(self) -> int:
        """Its first moment, ms."""
        return self.of.start + self.nth * DAY

    @property
    def counted(self) -> tuple[int, int]:
        """From when to when a line was placed to be counted, ms."""
        return self.start - DAY, self.start + DAY


STORM: Final = Day("2013-02-08", "the storm comes: 472 of 930 legs cancelled", BLIZZARD, 2)
REPORTED: Final = (
    STORM, Day("2013-02-09", "the storm goes: 393 of 684 legs cancelled", BLIZZARD, 3),
    Day("2013-05-23", "thunder: 221 of 988 legs cancelled", MAY, 2),
    Day("2013-10-18", "calm: the quietest week of the year, 17 of 6,516 legs cancelled", OCTOBER, 2),
)  # fmt: skip
"""Days that plans are compared on. Nobody tunes on them."""
TUNED: Final = (
    Day("2013-09-12", "thunder: 192 of 992 legs cancelled", SEPTEMBER, 2),
    Day("2013-12-10", "snow: 204 of 943 legs cancelled", DECEMBER, 2),
)  # fmt: skip
"""Days on which the usual settings of the plan may be tuned."""
ALL: Final = {day.name: day for day in (*REPORTED, *TUNED)}
CALM: Final = REPORTED[-1]


def of_week(week: Recorded) -> list[Day]:
    """All days of a week, the first one first."""
    dates = [f"{week.first + timedelta(days=nth)}" for nth in range(DAYS)]
    return [Day(name, ALL[name].about if name in ALL else "", week, nth) for nth, name in enumerate(dates)]


def find(name: str) -> Day:
    """The day of that name. Raises UsageError."""
    if name not in ALL:
        raise UsageError(f"day: not one of those that can be played (got {name})", f"one of: {', '.join(ALL)}")
    return ALL[name]
