"""Channel `incidents`: what deviations come from, how many they are, what that puts at risk, until when to act."""

from collections.abc import Iterable
from typing import Final

from api.hub.boards.board import Draw, Told, count, id_of, key_of, moment, told, word
from api.hub.facts import Changed
from tower.outcomes import CAUSES

COUNTS: Final = ("members", "critical", "warning", "advisory", "legs", "visits", "lines", "opened",
                 "value_at_risk_cents")  # fmt: skip


class Incidents(Draw):
    """One row an open incident."""

    def all(self) -> Iterable[str]:
        """Every incident that is known."""
        return map(id_of, self.facts.tables["incidents"])

    def touched(self, changed: Changed) -> Iterable[str]:
        """Those that are told of."""
        return map(id_of, changed.get("incidents", {}))

    def draw(self, id: str) -> Told | None:
        """The incident; None once it is closed."""
        row = self.facts.get("incidents", key_of(id))
        if row is None or row["closed_at"] >= 0:
            return None
        return told(
            id=id, cause=word(CAUSES, row["cause"]), site=self.names.of(row["site"]),
            source=self.names.of(row["source"]), severity=row["severity"], since=moment(row["since"]),
            act_by=moment(row["act_by"]), **{name: count(row[name]) for name in COUNTS},
        )  # fmt: skip
