"""Channel `options`: what can be done about each incident, best first: what it saves, whom, and until when."""

from typing import Final

from api.hub.boards.board import OfTable, Told, count, id_of, key_of, moment, number, told, word
from tower.events import PRIORITIES
from tower.outcomes import OPTIONS

CENTS: Final = ("net_cents", "net_p10_cents", "net_p90_cents", "cost_cents", "value_kept_cents", "lines_kept",
                "on_time_delta", *(f"{name}_cents" for name in PRIORITIES),
                *(f"{name}_on_time" for name in PRIORITIES))  # fmt: skip
COUNTS: Final = ("rank", "lines", "churn_lines", "price_cents", "basis", "moves", "unserved")


class Options(OfTable):
    """One row an option, while it stands."""

    table = "options"

    def draw(self, id: str) -> Told | None:
        """The option."""
        row = self.facts.get(self.table, key_of(id))
        if row is None or row["keep_until"] >= 0:
            return None
        return told(
            id=id, incident=id_of(row["incident"]), kind=word(OPTIONS, row["kind"]),
            binding=self.names.of(row["binding"]), confidence=number(row["confidence"]),
            expires_at=moment(row["expires_at"]),
            **{name: row[name] for name in CENTS}, **{name: count(row[name]) for name in COUNTS},
        )  # fmt: skip
