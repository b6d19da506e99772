"""Yard: the doors of one site and who comes to them within some hours, as a problem for the door search."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from operators.allocation.visits import LIMIT_WEIGHT, Visits
from operators.yards.first_come import Comer, first_come
from operators.yards.standing import Door, Visit
from tower import clock

HORIZON: Final = 4 * clock.HOUR
"""Who is to come later is not looked at."""
PATIENCE: Final = 2 * clock.HOUR
"""Who should have come so long ago and has not is not waited for."""
LINGERS_MIN: Final = 10
"""Who stands at a door, and should be gone, is taken to stay so much longer."""
MOST: Final = 240
"""Visits of a site that are planned, the first by their window."""
WAIT_CENTS: Final = 100
"""What a minute costs that a vehicle is done later than agreed; its lines' lateness comes on top."""
SWITCH_CENTS: Final = 200
"""What it costs to send a visit to another door than it would have come to."""


@dataclass(frozen=True, slots=True)
class Yard:
    """Visits and doors by row, and the problem in minutes since `base` (ms); what is in force is first come, first
    served, as visits stand.
    """

    site: int
    base: int
    visits: tuple[Visit, ...]
    doors: tuple[Door, ...]
    ready: tuple[int, ...]
    problem: Visits

    def waits(self, start: Any) -> int:
        """Minutes that visits stand at the gate if they come to their doors then."""
        return int((start - self.problem.release).sum())

    def bound_cents(self) -> int:
        """No plan costs less: each visit alone, at the door that is free first."""
        p = self.problem
        ends = np.maximum(p.release, min(self.ready)) + p.duration.max(axis=1, initial=0)
        return int((p.weight * np.maximum(0, ends - p.due)).sum())

    def with_doors(self, ready: tuple[int, ...]) -> Visits:
        """The same visits with other doors, first come, first served."""
        return problem_of(self.visits, ready, self.base, self.problem.weight)


def yard_of(site: int, now: int, visits: Iterable[Visit], doors: Iterable[Door],
            loss_per_h: Mapping[int, int]) -> Yard | None:  # fmt: skip
    """The yard of a site; None where no door is open or nobody comes. loss_per_h: cents, by leg."""
    here = list(visits)
    base = now - now % clock.MINUTE
    ready = _ready(here, base)
    lanes = sorted((door for door in doors if not door.is_closed), key=lambda door: door.key)
    comers = sorted((visit for visit in here if comes(visit, now)), key=lambda visit: (visit.window_start, visit.key))
    if not comers or not lanes:
        return None
    comers = comers[:MOST]
    free = tuple(ready.get(door.door, 0) for door in lanes)
    weight = np.array([min(WAIT_CENTS + loss_per_h.get(visit.leg, 0) // 60, LIMIT_WEIGHT) for visit in comers], "i8")
    return Yard(site, base, tuple(comers), tuple(lanes), free, problem_of(comers, free, base, weight))


def comes(visit: Visit, now: int) -> bool:
    """Whether a visit waits for a door, or will before long."""
    if visit.is_over or visit.is_at_door or visit.window_start < 0:
        return False
    return visit.arrived_at >= 0 or now - PATIENCE <= visit.window_start < now + HORIZON


def _ready(visits: Iterable[Visit], base: int) -> dict[int, int]:
    """From which minute on the doors are free at which somebody stands."""
    found: dict[int, int] = {}
    for visit in visits:
        if visit.is_at_door and not visit.is_over:
            found[visit.door] = max(found.get(visit.door, LINGERS_MIN), up(visit.over_at - base))
    return found


def problem_of(visits: Iterable[Visit], ready: tuple[int, ...], base: int, weight: Any) -> Visits:
    """The problem for these doors, with first come, first served in force."""
    there = list(visits)
    release = [0 if visit.arrived_at >= 0 else max(0, up(visit.window_start - base)) for visit in there]
    work = [visit.work for visit in there]
    comers = [Comer((visit.window_start, n), release[n], work[n]) for n, visit in enumerate(there)]
    placed = first_come(comers, ready)
    return Visits.of(
        np.repeat(np.array(work, "i8")[:, None], len(ready), axis=1), release,
        [(visit.due - base) // clock.MINUTE for visit in there], weight,
        moving=np.full(len(there), SWITCH_CENTS), door=[door for door, _ in placed],
        start=[minute for _, minute in placed], ready=ready,
    )  # fmt: skip


def up(ms: int) -> int:
    """Whole minutes, a begun one counted."""
    return -(-ms // clock.MINUTE)
