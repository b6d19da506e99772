"""Build: make the bundled tables from the raw sets in the folder TOWER_SHARED_DATA names.

TOWER_SHARED_DATA=folder python -m simulators.scenarios.build
"""

import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

from simulators.scenarios.derive import christmas, newyork, retail
from simulators.scenarios.pack import Column, Tables, Words, pack
from simulators.scenarios.recorded import WEEKS
from tower.errors import UsageError

HERE: Final = Path(__file__).parent / "data"


def blizzard(data: Path) -> Tables:
    """New York, 6-12 February 2013."""
    legs = newyork.legs(data)
    places = {newyork.sites: ("origin", "dest"), newyork.carriers: ("carrier",)}
    sites, carriers = (table(data, _codes(legs, *columns)) for table, columns in places.items())
    weather = newyork.weather(data)
    return {"legs": legs, **retail.lines(data), "weather": weather, "sites": sites, "carriers": carriers}


def year_end(data: Path) -> Tables:
    """The whole US, 21-26 December 1999."""
    legs = christmas.legs(data)
    sites = christmas.sites(data, _codes(legs, "origin", "dest"))
    return {"legs": legs, "sites": sites, "carriers": christmas.carriers(data, _codes(legs, "carrier"))}


def week_of(first: date) -> Callable[[Path], Tables]:
    """Legs and weather of another week, for the blizzard's network."""
    return lambda data: {"legs": newyork.legs(data, first), "weather": newyork.weather(data, first)}


BUILDS: Final[dict[str, Callable[[Path], Tables]]] = {
    "blizzard": blizzard, "christmas": year_end,
    **{week.pack: week_of(week.first) for week in WEEKS if week.pack != "blizzard"},
}  # fmt: skip


def main() -> None:
    """Write every scenario's file; its size goes to stderr."""
    if not os.environ.get("TOWER_SHARED_DATA"):
        raise UsageError("TOWER_SHARED_DATA is not set", "name the folder that holds nycflights13/ and the other sets")
    for name, make in BUILDS.items():
        packed = pack(make(Path(os.environ["TOWER_SHARED_DATA"])))
        (HERE / f"{name}.pack").write_bytes(packed)
        print(f"{name}: {len(packed):,} bytes", file=sys.stderr)  # noqa: T201


def _codes(table: dict[str, Column], *columns: str) -> set[str]:
    found: set[str] = set()
    for column in columns:
        values = table[column]
        assert isinstance(values, Words)
        found |= set(values.words)
    return found


if __name__ == "__main__":
    main()
