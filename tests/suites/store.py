"""A store in memory that does what the warehouse relies on, and ways to break it."""

import random
import re
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

from sinks.patience import Away


class Killed(BaseException):
    """The process is gone."""


class MemoryStore:
    """What ClickHouse does, as far as the warehouse relies on it: an insert with a token is in once."""

    def __init__(self) -> None:
        self.tables: dict[str, list[dict[str, Any]]] = {}
        self.tokens: set[tuple[str, str]] = set()
        self.asked = 0

    def insert(self, table: str, rows: pa.Table, token: str) -> None:
        self.asked += 1
        if (table, token) not in self.tokens:
            self.tokens.add((table, token))
            self.tables.setdefault(table, []).extend(rows.to_pylist())

    def rows(self, query: str) -> Sequence[Sequence[Any]]:
        self.asked += 1
        if "tower.names" in query:
            wanted = set(map(int, re.findall(r"\d+", query.rpartition("(")[2])))
            return [(row["id"], row["text"]) for row in self.tables.get("names", []) if row["id"] in wanted]
        if part := re.search(r"tower\.(\w+) WHERE .*BETWEEN (\d+) AND (\d+)", query):
            return [(1,) for row in self.tables.get(part[1], []) if int(part[2]) <= row["number"] <= int(part[3])][:1]
        log = re.search(r"log = '(\w+)'", query)
        found = [row for row in self.tables.get("progress", []) if log and row["log"] == log[1]]
        if first := re.search(r"first = (\d+)", query):
            found = [row for row in found if (row["first"], row["state"]) == (int(first[1]), "begun")]
        found.sort(key=lambda row: (row["last"], row["state"]), reverse=True)
        return [(r["state"], r["first"], r["last"], r["mark"], r["now"].timestamp() * 1000) for r in found[:3]]


class Dying(MemoryStore):
    """A store whose process ends before or after the n-th thing that it is asked."""

    def __init__(self, store: MemoryStore, at: int, *, before: bool) -> None:
        self.store, self.left, self.before = store, at, before

    def insert(self, table: str, rows: pa.Table, token: str) -> None:
        self.live(lambda: self.store.insert(table, rows, token))

    def rows(self, query: str) -> Sequence[Sequence[Any]]:
        return self.live(lambda: self.store.rows(query))

    def live(self, do: Callable[[], Any]) -> Any:
        self.left -= 1
        if self.left < 0 and self.before:
            raise Killed
        given = do()
        if self.left < 0:
            raise Killed
        return given


class Flaky(Dying):
    """A store that is away now and then, before or after doing what it was asked."""

    def __init__(self, store: MemoryStore, draw: random.Random) -> None:
        self.store, self.draw = store, draw

    def live(self, do: Callable[[], Any]) -> Any:
        how = self.draw.choice(["fine", "before", "after"])
        given = None if how == "before" else do()
        if how != "fine":
            raise Away("cut")
        return given
