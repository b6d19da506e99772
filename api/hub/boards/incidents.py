"""Channel `incidents`: what is wrong, by what is to blame: how much, how bad, and by when to act."""

from collections.abc import Iterable
from typing import Final

from api.hub.boards.board import ALL_BITS, Draw, Told, count, id_of, key_of, moment, number, told, word
from api.hub.facts import Changed, Row
from tower.outcomes import CAUSES

COUNTS: Final = ("members", "critical", "warning", "advisory", "legs", "visits", "lines", "opened",
                 "value_at_risk_cents")  # fmt: skip


class Incidents(Draw):
    """One row an incident that is open."""

    def all(self) -> Iterable[str]:
        """Every incident that is known."""
        return map(id_of, self.facts.tables["incidents"])

    def touched(self, changed: Changed) -> Iterable[str]:
        """Those that were said."""
        return map(id_of, changed.get("incidents", {}))

    def draw(self, id: str) -> Told | None:
        """The incident; None once it is over, or another has taken its deviations over."""
        row = self.facts.get("incidents", key_of(id))
        if row is None or is_over(row):
            return None
        return told(
            id=id, cause=word(CAUSES, row["cause"]), site=self.names.of(row["site"]),
            source=self.names.of(row["source"]), severity=row["severity"], since=moment(row["since"]),
            act_by=moment(row["act_by"]), loss_cents_per_min=number(row["loss_cents_per_min"]),
            **{name: count(row[name]) for name in COUNTS},
        )  # fmt: skip


def is_over(incident: Row) -> bool:
    """Whether it closed, or was taken over."""
    return bool(incident["closed_at"] >= 0 or incident["merged_into"] != ALL_BITS)
