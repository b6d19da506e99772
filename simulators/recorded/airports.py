"""Airports: where each is, and which clock hangs there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from simulators.recorded import zones
from simulators.recorded.rows import Rows
from simulators.recorded.sheets import Sheet

KNOWN_BY: Final = frozenset({"faa", "name", "lat", "lon"})
ABSENT: Final = dict.fromkeys(("BQN", "PSE", "SJU", "STT", "STX"), "America/Puerto_Rico")
"""Airports that legs go to and the list lacks: Puerto Rico and the Virgin Islands, which have one clock."""
BY_OFFSET: Final = {
    (-4, "N"): "America/Puerto_Rico", (-5, "A"): "America/New_York", (-6, "A"): "America/Chicago",
    (-7, "A"): "America/Denver", (-7, "N"): "America/Phoenix", (-8, "A"): "America/Los_Angeles",
    (-9, "A"): "America/Anchorage", (-10, "A"): "America/Adak", (-10, "N"): "Pacific/Honolulu",
}  # fmt: skip
"""Zones by hours from UTC and daylight rule (A as the United States, N none), for lists without names of zones."""


@dataclass(frozen=True, slots=True)
class Airport:
    """What a list says of an airport; what it does not say is None."""

    zone: str | None
    name: str | None = None
    lat: float | None = None
    lon: float | None = None


def airports(sheet: Sheet) -> tuple[dict[str, Airport], Rows]:
    """The airports of a list by code, with those that it is known to lack; and its rows."""
    named = "tzone" in sheet.columns
    rows = Rows(sheet, ["lat", "lon"] if named else ["lat", "lon", "tz"], ["faa", "name", "tzone" if named else "dst"])
    rows.drop_without("faa")
    zone = rows.text("tzone").to_pylist() if named else _zones_by_offset(rows)
    columns = zip(rows.text("faa").to_pylist(), zone, rows.text("name").to_pylist(), _known(rows.number("lat")),
                  _known(rows.number("lon")), strict=True)  # fmt: skip
    found = {code: Airport(*said) for code, *said in columns if code is not None}
    return {**{code: Airport(zone) for code, zone in ABSENT.items()}, **found}, rows


def _zones_by_offset(rows: Rows) -> list[str | None]:
    clocks = zip(rows.number("tz").tolist(), rows.text("dst").to_pylist(), strict=True)
    return [BY_OFFSET.get((hours, rule)) for hours, rule in clocks]


def _known(values: np.ndarray) -> list[float | None]:
    return [None if np.isnan(value) else value for value in values.tolist()]


class Clocks:
    """The zones of a column of airports, so that whole columns of clocks are turned at once."""

    def __init__(self, codes: pa.Array, known: dict[str, Airport]) -> None:
        coded = codes.dictionary_encode()
        self._which = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        self._zones = [known[code].zone if code in known else None for code in coded.dictionary.to_pylist()]
        self._zones = [zone if zone and zones.knows(zone) else None for zone in self._zones]
        self.unknown = np.array([zone is None for zone in self._zones] + [True])[self._which]

    def to_utc(self, local: np.ndarray) -> np.ndarray:
        """Local minutes as UTC; the earlier moment where a clock shows them twice."""
        return self._each(zones.to_utc, local)

    def to_utc_near(self, local: np.ndarray, near: np.ndarray) -> np.ndarray:
        """Local minutes as UTC; the moment nearer to `near` where a clock shows them twice."""
        return self._each(zones.to_utc_near, local, near)

    def to_local(self, utc: np.ndarray) -> np.ndarray:
        """UTC as what the clocks there show."""
        return self._each(zones.to_local, utc)

    def _each(self, turn: Callable[..., np.ndarray], values: np.ndarray, *more: np.ndarray) -> np.ndarray:
        """Zone by zone; NaN where there is none."""
        out = np.full(values.size, np.nan)
        for zone in sorted({zone for zone in self._zones if zone}):
            rows = np.flatnonzero(np.array([z == zone for z in self._zones] + [False])[self._which])
            out[rows] = turn(values[rows], zone, *(column[rows] for column in more))
        return out
