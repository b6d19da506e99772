"""Channel `kpis`: figures by name, site and window, the last day of them."""

from collections.abc import Iterable

from api.hub.boards.board import Draw, Told, count, id_of, key_of, moment, number, told
from api.hub.facts import Changed
from tower.clock import DAY


class Kpis(Draw):
    """One row a figure of a window; without `site` it is the whole network's."""

    def all(self) -> Iterable[str]:
        """Every figure."""
        return map(id_of, self.facts.tables.get("kpis", {}))

    def touched(self, changed: Changed) -> Iterable[str]:
        """Those that moved."""
        return map(id_of, changed.get("kpis", {}))

    def due(self, before: int, hour: int) -> Iterable[str]:
        """Those whose window is too long ago by now."""
        spans = self.facts.columns("kpis", "window", "window_s")
        return (id_of(key) for key, (window, window_s) in spans if before <= leaves(window, window_s) < hour)

    def draw(self, id: str) -> Told | None:
        """The figure; None if its window, or a day from its start, was over before the hour."""
        row = self.facts.get("kpis", key_of(id))
        if row is None or leaves(row["window"], row["window_s"]) < self.hour:
            return None
        return told(
            id=id, name=self.names.of(row["name"]), site=self.names.of(row["site"]), window=moment(row["window"]),
            window_s=count(row["window_s"]), value=number(row["value"]), plan=number(row["plan"]), at=moment(row["at"]),
            kind=self.names.of(row["kind"]), subject=self.names.of(row["subject"]),
        )  # fmt: skip


def leaves(window: int, window_s: int) -> int:
    """The moment behind which a figure is told no more."""
    return window + max(window_s * 1000, DAY)
