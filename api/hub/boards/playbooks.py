"""Channel `playbooks`: what was better once, and of which incidents to think of it."""

from api.hub.boards.board import OfTable, Told, count, key_of, moment, told, word
from tower.outcomes import CAUSES, OPTIONS


class Playbooks(OfTable):
    """One row a playbook, in its highest version, until it is retired."""

    table = "playbooks"

    def draw(self, id: str) -> Told | None:
        """The playbook."""
        row = self.facts.get(self.table, key_of(id))
        if row is None or row["retired"] == 1:
            return None
        of = self.names.of
        return told(
            id=id, name=of(row["playbook"]), version=count(row["version"]), title=of(row["title"]),
            cause=word(CAUSES, row["cause"]), site=of(row["site"]), option=word(OPTIONS, row["option"]),
            net_cents=row["net_cents"], net_low_cents=row["net_low_cents"], net_high_cents=row["net_high_cents"],
            runs=count(row["runs"]), run=of(row["run"]), at=moment(row["at"]), by=of(row["by"]),
        )  # fmt: skip
