"""exp and log agree with the C library within two units in the last place, and are exact at the edges."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tower.math import agrees, exp, log


@given(st.floats(1e-300, 700))
def test_both_are_within_two_units_in_the_last_place(x: float) -> None:
    assert agrees(x)


@given(st.floats(-700, 0))
def test_exp_of_what_is_negative_too(x: float) -> None:
    assert abs(exp(x) - math.exp(x)) <= 2 * math.ulp(math.exp(x))


def test_edges_are_exact() -> None:
    assert (exp(0.0), log(1.0), exp(1000.0), exp(-1000.0)) == (1.0, 0.0, math.inf, 0.0)
    assert (log(0.0), log(math.inf)) == (-math.inf, math.inf)
    assert np.isnan([exp(math.nan), log(math.nan), log(-1.0)]).all()
