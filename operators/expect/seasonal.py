"""Seasonal: what a series with a day and a week will be at some horizons, learned value by value.

A profile of the week, and for each horizon of its own a linear correction of it from how the newest values, and those
of a day and a week before, stood beside the profile. Weights are least squares that forget, by recursion; what
surprises far more than usual weighs less (Huber), so that one strange day does not bend them.
"""

from typing import Final

import numpy as np

from tower.table import kernel

PROFILE_STEP: Final = 0.25
FORGETS: Final = 0.9995
RIDGE: Final = 0.01
SCALE_STEP: Final = 0.01
SURPRISE_MOST: Final = 4.0
FEATURES: Final = 23
RECENT: Final = 6


@kernel
def correct(weights, spread, x, gain, error, scale):
    """One step of weighted recursive least squares. `spread` is the inverse of what was seen, `gain` is room."""
    weight = min(1.0, scale / max(abs(error), 1e-9))
    total = FORGETS / weight
    for i in range(x.size):
        gain[i] = 0.0
        for j in range(x.size):
            gain[i] += spread[i, j] * x[j]
    for i in range(x.size):
        total += x[i] * gain[i]
    for i in range(x.size):
        weights[i] += gain[i] / total * error
    for i in range(x.size):
        for j in range(i + 1):
            value = (spread[i, j] - gain[i] * gain[j] / total) / FORGETS
            spread[i, j], spread[j, i] = value, value


def correct_plain(weights: np.ndarray, spread: np.ndarray, x: np.ndarray, error: float, scale: float) -> None:
    """The same in numpy."""
    weight = min(1.0, scale / max(abs(error), 1e-9))
    gain = spread @ x
    total = FORGETS / weight + x @ gain
    weights += gain / total * error
    spread[:] = (spread - np.outer(gain, gain) / total) / FORGETS


class Seasonal:
    """One series. `season` and `day` are steps; `learn` comes before `forecast` of what lies `horizon` steps behind."""

    def __init__(self, season: int, day: int, horizons: tuple[int, ...]) -> None:
        self.season, self.day, self.seen, self.unit = season, day, 0, 0.0
        self._profile, self._values = np.zeros(season), np.zeros(2 * season)
        self._horizons = {h: Horizon(h) for h in horizons}

    def learn(self, value: float) -> None:
        """Take in the next value. One that is missing (NaN) teaches nothing: what was usual stands in for it."""
        slot = self.seen % self.season
        if self.seen < self.season:
            self.unit += (max(self._known(value, slot), 0.0) - self.unit) / (self.seen + 1)
        known = self._known(value, slot)
        self._values[self.seen % self._values.size] = known
        step = PROFILE_STEP if self.seen >= self.season else 1.0
        self._profile[slot] += step * (known - self._profile[slot])
        self.seen += 1
        for horizon in self._horizons.values():
            horizon.take_in(known / max(self.unit, 1e-9), is_known=value == value)  # noqa: PLR0124  # NaN is not itself
        if self.seen >= 2 * self.season:
            for horizon in self._horizons.values():
                horizon.issue(self._features(horizon.steps), self._usual(horizon.steps))

    def forecast(self, horizon: int) -> float:
        """What the value `horizon` steps behind the newest will be; NaN before two seasons have been seen."""
        return self._horizons[horizon].issued * self.unit

    def _known(self, value: float, slot: int) -> float:
        usual = float(self._profile[slot]) if self.seen >= self.season else self.unit
        return value if value == value else usual  # noqa: PLR0124  # as above

    def _usual(self, ahead: int) -> float:
        return float(self._profile[(self.seen - 1 + ahead) % self.season]) / max(self.unit, 1e-9)

    def _at(self, back: int) -> tuple[float, float]:
        """The value so many steps before the newest one, and what is usual there; the newest, where it lies ahead."""
        at = self.seen - 1 - max(back, 0)
        usual = self._profile[(self.seen - 1 - back) % self.season]
        return float(self._values[at % self._values.size]), float(usual)

    def _features(self, ahead: int) -> np.ndarray:
        """What the correction is made from, in units of the first season's mean."""
        told = [self._at(-ahead)[1], self._at(self.season - ahead)[0]]
        told += [x for back in range(3) for x in self._at(back)]
        for back in (self.day, 2 * self.day, self.season, self.season + 1, self.season - 1, 2 * self.season):
            told += self._at(back - ahead)
        told += [self._level(self.day), self._level(RECENT)]
        return np.array([1.0, *(x / max(self.unit, 1e-9) for x in told)])

    def _level(self, steps: int) -> float:
        """By how much the newest values stood above what is usual."""
        return sum(value - usual for value, usual in map(self._at, range(steps))) / steps


class Horizon:
    """The correction for one horizon: what was issued waits until its value is known."""

    def __init__(self, steps: int) -> None:
        self.steps, self.issued, self.scale = steps, float("nan"), 0.05
        self.weights, self.spread = np.zeros(FEATURES), np.eye(FEATURES) / RIDGE
        self._gain = np.zeros(FEATURES)
        self._waiting: list[tuple[np.ndarray, float] | None] = [None] * steps

    def issue(self, x: np.ndarray, usual: float) -> None:
        """Say what is expected, and remember from what."""
        self.issued = usual + float(self.weights @ x)
        self._waiting[-1] = (x, usual)

    def take_in(self, value: float, *, is_known: bool) -> None:
        """Learn from the value that was said so many steps before, from what was known then."""
        due = self._waiting.pop(0)
        self._waiting.append(None)
        if due is None or not is_known:
            return
        x, usual = due
        error = value - usual - float(self.weights @ x)
        correct(self.weights, self.spread, x, self._gain, error, self.scale)
        self.scale += SCALE_STEP * (min(abs(error), SURPRISE_MOST * self.scale) - self.scale)
