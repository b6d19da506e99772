"""Places: combinations of few codes have places of their own, others share some, and none lies beyond the last."""

import numpy as np

from operators.predict import places
from operators.predict.places import MANY

BITS = 6
TERMS = np.array([[-1, -1, -1], [0, -1, -1], [0, 1, -1], [2, -1, -1], [1, 2, 0]])
COUNTS = [3, 5, MANY]


def laid(codes: np.ndarray) -> np.ndarray:
    """Where the terms of each row lie."""
    terms, size = places.of(TERMS, np.array([0, len(TERMS)]), COUNTS, BITS)
    found = np.zeros((len(codes), len(TERMS)), "u4")
    for row, where in zip(codes, found, strict=True):
        places.lay(row, terms, size, where)
    return found


def test_each_combination_of_few_codes_has_a_place_of_its_own() -> None:
    codes = np.array([(a, b, c) for a in range(3) for b in range(5) for c in (0, 1, 65521)], "u2")
    found = laid(codes)
    own = [len(np.unique(column)) for column in found[:, :3].T]
    assert own == [1, 3, 15]
    assert sorted(np.unique(found[:, :3]) - (1 << BITS)) == list(range(1 + 3 + 15))


def test_terms_over_ids_share_places_and_spread_over_them() -> None:
    codes = np.random.default_rng(3).integers(0, [3, 5, 65522], (400, 3)).astype("u2")
    shared = laid(codes)[:, 3:]
    assert shared.max() < 1 << BITS
    assert all(len(np.unique(column)) > 50 for column in shared.T)


def test_codes_that_no_column_has_lie_below_the_last_place_too() -> None:
    codes = np.full((1, 3), 65535, "u2")
    _, size = places.of(TERMS, np.array([0, len(TERMS)]), COUNTS, BITS)
    assert laid(codes).max() < size
