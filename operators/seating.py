"""Seating: a visit that is to come to a door from a moment on, and whether it still can."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from operators.yards.standing import Door, Visit
from tower import clock
from tower.pairing import pair
from tower.table import Table

SOON: Final = 10 * clock.MINUTE
"""Until then a seat can be taken back, though the visit may be at its door by then: what is, stays and says so."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A visit from one door and moment to others; both sites are where it is."""

    visit: int
    from_door: int
    to_door: int
    from_start: int
    to_start: int
    from_site: int
    to_site: int

    @property
    def key(self) -> int:
        """The thing that it moves."""
        return self.visit

    def back(self) -> "Seat":
        """The move that takes it back."""
        return Seat(self.visit, self.to_door, self.from_door, self.to_start, self.from_start, self.to_site,
                    self.from_site)  # fmt: skip


def why_stays(seat: Seat, visits: Table, doors: Table) -> str:
    """Why a visit cannot come there any more; "" if it can."""
    i = visits.find(seat.visit)
    if i < 0:
        return "visit: unknown"
    visit = Visit.of(visits.rows[i])
    if visit.is_over:
        return "visit: over or cancelled"
    if visit.is_at_door:
        return "visit: at a door"
    j = doors.find(int(pair(np.uint64(seat.to_site), np.uint64(seat.to_door))))
    if j < 0:
        return "door: unknown"
    door = Door.of(doors.rows[j])
    if door.is_closed:
        return "door: closed"
    return "" if door.takes(visit) else "door: of another kind"


def first_start(seats: list[Seat], now: int) -> int:
    """When the first of them comes to a door, and not before SOON."""
    return max(now + SOON, min((seat.to_start for seat in seats), default=now))
