"""Floors: prices inside the joint objective that keep the cheap class from being starved.

A promise that is kept now costs something to break; what is late grows dearer the later it is; moving costs a little,
so that a plan changes only where that gains something. All are prices, none is a rule: the optimum weighs them.
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from operators.allocation.lines import ABSENT, GRADES, LIMIT_CENTS
from tower.errors import UsageError

_DAY_MIN = 1440


@dataclass(frozen=True, slots=True)
class Floors:
    """Cents by class (express, standard, economy), which must not rise from one class to the next.

    late_cents: once, when late. late_hour_cents: for each hour late. break_cents: for moving a line off an option that
    keeps its promise. switching_cents: for moving it at all. ageing_percent: by how much of itself the hourly price
    grows in a day late, which may rise: it is what lifts the cheap class. left_cents and left_value_percent: for
    leaving a line, beside its lateness. Raises UsageError that names the clause.
    """

    late_cents: tuple[int, int, int] = (2500, 1200, 800)
    late_hour_cents: tuple[int, int, int] = (400, 120, 60)
    break_cents: tuple[int, int, int] = (2500, 2500, 2500)
    switching_cents: tuple[int, int, int] = (500, 500, 500)
    ageing_percent: tuple[int, int, int] = (100, 100, 200)
    left_cents: int = 1000
    left_value_percent: int = 20

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            for cents in value if isinstance(value, tuple) else (value,):
                if not 0 <= cents <= LIMIT_CENTS:
                    raise UsageError(f"floors: {field.name} must be from 0 to {LIMIT_CENTS} (got {cents})")
        for name in ("late_cents", "late_hour_cents", "break_cents", "switching_cents"):
            prices = getattr(self, name)
            if list(prices) != sorted(prices, reverse=True):
                raise UsageError(f"floors: {name} must not rise from {' to '.join(GRADES)} (got {prices})",
                                 "or the dearer class would be served last")  # fmt: skip

    def lateness(self, grade: Any, late_min: Any) -> Any:
        """Cents of so many minutes late, 0 or fewer being on time; grade and minutes of any shapes that go together."""
        late = np.maximum(0, np.ascontiguousarray(late_min, "i8"))
        hour, ageing = np.array(self.late_hour_cents)[grade], np.array(self.ageing_percent)[grade]
        grown = hour * late // 60 + hour * ageing * late * late // (60 * 100 * 2 * _DAY_MIN)
        return np.where(late > 0, np.array(self.late_cents)[grade] + grown, 0)

    def costs(self, transport: Any, late_min: Any, grade: Any, current: Any) -> Any:
        """What options (N, K) cost: transport, lateness, and breaking the promise that the option in force keeps."""
        late_min, grade = np.asarray(late_min), np.asarray(grade)
        keeps = self.keeps(late_min, current)
        broken = np.where(keeps[:, None] & (late_min > 0), np.array(self.break_cents)[grade][:, None], 0)
        return np.minimum(LIMIT_CENTS, transport + self.lateness(grade[:, None], late_min) + broken)

    def left(self, value_cents: Any, late_min: Any, left_min: Any, grade: Any, current: Any) -> Any:
        """What leaving lines (N,) costs: as late as `left_min` says, part of their value, and the promise if kept."""
        grade = np.asarray(grade)
        broken = np.where(self.keeps(late_min, current), np.array(self.break_cents)[grade], 0)
        value = np.asarray(value_cents) * self.left_value_percent // 100
        return np.minimum(LIMIT_CENTS, self.left_cents + value + broken + self.lateness(grade, left_min))

    def switching(self, grade: Any) -> Any:
        """What moving lines (N,) costs."""
        return np.array(self.switching_cents)[grade]

    def keeps(self, late_min: Any, current: Any) -> Any:
        """Whether the option in force keeps the promise, (N,)."""
        at = np.maximum(0, np.asarray(current))[:, None]
        return (np.asarray(current) != ABSENT) & (np.take_along_axis(np.asarray(late_min), at, 1)[:, 0] <= 0)
