"""Lanes: how many of the lines that were due had come in time, moment by moment, by variant; and the difference."""

from typing import Any, Final, NamedTuple

import numpy as np

from simulators.scenarios.blizzard import SCENARIO
from simulators.scenarios.overlay.orders import PROMISE_H
from simulators.scenarios.sources.carriers import NOTHING
from simulators.scenarios.week import Week
from simulators.whatif.days import Day
from simulators.whatif.figures import counted
from simulators.whatif.scores import AT, KIND, A, Fate
from simulators.whatif.stopping import Looks
from simulators.world.tell import LINE_BOOKED, LINE_FAILED, LINE_HELD
from tower.clock import HOUR, MINUTE, render

FINEST: Final = 6 * MINUTE
POINTS_MOST: Final = 400
BEFORE: Final = 12 * HOUR


class Grid(NamedTuple):
    """Moments from `first` on, each `step` ms."""

    first: int
    step: int
    points: int

    @property
    def moments(self) -> np.ndarray:
        """Each, ms."""
        return self.first + self.step * np.arange(self.points)


def grid(moment: int, day: Day) -> Grid:
    """From half a day before a fork until the last line that is counted is due."""
    first = (moment - BEFORE) // FINEST * FINEST
    span = max(day.counted[1] + max(PROMISE_H) * HOUR - first, FINEST)
    step = -(-span // POINTS_MOST // FINEST) * FINEST
    return Grid(first, step, span // step + 1)


def on_time(week: Week, ended: Fate, day: Day, at: Grid) -> np.ndarray:
    """Of the lines that are counted and due by each moment, how many per cent came in time; nan where none was due."""
    which = counted(week, day)
    promise, arrived = week.lines.promise[which], ended.arrived[which]
    in_time = (arrived != NOTHING) & (arrived <= promise)
    due = np.searchsorted(np.sort(promise), at.moments, "right")
    kept = np.searchsorted(np.sort(promise[in_time]), at.moments, "right")
    return np.where(due > 0, 100 * kept / np.maximum(due, 1), np.nan)


def lanes(series: dict[str, list[np.ndarray]], marks: dict[str, Any], at: Grid, moment: int,
          looks: Looks) -> dict[str, Any]:  # fmt: skip
    """The lanes of variants, over as many runs each as there are so far."""
    base = series.get("base", [])
    others = {key: some for key, some in series.items() if key != "base" and base}
    return {
        "title": "on time", "about": "of the lines due by then, how many came in time", "unit": "%",
        "from": render(at.first), "to": render(int(at.moments[-1])), "step_s": at.step // 1000,
        "fork_at": render(moment),
        "series": {key: plain(np.mean(some, 0)) for key, some in series.items()},
        "diff": {key: band(np.subtract(some, base), looks) for key, some in others.items()},
        "marks": marks, "clock": clock(at),
    }  # fmt: skip


def band(differences: np.ndarray, looks: Looks) -> dict[str, list[float | None]]:
    """The mean of paired differences (runs, moments) and where it lies, as `looks` has it, moment by moment."""
    mean, runs = differences.mean(0), len(differences)
    if runs < 2:
        return {"mean": plain(mean)}
    half = looks.reach(runs) * differences.std(0, ddof=1) / runs**0.5
    return {"mean": plain(mean), "lo": plain(mean - half), "hi": plain(mean + half)}


def plain(values: np.ndarray) -> list[float | None]:
    """Numbers for JSON; None for nan."""
    return [None if np.isnan(value) else round(value, 2) for value in values.tolist()]


def clock(at: Grid) -> list[dict[str, str]]:
    """What the scenario says is worth looking at."""
    return [{"at": render(one.at_ms), "text": one.name} for one in SCENARIO.bookmarks
            if at.first <= one.at_ms <= at.moments[-1]]  # fmt: skip


def marks(week: Week, told: np.ndarray, ended: Fate, day: Day, at: Grid, moment: int) -> list[dict[str, str]]:
    """Moments of one run that say how it goes, from a fork's on and within the grid."""
    which = counted(week, day)
    promise, arrived = week.lines.promise[which], ended.arrived[which]
    missed = promise[((arrived == NOTHING) | (arrived > promise)) & (promise >= moment)]
    found = [(int(missed.min()), "first line late")] if missed.size else []
    found += [one for one in backlog(*waiting(told, which)) if one[0] >= moment]
    return [{"at": render(when), "text": text} for when, text in sorted(found) if when <= at.moments[-1]]


def waiting(told: np.ndarray, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """When lines lost their leg or got one again, and how many of these lines wait for one then."""
    said = told[np.isin(told[:, KIND], (LINE_BOOKED, LINE_HELD, LINE_FAILED)) & which[told[:, A]]]
    said = said[np.argsort(said[:, A], kind="stable")]
    waits = (said[:, KIND] != LINE_BOOKED).astype("i8")
    before = np.concatenate([[0], waits[:-1]]) * (said[:, A] == np.concatenate([[-1], said[:-1, A]]))
    order = np.argsort(said[:, AT], kind="stable")
    return said[order, AT], (waits - before)[order].cumsum()


def backlog(at: np.ndarray, waits: np.ndarray) -> list[tuple[int, str]]:
    """When most lines wait for a leg, and when nine of ten of them have one again.

    >>> backlog(np.array([5, 6, 7, 8]), np.array([10, 20, 3, 2]))
    [(6, '20 lines wait for a leg'), (8, 'nine of ten have a leg again')]
    """
    if not waits.size or waits.max() == 0:
        return []
    peak = int(waits.argmax())
    cleared = np.flatnonzero(waits[peak:] <= waits[peak] // 10)
    found = [(int(at[peak]), f"{waits[peak]:,} lines wait for a leg")]
    again = [(int(at[peak + i]), "nine of ten have a leg again") for i in cleared[:1].tolist()]
    return [*found, *again]
