"""Recorded: weeks of New York's legs on which the blizzard's network can be played. Its orders move with the week."""

from datetime import date, timedelta
from typing import Final, NamedTuple

import numpy as np

from simulators.scenarios.overlay import labour
from tower.clock import MINUTE

DAYS: Final = 7


class Recorded(NamedTuple):
    """Seven days of one month.

    pack        where its legs lie among the bundled tables
    start       ms of the first midnight in New York; first: the date of that
    attendance  who could not come to work, as in `overlay.labour`
    """

    pack: str
    start: int
    first: date
    attendance: dict[tuple[int, str], float]

    def ms(self, minutes: np.ndarray) -> np.ndarray:
        """Minutes of the week as ms; -1, for none, stays."""
        moments: np.ndarray = np.where(minutes == -1, -1, self.start + minutes * MINUTE)
        return moments

    def dates(self, minutes: np.ndarray) -> np.ndarray:
        """The dates of these minutes of the week, as MMDD."""
        days = np.array([int(f"{self.first + timedelta(days=day):%m%d}") for day in range(DAYS)])
        found: np.ndarray = days[minutes // 1440]
        return found


BLIZZARD: Final = Recorded("blizzard", 1_360_126_800_000, date(2013, 2, 6), labour.STORM)
MAY: Final = Recorded("may", 1_369_108_800_000, date(2013, 5, 21), {})
SEPTEMBER: Final = Recorded("september", 1_378_785_600_000, date(2013, 9, 10), {})
OCTOBER: Final = Recorded("october", 1_381_896_000_000, date(2013, 10, 16), {})
DECEMBER: Final = Recorded("december", 1_386_478_800_000, date(2013, 12, 8), {})
WEEKS: Final = (BLIZZARD, MAY, SEPTEMBER, OCTOBER, DECEMBER)

