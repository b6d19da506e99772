"""Layouts: how the rows of each table look, by number, for ever.

`layouts.json` is the registry, append-only: a record names the numbers of its tables' layouts, so any later build
can read it. `python -m tower.layouts` appends what the vocabulary has and the registry has not.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from tower import events, outcomes
from tower.errors import FormatError
from tower.fields import Field, blank_of, code, count, digest, dtype_of

DOCUMENT = (events.EVENT, count("size", "bytes of JSON"))
NAME = (digest("id"), code("what", "id", "text"), count("size", "bytes of text"))


def current() -> dict[str, tuple[Field, ...]]:
    """The tables of this build: their columns by name."""
    return {
        "event": events.HEAD,
        **events.FAMILIES,
        "document": DOCUMENT,
        "name": NAME,
        **outcomes.TABLES,
    }


@dataclass(frozen=True, slots=True)
class Layout:
    """One revision of one table's row."""

    number: int
    table: str
    revision: int
    dtype: np.dtype[np.void]

    def upcast(self, rows: np.ndarray) -> np.ndarray:
        """Rows of this layout as rows of the table's newest: matched by name, new fields unknown, old ones dropped."""
        newest = of(self.table)
        if newest.number == self.number:
            return rows
        out = np.repeat(blank(self.table), rows.size)
        for name in set(self.dtype.names or ()) & set(newest.dtype.names or ()):
            out[name] = rows[name]
        return out


@cache
def registry() -> tuple[Layout, ...]:
    """Every layout that ever was, oldest first."""
    listed = json.loads((files("tower") / "layouts.json").read_text())
    return tuple(Layout(e["number"], e["table"], e["revision"], np.dtype([tuple(f) for f in e["row"]])) for e in listed)


@cache
def by_number(number: int) -> Layout:
    """The layout of that number; FormatError if a newer build wrote it."""
    for layout in registry():
        if layout.number == number:
            return layout
    raise FormatError(f"layout {number} is not known to this build", "read it with the build that wrote it, or newer")


@cache
def of(table: str) -> Layout:
    """The newest layout of a table; KeyError if there is none."""
    found = [layout for layout in registry() if layout.table == table]
    if not found:
        raise KeyError(table)
    return found[-1]


@cache
def blank(table: str) -> np.ndarray:
    """One row of a table in which everything is unknown."""
    return blank_of(current()[table])


def empty(table: str, size: int = 0) -> np.ndarray:
    """So many unknown rows of a table, writable (numpy's own repeat is thirty times slower on records)."""
    row, dtype = _bytes_of(table)
    return np.frombuffer(bytearray(row * size), dtype)


@cache
def _bytes_of(table: str) -> tuple[bytes, np.dtype[np.void]]:
    return blank(table).tobytes(), blank(table).dtype


def missing() -> list[dict[str, object]]:
    """What the registry lacks: a new table, or a new revision of one whose row has changed."""
    listed = json.loads((files("tower") / "layouts.json").read_text())
    newest = {e["table"]: e for e in listed}
    entries: list[dict[str, object]] = []
    for table, columns in current().items():
        row = [list(f) for f in dtype_of(columns).descr]
        if table not in newest or newest[table]["row"] != row:
            revision = newest[table]["revision"] + 1 if table in newest else 1
            entries.append({"number": len(listed) + len(entries) + 1, "table": table, "revision": revision, "row": row})
    return entries


def register() -> None:
    """Append what is missing to the registry, in the source tree."""
    path = files("tower") / "layouts.json"
    lines = [json.dumps(e) for e in [*json.loads(path.read_text()), *missing()]]
    with open(str(path), "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    register()
