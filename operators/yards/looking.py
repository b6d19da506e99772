"""Looking: when the doors of a network are looked at, and what is proposed then; follows from outcomes alone."""

from collections.abc import Sequence
from typing import Any

from operators.yards.following import Following, Seat
from operators.yards.proposing import proposed
from tower import clock
from tower.record import Record

Event = dict[str, Any]


class Looking:
    """Of one network."""

    def __init__(self, network: str) -> None:
        self.network, self.following, self.now = network, Following(), -1

    def take(self, record: Record) -> bool:
        """Follow an outcome; whether it is the first of a span of time, so that doors are to be looked at."""
        self.following.take(record)
        every, before = self.following.rules.every_min * clock.MINUTE, self.now
        self.now = record.now
        return before >= 0 and record.now // every != before // every

    def proposals(self, basis: int) -> list[Event]:
        """What is proposed after the record that was taken last."""
        found = (self._of_site(site, basis) for site in self.following.sites())
        return [event for event in found if event is not None]

    def _of_site(self, site: int, basis: int) -> Event | None:
        """What is proposed for a site, unless just that stands already."""
        yard, stands = self.following.yard(site, self.now), self.following.seats(site)
        event = None if yard is None else proposed(yard, self.network, basis, self.now, is_told=bool(stands))
        if event is None or not event["moves"]:
            return event
        return None if is_near(event["moves"], stands, self.following.rules.near_min * clock.MINUTE) else event


def is_near(moves: Sequence[Event], stands: set[Seat], near: int) -> bool:
    """Whether moves are what stands already, but for less than so many ms."""
    before = {(visit, door): start for visit, door, start in stands}
    after = {(int(one["visit"][1:], 16), int(one["door"][1:], 16)): int(one["start"]) for one in moves}
    return before.keys() == after.keys() and all(abs(before[seat] - start) < near for seat, start in after.items())
