"""A series is forecast from its own past alone, missing values teach nothing, and the kernel does what numpy does."""

import math

import numpy as np

from operators.expect.seasonal import FEATURES, Seasonal, correct, correct_plain

DAY, WEEK = 8, 56


def series(steps: int) -> np.ndarray:
    """A day and a week, without chance."""
    at = np.arange(steps)
    wave: np.ndarray = 100 + 40 * np.sin(2 * np.pi * at / DAY) + np.where(at // DAY % 7 < 2, -20.0, 5.0)
    return wave


def test_nothing_is_said_before_two_weeks() -> None:
    model = Seasonal(WEEK, DAY, (1, DAY))
    for value in series(2 * WEEK - 1):
        model.learn(float(value))
    assert math.isnan(model.forecast(1))
    model.learn(100.0)
    assert not math.isnan(model.forecast(DAY))


def test_a_week_that_repeats_is_known_and_a_level_that_rises_is_followed() -> None:
    model, values = Seasonal(WEEK, DAY, (1, DAY)), series(8 * WEEK)
    values[6 * WEEK :] *= 1.5
    errors = []
    for t, value in enumerate(values[:-DAY].tolist()):
        model.learn(value)
        errors.append(abs(model.forecast(DAY) - values[t + DAY]) / values[t + DAY])
    assert max(errors[4 * WEEK : 6 * WEEK - DAY]) < 0.01
    assert np.mean(errors[7 * WEEK :]) < 0.15


def test_what_comes_later_changes_no_forecast() -> None:
    one, other = Seasonal(WEEK, DAY, (1, DAY)), Seasonal(WEEK, DAY, (1, DAY))
    values = series(4 * WEEK)
    said = []
    for t, value in enumerate(values.tolist()):
        one.learn(value)
        said.append(one.forecast(DAY))
        if t == 3 * WEEK:
            break
    for value in values[: 3 * WEEK + 1].tolist():
        other.learn(value)
    assert other.forecast(DAY) == said[-1]


def test_a_missing_value_teaches_nothing_and_breaks_nothing() -> None:
    model, whole = Seasonal(WEEK, DAY, (1,)), Seasonal(WEEK, DAY, (1,))
    for t, value in enumerate(series(4 * WEEK).tolist()):
        model.learn(float("nan") if t in (0, 100, 180) else value)
        whole.learn(value)
    assert abs(model.forecast(1) - whole.forecast(1)) < 0.05 * whole.forecast(1)


def test_the_kernel_corrects_as_numpy_does() -> None:
    draw = np.random.default_rng(1)
    weights, spread, gain = np.zeros(FEATURES), np.eye(FEATURES) * 100, np.zeros(FEATURES)
    plain, plain_spread = weights.copy(), spread.copy()
    for _ in range(50):
        x, error = draw.normal(size=FEATURES), float(draw.normal())
        correct(weights, spread, x, gain, error, 0.5)
        correct_plain(plain, plain_spread, x, error, 0.5)
    assert np.allclose(weights, plain)
    assert np.allclose(spread, plain_spread)
