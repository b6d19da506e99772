"""Lines check themselves: what is wrong is named with its clause, place and value."""

from typing import Any

import numpy as np
import pytest

from operators.allocation.allocation import Allocation
from operators.allocation.lines import LIMIT_CENTS, Lines
from operators.allocation.net import MOST_RESOURCES
from tower.errors import UsageError

GOOD: dict[str, Any] = {"option": [[0, 1], [1, -1]], "cost": [[5, 6], [7, 8]], "unserved": [90, 90]}


@pytest.mark.parametrize(("wrong", "said"), [
    ({"key": [4, 4]}, "key must be unlike all others"),
    ({"cost": [[5, 6], [LIMIT_CENTS + 1, 8]]}, f"to {LIMIT_CENTS} (got {LIMIT_CENTS + 1} in row 1)"),
    ({"cost": [[5], [6]]}, "cost must have the shape of option"),
    ({"cost": [5, 6]}, "cost must have 2 dimension"),
    ({"unserved": [90]}, "unserved must have one row a line"),
    ({"switching": [0, -1]}, "switching must be from 0"),
    ({"current": [0, 2]}, "current must be from -1 to 1 (got 2 in row 1)"),
    ({"current": [0, 1]}, "current must be an option that there is (line 1 has none there)"),
    ({"grade": [0, 3]}, "grade must be from 0 to 2"),
])  # fmt: skip
def test_a_wrong_column_is_refused_with_its_clause(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as refused:
        Lines.of(**(GOOD | wrong))
    assert said in refused.value.what


def test_what_an_absent_option_costs_does_not_matter() -> None:
    assert len(Lines.of(**(GOOD | {"cost": [[5, 6], [7, 1 << 50]]}))) == 2


def test_a_capacity_below_nought_is_refused() -> None:
    with pytest.raises(UsageError, match=r"resource 1 must take 0 units or more \(got -3\)"):
        Allocation([1, -3], 2)


def test_a_resource_that_there_is_not_is_refused() -> None:
    with pytest.raises(UsageError, match=r"resource below 1 \(got 1\)"):
        Allocation([4], 2).put([0, 1], Lines.of(**GOOD))


def test_rows_and_options_must_fit() -> None:
    with pytest.raises(UsageError, match="must have 3 options and a row each"):
        Allocation([4, 4], 3).put([0, 1], Lines.of(**GOOD))


def test_a_market_of_too_many_resources_is_refused_not_solved_wrongly() -> None:
    size = MOST_RESOURCES + 1
    made = Allocation(np.ones(size), 2)
    chain = np.stack([np.arange(size - 1), np.arange(1, size)], axis=1)
    with pytest.raises(UsageError, match="one market has at most"):
        made.put(np.arange(size - 1), Lines.of(chain, np.ones_like(chain), np.ones(size - 1)))
