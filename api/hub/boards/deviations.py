"""Channel `deviations`: what is open, how bad it is, why, and who has taken it."""

from collections.abc import Iterable
from typing import Final

import detectors
from api.hub.boards.board import ALL_BITS, Draw, Told, count, id_of, key_of, moment, number, told
from api.hub.facts import Changed, Row
from tower.outcomes import DEVIATION_STATUS

WHY: Final = {detector.rule.kind: detector.rule.why for detector in detectors.ALL}


class Deviations(Draw):
    """One row an open deviation."""

    def all(self) -> Iterable[str]:
        """Every deviation that is open."""
        return map(id_of, self.facts.tables["deviations"])

    def touched(self, changed: Changed) -> Iterable[str]:
        """Those that were said, and those that somebody has handled."""
        return map(id_of, [key for table in ("deviations", "handling", "members") for key in changed.get(table, {})])

    def draw(self, id: str) -> Told | None:
        """The deviation, with what people said of it."""
        row = self.facts.get("deviations", key_of(id))
        if row is None:
            return None
        kind = self.names.of(row["kind"])
        return told(
            id=id, kind=kind, severity=row["severity"], subject=self.names.of(row["subject"]),
            site=self.names.of(row["site"]), since=moment(row["since"]), at=moment(row["at"]),
            value=number(row["value"]), limit=number(row["limit"]),
            value_at_risk_cents=count(row["value_at_risk_cents"]), loss_cents_per_min=loss(row),
            act_by=moment(row["act_by"]), status=DEVIATION_STATUS[row["status"]], why=why(kind, row),
            opening=count(row["opening"]), evidence=count(row["evidence"]), incident=self.incident(key_of(id)),
            **self.handled(key_of(id)),
        )  # fmt: skip

    def incident(self, key: int) -> str | None:
        """The incident that it belongs to."""
        row = self.facts.get("members", key)
        return None if row is None or row["incident"] == ALL_BITS else id_of(row["incident"])

    def handled(self, key: int) -> Told:
        """Who has taken it, put it off, noted something; nothing where nobody has."""
        row = self.facts.get("handling", key)
        if row is None:
            return {}
        said, moments = {name: self.names.of(row[name]) for name in SAID}, {name: moment(row[name]) for name in MOMENTS}
        return told(**said, **moments, notes=count(row["notes"]))


SAID: Final = ("taken_by", "acknowledged_by", "assigned_to", "assigned_by", "shelved_by", "noted_by", "note")
MOMENTS: Final = ("taken_at", "acknowledged_at", "assigned_at", "shelved_at", "shelved_until", "noted_at",
                  "escalated_at")  # fmt: skip


def why(kind: str | None, row: Row) -> str | None:
    """What shows it, in words."""
    words = WHY.get(kind or "")
    if words is None or number(row["value"]) is None:
        return None
    return words.format(value=row["value"], limit=row["limit"])


def loss(row: Row) -> float | None:
    """What a minute of waiting costs, cents."""
    return number(row.get("loss_cents_per_min", float("nan")))
