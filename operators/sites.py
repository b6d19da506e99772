"""Sites: what has been declared of each place, and which weather station stands for it."""

from typing import Any, ClassVar, Final

import numpy as np

from operators.step import Step
from operators.work import Work
from tower.events import NUMBER
from tower.table import Table, upsert

DECLARED: Final = NUMBER["site.declared"]


class Sites(Step):
    """Tables `sites` (the newest declaration wins) and `stations` (which site a station stands for)."""

    families: ClassVar = ("document",)
    publishes: ClassVar = ("sites", "stations")

    def run(self, work: Work) -> None:
        """Take in declarations."""
        for head, row, said in work.documents(DECLARED):
            self._declare(work, head, work.position() + row, said)

    def _declare(self, work: Work, head: np.void, position: int, said: dict[str, Any]) -> None:
        site = _row(self.tables["sites"], int(head["subject"]))
        rank = (int(head["at"]), int(head["id"]))
        if site["declared_at"] >= 0 and rank < (int(site["declared_at"]), int(site["declared_event"])):
            return
        site["declared_at"], site["declared_event"], site["declared_position"] = *rank, position
        site["lat"], site["lon"] = said.get("lat", np.nan), said.get("lon", np.nan)
        for column, kind in (("tz", "tz"), ("role", "role"), ("station", "station"), ("name", "text")):
            site[column] = work.id_of(kind, said.get(column))
        if "station" in said:
            _row(self.tables["stations"], int(site["station"]))["site"] = head["subject"]


def _row(table: Table, key: int) -> Any:
    return table.t.rows[upsert(table.t, np.uint64(key))]


