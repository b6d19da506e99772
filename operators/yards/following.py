"""Following: the open visits, doors and freight of a network, kept from rows of outcomes as they are said."""

import math
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from operators.yards import rules
from operators.yards.doorplans import DROPPED
from operators.yards.standing import TOLD, Door, Shift, Visit
from operators.yards.yard import Yard, yard_of
from tower.ids import of
from tower.outcomes import MOMENTS, SERVERS
from tower.record import Record

TABLES: Final = ("visits", "doors", "loads", "doorplans", "labour", "predictions", "doorrules")
BY_ID: Final = {of("table", name): name for name in TABLES}
KEPT: Final = {"visits": "visits", "doors": "doors", "labour": "shifts"}
Seat = tuple[int, int, int]
"""A visit, a door and a moment."""
AT_DOOR, LINEAR = MOMENTS.index("at_door"), SERVERS.index("linear")
FORETOLD: Final = ("subject", "moment", "served_by", "p50", "expected_at", "labelled_at")


class Following:
    """Rows are the whole of a thing, so what is read twice changes nothing."""

    def __init__(self) -> None:
        self.visits: dict[int, dict[int, Visit]] = defaultdict(dict)
        """By site: who is not over."""
        self.doors: dict[int, dict[int, Door]] = defaultdict(dict)
        self.shifts: dict[int, dict[int, Shift]] = defaultdict(dict)
        self.rules = rules.USUAL
        self.loss: dict[int, int] = {}
        """Cents that an hour costs, by leg."""
        self.told: dict[int, tuple[int, Seat]] = {}
        """By visit: the site and the seat that stand as planned."""
        self.foreseen: dict[int, tuple[float, int]] = {}
        """By visit: minutes of its work as predicted, where we are less off than bookings; when it is over."""
        self._site: dict[int, int] = {}

    def take(self, record: Record) -> None:
        """Take in what a record of outcomes says."""
        self.load({name: record.rows(name) for name in TABLES})
        for row in record.rows("gone"):
            if (name := BY_ID.get(int(row["table"]))) is not None:
                self._drop(name, int(row["key"]))

    def load(self, tables: Mapping[str, np.ndarray]) -> None:
        """Take in rows, of these tables those that are wanted."""
        for told in listed(tables, "visits", TOLD):
            self._visit(Visit(*told))
        for told in listed(tables, "doors", Door._fields):
            self._door(Door(*told))
        for told in listed(tables, "labour", Shift._fields):
            self._shift(Shift(*told))
        for told in listed(tables, "doorrules", rules.Rules._fields):
            self.rules = rules.Rules(*told)
        for key, loss in listed(tables, "loads", ("key", "loss_cents_per_h")):
            self.loss[key] = max(0, loss)
        for key, site, door, start, why in listed(tables, "doorplans", ("key", "site", "door", "start", "why")):
            self.told.pop(key, None)
            if why < DROPPED:
                self.told[key] = site, (key, door, start)
        for visit, about, server, minutes, until, known in listed(tables, "predictions", FORETOLD):
            if about == AT_DOOR:
                self.foreseen.pop(visit, None)
                if server == LINEAR and minutes >= 0 and known < 0:
                    self.foreseen[visit] = minutes, until

    def sites(self) -> list[int]:
        """Sites that have doors, in the order of their ids."""
        return sorted(self.doors)

    def yard(self, site: int, now: int) -> Yard | None:
        """The yard of a site as it stands."""
        here = [visit._replace(expected_min=minutes, expected_at=until) for visit in self.visits[site].values()
                for minutes, until in (self.foreseen.get(visit.key, (math.nan, -1)),)]  # fmt: skip
        return yard_of(site, now, here, self.doors[site].values(), self.loss, self.shifts[site].values(), self.rules)

    def seats(self, site: int) -> set[Seat]:
        """What stands as planned there."""
        return {seat for where, seat in self.told.values() if where == site}

    def _visit(self, visit: Visit) -> None:
        self._drop("visits", visit.key)
        if not visit.is_over:
            self.visits[visit.site][visit.key] = visit
            self._site[visit.key] = visit.site

    def _door(self, door: Door) -> None:
        self.doors[door.site][door.key] = door
        self._site[door.key] = door.site

    def _shift(self, shift: Shift) -> None:
        self.shifts[shift.site][shift.key] = shift
        self._site[shift.key] = shift.site

    def _drop(self, name: str, key: int) -> None:
        if name == "loads":
            self.loss.pop(key, None)
        elif name == "doorplans":
            self.told.pop(key, None)
        elif name in KEPT and (site := self._site.pop(key, None)) is not None:
            getattr(self, KEPT[name])[site].pop(key, None)


def listed(tables: Mapping[str, np.ndarray], name: str, columns: tuple[str, ...]) -> list[Any]:
    """These columns of a table's rows as tuples, all at once: one by one they would cost ten times as much."""
    rows = tables.get(name)
    return rows[list(columns)].tolist() if rows is not None and rows.size else []
