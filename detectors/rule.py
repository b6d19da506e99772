"""Rule: when a signal is a deviation, how severe, and in what words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from tower.errors import UsageError

NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Rule:
    """Hysteresis and delays for one kind of deviation.

    kind       its name: subject, then what is wrong
    up, down   opens at `up`, closes below `down`; warning and critical are further levels of the same value
    grows      the signal says since when, and the value is the minutes from then: levels are reached by waiting
    on_delay_s, off_delay_s   for how long a value must hold before it counts
    why        words for a person, with {value}, {limit} and the unit built in
    """

    kind: str
    up: float
    down: float
    why: str
    warning: float = NEVER
    critical: float = NEVER
    unit: str = ""
    grows: bool = False
    on_delay_s: int = 0
    off_delay_s: int = 0

    def __post_init__(self) -> None:
        if not self.down <= self.up <= max(self.up, self.warning) <= self.critical:
            raise UsageError(
                f"rule {self.kind}: down <= up <= warning <= critical (got {self.down}, {self.up}, {self.warning}, "
                f"{self.critical})",
                "order the levels",
            )


class Detector(NamedTuple):
    """A rule, the table whose touched rows it looks at, and the kernel (t, numbers, now, rule, signals) that raises."""

    rule: Rule
    table: str
    look: Callable[..., Any]


RULE = np.dtype([("kind", "<u8"), ("up", "<f8"), ("down", "<f8"), ("warning", "<f8"), ("critical", "<f8"),
                 ("grows", "|u1"), ("on_delay", "<i8"), ("off_delay", "<i8")])  # fmt: skip
