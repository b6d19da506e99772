"""Channel `prices`: what one more load would save on the legs that are full, one more door or unit of an article at a
site, and the last.
"""

from typing import Final

from api.hub.boards.board import OfTable, Told, count, key_of, moment, told, word

WHAT: Final = ("leg", "doors", "goods")
LEG: Final = WHAT[0]
"""What a price is of that an older build has told."""


class Prices(OfTable):
    """One row a leg, a site's doors or an article at a site, while that is scarce."""

    table = "prices"

    def draw(self, id: str) -> Told | None:
        """The price."""
        row = self.facts.get(self.table, key_of(id))
        if row is None or row["keep_until"] >= 0:
            return None
        return told(
            id=id, what=word(WHAT, row["what"]) or LEG, resource=self.names.of(row["resource"]),
            site=self.names.of(row["site"]), window_start=moment(row["window_start"]),
            last_unit_cents=count(row["last_unit_cents"]), next_unit_cents=count(row["next_unit_cents"]),
        )  # fmt: skip
