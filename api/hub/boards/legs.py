"""Channel `legs`: every movement that is planned, under way, or over for less than a day."""

from collections.abc import Iterable
from typing import Final

from api.hub.boards.board import Draw, Told, count, id_of, known_as, moment, number, told, word
from api.hub.facts import Changed, Row
from tower.clock import DAY
from tower.events import MODES
from tower.outcomes import LIVES

OVER_FOR: Final = DAY
AHEAD: Final = 2 * DAY
TIMES: Final = ("dep_planned", "arr_planned", "dep_expected", "arr_expected", "departed_at", "arrived_at",
                "cancelled_at")  # fmt: skip


class Legs(Draw):
    """One row a leg."""

    def all(self) -> Iterable[str]:
        """Every leg that is known."""
        return (self.name(key) for key in self.facts.tables["legs"])

    def touched(self, changed: Changed) -> Iterable[str]:
        """Those that moved, and those whose load did."""
        return (self.name(key) for key in [*changed.get("legs", {}), *changed.get("loads", {})])

    def due(self, before: int, hour: int) -> Iterable[str]:
        """Those that have been over for a day by now, and those that leave within two."""
        ended, left = range(before - OVER_FOR, hour - OVER_FOR), range(before + AHEAD, hour + AHEAD)
        spans = self.facts.columns("legs", "arrived_at", "cancelled_at", "dep_planned")
        return (self.name(key) for key, (arrived, cancelled, planned) in spans
                if max(arrived, cancelled) in ended or planned in left)  # fmt: skip

    def name(self, key: int) -> str:
        """What the leg is called."""
        return self.names.of(key) or id_of(key)

    def draw(self, id: str) -> Told | None:
        """The leg and what rides on it; None if it is long over, or far ahead."""
        key = known_as("leg", id, self.facts.tables["legs"])
        leg = self.facts.get("legs", key)
        if leg is None or not self.matters(leg):
            return None
        load = self.facts.get("loads", key) or {"lines": -1, "value_cents": -1, "risk_cents": -1}
        return told(
            id=id, origin=self.names.of(leg["origin"]), dest=self.names.of(leg["dest"]),
            carrier=self.names.of(leg["carrier"]), mode=word(MODES, leg["mode"]),
            **{name: moment(leg[name]) for name in TIMES}, late_min=number(leg["late_min"]),
            dep_life=word(LIVES, leg["dep_life"]), arr_life=word(LIVES, leg["arr_life"]), lines=count(load["lines"]),
            value_cents=count(load["value_cents"]), risk_cents=count(load["risk_cents"]),
        )  # fmt: skip

    def matters(self, leg: Row) -> bool:
        """Whether it ended less than a day before the hour, or leaves less than two days behind it."""
        ended = max(leg["arrived_at"], leg["cancelled_at"])
        return ended >= self.hour - OVER_FOR if ended >= 0 else leg["dep_planned"] < self.hour + AHEAD
