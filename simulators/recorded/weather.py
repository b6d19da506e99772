"""Weather: hourly observations, from the units of the list to those of the tower."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulators.recorded.blocks import Block
from simulators.recorded.names import Names, event_ids
from simulators.recorded.rows import Rows
from simulators.recorded.sheets import Sheet

SOURCE: Final = "weather"
KNOWN_BY: Final = frozenset({"origin", "time_hour", "temp", "wind_speed", "wind_gust", "precip", "pressure", "visib"})
NUMBERS: Final = ("temp", "wind_speed", "wind_gust", "precip", "pressure", "visib")
MPS_IN_MPH: Final = 0.44704
M_IN_MILE: Final = 1609.344
MM_IN_INCH: Final = 25.4
ISO: Final = r"^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.0+)?Z?$"
STRONGEST_MPS: Final = 113.3
"""The strongest gust ever measured (Barrow Island, 1996): more is a broken instrument, and taken as unknown."""


def weather_blocks(sheet: Sheet, names: Names) -> tuple[list[Block], Rows, dict[str, int]]:
    """weather.observed of every row, at its `time_hour` (UTC), received then; its rows; what was derived."""
    rows = Rows(sheet, NUMBERS, ("origin", "time_hour"))
    rows.drop_without("origin")
    at = _moments(rows)
    rows.drop(at < 0, "time_hour is no time from 1990 to 2100")
    columns = {
        "temp_c": (rows.number("temp") - 32) / 1.8, "wind_mps": rows.number("wind_speed") * MPS_IN_MPH,
        "gust_mps": rows.number("wind_gust") * MPS_IN_MPH, "visibility_m": rows.number("visib") * M_IN_MILE,
        "precip_mm_h": rows.number("precip") * MM_IN_INCH, "pressure_hpa": rows.number("pressure"),
    }  # fmt: skip
    derived = _without_broken(columns)
    used, stations = rows.used, rows.text("origin").filter(pa.array(rows.used))
    hours = pa.array((at[used] // 1000).astype("M8[s]")).cast(pa.string())
    texts = pc.binary_join_element_wise(hours, stations, "/")
    ids = event_ids(SOURCE, (text.encode() for text in texts.to_pylist()), "/observed")
    said = {name: values[used] for name, values in columns.items()}
    return [Block("weather.observed", ids, at[used], names.of("station", stations), said)], rows, derived


def _moments(rows: Rows) -> np.ndarray:
    """`time_hour` as ms; -1 where it is no time."""
    text = pc.replace_substring_regex(rows.text("time_hour"), ISO, r"\1 \2")
    time = pc.strptime(text, "%Y-%m-%d %H:%M:%S", "s", error_is_null=True)
    at = pc.fill_null(time.cast(pa.int64()), -1).to_numpy(zero_copy_only=False) * 1000
    return np.where((at >= 631_152_000_000) & (at < 4_133_980_800_000), at, -1)


def _without_broken(columns: dict[str, np.ndarray]) -> dict[str, int]:
    """Make what cannot be unknown, in place; how often."""
    broken = {}
    for name in ("wind_mps", "gust_mps"):
        wrong = ~np.isnan(columns[name]) & ((columns[name] < 0) | (columns[name] > STRONGEST_MPS))
        columns[name][wrong] = np.nan
        if wrong.any():
            broken[f"{name} beyond {STRONGEST_MPS} m/s taken as unknown"] = int(wrong.sum())
    return broken
