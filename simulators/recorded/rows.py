"""Rows: the columns of a sheet as numbers and texts, and which rows are not used and why."""

import io
from collections.abc import Iterable
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from simulators.recorded.sheets import Sheet
from tower.errors import UsageError

NOTHING: Final = ["", "NA", "NaN", "nan", "NULL", "null", r"\N"]
"""How data sets write that a value is missing."""
NUMBER: Final = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$"


class Rows:
    """The rows of a sheet; `reasons` counts those not used, each by the first reason found."""

    def __init__(self, sheet: Sheet, numbers: Iterable[str], texts: Iterable[str]) -> None:
        self.name, self.reasons = sheet.name, dict[str, int]()
        kinds = {**dict.fromkeys(texts, pa.string()), **dict.fromkeys(numbers, pa.float64())}
        missing = [name for name in kinds if name not in sheet.columns]
        if missing:
            raise UsageError(f"{sheet.name}: has no column {', '.join(missing)}", f"it has {', '.join(sheet.columns)}")
        table, ragged = _parsed(sheet, kinds)
        self.size, self.read = table.num_rows, table.num_rows + ragged
        self.used = np.ones(self.size, bool)
        if ragged:
            self.reasons[f"not {len(sheet.columns)} values"] = ragged
        self._columns = {name: self._column(name, kind, table[name].combine_chunks()) for name, kind in kinds.items()}

    @property
    def columns(self) -> frozenset[str]:
        """What was asked for."""
        return frozenset(self._columns)

    def column(self, name: str) -> pa.Array:
        """A column as it is."""
        return self._columns[name]

    def number(self, name: str) -> np.ndarray:
        """A column of numbers; a missing one is NaN."""
        return self._columns[name].to_numpy(zero_copy_only=False)

    def text(self, name: str) -> pa.Array:
        """A column of texts; a missing one is null."""
        return self._columns[name]

    def drop(self, rows: np.ndarray, reason: str) -> None:
        """These rows are not used, but for those that were dropped before."""
        count = int(np.count_nonzero(rows & self.used))
        if count:
            self.reasons[reason] = self.reasons.get(reason, 0) + count
            self.used &= ~rows

    def drop_without(self, *texts: str) -> None:
        """Rows that lack one of these texts are not used."""
        for name in texts:
            self.drop(self.text(name).is_null().to_numpy(zero_copy_only=False), f"no {name}")

    def _column(self, name: str, kind: pa.DataType, values: pa.Array) -> pa.Array:
        """The values as that type; rows where a number is none are dropped."""
        if values.type == kind:
            return values
        good = pc.fill_null(pc.match_substring_regex(values, NUMBER), fill_value=True)
        self.drop(~good.to_numpy(zero_copy_only=False), f"{name} is not a number")
        return pc.if_else(good, pc.utf8_trim_whitespace(values), None).cast(kind)


def _parsed(sheet: Sheet, kinds: dict[str, pa.DataType]) -> tuple[pa.Table, int]:
    """The table, and how many rows had more or fewer values than columns.

    Where a number is none all are left as text, and what is not UTF-8 is taken for Latin-1.
    """
    data = sheet.joined()
    as_text = dict.fromkeys(kinds, pa.string())
    for asked, encoding in ((kinds, "utf8"), (as_text, "utf8"), (as_text, "latin1")):
        try:
            return _read(data, asked, encoding)
        except (pa.ArrowInvalid, UnicodeDecodeError) as cause:
            why = str(cause).splitlines()[0]
    raise UsageError(f"read {sheet.name}: {why}", "it must be a table of comma-separated values with a row of names")


def _read(data: bytes, kinds: dict[str, pa.DataType], encoding: str) -> tuple[pa.Table, int]:
    ragged: list[int] = []

    def skip(row: csv.InvalidRow) -> str:
        ragged.append(row.actual_columns)
        return "skip"

    convert = csv.ConvertOptions(column_types=kinds, include_columns=list(kinds), null_values=NOTHING,
                                 strings_can_be_null=True, quoted_strings_can_be_null=True)  # fmt: skip
    table = csv.read_csv(io.BytesIO(data), csv.ReadOptions(block_size=1 << 24, encoding=encoding),
                         csv.ParseOptions(invalid_row_handler=skip), convert)  # fmt: skip
    return table, len(ragged)
