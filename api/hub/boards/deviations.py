"""Channel `deviations`: what is open, how bad it is, why, and who has taken it."""

from collections.abc import Iterable
from typing import Final

import detectors
from api.hub.boards.board import Draw, Told, count, id_of, key_of, moment, number, told
from api.hub.facts import Changed, Row
from tower.clock import MINUTE
from tower.outcomes import DEVIATION_STATUS

WHY: Final = {detector.rule.kind: detector.rule.why for detector in detectors.ALL}

SAYING: Final = ("deviations", "handling", "members")
"""What a row is drawn from."""


class Deviations(Draw):
    """One row an open deviation."""

    def all(self) -> Iterable[str]:
        """Every deviation that is open."""
        return map(id_of, self.facts.tables["deviations"])

    def touched(self, changed: Changed) -> Iterable[str]:
        """Those that were said, and those that somebody has handled."""
        return map(id_of, [key for table in SAYING for key in changed.get(table, {})])

    def draw(self, id: str) -> Told | None:
        """The deviation, with what people said of it."""
        row = self.facts.get("deviations", key_of(id))
        if row is None:
            return None
        kind, member = self.names.of(row["kind"]), self.facts.get("members", key_of(id))
        return told(
            id=id, kind=kind, incident=None if member is None else id_of(member["incident"]),
            severity=row["severity"], subject=self.names.of(row["subject"]), site=self.names.of(row["site"]),
            since=moment(row["since"]), at=moment(row["at"]),
            value=number(row["value"]), limit=number(row["limit"]),
            value_at_risk_cents=count(row["value_at_risk_cents"]), act_by=moment(row["act_by"]),
            status=DEVIATION_STATUS[row["status"]], why=why(kind, row), opening=count(row["opening"]),
            evidence=count(row["evidence"]), loss_cents_per_min=loss(row), **self.handled(key_of(id)),
        )  # fmt: skip

    def handled(self, key: int) -> Told:
        """Who has taken it, put it off, noted something; nothing where nobody has."""
        row = self.facts.get("handling", key)
        if row is None:
            return {}
        said = {name: self.names.of(row[column]) for name, column in SAID.items() if column in row}
        moments = {name: moment(row[column]) for name, column in MOMENTS.items() if column in row}
        return told(**said, **moments)


SAID: Final = {"acknowledged_by": "acknowledged_by", "assigned_to": "assigned_to", "note": "note"}
MOMENTS: Final = {"acknowledged_at": "acknowledged_at", "shelved_until": "shelved_until",
                  "escalated_at": "escalated_at"}  # fmt: skip


def why(kind: str | None, row: Row) -> str | None:
    """What shows it, in words."""
    words = WHY.get(kind or "")
    if words is None or number(row["value"]) is None:
        return None
    return words.format(value=row["value"], limit=row["limit"])


def loss(row: Row) -> int | None:
    """What waiting costs: the value at risk, spread evenly from when it was last judged until it is too late."""
    if row["value_at_risk_cents"] < 0 or row["act_by"] < 0 or row["at"] < 0:
        return None
    return round(row["value_at_risk_cents"] / max((row["act_by"] - row["at"]) / MINUTE, 1.0))
