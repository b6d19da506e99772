"""Yards: made-up visits to doors, the same for the same seed."""

from typing import Any

import numpy as np

from operators.allocation.visits import NOWHERE, Visits


def heavy(visits: int, doors: int, seed: int = 1, load: float = 1.12) -> Visits:
    """Visits of three kinds over a stretch in which doors would have to work `load` of the time; minutes."""
    draw = np.random.default_rng(seed)
    work, kind, group = draw.integers(20, 75, visits), draw.integers(0, 3, visits), draw.integers(0, 3, doors)
    fits = (kind[:, None] == group) | (kind == 1)[:, None] | ((group == 1) & (draw.random((visits, doors)) < 0.35))
    fits[np.arange(visits), draw.integers(0, doors, visits)] |= ~fits.any(1)
    duration = np.where(fits, np.maximum(10, work[:, None] * draw.uniform(0.85, 1.3, (visits, doors))), 0).astype("i8")
    release = np.sort(draw.uniform(0, work.sum() * 1.07 / doors / load, visits)).astype("i8")
    due = release + (work * 1.1).astype("i8") + draw.integers(0, 60, visits)
    return Visits.of(duration, release, due, draw.choice([1, 1, 1, 2, 5], visits))


def odd(seed: int) -> Visits:
    """Small and strange: no door for some, some fixed, some planned, doors shut and late, few crews, on and off."""
    draw = np.random.default_rng(seed)
    n, m = int(draw.integers(1, 14)), int(draw.integers(1, 5))
    duration = draw.integers(0, 40, (n, m)) * (draw.random((n, m)) < 0.8)
    door, start = np.full(n, NOWHERE), np.zeros(n, "i8")
    ends = [0] * m
    for i in range(n):
        j = int(draw.integers(m))
        if duration[i, j] and draw.random() < 0.6:
            door[i], start[i], ends[j] = j, ends[j], ends[j] + int(duration[i, j])
    fixed = (door != NOWHERE) & (draw.random(n) < 0.25)
    gone = [(j, at, at + 30) for j, at in enumerate(draw.integers(0, 150, m).tolist()) if draw.random() < 0.4]
    shut: Any = gone or ()
    release = draw.integers(0, 100, n)
    due, weight, moving = release + draw.integers(0, 90, n), draw.integers(0, 6, n), draw.integers(0, 20, n)
    ready, crews = draw.integers(0, 30, m), int(draw.integers(1, m + 2))
    breaks = [(int(draw.integers(crews)), at, at + 25) for at in draw.integers(0, 150, 3).tolist()]
    return Visits.of(duration, release, due, weight, fixed=fixed, moving=moving, door=door, start=start, ready=ready,
                     shut=shut, crews=crews, off=breaks if draw.random() < 0.5 else ())  # fmt: skip


def delayed(visits: Visits, door: Any, start: Any, row: int) -> Visits:
    """A plan in force when one visit comes 90 minutes late and door 0 is shut for the first hour."""
    release = visits.release.copy()
    release[row] += 90
    return Visits.of(visits.duration, release, visits.due, visits.weight, door=door, start=start, shut=[[0, 0, 60]])
