"""Air: what the two flight sets share: flights, the airports they need, carriers, weather if there is any."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa

from simulators.feed import Arrivals
from simulators.recorded import declared, leg_events, weather
from simulators.recorded.account import Account
from simulators.recorded.airports import KNOWN_BY as AIRPORTS
from simulators.recorded.airports import Airport, airports
from simulators.recorded.blocks import Block, arrivals
from simulators.recorded.flights import KNOWN_BY as FLIGHTS
from simulators.recorded.flights import Legs, legs
from simulators.recorded.names import Names
from simulators.recorded.rows import Rows
from simulators.recorded.sheets import Sheet, beside, sheets, table, table_if_any

CARRIERS: Final = frozenset({"carrier", "name"})
PLANES: Final = frozenset({"tailnum", "seats"})


@dataclass(slots=True)
class Air:
    """A flight set on its way to a feed."""

    flights: Sheet
    others: list[Sheet]
    account: Account = field(default_factory=Account)
    names: Names = field(default_factory=Names)
    blocks: dict[str, list[Block]] = field(default_factory=dict)
    """By source."""
    stations: set[str] = field(default_factory=set)

    @classmethod
    def at(cls, path: str) -> "Air":
        """The tables at a path; for a single file also those beside it that are no flights."""
        found = sheets(path)
        flights = table(found, FLIGHTS, "flights")
        others = [s for s in [*found, *beside(path)] if s is not flights and not set(s.columns) >= FLIGHTS]
        return cls(flights, others)

    def read(self) -> Legs:
        """The legs, with everything but declarations added as blocks."""
        places = table(self.others, AIRPORTS, "airports (flights tell local time: put the list beside them)")
        known, rows = airports(places)
        found, flown, derived = legs(self.flights, known)
        self.account.add("flights", flown, derived)
        self.blocks[leg_events.SOURCE] = leg_events.leg_blocks(found, self.names)
        self._add_weather()
        self._declare(found, known, rows)
        self._pass_over()
        return found

    def arrivals(self) -> list[Arrivals]:
        """What each source says; each batch knows all names of the set."""
        return [arrivals(source, blocks, self.names.texts) for source, blocks in self.blocks.items()]

    def _add_weather(self) -> None:
        sheet = table_if_any(self.others, weather.KNOWN_BY, "weather")
        if sheet is None:
            self.account.notes.append("no weather table: nothing is observed")
            return
        blocks, rows, derived = weather.weather_blocks(sheet, self.names)
        self.account.add("weather", rows, derived)
        self.blocks[weather.SOURCE] = blocks
        self.stations = set(rows.text("origin").filter(pa.array(rows.used)).unique().to_pylist())

    def _declare(self, found: Legs, known: dict[str, Airport], rows: Rows) -> None:
        """Declare the airports, stations and carriers of these legs; the others are of no use here."""
        used = {*found.origin.unique().to_pylist(), *found.dest.unique().to_pylist()}
        at = declared.before(min(int(b.at.min()) for blocks in self.blocks.values() for b in blocks if b.at.size))
        codes = rows.text("faa").to_pylist()
        rows.drop(np.array([code not in used for code in codes], bool), "no leg there")
        self.account.add("airports", rows)
        said = [declared.declared("site", declared.sites(known, used, self.stations), at, self.names),
                declared.declared("station", {code: {} for code in self.stations}, at, self.names),
                declared.declared("carrier", self._carriers(found), at, self.names)]  # fmt: skip
        self.blocks[declared.SOURCE] = said

    def _carriers(self, found: Legs) -> dict[str, dict[str, object]]:
        """What is said of each carrier of the legs."""
        flying: dict[str, dict[str, object]] = {code: {} for code in found.carrier.unique().to_pylist()}
        named = [s for s in self.others if set(s.columns) == CARRIERS]
        sheet = table_if_any(named, CARRIERS, "carriers")
        if sheet is None:
            self.account.notes.append("no table of carriers: they have codes and no names")
            return flying
        rows = Rows(sheet, (), ("carrier", "name"))
        codes = rows.text("carrier").to_pylist()
        rows.drop(np.array([code not in flying for code in codes], bool), "no leg of it")
        told = zip(codes, rows.text("name").to_pylist(), strict=True)
        flying.update({code: {"name": name} for code, name in told if code in flying})
        self.account.rows["carriers"], self.account.unused["carriers"] = rows.read, dict(rows.reasons)
        return flying

    def _pass_over(self) -> None:
        """Account for the tables that say nothing here."""
        for sheet in self.others:
            if set(sheet.columns) >= PLANES:
                self.account.add_whole("planes", sheet, "no event tells of an aircraft")
            elif not any(set(sheet.columns) >= known for known in (AIRPORTS, weather.KNOWN_BY, CARRIERS)):
                self.account.add_whole(sheet.name, sheet, "not a table of this set")
