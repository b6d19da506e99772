"""Packed tables come back as they were, in few bytes."""

import numpy as np
import pytest

from simulators.scenarios.pack import Tables, Words, pack, unpack, words
from tower.errors import FormatError

TABLES: Tables = {
    "legs": {
        "planned": np.arange(0, 90_000, 3), "late": np.arange(30_000) % 200 - 40,
        "far": np.array([-(1 << 40), 1 << 40] * 15_000), "dest": words(["BOS", "ATL", ""] * 10_000),
    },
    "none": {"empty": np.zeros(0, "i8"), "nobody": words([])},
}  # fmt: skip


def test_every_column_comes_back() -> None:
    again = unpack(pack(TABLES))
    assert list(again) == list(TABLES)
    for table, columns in TABLES.items():
        for name, column in columns.items():
            found = again[table][name]
            if isinstance(column, Words):
                assert isinstance(found, Words)
                assert found.texts() == column.texts()
            else:
                assert isinstance(found, np.ndarray)
                assert isinstance(column, np.ndarray)
                assert found.tolist() == column.tolist()


def test_the_same_tables_give_the_same_bytes_and_few_of_them() -> None:
    data = pack(TABLES)
    assert data == pack(unpack(data))
    assert len(data) < 2_000


def test_other_bytes_are_refused() -> None:
    with pytest.raises(FormatError, match="packed tables start with"):
        unpack(b"PK\x03\x04 something else")
