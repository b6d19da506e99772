"""Channel `prices`: what one more load would save on the legs that are full, one more door at a site, and the last."""

from typing import Final

from api.hub.boards.board import OfTable, Told, count, key_of, moment, told

WHAT: Final = ("leg", "doors")
DOORS: Final = 1


class Prices(OfTable):
    """One row a leg or a site's doors, while it is scarce."""

    table = "prices"

    def draw(self, id: str) -> Told | None:
        """The price."""
        row = self.facts.get(self.table, key_of(id))
        if row is None or row["keep_until"] >= 0:
            return None
        return told(
            id=id, what=WHAT[int(row["what"] == DOORS)], resource=self.names.of(row["resource"]),
            window_start=moment(row["window_start"]), last_unit_cents=count(row["last_unit_cents"]),
            next_unit_cents=count(row["next_unit_cents"]),
        )  # fmt: skip
