"""Obeying: moves of lines and visits as the tower names them, as decisions of the world, and what came of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from simulators.scenarios.reacting import ReactingFeed
from simulators.world.rows import DOCK, GONE, LIFT, PICKING, PLANNED, PUT
from tower.clock import parse
from tower.ids import of, pairs

NOWHERE: Final = -1


@dataclass(frozen=True, slots=True)
class Errand:
    """A line to be put on a leg; no leg: off the one that it is on. `was_on_leg`: it is on one now.

    key   the tower's key of the line: # and 16 hex digits
    """

    key: str
    order: str
    line: str
    leg: str | None
    was_on_leg: bool

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Errand":
        """One as a message tells it."""
        return cls(said["key"], said["order"], said["line"], said["leg"], said["from_leg"])

    @classmethod
    def asked(cls, move: Mapping[str, Any]) -> "Errand":
        """One as the tower's table `action_moves` has it."""
        line, order, order_line = (str(move.get(name, "")) for name in ("line", "order", "order_line"))
        return cls(line, order, order_line, move.get("to_leg"), "from_leg" in move)

    def told(self) -> dict[str, Any]:
        """The line."""
        return {"key": self.key, "order": self.order, "line": self.line}

    def kept(self) -> dict[str, Any]:
        """All that is needed to do it again."""
        return {**self.told(), "leg": self.leg, "from_leg": self.was_on_leg}


@dataclass(frozen=True, slots=True)
class Seating:
    """A visit that is to come to a door from `start` (ms) on; `key` is the tower's key of it."""

    key: str
    visit: str
    door: str
    start: int

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Seating":
        """One as a message tells it."""
        return cls(said["key"], said["visit"], said["door"], said["start"])

    @classmethod
    def asked(cls, move: Mapping[str, Any]) -> "Seating":
        """One as the tower's table `action_moves` has it."""
        visit, start = str(move["visit"]), parse(str(move["to_start"]))
        return cls(f"#{of('visit', visit):016x}", visit, str(move["to_door"]), start)

    def told(self) -> dict[str, Any]:
        """The visit."""
        return {"key": self.key, "visit": self.visit}

    def kept(self) -> dict[str, Any]:
        """All that is needed to do it again."""
        return {**self.told(), "door": self.door, "start": self.start}


Task = Errand | Seating


def remembered(said: Mapping[str, Any]) -> Task:
    """What was kept of an errand."""
    return Seating.of(said) if "visit" in said else Errand.of(said)


def asked(move: Mapping[str, Any]) -> Task:
    """What a row of `action_moves` asks for."""
    return Seating.asked(move) if "visit" in move else Errand.asked(move)


class Obedient:
    """A world that does as it is told: what an action moves changes places at one moment, all or one by one."""

    def __init__(self, feed: ReactingFeed) -> None:
        self.feed, self.names = feed, feed.ids.names

    @cached_property
    def _visits(self) -> dict[int, int]:
        """The world's number of each visit that loads."""
        return {key: 4 * i for i, key in enumerate(self.feed.ids.visit[::4].tolist())}

    def visit(self, one: Seating) -> int:
        """The world's number of a visit; -1 if it knows none."""
        return self._visits.get(int(one.key[1:], 16), NOWHERE)

    def door(self, one: Seating) -> int:
        """The world's number of a door, among those of the visit's hub; -1 if it knows none."""
        v = self.visit(one)
        doors = self.feed.ids.door[self.feed.ids.origin[v >> 2]].tolist() if v >= 0 else []
        key = of("door", one.door)
        return doors.index(key) if key in doors else NOWHERE

    @cached_property
    def _lines(self) -> dict[int, int]:
        """The world's number of each line, by the tower's key."""
        ids = self.feed.ids
        return {key: i for i, key in enumerate(pairs(ids.order, ids.line).tolist())}

    @cached_property
    def _legs(self) -> dict[int, int]:
        return {key: i for i, key in enumerate(self.feed.ids.leg.tolist())}

    def line(self, errand: Errand) -> int:
        """The world's number of a line; -1 if it knows none."""
        return self._lines.get(int(errand.key[1:], 16), NOWHERE)

    def leg(self, errand: Errand) -> int:
        """The world's number of where a line shall go; -1 for no leg, -2 for one that it does not know."""
        return NOWHERE if errand.leg is None else self._legs.get(of("leg", errand.leg), -2)

    def take(self, tasks: Sequence[Task], at: int) -> None:
        """Have it done at that moment: first every line is lifted, so that those that change places find room."""
        self._seat([one for one in tasks if isinstance(one, Seating)], at)
        errands = [one for one in tasks if isinstance(one, Errand)]
        rows = decisions([(self.line(errand), self.leg(errand), errand.was_on_leg) for errand in errands], at)
        if rows.size:
            self.feed.decide(rows)

    def _seat(self, seatings: list[Seating], at: int) -> None:
        """Have visits come elsewhere, or at another moment."""
        known = sorted((self.visit(one), self.door(one), one.start) for one in seatings)
        rows = [(at, DOCK, visit, door, start) for visit, door, start in known if visit >= 0 and door >= 0]
        if rows:
            self.feed.decide(np.array(rows, "i8"))

    def failed(self, tasks: Sequence[Task]) -> list[dict[str, Any]]:
        """What is not where it was to go, each with the reason, as the world is now."""
        found = ((one, self._why_stays(one) if isinstance(one, Seating) else self._why(one)) for one in tasks)
        return [{**one.told(), "reason": why} for one, why in found if why]

    def _why_stays(self, one: Seating) -> str:
        """Why a visit is not to come where it was told to; "" if it is, or has come there since."""
        v, door, w = self.visit(one), self.door(one), self.feed.world.w
        if v < 0:
            return "visit: unknown"
        if door < 0:
            return "door: unknown"
        g = v >> 2
        due = int(w.visits["start"][v] + w.legs["etd"][g] - w.offered["dep"][g])
        if (int(w.visits["wanted"][v]), due) == (door, one.start):
            return ""
        return "visit: at a door" if w.visits["door"][v] >= 0 else "visit: it does not come any more"

    def _why(self, errand: Errand) -> str:
        """Why a line is not where it was to go; "" if it is."""
        i, g, w = self.line(errand), self.leg(errand), self.feed.world.w
        if i < 0:
            return "line: unknown"
        if g < NOWHERE:
            return "leg: unknown"
        if int(w.lines["leg"][i]) == g:
            return ""
        if w.lines["state"][i] >= PICKING or g == NOWHERE:
            return "line: picked"
        does_go = PLANNED <= int(w.legs["state"][g]) < GONE
        return "leg: full, too soon, or no stock there" if does_go else "leg: it does not go any more"


def decisions(moves: list[tuple[int, int, bool]], at: int) -> np.ndarray:
    """Moves (line, leg, was it on one) in the world's numbers as its decisions at a moment; those it does not know are
    left out.
    """
    known = sorted(one for one in moves if one[0] >= 0 and one[1] >= NOWHERE)
    lifts = [(at, LIFT, line, 0, 0) for line, _, was_on_leg in known if was_on_leg]
    puts = [(at, PUT, line, leg, was_on_leg) for line, leg, was_on_leg in known]
    return np.array([*lifts, *puts], "i8").reshape(-1, 5)
