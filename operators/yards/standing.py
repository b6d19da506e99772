"""Standing: visits, doors and shifts as their rows say, as plain values: what a plan of doors is made from."""

import struct
from typing import Any, Final, NamedTuple

from xxhash import xxh3_64

from operators.visits import UNSAID, USUAL_WORK_MIN
from tower import clock
from tower.events import CLIMATES
from tower.ids import UNKNOWN

SEEN = struct.Struct("<2Q8qd3BQd")
ANY = int(UNKNOWN)
FIXED, REEFER = 1, CLIMATES.index("reefer")


class Visit(NamedTuple):
    """A visit as all that was told of it makes it; -1 and all bits: nobody has told."""

    key: int
    site: int
    leg: int
    window_start: int
    window_end: int
    arrived_at: int
    docked_at: int
    started_at: int
    finished_at: int
    left_at: int
    cancelled_at: int
    work_min: float
    door: int
    over_at: int
    purpose: int
    climate: int
    timing: int
    dock_group: int
    length_m: float
    expected_min: float = float("nan")
    """How long its work is predicted to take; no part of what it is `seen` by."""
    expected_at: int = -1
    """When that is over, of one at a door."""

    @classmethod
    def of(cls, row: Any) -> "Visit":
        """A row of `visits`."""
        return cls(*(row[name].item() for name in TOLD))

    @property
    def seen(self) -> int:
        """A hash of all that a plan of doors goes by: another one says that something has happened since."""
        return int(xxh3_64(SEEN.pack(*self[1:11], self.work_min, *self[14 : len(TOLD)])).intdigest())

    @property
    def is_over(self) -> bool:
        """Whether its work is done, one way or the other."""
        return self.finished_at >= 0 or self.left_at >= 0 or self.cancelled_at >= 0

    @property
    def is_at_door(self) -> bool:
        """Whether it has come to a door."""
        return self.docked_at >= 0 or self.started_at >= 0

    @property
    def is_fixed(self) -> bool:
        """Whether no plan may move it."""
        return self.timing == FIXED

    @property
    def is_foreseen(self) -> bool:
        """Whether a prediction says how long its work takes."""
        return self.expected_min >= 0

    @property
    def booked(self) -> int:
        """Whole minutes at a door as booked, at least one."""
        return max(1, round(self.work_min if self.work_min >= 0 else USUAL_WORK_MIN))

    @property
    def work(self) -> int:
        """Whole minutes at a door, at least one: as predicted, else as booked."""
        return max(1, round(self.expected_min)) if self.is_foreseen else self.booked

    @property
    def free_at(self) -> int:
        """When the door is free at which it stands, in ms."""
        return self.expected_at if self.expected_at >= 0 else self.over_at

    @property
    def due(self) -> int:
        """When its work is to be done, in ms."""
        return self.window_end if self.window_end >= 0 else self.window_start + self.booked * clock.MINUTE


TOLD: Final = Visit._fields[:-2]
"""What rows of `visits` say."""


class Door(NamedTuple):
    """A door of a site."""

    key: int
    site: int
    door: int
    closed_at: int
    opened_at: int
    purpose: int
    climate: int
    dock_group: int
    length_m: float

    @classmethod
    def of(cls, row: Any) -> "Door":
        """A row of `doors`."""
        return cls(*(row[name].item() for name in cls._fields))

    @property
    def is_closed(self) -> bool:
        """Whether nobody can come to it."""
        return self.closed_at > self.opened_at

    def takes(self, visit: Visit) -> bool:
        """Whether it is of the visit's kind; what nobody has said of the one or the other is no hindrance."""
        return (visit.dock_group in (self.dock_group, ANY) or self.dock_group == ANY) \
            and (visit.purpose in (self.purpose, UNSAID) or self.purpose == UNSAID) \
            and (visit.climate != REEFER or self.climate in (REEFER, UNSAID)) \
            and not visit.length_m > self.length_m


class Shift(NamedTuple):
    """What is known of a team at a site: its roster, and who has come."""

    key: int
    site: int
    start: int
    end: int
    rostered_heads: int
    rostered_crews: int
    present_at: int
    until: int
    present_heads: int
    present_crews: int

    @property
    def works(self) -> bool:
        """Whether anybody has said how many crews it has."""
        return self.rostered_crews >= 0 or self.present_crews >= 0

    @property
    def came(self) -> int:
        """Crews that are there: as told, or the roster's by the share of its heads that came; never more than told."""
        if self.present_crews >= 0 or self.rostered_crews < 0:
            return self.present_crews
        return self.rostered_crews * min(self.present_heads, self.rostered_heads) // max(1, self.rostered_heads)
