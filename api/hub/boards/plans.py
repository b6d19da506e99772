"""Channel `plans`: lines that the plan has elsewhere than they are booked, or nowhere, and why."""

from api.hub.boards.board import OfTable, Told, count, id_of, key_of, told, word
from api.unserved import says
from tower.outcomes import WHYS


class Plans(OfTable):
    """One row a line, while the plan would have it otherwise than it is."""

    table = "plans"

    def draw(self, id: str) -> Told | None:
        """Where the line is, and where it is to go."""
        row = self.facts.get(self.table, key_of(id))
        if row is None or row["keep_until"] >= 0:
            return None
        named = ("order", "order_line", "from_leg", "to_leg", "from_site", "to_site", "resource", "sku")
        return told(
            id=id, line=id_of(row["line"]), why=word(WHYS, row["why"]), says=says(row, self.names),
            cost_cents=row["cost_cents"], short=count(row["short"]), basis=count(row["basis"]),
            **{name: self.names.of(row[name]) for name in named},
        )  # fmt: skip
