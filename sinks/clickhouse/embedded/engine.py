"""Engine: chDB over one folder, a fresh handle for every statement.

A handle keeps what was set on it, and a failed statement's output leaks into the next one's answer. A handle costs
half a millisecond, so none is used twice. One more, never asked anything, keeps the engine up.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from sinks.clickhouse.embedded.grants import ALL, SEEN
from sinks.clickhouse.embedded.limits import READER_LIMITS
from sinks.clickhouse.embedded.refusal import Refusal

PYTHONS_OWN: Final = frozenset({"arrowtable", "dataframe", "datastore", "debug"})
STATUS: Final = {60: 404, 81: 404, 62: 400, 497: 403, 164: 403}


@dataclass(frozen=True, slots=True)
class Question:
    """What the engine is asked: an admitted statement and the circumstances in which it runs."""

    text: str
    format: str = "TabSeparated"
    settings: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    database: str = ""
    writes: bool = False
    networks: tuple[str, ...] | None = None
    """Of which rows may be seen; None: of all."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Bytes in a format, and the counts that ClickHouse sends with them."""

    body: bytes
    format: str
    summary: str


class Engine:
    """The engine over a folder; `config` is the file that its grants stand in."""

    def __init__(self, path: Path, config: Path) -> None:
        import chdb

        self._connect = cast("Any", chdb.connect)  # typed in one build of chdb, untyped in another
        self._where = f"{path}?config-file={config}"
        self._keeps_it_up = self._connect(self._where)

    def ask(self, question: Question) -> Answer:
        """The answer to a statement; raises Refusal with the engine's code if it fails."""
        if question.format.lower() in PYTHONS_OWN:
            raise Refusal(73, "UNKNOWN_FORMAT", f"Unknown format {question.format}", 400)
        with self._handle(question) as handle:
            result = handle.query(question.text, question.format, params=dict(question.parameters))
            rows, size = result.rows_read(), result.bytes_read()
            body = bounded(result.bytes() or b"", question.writes)
            return Answer(body, question.format, summary(result.elapsed(), read=(rows, size)))

    def insert(self, question: Question, data: bytes) -> Answer:
        """Insert rows that came in the question's format: all, or it raises Refusal."""
        with self._handle(question) as handle, handle.send_insert(question.text, question.format) as stream:
            stream.append(data)
            done = stream.finish()
            return Answer(b"", question.format, summary(done.elapsed, written=(done.rows_written, done.bytes_written)))

    def close(self) -> None:
        """Shut the engine; nothing may be running."""
        self._keeps_it_up.close()

    @contextmanager
    def _handle(self, question: Question) -> Iterator[Any]:
        """A handle for one statement, set up for it; raises Refusal for whatever the engine raises."""
        handle = self._connect(self._where)
        try:
            for line in preparing(question):
                handle.query(line)
            yield handle
        except (RuntimeError, ValueError) as cause:
            raise worded(str(cause)) from None
        finally:
            handle.close()


def preparing(question: Question) -> Iterator[str]:
    """What is said to a handle before its statement; a reader's is read-only for good."""
    seen = ALL if question.networks is None else ",".join(question.networks)
    yield f"SET {SEEN} = {quoted(seen)}"
    if question.database:
        yield f"USE `{question.database}`"
    settings = dict(question.settings)
    if not question.writes:
        settings = {name: str(limit) for name, limit in READER_LIMITS.items()} | settings | {"readonly": "1"}
    if settings:
        yield "SET " + ", ".join(f"{name} = {quoted(value)}" for name, value in settings.items())


def bounded(body: bytes, writes: bool) -> bytes:
    """An answer that a reader may have; raises Refusal. The engine counts a column of one value as that value."""
    most = READER_LIMITS["max_result_bytes"]
    if len(body) > most and not writes:
        raise Refusal(396, "TOO_MANY_ROWS_OR_BYTES", f"the answer is {len(body)} bytes: readers get up to {most}", 400)
    return body


def quoted(value: str) -> str:
    """A string as the engine reads it."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def worded(message: str) -> Refusal:
    """The engine's complaint, with its own code."""
    found = re.search(r"Code: (\d+)\. DB::\w*Exception: ", message)
    code = int(found[1]) if found else 1002
    refusal = Refusal(code, "", message, STATUS.get(code, 500))
    refusal.args = (message[found.start() :] if found else f"Code: 1002. DB::Exception: {message}",)
    return refusal


def summary(elapsed_s: float, read: tuple[int, int] = (0, 0), written: tuple[int, int] = (0, 0)) -> str:
    """Rows and bytes read and written, as ClickHouse words it."""
    counts = {"read_rows": read[0], "read_bytes": read[1], "written_rows": written[0], "written_bytes": written[1]}
    return json.dumps({name: str(count) for name, count in (counts | {"elapsed_ns": int(elapsed_s * 1e9)}).items()})
