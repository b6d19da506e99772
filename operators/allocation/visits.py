"""Visits: what has to come to which door and when, checked when it is made; and the plan of doors that is found."""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from tower.errors import UsageError

NOWHERE: Final = -1
LIMIT: Final = 1 << 31
"""No time may be beyond, in whatever unit."""
LIMIT_WEIGHT: Final = 1 << 20
VISIT: Final = np.dtype([("release", "i8"), ("due", "i8"), ("weight", "i8"), ("home", "i8"), ("moving", "i8")])
DOOR: Final = np.dtype([("ready", "i8"), ("first", "i8"), ("last", "i8")])


@dataclass(frozen=True, slots=True, eq=False)
class Visits:
    """V visits and G doors: R | r_j, M_j | sum w_j T_j with shut doors, fixed appointments and crews. One unit of time.

    duration: (V, G) how long a visit takes at a door; 0 where the door is not for it (its group).
    release: (V,) not before. due: (V,) late after. weight: (V,) cents a unit of time late. moving: (V,) cents for
    another door than the one in force. door, start: (V,) the plan in force, NOWHERE without. fixed: (V,) stays exactly
    there. ready: (G,) doors are free from. shut: (S, 3) door, from, to. crews: how many visits may be worked at once;
    fixed ones bring their own. off: (T, 3) crew, from, to: when it is not there; whom it works it works to the end.
    Raises UsageError that names the clause, the row and the value.
    """

    duration: Any
    release: Any
    due: Any
    weight: Any
    moving: Any
    door: Any
    start: Any
    fixed: Any
    ready: Any
    shut: Any
    crews: int
    off: Any

    @classmethod
    def of(cls, duration: Any, release: Any, due: Any, weight: Any, *, moving: Any = None, door: Any = None,
           start: Any = None, fixed: Any = None, ready: Any = None, shut: Any = (), crews: int | None = None,
           off: Any = ()) -> "Visits":  # fmt: skip
        """Visits from what is known; else there is no plan in force, nothing is fixed, doors are free, crews enough."""
        visits, doors = np.shape(duration)
        return cls(
            duration=duration, release=release, due=due, weight=weight,
            moving=np.zeros(visits) if moving is None else moving,
            door=np.full(visits, NOWHERE) if door is None else door,
            start=np.zeros(visits) if start is None else start,
            fixed=np.zeros(visits, "?") if fixed is None else fixed,
            ready=np.zeros(doors) if ready is None else ready,
            shut=np.reshape(shut, (-1, 3)), crews=doors if crews is None else crews, off=np.reshape(off, (-1, 3)),
        )  # fmt: skip

    def __post_init__(self) -> None:
        for name in ("duration", "release", "due", "weight", "moving", "door", "start", "ready", "shut", "off"):
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), "i8"))
        object.__setattr__(self, "fixed", np.ascontiguousarray(self.fixed, "?"))
        visits, doors = self.duration.shape
        for name in ("release", "due", "weight", "moving", "door", "start", "fixed"):
            if getattr(self, name).shape != (visits,):
                raise UsageError(f"visits: {name} must have one row a visit (got {getattr(self, name).shape})")
        if self.ready.shape != (doors,):
            raise UsageError(f"visits: ready must have one row a door (got {self.ready.shape})")
        for name, low, high in (("duration", 0, LIMIT), ("release", -LIMIT, LIMIT), ("due", -LIMIT, LIMIT),
                                ("weight", 0, LIMIT_WEIGHT), ("moving", 0, LIMIT_WEIGHT), ("start", -LIMIT, LIMIT),
                                ("ready", -LIMIT, LIMIT), ("door", NOWHERE, doors - 1),
                                ("shut", -LIMIT, LIMIT), ("off", -LIMIT, LIMIT)):  # fmt: skip
            _within(name, getattr(self, name), low, high)
        self._makes_sense(doors)

    def _makes_sense(self, doors: int) -> None:
        there = self.door != NOWHERE
        wrong = np.flatnonzero(there & (self.duration[np.arange(len(self)), self.door] == 0))
        if wrong.size:
            raise UsageError(f"visits: door must be one for the visit (row {wrong[0]} stands at {self.door[wrong[0]]})")
        wrong = np.flatnonzero(self.fixed & ~there)
        if wrong.size:
            raise UsageError(f"visits: what is fixed must have a door and a start (row {wrong[0]} has none)")
        for name, what, spans, most in (("shut", "door", self.shut, doors), ("off", "crew", self.off, self.crews)):
            wrong = np.flatnonzero((spans[:, 0] < 0) | (spans[:, 0] >= most) | (spans[:, 1] > spans[:, 2]))
            if wrong.size:
                raise UsageError(f"visits: {name} must be a {what}, from and to (got {spans[wrong[0]].tolist()})")
        if self.crews < 1:
            raise UsageError(f"visits: crews must be 1 or more (got {self.crews})")

    def __len__(self) -> int:
        return len(self.release)

    @property
    def is_crewed(self) -> bool:
        """Whether a door can wait for a crew."""
        return self.crews < len(self.ready) or len(self.off) > 0

    def yard(self) -> "Yard":
        """As kernels read it."""
        rows = np.zeros(len(self), VISIT)
        for name, column in (("release", self.release), ("due", self.due), ("weight", self.weight),
                             ("home", self.door), ("moving", self.moving)):  # fmt: skip
            rows[name] = column
        held = np.flatnonzero(self.fixed)
        ends = self.start[held] + self.duration[held, self.door[held]]
        taken = np.stack([self.door[held], self.start[held], ends], axis=1)
        doors, shut = _spans(self.ready, np.concatenate([self.shut, taken]))
        crews, off = _spans(np.full(self.crews if len(self.off) else min(self.crews, len(doors)), -LIMIT), self.off)
        return Yard(rows, self.duration, doors, shut, crews, off)


class Yard(NamedTuple):
    """Visits as kernels read them: rows of VISIT; duration (V, G); rows of DOOR for doors, and when these are shut
    (S, 2), fixed visits shutting theirs; the same for crews and when they are off.
    """

    visits: Any
    duration: Any
    doors: Any
    shut: Any
    crews: Any
    off: Any


def _spans(ready: Any, spans: Any) -> tuple[Any, Any]:
    """Rows of DOOR, and (S, 2) of each, in order: spans (S, 3) say of which, from, to."""
    spans = spans[np.lexsort((spans[:, 2], spans[:, 1], spans[:, 0]))]
    rows = np.zeros(len(ready), DOOR)
    rows["ready"] = ready
    rows["first"] = np.searchsorted(spans[:, 0], np.arange(len(rows)))
    rows["last"] = np.searchsorted(spans[:, 0], np.arange(len(rows)), side="right")
    return rows, np.ascontiguousarray(spans[:, 1:])


@dataclass(frozen=True, slots=True, eq=False)
class Doors:
    """The result of one search.

    door, start: (V,), NOWHERE for `unplaced`: visits that no door is for. cost_cents: lateness and moving of all;
    before_cents: the same of the plan in force, with what it does not know put in where it costs least.
    moved: visits at another door than in force. tried: moves that were looked at.
    """

    door: Any
    start: Any
    cost_cents: int
    before_cents: int
    unplaced: Any
    moved: Any
    tried: int


def _within(name: str, values: Any, low: int, high: int) -> None:
    wrong = (values < low) | (values > high)
    if wrong.any():
        raise UsageError(f"visits: {name} must be from {low} to {high} (got {values[wrong][0]})")
