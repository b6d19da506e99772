"""Trades: what kinds of thing decisions move, and how: lines from leg to leg, visits from door to door.

A move has a `key`, the thing that it moves, and `back`, the move that takes it back. A trade reads it from a row, says
whether it still holds, and until when it can be taken back.
"""

from typing import Any, ClassVar, Final, Protocol

from operators.holding import Move, undo_until, why_not
from operators.seating import Seat, first_start, why_stays
from tower.outcomes import ACTION_TYPES, OPTIONS
from tower.table import Table

Moved = Move | Seat
REBOOK, REDOCK = range(len(ACTION_TYPES))
DOCKING: Final = OPTIONS.index("redock")


def type_of(option: Any) -> int:
    """The type of action that does what an option says."""
    return REDOCK if option["kind"] == DOCKING else REBOOK


class Trade(Protocol):
    """How things of one kind are moved."""

    columns: ClassVar[tuple[str, ...]]
    """Of a move: its fields, by the names that tables have for them."""

    def read(self, row: Any) -> Any:
        """The move that a row tells."""

    def why_not(self, move: Any, now: int) -> str:
        """Why it does not hold any more; "" if it does."""

    def undo_until(self, moves: list[Any], now: int) -> int:
        """Until when all of them can be taken back."""

    def fill(self, row: Any, move: Any) -> None:
        """What else a row of `action_moves` says of it."""


class Lines:
    """Lines from leg to leg."""

    columns: ClassVar[tuple[str, ...]] = ("line", "from_leg", "to_leg", "from_site", "to_site")

    def __init__(self, lines: Table, legs: Table) -> None:
        self.lines, self.legs = lines, legs

    def read(self, row: Any) -> Move:
        """A row with a line and where it goes."""
        return Move(*(int(row[name]) for name in self.columns))

    def why_not(self, move: Move, now: int) -> str:
        """Whether the line stands where it was taken from, and the leg still goes."""
        return why_not(move, self.lines, self.legs, now)

    def undo_until(self, moves: list[Move], now: int) -> int:
        """The first pick release."""
        return undo_until(moves, self.legs, now)

    def fill(self, row: Any, move: Move) -> None:
        """Its order."""
        i = self.lines.find(move.line)
        if i >= 0:
            row["order"], row["order_line"] = self.lines.t.rows["order"][i], self.lines.t.rows["line"][i]


class Seats:
    """Visits from door to door."""

    columns: ClassVar[tuple[str, ...]] = (
        "visit", "from_door", "to_door", "from_start", "to_start", "from_site", "to_site")  # fmt: skip

    def __init__(self, visits: Table, doors: Table) -> None:
        self.visits, self.doors = visits, doors

    def read(self, row: Any) -> Seat:
        """A row with a visit, where it is to come, and when."""
        return Seat(*(int(row[name]) for name in self.columns))

    def why_not(self, move: Seat, now: int) -> str:
        """Whether the visit still waits, and the door is open."""
        return why_stays(move, self.visits, self.doors)

    def undo_until(self, moves: list[Seat], now: int) -> int:
        """When the first of them comes to a door."""
        return first_start(moves, now)

    def fill(self, row: Any, move: Seat) -> None:
        """Nothing else."""
