"""The read side of the live views: rows as numpy, of any layout, all of one moment if asked for together."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np

from sinks.position import Position
from sinks.views.keys import LIVE, NETWORKS, key_of
from sinks.views.resp import command
from sinks.views.wire import Wire
from sinks.views.writer import position_of
from tower import layouts
from tower.batch import joined
from tower.errors import UsageError
from tower.fields import Type
from tower.ids import UNKNOWN

READ_S: Final = 5.0
"""Whole tables are asked for."""
MANY: Final = 10_000
NAMED: Final = (Type.ID, Type.TEXT, Type.DIGEST)


class Views:
    """Reads the live views at a URL. Raises Away (a TowerError) if Redis does not answer. Not to be shared by threads.

    An id is what tower.ids.of makes of a name.
    """

    def __init__(self, url: str, password: str | None = None) -> None:
        self._wire = Wire(url, password, READ_S)

    def networks(self) -> list[str]:
        """Every network that has views."""
        return sorted(name.decode() for name in self._ask(command(b"SMEMBERS", NETWORKS))[0])

    def position(self, network: str) -> Position:
        """The record that the views are behind; number 0 if there is none."""
        return position_of(self._ask(asked_position(network))[0])

    def rows(self, network: str, table: str) -> np.ndarray:
        """The live rows of a table, of its newest layout, in no order. Raises UsageError if the table is not live."""
        return self.at_once(network, [table])[1][table]

    def get(self, network: str, table: str, key: int) -> np.void | None:
        """The row of one id; None if there is none."""
        word = int(key).to_bytes(8, "little")
        value = self._ask(command(b"HGET", key_of(network, live(table)), word))[0]
        return None if value is None else decode(table, [value])[0]

    def at_once(self, network: str, tables: Sequence[str]) -> tuple[Position, dict[str, np.ndarray]]:
        """Tables as they are together behind one record, and that record's position."""
        asked = [command(b"HVALS", key_of(network, live(table))) for table in tables]
        replies = self._ask(command(b"MULTI"), asked_position(network), *asked, command(b"EXEC"))[-1]
        rows = {table: decode(table, values) for table, values in zip(tables, replies[1:], strict=True)}
        return position_of(replies[0]), rows

    def names(self, network: str, codes: Iterable[int]) -> dict[int, str]:
        """What these ids mean; those that nobody has told are left out."""
        wanted = list(dict.fromkeys(int(code) for code in codes))
        known: dict[int, str] = {}
        for at in range(0, len(wanted), MANY):
            some = wanted[at : at + MANY]
            words = [code.to_bytes(8, "little") for code in some]
            told = self._ask(command(b"HMGET", key_of(network, "names"), *words))[0]
            known |= {code: text.decode() for code, text in zip(some, told, strict=True) if text is not None}
        return known

    def all_names(self, network: str) -> dict[int, str]:
        """What every id means that anybody has told."""
        told = self._ask(command(b"HGETALL", key_of(network, "names")))[0]
        pairs = zip(told[::2], told[1::2], strict=True)
        return {int.from_bytes(code, "little"): text.decode() for code, text in pairs}

    def names_in(self, network: str, table: str, rows: np.ndarray) -> dict[int, str]:
        """What the ids in these rows mean, as tower.render wants it."""
        columns = [rows[f.name] for f in layouts.current()[table] if f.type in NAMED]
        codes = np.unique(np.concatenate(columns)) if columns else np.zeros(0, "u8")
        return self.names(network, codes[codes != UNKNOWN].tolist())

    def close(self) -> None:
        """Hang up."""
        self._wire.close()

    def _ask(self, *commands: bytes) -> list[Any]:
        return self._wire.ask(b"".join(commands), len(commands))


def live(table: str) -> str:
    """The table, if its rows are kept; raises UsageError."""
    if table not in LIVE:
        raise UsageError(f"views: no such live table (got {table})", f"one of {', '.join(sorted(LIVE))}")
    return table


def asked_position(network: str) -> bytes:
    """The command whose reply position_of reads."""
    return command(b"HMGET", key_of(network, "position"), b"number", b"mark", b"now")


def decode(table: str, values: list[bytes]) -> np.ndarray:
    """Rows out of what the hashes hold, older layouts brought up to the newest."""
    by_layout: dict[bytes, list[bytes]] = {}
    for value in values:
        by_layout.setdefault(value[:2], []).append(value)
    parts = [_of_layout(int.from_bytes(number, "little"), some) for number, some in by_layout.items()]
    return joined(parts) if parts else layouts.empty(table)


def _of_layout(number: int, values: list[bytes]) -> np.ndarray:
    layout = layouts.by_number(number)
    framed = np.frombuffer(b"".join(values), [("layout", "<u2"), ("row", layout.dtype)])
    return layout.upcast(np.ascontiguousarray(framed["row"]))
