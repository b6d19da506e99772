"""Yard: the doors of one site and who comes to them within some hours, as a problem for the door search."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from operators.allocation import doors as search
from operators.allocation.visits import LIMIT_WEIGHT, NOWHERE, Visits
from operators.yards.crews import Steps, less, off, on_shift, up
from operators.yards.rules import USUAL, Rules
from operators.yards.standing import Door, Shift, Visit
from tower import clock


@dataclass(frozen=True, slots=True)
class Yard:
    """Visits and doors by row, and the problem in minutes since `base` (ms); what is in force is first come, first
    served, as visits stand. crews: how many can work, from when, less those at doors; None: enough.
    """

    site: int
    base: int
    visits: tuple[Visit, ...]
    doors: tuple[Door | None, ...]
    ready: tuple[int, ...]
    crews: Steps | None
    weight: Any
    rules: Rules
    problem: Visits

    def waits(self, start: Any) -> int:
        """Minutes that visits stand at the gate if they come to their doors then."""
        return int((start - self.problem.release).sum())

    def before_cents(self) -> int:
        """What lateness costs if first come is first served."""
        return search.cost(self.problem, self.problem.door, self.problem.start)

    def bound_cents(self) -> int:
        """No plan costs less: each visit alone, at the door that is free first."""
        p = self.problem
        ends = np.maximum(p.release, min(self.ready)) + p.duration.max(axis=1, initial=0)
        return int((p.weight * np.maximum(0, ends - p.due)).sum())

    def with_doors(self, numbers: Sequence[int]) -> Visits:
        """The same visits with these of the doors, by row, first come, first served; NOWHERE: one more, for all."""
        doors = tuple(self.doors[n] if n != NOWHERE else None for n in numbers)
        ready = tuple(self.ready[n] if n != NOWHERE else min(self.ready) for n in numbers)
        return problem_of(replace(self, doors=doors, ready=ready))


def yard_of(site: int, now: int, visits: Iterable[Visit], doors: Iterable[Door], loss_per_h: Mapping[int, int],
            shifts: Iterable[Shift] = (), rules: Rules = USUAL) -> Yard | None:  # fmt: skip
    """The yard of a site; None where no door is open, nobody works or nobody comes to whom a door is open.

    loss_per_h: cents, by leg.
    """
    here = list(visits)
    base = now - now % clock.MINUTE
    ready = _ready(here, base, rules.lingers_min)
    lanes = tuple(sorted((door for door in doors if not door.is_closed), key=lambda door: door.key))
    steps = on_shift(shifts, base)
    comers = [visit for visit in here if comes(visit, now, rules) and any(door.takes(visit) for door in lanes)]
    if not comers or (steps is not None and not any(crews for _, crews in steps)):
        return None
    comers = sorted(comers, key=lambda visit: (visit.window_start, visit.key))[: rules.visits_most]
    if steps is not None:
        steps = less(steps, [(0, until) for until in ready.values()])
    lost = [rules.wait_cents + loss_per_h.get(visit.leg, 0) // 60 for visit in comers]
    weight = np.minimum(np.array(lost, "i8"), LIMIT_WEIGHT)
    free = tuple(ready.get(door.door, 0) for door in lanes)
    yard = Yard(site, base, tuple(comers), lanes, free, steps, weight, rules, EMPTY)
    return replace(yard, problem=problem_of(yard))


def comes(visit: Visit, now: int, rules: Rules) -> bool:
    """Whether a visit waits for a door, or will before long."""
    if visit.is_over or visit.is_at_door or visit.window_start < 0:
        return False
    since, until = now - rules.patience_min * clock.MINUTE, now + rules.horizon_min * clock.MINUTE
    return visit.arrived_at >= 0 or since <= visit.window_start < until


def _ready(visits: Iterable[Visit], base: int, lingers_min: int) -> dict[int, int]:
    """From which minute on the doors are free at which somebody stands."""
    found: dict[int, int] = {}
    for visit in visits:
        if visit.is_at_door and not visit.is_over:
            found[visit.door] = max(found.get(visit.door, lingers_min), up(visit.free_at - base))
    return found


def problem_of(yard: Yard) -> Visits:
    """The problem, with first come, first served in force: those who are fixed have their doors and crews first."""
    fixed = np.array([visit.is_fixed for visit in yard.visits])
    problem = _asked(yard, yard.crews)
    if not fixed.any():
        door, start = search.first_come(problem)
        return replace(problem, door=door, start=start)
    rows = np.flatnonzero(fixed & (problem.duration > 0).any(axis=1))
    door, start = np.full(fixed.size, NOWHERE), np.full(fixed.size, NOWHERE)
    door[rows], start[rows] = search.first_come(_of(problem, rows))
    held = [(begin, begin + yard.visits[i].work) for i, begin in zip(rows.tolist(), start[rows].tolist(), strict=True)]
    problem = _asked(yard, None if yard.crews is None else less(yard.crews, held))
    problem = replace(problem, door=door, start=start, fixed=door != NOWHERE)
    door, start = search.first_come(problem)
    return replace(problem, door=door, start=start)


def _asked(yard: Yard, crews: Steps | None) -> Visits:
    """What visits, doors and crews ask, nobody being at a door yet."""
    there, base = yard.visits, yard.base
    most, away = (len(yard.ready), ()) if crews is None else off(crews, len(yard.ready))
    return Visits.of(
        [[visit.work if door is None or door.takes(visit) else 0 for door in yard.doors] for visit in there],
        [0 if visit.arrived_at >= 0 else max(0, up(visit.window_start - base)) for visit in there],
        [(visit.due - base) // clock.MINUTE for visit in there], yard.weight,
        moving=np.full(len(there), yard.rules.switch_cents), ready=yard.ready, crews=most, off=away,
    )  # fmt: skip


def _of(problem: Visits, rows: Any) -> Visits:
    """The same for some of the visits."""
    names = ("duration", "release", "due", "weight", "moving", "door", "start", "fixed")
    return replace(problem, **{name: getattr(problem, name)[rows] for name in names})


EMPTY: Final = Visits.of(np.zeros((0, 1)), [], [], [])
