"""Lines: what is to be placed, where each line may go and what that costs, checked when it is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from tower.errors import UsageError

ABSENT: Final = -1
"""In `option`: there is no such option. In `current`: the line is nowhere."""
LIMIT_CENTS: Final = (1 << 22) - 1
"""No cost or penalty may be beyond: with the bits that break ties it must fit into 64."""
GRADES: Final = ("express", "standard", "economy")


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """N unit loads with K options each; costs in whole cents.

    key: (N,) a line's id, unlike all others; ties are broken by it, so it must outlive a restart.
    option: (N, K) the resource that each option takes one unit of, or ABSENT.
    cost: (N, K) what each option costs. unserved: (N,) what leaving the line costs.
    current: (N,) the option in force, or ABSENT. switching: (N,) added to all options but the one in force.
    frozen: (N,) stays where it is, whatever that costs. grade: (N,) index into GRADES.
    Raises UsageError that names the clause, the line and the value.
    """

    key: Any
    option: Any
    cost: Any
    unserved: Any
    current: Any
    switching: Any
    frozen: Any
    grade: Any

    @classmethod
    def of(cls, option: Any, cost: Any, unserved: Any, *, key: Any = None, current: Any = None, switching: Any = None,
           frozen: Any = None, grade: Any = None) -> Self:  # fmt: skip
        """Lines from what is known; what is not given is: keys in a row, nowhere yet, free to switch, not frozen."""
        n = len(option)
        return cls(
            key=np.arange(n) if key is None else key, option=option, cost=cost, unserved=unserved,
            current=np.full(n, ABSENT) if current is None else current,
            switching=np.zeros(n, "i8") if switching is None else switching,
            frozen=np.zeros(n, "?") if frozen is None else frozen,
            grade=np.zeros(n, "i1") if grade is None else grade,
        )  # fmt: skip

    def __post_init__(self) -> None:
        for name, kind, size in COLUMNS:
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), kind))
            if getattr(self, name).ndim != size:
                raise UsageError(f"lines: {name} must have {size} dimension(s) (got {getattr(self, name).ndim})")
        for name, _, _ in COLUMNS:
            if len(getattr(self, name)) != len(self.key):
                raise UsageError(f"lines: {name} must have one row a line (got {len(getattr(self, name))} for {self})")
        if self.cost.shape != self.option.shape:
            raise UsageError(f"lines: cost must have the shape of option (got {self.cost.shape}, {self.option.shape})")
        if np.unique(self.key).size != len(self.key):
            raise UsageError("lines: key must be unlike all others (got one twice)", "number the lines apart")
        _within("cost", np.where(self.option == ABSENT, 0, self.cost), -LIMIT_CENTS, LIMIT_CENTS)
        _within("unserved", self.unserved, -LIMIT_CENTS, LIMIT_CENTS)
        _within("switching", self.switching, 0, LIMIT_CENTS)
        _within("current", self.current, ABSENT, self.option.shape[1] - 1)
        _within("grade", self.grade, 0, len(GRADES) - 1)
        self._stands()

    def _stands(self) -> None:
        """A line in force somewhere is there by an option that there is."""
        there = self.current >= 0
        lost = there & (np.take_along_axis(self.option, np.maximum(self.current, 0)[:, None], 1)[:, 0] == ABSENT)
        if lost.any():
            row = int(np.flatnonzero(lost)[0])
            raise UsageError(f"lines: current must be an option that there is (line {self.key[row]} has none there)")

    def __len__(self) -> int:
        return len(self.key)

    def __str__(self) -> str:
        return f"{len(self.key)} lines"

    def take(self, rows: Any) -> "Lines":
        """Some of them, in this order."""
        return Lines(*(getattr(self, name)[rows] for name, _, _ in COLUMNS))

    def charged(self) -> tuple[Any, Any]:
        """Costs (N, K) and penalties (N,) with the switching price on everything but what is in force."""
        columns = np.arange(self.option.shape[1])
        booked = self.current != ABSENT
        extra = np.where(booked[:, None] & (columns != self.current[:, None]), self.switching[:, None], 0)
        return self.cost + extra, self.unserved + np.where(booked, self.switching, 0)


COLUMNS: Final = (
    ("key", "i8", 1), ("option", "i4", 2), ("cost", "i8", 2), ("unserved", "i8", 1), ("current", "i8", 1),
    ("switching", "i8", 1), ("frozen", "?", 1), ("grade", "i1", 1),
)  # fmt: skip


def _within(name: str, values: Any, low: int, high: int) -> None:
    """Raises UsageError that names the first value outside."""
    wrong = (values < low) | (values > high)
    if wrong.any():
        row, value = int(np.argwhere(wrong)[0][0]), int(values[wrong][0])
        raise UsageError(f"lines: {name} must be from {low} to {high} (got {value} in row {row})")


def joined(parts: Sequence[Lines]) -> Lines:
    """All of them, one after the other; they must have equally many options."""
    return Lines(*(np.concatenate([getattr(part, name) for part in parts]) for name, _, _ in COLUMNS))


def capacities(room: Any) -> Any:
    """Units that each resource takes, (D,). Raises UsageError where there is less than nothing."""
    array = np.array(room, "i8")
    wrong = np.flatnonzero(array < 0)
    if wrong.size:
        raise UsageError(f"capacity: resource {wrong[0]} must take 0 units or more (got {array[wrong[0]]})")
    return array
