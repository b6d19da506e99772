"""Holding: which moves of lines can still be made: the line stands where it was taken from, the leg still goes."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from operators.orders import BOOKED, FAILED, HELD, ORDERED, PICKED
from tower import clock
from tower.ids import UNKNOWN
from tower.pairing import pair
from tower.table import Table

PICK_LEAD: Final = 240 * clock.MINUTE
"""So long before a leg leaves its lines are given to the pickers: until then a move can be taken back."""
NOWHERE: Final = int(UNKNOWN)


@dataclass(frozen=True, slots=True)
class Move:
    """A line from leg to leg; NOWHERE is no leg."""

    line: int
    from_leg: int
    to_leg: int
    from_site: int = NOWHERE
    to_site: int = NOWHERE

    @property
    def key(self) -> int:
        """The thing that it moves."""
        return self.line

    def back(self) -> "Move":
        """The move that takes it back."""
        return Move(self.line, self.to_leg, self.from_leg, self.to_site, self.from_site)


def paired(a: int, b: int) -> int:
    """The id of what two ids name together."""
    return int(pair(np.uint64(a), np.uint64(b)))


def why_not(move: Move, lines: Table, legs: Table, now: int) -> str:
    """Why a move does not hold any more; "" if it does."""
    i = lines.find(move.line)
    if i < 0:
        return "line: unknown"
    line: Any = lines.t.rows[i]
    if line["state"] not in (ORDERED, HELD, BOOKED, PICKED, FAILED):
        return "line: shipped, delivered or cancelled"
    if line["picked_at"] >= 0 and move.from_site != move.to_site:
        return "line: picked, its goods are elsewhere"
    if line["state"] == PICKED and line["stranded_at"] < 0:
        return "line: picked"
    if move.from_leg != stands_on(line) and not is_loose(line, move.from_leg):
        return "line: it is not where it was taken from"
    return goes(move, line, legs, now)


def stands_on(line: Any) -> int:
    """The leg on which a line is counted."""
    return int(line["on_leg"])


def is_loose(line: Any, leg: int) -> bool:
    """Whether a line without a leg that goes may be said to be nowhere, or on the leg that it has lost."""
    has_none = line["on_leg"] == UNKNOWN or line["stranded_at"] >= 0
    return bool(has_none and leg in (NOWHERE, int(line["booked_leg"]), int(line["failed_leg"])))


def goes(move: Move, line: Any, legs: Table, now: int) -> str:
    """Why the line cannot go there; "" if it can."""
    if move.to_leg == NOWHERE:
        return "line: it has no leg already" if line["on_leg"] == UNKNOWN else ""
    if move.to_leg == stands_on(line) and line["stranded_at"] < 0:
        return "line: it is there already"
    i = legs.find(move.to_leg)
    if i < 0:
        return "leg: unknown"
    leg: Any = legs.t.rows[i]
    if leg["cancelled_at"] >= 0:
        return "leg: cancelled"
    if leg["departed_at"] >= 0 or 0 <= leg["dep_expected"] <= now:
        return "leg: it has left"
    return ""


def release_of(move: Move, legs: Table) -> int:
    """When the pickers are given the line for where it goes, else for where it came from; -1 if nobody knows."""
    for leg in (move.to_leg, move.from_leg):
        i = legs.find(leg) if leg != NOWHERE else -1
        if i >= 0 and legs.t.rows["dep_expected"][i] >= 0:
            return int(legs.t.rows["dep_expected"][i]) - PICK_LEAD
    return -1


def undo_until(moves: list[Move], legs: Table, now: int) -> int:
    """Until when all of them can be taken back: the first pick release, which may be over; now where nobody knows."""
    return min((moment for move in moves if (moment := release_of(move, legs)) >= 0), default=now)
