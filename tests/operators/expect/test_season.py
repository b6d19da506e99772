"""The kernels of a season say what its library says, value for value; bands hold and are in order."""

import numpy as np
import pytest

from operators.expect import season
from operators.expect.demand import SERIES
from operators.expect.season import DAY, HIGH, HORIZONS, LOW, MIDDLE, WEEK
from operators.expect.seasonal import FEATURES, Seasonal
from tower.table import Table, upsert

STEPS = 4 * WEEK


def drawn() -> np.ndarray:
    """A day, a week, chance, and a value that is missing."""
    at, draw = np.arange(STEPS), np.random.default_rng(4)
    level = 60 + 40 * np.sin(2 * np.pi * at / DAY) + np.where(at // DAY % 7 < 2, -15.0, 5.0)
    values: np.ndarray = draw.poisson(level).astype("f8")
    values[[5, 500, 900]] = np.nan
    return values


def test_the_kernels_say_what_the_library_says_and_bands_hold() -> None:
    table, values = Table(SERIES), drawn()
    table.begin(1, 1)
    upsert(table.t, np.uint64(7))
    said = np.full((STEPS, len(HORIZONS), 3), np.nan)
    season.learn_rows(table.t.rows, values, np.zeros(FEATURES), np.zeros(FEATURES), said)
    twin, inside = Seasonal(WEEK, DAY, HORIZONS), []
    for t, value in enumerate(values.tolist()):
        twin.learn(value)
        for k, horizon in enumerate(HORIZONS):
            theirs, band = twin.forecast(horizon), said[t, k]
            assert band[MIDDLE] == pytest.approx(max(theirs, 0.0), rel=1e-7, abs=1e-6, nan_ok=True), (t, horizon)
            if t > 3 * WEEK and t + horizon < STEPS:
                assert 0 <= band[LOW] <= band[MIDDLE] <= band[HIGH]
                inside.append(band[LOW] <= values[t + horizon] <= band[HIGH])
    assert 0.84 < np.mean(inside) < 0.96


def test_what_comes_later_changes_nothing_that_was_said() -> None:
    said = []
    for more in (0.0, 500.0):
        table, values = Table(SERIES), drawn()
        values[3 * WEEK :] += more
        table.begin(1, 1)
        upsert(table.t, np.uint64(7))
        said.append(np.full((STEPS, len(HORIZONS), 3), np.nan))
        season.learn_rows(table.t.rows, values, np.zeros(FEATURES), np.zeros(FEATURES), said[-1])
    assert said[0][: 3 * WEEK].tobytes() == said[1][: 3 * WEEK].tobytes()
