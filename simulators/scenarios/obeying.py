"""Obeying: moves of lines as the tower names them, as decisions of the world, and what came of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from simulators.scenarios.reacting import ReactingFeed
from simulators.world.rows import GONE, LIFT, PICKING, PLANNED, PUT
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


class Obedient:
    """A world that does as it is told: the lines of an action change places at one moment, all or one by one."""

    def __init__(self, feed: ReactingFeed) -> None:
        self.feed, self.names = feed, feed.ids.names

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

    def take(self, errands: list[Errand], at: int) -> None:
        """Have it done at that moment: first every line is lifted, so that those that change places find room."""
        rows = decisions([(self.line(errand), self.leg(errand), errand.was_on_leg) for errand in errands], at)
        if rows.size:
            self.feed.decide(rows)

    def failed(self, errands: list[Errand]) -> list[dict[str, Any]]:
        """The lines that are not where they were to go, each with the reason, as the world is now."""
        found = ((errand, self._why(errand)) for errand in errands)
        return [{**errand.told(), "reason": why} for errand, why in found if why]

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
