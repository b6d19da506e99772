"""Small data sets to write, and feeds to read back as words."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from simulators.feed import RecordedFeed
from tests.suites.batch_suite import is_known
from tower import clock
from tower.events import BY_NUMBER, FAMILIES
from tower.fields import Field, Type

OLD = "year,month,day,dep_time,dep_delay,arr_time,arr_delay,carrier,tailnum,flight,origin,dest,air_time,distance"
"""A list of flights without planned clocks."""
FULL = (
    "year,month,day,dep_time,sched_dep_time,dep_delay,arr_time,sched_arr_time,arr_delay,carrier,tailnum,flight,origin,"
    "dest,air_time,distance,cancelled"
)
AIRPORTS = [
    "faa,name,lat,lon,alt,tz,dst,tzone",
    "EWR,Newark Liberty Intl,40.6925,-74.168667,18,-5,A,America/New_York",
    "ORD,Chicago Ohare Intl,41.978603,-87.904842,668,-6,A,America/Chicago",
    "LAX,Los Angeles Intl,33.942536,-118.408075,126,-8,A,America/Los_Angeles",
    "ZZZ,Nowhere,0,0,0,NA,U,NA",
]
AIRLINES = ["carrier,name", "UA,United Air Lines Inc.", "AA,American Airlines Inc."]
WEATHER = "origin,year,month,day,hour,temp,dewp,humid,wind_dir,wind_speed,wind_gust,precip,pressure,visib,time_hour"
RETAIL = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"

Told = tuple[str, str, str, dict[str, object]]
"""Kind, the name of the subject, the moment, what is said."""


def write(path: Path, lines: Sequence[str]) -> str:
    """A file of these lines; its path."""
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return str(path)


def flights(folder: Path, *rows: str, header: str = OLD) -> str:
    """A folder with these flights, airports and airlines."""
    write(folder / "flights.csv", [header, *rows])
    write(folder / "airports.csv", AIRPORTS)
    write(folder / "airlines.csv", AIRLINES)
    return str(folder)


def told(feed: RecordedFeed, source: str) -> list[Told]:
    """What a source says, in words, in the order received."""
    batch = next(a.batch for a in feed.arrivals if a.source == source)
    out: list[Told] = []
    for i, head in enumerate(batch.rows("event")):
        kind, said = BY_NUMBER[int(head["kind"])], dict[str, object]()
        for field in FAMILIES.get(kind.family, ())[1:]:
            values = batch.rows(kind.family)[batch.rows(kind.family)["event"] == i][field.name]
            if is_known(field, values).any():
                said[field.name] = _word(field, values[0].item(), batch.names)
        out.append((kind.name, batch.names[int(head["subject"])], minute(int(head["at"])), said))
    return out


def counts(feed: RecordedFeed, source: str) -> dict[str, int]:
    """How many events of each kind a source has."""
    batch = next(a.batch for a in feed.arrivals if a.source == source)
    return dict(Counter(BY_NUMBER[number].name for number in batch.rows("event")["kind"].tolist()))


def minute(ms: int) -> str:
    """2013-02-08 17:05, UTC."""
    return clock.render(ms)[:16].replace("T", " ")


def _word(field: Field, value: int, names: dict[int, str]) -> object:
    if field.type is Type.TIME:
        return minute(value)
    return names[value] if field.type is Type.ID else value


def used(feed: RecordedFeed, table: str) -> int:
    """How many rows of a table say something."""
    return feed.rows[table] - sum(feed.unused[table].values())


def shared(name: str) -> str:
    """A data set of TOWER_SHARED_DATA, or beside the checkout; the test is skipped where there is none."""
    root = Path(os.environ.get("TOWER_SHARED_DATA") or Path(__file__).parents[4] / "shared" / "data")
    if not (root / name).exists():
        pytest.skip(f"no {name} in TOWER_SHARED_DATA")
    return str(root / name)
