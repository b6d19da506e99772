"""Board: the rows of one channel, kept as they were last told."""

import re
from abc import ABC, abstractmethod
from collections.abc import Container, Iterable
from functools import lru_cache
from typing import Any, ClassVar, Final

from api.hub.facts import Changed, Facts
from api.hub.names import Names
from tower import clock, ids

Told = dict[str, Any]
Rows = dict[str, Told | None]
"""Rows by id; None where there is none any more."""
ALL_BITS: Final = (1 << 64) - 1
LAST: Final = 253_402_300_800_000
DIGITS: Final = re.compile(r"#[0-9a-f]{16}")


class Draw(ABC):
    """How one channel's rows follow from the facts. A row is a function of facts and the hour, of nothing else."""

    def __init__(self, facts: Facts, names: Names) -> None:
        self.facts, self.names = facts, names
        self.hour = 0
        """The record's moment down to its hour: what is long over leaves by it."""

    @abstractmethod
    def all(self) -> Iterable[str]:
        """The ids of all rows that there may be."""

    @abstractmethod
    def touched(self, changed: Changed) -> Iterable[str]:
        """The ids of the rows that a change of facts may have changed."""

    @abstractmethod
    def draw(self, id: str) -> Told | None:
        """The row of that id, without what is unknown; None if there is none."""

    def due(self, before: int, hour: int) -> Iterable[str]:
        """The ids of the rows that come or leave because it has become that hour."""
        return ()


class OfTable(Draw):
    """A channel with a row, or none, for each thing of one table."""

    table: ClassVar[str]

    def all(self) -> Iterable[str]:
        """Every thing that is known."""
        return map(id_of, self.facts.tables[self.table])

    def touched(self, changed: Changed) -> Iterable[str]:
        """Those that were said."""
        return map(id_of, changed.get(self.table, {}))


class Board:
    """The rows of a channel as they are after the last record."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.rows: dict[str, Told] = {}

    def fill(self, hour: int) -> None:
        """Draw everything anew."""
        self.draw.hour = hour
        self.rows = {id: row for id in self.draw.all() if (row := self.draw.draw(id)) is not None}

    def take(self, changed: Changed, hour: int, *, again: bool = False) -> Rows:
        """The rows that differ from what was told before; if all this was told before, those that may have then."""
        perhaps = list(self.draw.touched(changed))
        if hour != self.draw.hour:
            perhaps += self.draw.due(self.draw.hour, hour)
            self.draw.hour = hour
        drawn = ((id, self.draw.draw(id)) for id in dict.fromkeys(perhaps))
        differ = {id: row for id, row in drawn if again or row != self.rows.get(id)}
        for id, row in differ.items():
            if row is None:
                self.rows.pop(id, None)
            else:
                self.rows[id] = row
        return differ


def told(**fields: object) -> Told:
    """A row without what is unknown."""
    return {name: value for name, value in fields.items() if value is not None}


@lru_cache(maxsize=1 << 16)
def moment(ms: int) -> str | None:
    """A time as RFC 3339; None if unknown or never."""
    return clock.render(ms) if 0 <= ms < LAST else None


def number(value: float) -> float | None:
    """A number; None if unknown."""
    return None if value != value else round(value, 3)  # noqa: PLR0124  # NaN is not itself


def count(value: int) -> int | None:
    """A count; None if unknown."""
    return value if value >= 0 else None


def code(value: int) -> int | None:
    """An id; None if unknown."""
    return None if value == ALL_BITS else value


def id_of(key: int) -> str:
    """An id as it is written."""
    return f"#{key:016x}"


def key_of(id: str) -> int:
    """The id that is written so."""
    return int(id[1:], 16)


def known_as(kind: str, id: str, table: Container[int]) -> int:
    """The key in `table` of what is called `id`: its name, or its digits where nobody has told the name."""
    key = ids.of(kind, id)
    return key_of(id) if key not in table and DIGITS.fullmatch(id) else key


def word(words: tuple[str, ...], value: int) -> str | None:
    """The word of a code; None if unknown."""
    return words[value] if value < len(words) else None
