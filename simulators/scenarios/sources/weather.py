"""Weather: hourly observations, in the units of the contract."""

from typing import Final

import numpy as np

from simulators.recorded.blocks import Block
from simulators.scenarios.bundle import numbers, texts
from simulators.scenarios.pack import Column
from simulators.scenarios.sources.said import Said

MILE_M: Final = 1609.344
MPH: Final = 0.44704
INCH_MM: Final = 25.4
SCALES: Final = {
    "wind_mps": ("wind_speed", MPH), "gust_mps": ("wind_gust", MPH), "visibility_m": ("visib", MILE_M),
    "precip_mm_h": ("precip", INCH_MM), "pressure_hpa": ("pressure", 1.0),
}  # fmt: skip


def observed(said: Said, table: dict[str, Column], at: np.ndarray) -> list[Block]:
    """Observations at these moments (ms); what a station did not tell is unknown."""
    columns = {name: scaled(numbers(table[source]), factor) for name, (source, factor) in SCALES.items()}
    temp = numbers(table["temp"]) / 100
    columns["temp_c"] = np.where(temp < -900, np.nan, (temp - 32) / 1.8)
    return [said.block("weather.observed", at, said.ids("station", texts(table["station"])), columns)]


def scaled(hundredths: np.ndarray, factor: float) -> np.ndarray:
    """Hundredths of the set's unit in ours; NaN for -1.

    >>> scaled(np.array([1000, -1]), MILE_M).tolist()
    [16093.44, nan]
    """
    values: np.ndarray = np.where(hundredths < 0, np.nan, hundredths * factor / 100)
    return values
