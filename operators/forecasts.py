"""Forecasts: what is said of the weather to come, hour by hour, and what carriers say of legs to come.

Of each hour at a station, and of each advisory, the newest issue counts; what contradicts itself is refused.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

import numpy as np

from operators.policies import refuse
from operators.registers import PART, Registers
from operators.work import Work
from tower import clock
from tower.events import NUMBER
from tower.ids import UNKNOWN, pairs
from tower.outcomes import kinds_of
from tower.table import Table

FORECAST, ADVISORY = NUMBER["weather.forecast"], NUMBER["carrier.advisory"]
LENGTH: Final = clock.HOUR
"""A forecast that does not say until when it holds does so for an hour."""
KEEP: Final = clock.DAY
"""What was said of a moment is known for so long after it."""
Rule = tuple[str, Callable[[Any], Any]]
"""Why rows are refused, and which."""


def no_chance(column: str) -> Rule:
    """A chance is from 0 to 1, or not told."""
    return f"{column}: not from 0 to 1", lambda rows: (rows[column] < 0) | (rows[column] > 1)


OF_FORECASTS: Final[tuple[Rule, ...]] = (
    no_chance("p_hazard"),
    ("until: not after `for`", lambda rows: (rows["until"] >= 0) & (rows["until"] <= rows["for"])),
)
OF_ADVISORIES: Final[tuple[Rule, ...]] = (
    no_chance("p_cancel"), ("delay_min: less than nothing", lambda rows: rows["delay_min"] < 0),
    ("window_end: not after window_start", lambda rows: rows["window_end"] <= rows["window_start"]),
    ("neither p_cancel nor delay_min", lambda rows: np.isnan(rows["p_cancel"]) & np.isnan(rows["delay_min"])),
    ("of no carrier, site or dest",
     lambda rows: (rows["carrier"] == UNKNOWN) & (rows["site"] == UNKNOWN) & (rows["dest"] == UNKNOWN)),
)  # fmt: skip


def refuse_unfit(work: Work, ledger: Table, kind: int, rows: np.ndarray, rules: tuple[Rule, ...]) -> None:
    """Refuse events of that kind of which a row breaks a rule; the first one is the reason."""
    refused: dict[int, str] = {}
    of = (work.heads["kind"][rows["event"]] == kind) & (work.ok[rows["event"]] == 1)
    for why, is_broken in rules:
        for event in rows["event"][of & is_broken(rows)].tolist():
            refused.setdefault(event, why)
    if refused:
        work.ok[list(refused)] = 0
        refuse(work, ledger, [(work.heads[event], why) for event, why in refused.items()])


class Forecasts(Registers):
    """Table `forecasts`: a row a station and moment."""

    families: ClassVar = ("weather_report",)
    publishes: ClassVar = ("forecasts",)
    kinds: ClassVar = ("weather.forecast",)
    parts: ClassVar = {"weather_report": (PART, "for")}

    def __init__(self, saved: Mapping[str, bytes] | None, ledger: Table) -> None:
        super().__init__(saved)
        self.ledger = ledger

    def run(self, work: Work) -> None:
        """Refuse what cannot be; keep the rest."""
        refuse_unfit(work, self.ledger, FORECAST, work.rows("weather_report"), OF_FORECASTS)
        super().run(work)

    def settle(self, work: Work) -> None:
        """Say whose each row is, and how long it is known."""
        rows = work.rows("weather_report")
        rows = rows[(work.heads["kind"][rows["event"]] == FORECAST) & (work.ok[rows["event"]] == 1)]
        stations = work.heads["subject"][rows["event"]]
        for key, station, moment in zip(pairs(stations, rows["for"].astype("u8")).tolist(), stations, rows["for"],
                                        strict=True):  # fmt: skip
            thing: Any = self.things.rows[self.things.find(key)]
            thing["station"], thing["keep_until"] = station, moment + KEEP

    def take_back(self, work: Work, void: np.void) -> None:
        """A correction that names no event but a station and a moment means all that was said of it then."""
        mine = [void]
        if void["id"] == UNKNOWN:
            rows = self.things.rows
            mine = [void.copy() for _ in range(int((rows["station"] == void["subject"]).sum()))]
            for one, key in zip(mine, rows["key"][rows["station"] == void["subject"]], strict=True):
                one["subject"] = key
        for one in mine:
            super().take_back(work, one)


class Advisories(Registers):
    """Table `advisories`: what carriers say of legs to come, a row an advisory."""

    families: ClassVar = ("carrier_note",)
    publishes: ClassVar = ("advisories",)
    kinds: ClassVar = kinds_of("carrier_note")

    def __init__(self, saved: Mapping[str, bytes] | None, ledger: Table) -> None:
        super().__init__(saved)
        self.ledger = ledger

    def run(self, work: Work) -> None:
        """Refuse what cannot be; keep the rest."""
        refuse_unfit(work, self.ledger, ADVISORY, work.rows("carrier_note"), OF_ADVISORIES)
        super().run(work)

    def settle(self, work: Work) -> None:
        """How long each is known; not at all, if all that was said of it was taken back."""
        for i in self.things.touched():
            row: Any = self.things.rows[i]
            row["keep_until"] = row["window_end"] + KEEP if row["window_end"] >= 0 else 0


__all__ = ["Advisories", "Forecasts"]
