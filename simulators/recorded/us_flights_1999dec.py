"""us_flights_1999dec: all legs of the United States for some days, with what their aircraft did between two of them."""

from typing import Final

from simulators.feed import RecordedFeed
from simulators.recorded import visits
from simulators.recorded.air import Air
from simulators.recorded.flights import KNOWN_BY as FLIGHTS

NAME: Final = "us_flights_1999dec"
ABOUT: Final = "legs within the United States, 21-26 December 1999, and dock visits (or other days)"
KNOWN_BY: Final = FLIGHTS | {"sched_dep_time", "sched_arr_time", "cancelled"}


def fits(columns: frozenset[str]) -> bool:
    """Whether a table with these columns is this set's main one."""
    return columns >= KNOWN_BY


def read(path: str, network: str = NAME) -> RecordedFeed:
    """Sources `carriers` (legs), `docks` (visits) and `reference`. UsageError if the path cannot be read as such."""
    air = Air.at(path)
    found = air.read()
    blocks, derived = visits.visit_blocks(found, air.names)
    air.blocks[visits.SOURCE] = blocks
    air.account.derived["visits"] = {what: count for what, count in derived.items() if count}
    return air.account.feed(NAME, network, air.arrivals())
