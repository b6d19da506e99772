"""Every random number is a function of what it is for."""

import numpy as np

from simulators.world.draws import lognormal, normal, plain_unit, unit


def test_a_draw_is_the_same_in_plain_python() -> None:
    keys = [(s, p, e, n) for s in (0, 1, 20130208) for p in (1, 12) for e in (0, 7, 49_376, 1 << 40) for n in (0, 3)]
    assert [unit(*k) for k in keys] == [plain_unit(*k) for k in keys]


def test_draws_lie_between_0_and_1_and_are_spread_evenly() -> None:
    draws = np.array([unit(1, 12, i) for i in range(20_000)])
    assert draws.min() > 0
    assert draws.max() < 1
    assert np.abs(np.histogram(draws, 10, (0, 1))[0] / 2000 - 1).max() < 0.1


def test_normal_draws_have_mean_0_deviation_1_and_no_memory() -> None:
    draws = np.array([normal(1, 3, i) for i in range(20_000)])
    assert abs(draws.mean()) < 0.03
    assert abs(draws.std() - 1) < 0.02
    assert abs(np.corrcoef(draws[:-1], draws[1:])[0, 1]) < 0.03


def test_half_of_lognormal_draws_are_below_the_median() -> None:
    draws = np.array([lognormal(1, 3, i, 60.0, 0.5) for i in range(5_000)])
    assert 0.47 < (draws < 60).mean() < 0.53
    assert draws.min() > 0
