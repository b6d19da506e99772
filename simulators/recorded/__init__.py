"""Recorded: data sets as feeds, one file a set, known by the columns of their main table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from simulators.feed import RecordedFeed
from simulators.recorded import nycflights13, online_retail, us_flights_1999dec
from simulators.recorded.sheets import sheets
from tower.errors import UsageError


@dataclass(frozen=True, slots=True)
class Adapter:
    """One data set: `fits` tells it by the columns of a table, `read` makes a feed of a path, for a network."""

    name: str
    about: str
    fits: Callable[[frozenset[str]], bool]
    read: Callable[[str, str], RecordedFeed]


ADAPTERS: Final = {
    set_.NAME: Adapter(set_.NAME, set_.ABOUT, set_.fits, set_.read)
    for set_ in (nycflights13, us_flights_1999dec, online_retail)
}


def recognise(path: str, adapter: str | None = None) -> Adapter:
    """The adapter that knows what lies at a path, or the one named; UsageError if none or more than one does."""
    if adapter is not None:
        if adapter not in ADAPTERS:
            raise UsageError(f"adapter {adapter}: not known", f"use one of {', '.join(ADAPTERS)}")
        return ADAPTERS[adapter]
    found = sheets(path)
    fitting = [a for a in ADAPTERS.values() if any(a.fits(frozenset(sheet.columns)) for sheet in found)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise UsageError(f"{path}: could be {' or '.join(a.name for a in fitting)}", f"add --adapter {fitting[0].name}")
    columns = ", ".join(found[0].columns)
    raise UsageError(f"{path}: no adapter knows its columns ({columns})", f"add --adapter {'|'.join(ADAPTERS)}")


def read(path: str, adapter: str | None = None) -> RecordedFeed:
    """The feed of what lies at a path, for a network named like its data set."""
    known = recognise(path, adapter)
    return known.read(path, known.name)
