"""Channel `sites`: each place with its weather, its gate and doors, its worst deviation and its figures of the day."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final

from api.hub import albers
from api.hub.boards.board import ALL_BITS, Draw, Told, id_of, known_as, moment, number, told
from api.hub.facts import Changed, Row
from tower.clock import DAY

SEEN: Final = ("gust_mps", "visibility_m", "temp_c", "precip_mm_h")
HELD: Final = ("doors", "kpis")
"""Tables whose rows belong to the site in their column `site`."""
A_DAY_S: Final = DAY // 1000


class Sites(Draw):
    """One row a site that was declared, or that has a gate."""

    def all(self) -> Iterable[str]:
        """Every site that is known; learns what belongs to each on the way."""
        self.held: dict[str, dict[int, set[int]]] = {table: defaultdict(set) for table in HELD}
        self.bad: dict[int, Counter[int]] = defaultdict(Counter)
        for table in HELD:
            for key, row in self.facts.all(table):
                if belongs(table, row):
                    self.held[table][row["site"]].add(key)
        for _, row in self.facts.all("deviations"):
            self.bad[row["site"]][row["severity"]] += 1
        return map(self.name, {*self.facts.tables["sites"], *self.facts.tables["queues"]})

    def touched(self, changed: Changed) -> Iterable[str]:
        """Those of which anything is said."""
        keys = {key for table in ("sites", "queues", "hazards") for key in changed.get(table, {})}
        keys |= {self._site_of_station(station) for station in changed.get("weather", {})}
        for table in HELD:
            for key, before in changed.get(table, {}).items():
                keys |= self._moved(table, key, before, self.facts.get(table, key))
        for key, before in changed.get("deviations", {}).items():
            keys |= self._worse(before, self.facts.get("deviations", key))
        return (self.name(key) for key in keys - {ALL_BITS})

    def _worse(self, before: Row | None, now: Row | None) -> set[int]:
        """Count a deviation where, and as bad as, it is now."""
        for row, more in ((before, -1), (now, 1)):
            if row is not None:
                self.bad[row["site"]][row["severity"]] += more
        return {row["site"] for row in (before, now) if row is not None}

    def _moved(self, table: str, key: int, before: Row | None, now: Row | None) -> set[int]:
        held = self.held[table]
        if before is not None and belongs(table, before):
            held[before["site"]].discard(key)
        if now is not None and belongs(table, now):
            held[now["site"]].add(key)
        return {row["site"] for row in (before, now) if row is not None and belongs(table, row)}

    def _site_of_station(self, station: int) -> int:
        row = self.facts.get("stations", station)
        return ALL_BITS if row is None else row["site"]

    def name(self, key: int) -> str:
        """What the site is called."""
        return self.names.of(key) or id_of(key)

    def draw(self, id: str) -> Told | None:
        """The site; None if nobody has declared it and nobody stands there."""
        key = known_as("site", id, self.facts.tables["sites"].keys() | self.facts.tables["queues"].keys())
        site, queue = self.facts.get("sites", key), self.facts.get("queues", key)
        if site is None and queue is None:
            return None
        where = {} if site is None else self._declared(site)
        return told(**{**self._figures(key), "id": id, **where, **self._weather(key, site), **self._gate(key, queue),
                       "severity": self._worst(key)})  # fmt: skip

    def _declared(self, site: Row) -> Told:
        spot = albers.place(site["lat"], site["lon"]) or (None, None)
        return {"name": self.names.of(site["name"]), "lat": number(site["lat"]), "lon": number(site["lon"]),
                "x": spot[0], "y": spot[1], "tz": self.names.of(site["tz"]),
                "role": self.names.of(site["role"])}  # fmt: skip

    def _weather(self, key: int, site: Row | None) -> Told:
        hazard = self.facts.get("hazards", key)
        seen = None if site is None else self.facts.get("weather", site["station"])
        found: Told = {} if hazard is None else {"hazard": number(hazard["hazard"])}
        if seen is not None:
            found |= {name: number(seen[f"observed_{name}"]) for name in SEEN}
            found["observed_at"] = moment(seen["observed_at"])
        return found

    def _gate(self, key: int, queue: Row | None) -> Told:
        doors = [row for door in self.held["doors"][key] if (row := self.facts.get("doors", door)) is not None]
        found: Told = {} if queue is None else {"waiting": max(queue["waiting"], 0), "docked": max(queue["docked"], 0)}
        if doors:
            found["doors"] = len(doors)
            found["doors_in_use"] = sum(row["occupants"] > 0 for row in doors)
            found["doors_closed"] = sum(is_closed(row) for row in doors)
        return found

    def _worst(self, key: int) -> int:
        return max((severity for severity, times in self.bad[key].items() if times > 0), default=0)

    def _figures(self, key: int) -> Told:
        """The newest value of each figure that is counted by the day."""
        newest: dict[str, Row] = {}
        for one in self.held["kpis"][key]:
            row = self.facts.get("kpis", one)
            name = None if row is None else self.names.of(row["name"])
            if row is not None and name:
                newest[name] = max(newest.get(name, row), row, key=lambda each: each["window"])
        return {name: number(row["value"]) for name, row in sorted(newest.items())}


def belongs(table: str, row: Row) -> bool:
    """Whether a row is told with its site: of the figures those of a day."""
    return table != "kpis" or row["window_s"] == A_DAY_S


def is_closed(door: Row) -> bool:
    """Whether a door was closed and not opened since."""
    return bool(door["closed_at"] >= 0 and door["closed_at"] > door["opened_at"])
