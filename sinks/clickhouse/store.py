"""Store: the few things that the warehouse asks of ClickHouse, and what its errors mean."""

import io
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any, Final, Protocol

import pyarrow as pa
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError
from clickhouse_connect.driver.httpclient import HttpClient
from pyarrow import ipc
from urllib3.exceptions import HTTPError

from sinks.clickhouse.client import connect
from sinks.clickhouse.schema import TOLD, additions, statements, view
from sinks.patience import Away
from tower.errors import TowerError

PASSING: Final = frozenset({159, 164, 202, 203, 209, 210, 225, 241, 242, 243, 252, 319, 394, 439, 999})
"""ClickHouse's codes of refusals that pass: time, memory, queries, parts, disk, network, keeper, read-only."""
DIGEST: Final = blake2b("".join(statements()).encode(), digest_size=8).hexdigest()
"""What tells this build's schema from another's."""


class Store(Protocol):
    """Where ranges go. Every method raises Away where nobody knows whether it was done, or if it may be done later."""

    def rows(self, query: str) -> Sequence[Sequence[Any]]:
        """What a query gives."""

    def insert(self, table: str, rows: pa.Table, token: str) -> None:
        """Put rows into a table of database `tower`, unless an insert with that token is in."""


class ClickHouse:
    """A Store over HTTP. Connects when it is asked, and again after it was away."""

    def __init__(self, url: str, key: str = "", user: str = "default") -> None:
        self._where = url, key, user
        self._client: HttpClient | None = None

    def rows(self, query: str) -> Sequence[Sequence[Any]]:
        """What a query gives."""
        return self._ask(lambda client: client.query(query).result_rows)

    def insert(self, table: str, rows: pa.Table, token: str) -> None:
        """Put rows into a table of database `tower`, unless an insert with that token is in."""
        settings = {"insert_deduplication_token": token}
        columns = [f"`{name}`" for name in rows.column_names]
        self._ask(lambda c: c.raw_insert(f"tower.{table}", columns, stream(rows), settings, "ArrowStream"))

    def make(self) -> None:
        """The database as this build wants it, whatever build made it. Raises Away, TowerError."""
        if self._made_by() == DIGEST:
            return
        for statement in statements():
            self._do(statement)
        for table in TOLD:
            where = f"database = 'tower' AND table = '{table}'"
            found = self.rows(f"SELECT name FROM system.columns WHERE {where}")  # noqa: S608  # the schema's own
            for statement in additions(table, {name for (name,) in found}):
                self._do(statement)
        self._do(view("schema", "Which schema all this is", f"SELECT '{DIGEST}' AS digest"))

    def _made_by(self) -> str:
        """The digest of the schema that is there; "" if there is none, or half of one."""
        if not self.rows("SELECT 1 FROM system.tables WHERE database = 'tower' AND name = 'schema'"):
            return ""
        return str(self.rows("SELECT digest FROM tower.schema")[0][0])

    def _do(self, statement: str) -> None:
        self._ask(lambda client: client.command(statement))

    def close(self) -> None:
        """Hang up. Twice is fine."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _ask(self, do: Any) -> Any:
        try:
            self._client = self._client or connect(*self._where)
            return do(self._client)
        except (OperationalError, HTTPError, OSError) as cause:
            self.close()
            raise Away(f"{self._where[0]}: {_first_line(cause)}") from cause
        except DatabaseError as cause:
            if code_of(cause) in PASSING:
                raise Away(f"{self._where[0]}: {_first_line(cause)}") from cause
            raise TowerError(f"clickhouse {self._where[0]}: {_first_line(cause)}", "see `towerctl doctor`") from cause


def code_of(error: DatabaseError) -> int:
    """ClickHouse's code of the exception; 0 if it said none.

    >>> code_of(DatabaseError("HTTPDriver ... Code: 60. DB::Exception: no such table"))
    60
    """
    words = str(error).partition("Code: ")[2]
    digits = words[: next((i for i, c in enumerate(words) if not c.isdigit()), len(words))]
    return int(digits or 0)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:300]


def stream(rows: pa.Table) -> bytes:
    """An Arrow stream of one batch: one block, so that a token stands for all of it."""
    sink = io.BytesIO()
    whole = rows.combine_chunks()
    with ipc.new_stream(sink, whole.schema) as writer:
        writer.write_table(whole)
    return sink.getvalue()


def texts(store: Store, network: str, codes: Iterable[int]) -> dict[int, str]:
    """What the warehouse was told that these ids mean."""
    wanted, found = list(codes), dict[int, str]()
    for at in range(0, len(wanted), 5000):
        listed = ",".join(map(str, wanted[at : at + 5000]))
        where = f"network = '{escaped(network)}' AND id IN ({listed})"
        query = f"SELECT id, text FROM tower.names WHERE {where}"  # noqa: S608  # escaped
        found |= {int(code): str(text) for code, text in store.rows(query)}
    return found


def escaped(words: str) -> str:
    """A text as it may stand between quotes in SQL."""
    return words.replace("\\", "\\\\").replace("'", "\\'")
