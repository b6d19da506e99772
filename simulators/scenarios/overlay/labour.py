"""Labour of the overlay: who is rostered at each hub, and who comes through the snow."""

from typing import Final, NamedTuple

import numpy as np

HOUR: Final = 60
SHIFTS: Final = {"A": 1.0, "B": 1.0, "C": 0.6}
"""A 06-14, B 14-22, C 22-06: how full each is."""
STORM: Final = {(2, "B"): 0.8, (2, "C"): 0.5, (3, "A"): 0.6, (3, "B"): 0.85}
"""Attendance by shift day (0 = Wednesday) where people could not reach the site."""
LOADS_AN_HOUR: Final = 22
"""What one person picks and loads."""
LEAST: Final = 1.15


class Crew(NamedTuple):
    """One shift at one hub: minutes, people planned and come, and loads an hour that those who came can handle."""

    hub: str
    shift: str
    start: int
    end: int
    rostered: int
    heads: int
    loads: int


def crews(
    hub: str, planned: np.ndarray, loads: np.ndarray, days: int, attendance: dict[tuple[int, str], float]
) -> list[Crew]:
    """The shifts of a hub over the week: 1.15 times the 97th percentile of what its legs take in an hour."""
    by_hour = np.bincount(planned // HOUR, weights=loads)
    full = LEAST * np.quantile(by_hour[np.bincount(planned // HOUR) > 0], 0.97)
    starts = [0, *range(6 * HOUR, days * 24 * HOUR, 8 * HOUR)]
    ends = [*starts[1:], days * 24 * HOUR]
    return [_crew(hub, s, e, float(full), attendance) for s, e in zip(starts, ends, strict=True)]


def _crew(hub: str, start: int, end: int, full: float, attendance: dict[tuple[int, str], float]) -> Crew:
    shift = "ABC"[(start // HOUR - 6) // 8 % 3]
    here = full * SHIFTS[shift]
    come = here * attendance.get(((start // HOUR - 6) // 24, shift), 1.0)
    heads, rostered = round(come / LOADS_AN_HOUR), round(here / LOADS_AN_HOUR)
    return Crew(hub, shift, start, end, rostered, heads, round(come))
