"""Following: the open visits, doors and freight of a network, kept from rows of outcomes as they are said."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from operators.yards.doorplans import DROPPED
from operators.yards.standing import Door, Visit
from operators.yards.yard import Yard, yard_of
from tower.ids import of
from tower.record import Record

TABLES: Final = ("visits", "doors", "loads", "doorplans")
BY_ID: Final = {of("table", name): name for name in TABLES}
Seat = tuple[int, int, int]
"""A visit, a door and a moment."""


class Following:
    """Rows are the whole of a thing, so what is read twice changes nothing."""

    def __init__(self) -> None:
        self.visits: dict[int, dict[int, Visit]] = defaultdict(dict)
        """By site: who is not over."""
        self.doors: dict[int, dict[int, Door]] = defaultdict(dict)
        self.loss: dict[int, int] = {}
        """Cents that an hour costs, by leg."""
        self.told: dict[int, tuple[int, Seat]] = {}
        """By visit: the site and the seat that stand as planned."""
        self._site: dict[int, int] = {}

    def take(self, record: Record) -> None:
        """Take in what a record of outcomes says."""
        self.load({name: record.rows(name) for name in TABLES})
        for row in record.rows("gone"):
            if (name := BY_ID.get(int(row["table"]))) is not None:
                self._drop(name, int(row["key"]))

    def load(self, tables: Mapping[str, np.ndarray]) -> None:
        """Take in rows, of these tables those that are wanted."""
        for name, put in (("visits", self._visit), ("doors", self._door), ("loads", self._load),
                          ("doorplans", self._plan)):  # fmt: skip
            for row in tables.get(name, ()):
                put(row)

    def sites(self) -> list[int]:
        """Sites that have doors, in the order of their ids."""
        return sorted(self.doors)

    def yard(self, site: int, now: int) -> Yard | None:
        """The yard of a site as it stands."""
        return yard_of(site, now, self.visits[site].values(), self.doors[site].values(), self.loss)

    def seats(self, site: int) -> set[Seat]:
        """What stands as planned there."""
        return {seat for where, seat in self.told.values() if where == site}

    def _visit(self, row: Any) -> None:
        visit = Visit.of(row)
        self._drop("visits", visit.key)
        if not visit.is_over:
            self.visits[visit.site][visit.key] = visit
            self._site[visit.key] = visit.site

    def _door(self, row: Any) -> None:
        door = Door.of(row)
        self.doors[door.site][door.key] = door
        self._site[door.key] = door.site

    def _load(self, row: Any) -> None:
        self.loss[int(row["key"])] = max(0, int(row["loss_cents_per_h"]))

    def _plan(self, row: Any) -> None:
        visit = int(row["key"])
        self.told.pop(visit, None)
        if row["why"] < DROPPED:
            self.told[visit] = int(row["site"]), (visit, int(row["door"]), int(row["start"]))

    def _drop(self, name: str, key: int) -> None:
        if name == "loads":
            self.loss.pop(key, None)
        elif name == "doorplans":
            self.told.pop(key, None)
        elif (site := self._site.pop(key, None)) is not None:
            (self.visits if name == "visits" else self.doors)[site].pop(key, None)
