"""Told day: the outcomes of a seeded handful of events of every family, record by record."""

from functools import cache

from tests.suites.anyorder import events
from tests.suites.story import Event, Story, at
from tower.record import Record

PLACES: list[Event] = [
    {"kind": "site.declared", "site": "A", "at": at(-700), "name": "Alpha", "lat": 40.7, "lon": -74.2,
     "tz": "America/New_York", "role": "hub", "station": "SA"},
    {"kind": "site.declared", "site": "B", "at": at(-700), "name": "Beta", "lat": 33.6, "lon": -84.4,
     "tz": "America/New_York", "role": "hub"},
    {"kind": "weather.observed", "station": "SA", "at": at(-30), "gust_mps": 30.0, "visibility_m": 400.0,
     "temp_c": -3.0},
    {"kind": "door.closed", "site": "A", "door": "1", "at": at(-5), "reason": "broken"},
]  # fmt: skip


@cache
def told_day(seed: int, count: int = 60, each: int = 3) -> tuple[Record, ...]:
    """So many events, a few a record and a record each ten minutes, then two quiet days."""
    story = Story()
    story.tell(-600, *PLACES)
    some = events(seed, count)
    for number in range(0, len(some), each):
        story.tell(60 + number * 10 / each, *some[number : number + each])
    for hours in range(12, 60, 4):
        story.wait(hours * 60)
    return tuple(story.outcomes)
