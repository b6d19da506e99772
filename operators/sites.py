"""Sites: what has been declared of each place and of the network, and which weather station stands for a place."""

from typing import Any, ClassVar, Final

import numpy as np

from operators.step import Step
from operators.work import Work
from tower.events import NUMBER
from tower.ids import of, pairs
from tower.table import Table, upsert

DECLARED: Final = NUMBER["site.declared"]
NETWORK: Final = NUMBER["network.declared"]
DOOR: Final = NUMBER["door.declared"]


class Sites(Step):
    """Tables `sites`, `networks` (the newest declaration wins) and `stations` (which site a station stands for)."""

    families: ClassVar = ("document",)
    publishes: ClassVar = ("sites", "stations", "networks")

    def run(self, work: Work) -> None:
        """Take in declarations."""
        for head, row, said in work.documents(DECLARED, NETWORK, DOOR):
            if head["kind"] == DOOR:
                _name(work, said.get("site"), said.get("door"))
                continue
            is_site = head["kind"] == DECLARED
            thing = _newer(self.tables["sites" if is_site else "networks"], head, work.position() + row)
            if thing is None:
                continue
            for column, kind in (("tz", "tz"), ("name", "text")):
                thing[column] = work.id_of(kind, said.get(column))
            if is_site:
                self._declare(work, thing, said)
            else:
                thing["currency"] = work.id_of("currency", said.get("currency"))

    def _declare(self, work: Work, site: Any, said: dict[str, Any]) -> None:
        site["lat"], site["lon"] = said.get("lat", np.nan), said.get("lon", np.nan)
        for column in ("role", "station"):
            site[column] = work.id_of(column, said.get(column))
        if "station" in said:
            _row(self.tables["stations"], int(site["station"]))["site"] = site["key"]


def _name(work: Work, site: object, door: object) -> None:
    """What the door of that site is called, though no event may ever name the two together."""
    if isinstance(site, str) and isinstance(door, str):
        both = pairs(np.array([of("site", site)], "u8"), np.array([of("door", door)], "u8"))
        work.names[int(both[0])] = f"{site}/{door}"


def _newer(table: Table, head: np.void, position: int) -> Any:
    """The row of what is declared, stamped; None if a newer declaration is known."""
    row = _row(table, int(head["subject"]))
    rank = (int(head["at"]), int(head["id"]))
    if row["declared_at"] >= 0 and rank < (int(row["declared_at"]), int(row["declared_event"])):
        return None
    row["declared_at"], row["declared_event"], row["declared_position"] = *rank, position
    return row


def _row(table: Table, key: int) -> Any:
    return table.t.rows[upsert(table.t, np.uint64(key))]
