"""A small yard: a site with two doors, two visits that have time and came first, and one that has not."""

from operators.yards.following import Following
from operators.yards.proposing import proposed
from tests.suites.story import Event, Story, at, event
from tower import ids

SITE = ids.of("site", "EWR")


def visit(name: str, start: float, end: float, work: float = 30) -> list[Event]:
    """A visit that is booked and comes as its window begins."""
    booked = event("visit.booked", -60, visit=name, site="EWR", window_start=at(start), window_end=at(end),
                   work_min=work)  # fmt: skip
    return [booked, event("visit.arrived", start, visit=name)]


def morning() -> list[Event]:
    """A and B stand at the gate before C; by their turn C is an hour late, and nobody need be."""
    doors = [event("door.declared", -90, door=door, site="EWR") for door in ("D1", "D2")]
    comers = [*visit("A", 0, 200, 90), *visit("B", 1, 200, 90), *visit("C", 2, 60)]
    return [*doors, *comers]


def proposal(story: Story, now: float) -> Event | None:
    """What is proposed after the last record of a story."""
    seen = Following()
    for outcome in story.outcomes:
        seen.take(outcome)
    yard = seen.yard(SITE, at(now))
    assert yard is not None
    return proposed(yard, "n", story.outcomes[-1].number, at(now), is_told=bool(seen.seats(SITE)))
