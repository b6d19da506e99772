"""What two ids name together has one id, in kernels and in columns."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tower.ids import pairs
from tower.pairing import pair

ID = st.integers(0, 2**64 - 1)


@given(ID, ID)
def test_kernels_and_columns_agree(a: int, b: int) -> None:
    assert int(pair(np.uint64(a), np.uint64(b))) == int(pairs(np.array([a], "u8"), np.array([b], "u8"))[0])


@given(ID, ID)
def test_order_matters(a: int, b: int) -> None:
    assert a == b or pair(np.uint64(a), np.uint64(b)) != pair(np.uint64(b), np.uint64(a))
