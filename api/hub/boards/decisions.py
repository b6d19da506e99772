"""Channel `decisions`: what is to be decided, until when, and what came of what was decided today."""

from typing import Final

from api.hub.boards.board import ALL_BITS, OfTable, Told, count, id_of, key_of, moment, number, told, word
from tower.outcomes import ACTION_TYPES, DECISION_STATES, MODES

COUNTS: Final = ("nth", "approvals", "wanted", "policy", "stake_cents", "basis", "moves", "void")
MOMENTS: Final = ("at", "proposed_at", "expires_at", "undo_until")


class Decisions(OfTable):
    """One row a decision, until a day after it is over."""

    table = "decisions"

    def draw(self, id: str) -> Told | None:
        """The decision."""
        row = self.facts.get(self.table, key_of(id))
        if row is None:
            return None
        return told(
            id=id, incident=id_of(row["incident"]), option=id_of(row["option"]), type=word(ACTION_TYPES, row["type"]),
            mode=word(MODES, row["mode"]), state=word(DECISION_STATES, row["state"]), by=self.names.of(row["by"]),
            approved_by=self.names.of(row["approved_by"]), reason=self.names.of(row["reason"]),
            net_cents=row["net_cents"], confidence=number(row["confidence"]), action=named(row["action"]),
            **{name: count(row[name]) for name in COUNTS}, **{name: moment(row[name]) for name in MOMENTS},
        )  # fmt: skip


def named(key: int) -> str | None:
    """An id as it is written; None if there is none."""
    return None if key == ALL_BITS else id_of(key)
