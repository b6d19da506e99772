"""nycflights13: departures from one or a few airports, with hourly weather there; the planned clock may be missing.

Also what the R package anyflights makes of other years and airports.
"""

from typing import Final

from simulators.feed import RecordedFeed
from simulators.recorded.air import Air
from simulators.recorded.flights import KNOWN_BY as FLIGHTS

NAME: Final = "nycflights13"
ABOUT: Final = "departures from New York, 2013, with hourly weather (or the same table of other airports and years)"


def fits(columns: frozenset[str]) -> bool:
    """Whether a table with these columns is this set's main one."""
    return columns >= FLIGHTS and "cancelled" not in columns


def read(path: str, network: str = NAME) -> RecordedFeed:
    """Sources `carriers` (legs), `weather` and `reference`. UsageError if the path cannot be read as such."""
    air = Air.at(path)
    air.read()
    return air.account.feed(NAME, network, air.arrivals())
