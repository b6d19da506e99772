"""Outbox: one SQLite file a network: what is to be sent, until it is known to have arrived, and the log of it.

The position in OUTCOMES and the messages that follow from the records before it are written in one transaction: after a
kill nothing is missing and nothing has another id. A message leaves `waiting` after its answer has come, so one may
be sent twice, under the same id.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sinks.position import Position
from tower import clock
from tower.errors import UsageError

KEPT: Final = 50_000
"""Messages and tries that are remembered after they are over."""
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS position (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER, mark BLOB, now INTEGER);
CREATE TABLE IF NOT EXISTS names (id BLOB PRIMARY KEY, text TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS subscriptions (name TEXT PRIMARY KEY, document TEXT, why TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS told (subscription TEXT, deviation BLOB, value REAL, severity INTEGER, now INTEGER,
    PRIMARY KEY (subscription, deviation)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS messages (place INTEGER PRIMARY KEY, id TEXT UNIQUE, subscription TEXT, type TEXT, body BLOB,
    state TEXT, tries INTEGER DEFAULT 0, due_ms INTEGER);
CREATE INDEX IF NOT EXISTS waiting ON messages (subscription, due_ms) WHERE state = 'waiting';
CREATE TABLE IF NOT EXISTS tries (place INTEGER PRIMARY KEY, id TEXT, at_ms INTEGER, status INTEGER, why TEXT);
"""


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one subscriber; `tries` is how often it was tried."""

    id: str
    subscription: str
    type: str
    body: bytes
    tries: int = 0


class Outbox:
    """The file. Threads may share it; another process may read it and ask for messages to be sent again."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
        self._file.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;" + SCHEMA)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._file.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is written inside is there as a whole, or not at all."""
        with self._lock:
            self._file.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._file.execute("ROLLBACK")
                raise
            self._file.execute("COMMIT")

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement of ours."""
        with self._lock:
            return self._file.execute(query, values).fetchall()

    def position(self) -> Position:
        """How far OUTCOMES was taken in."""
        found = self.ask("SELECT number, mark, now FROM position")
        return Position(found[0][0], int.from_bytes(found[0][1], "little"), found[0][2]) if found else Position()

    def passed(self, at: Position) -> None:
        """It was taken in so far."""
        self.ask("INSERT OR REPLACE INTO position VALUES (1, ?, ?, ?)", at.number, packed(at.mark), at.now)

    def learn(self, names: Mapping[int, str]) -> None:
        """What ids mean."""
        with self._lock:
            told = [(packed(code), text) for code, text in names.items()]
            self._file.executemany("INSERT OR IGNORE INTO names VALUES (?, ?)", told)

    def get(self, code: int, /) -> str | None:
        """What an id means, if it was told."""
        found = self.ask("SELECT text FROM names WHERE id = ?", packed(code))
        return str(found[0][0]) if found else None

    def subscribe(self, name: str, document: Mapping[str, Any], why: str = "") -> None:
        """Set a subscription; `why` it is not served, if it is not."""
        self.ask("INSERT OR REPLACE INTO subscriptions VALUES (?, ?, ?)", name, json.dumps(dict(document)), why)

    def subscriptions(self) -> list[tuple[str, dict[str, Any], str]]:
        """Name, document and why it is not served, of each."""
        found = self.ask("SELECT name, document, why FROM subscriptions ORDER BY name")
        return [(name, json.loads(document), why) for name, document, why in found]

    def disable(self, name: str, why: str) -> None:
        """Serve it no more, until it is set again; what waits for it is dropped."""
        with self.together():
            self.ask("UPDATE subscriptions SET why = ? WHERE name = ?", why, name)
            self.ask("UPDATE messages SET state = 'dropped' WHERE subscription = ? AND state = 'waiting'", name)

    def told(self, subscription: str, deviation: int) -> tuple[float, int, int] | None:
        """Value, severity and moment of what a subscriber was told last of a deviation."""
        found = self.ask("SELECT value, severity, now FROM told WHERE subscription = ? AND deviation = ?",
                         subscription, packed(deviation))  # fmt: skip
        return found[0] if found else None

    def tell(self, message: Message, deviation: int, last: tuple[float, int, int] | None) -> None:
        """Put a message where it is sent from; `last` is what to remember of the deviation, None: nothing more."""
        self.ask("INSERT OR IGNORE INTO messages (id, subscription, type, body, state, due_ms) VALUES (?, ?, ?, ?,"
                 " 'waiting', 0)", message.id, message.subscription, message.type, message.body)  # fmt: skip
        about = message.subscription, packed(deviation)
        if last is None:
            self.ask("DELETE FROM told WHERE subscription = ? AND deviation = ?", *about)
        else:
            self.ask("INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?, ?)", *about, *last)

    def due(self, subscription: str, now_ms: int, most: int = 16) -> list[Message]:
        """The next messages of a subscriber."""
        found = self.ask("SELECT id, subscription, type, body, tries FROM messages WHERE subscription = ?"
                         " AND state = 'waiting' AND due_ms <= ? ORDER BY due_ms, place LIMIT ?",
                         subscription, now_ms, most)  # fmt: skip
        return [Message(*row) for row in found]

    def tried(self, message: Message, now_ms: int, status: int, why: str, state: str, due_ms: int = 0) -> None:
        """One try is over; the message is `delivered`, `given_up`, or `waiting` until it is due."""
        with self.together():
            self.ask("UPDATE messages SET state = ?, tries = tries + 1, due_ms = ? WHERE id = ?",
                     state, due_ms, message.id)  # fmt: skip
            self.ask("INSERT INTO tries (id, at_ms, status, why) VALUES (?, ?, ?, ?)", message.id, now_ms, status, why)
            self.ask("DELETE FROM tries WHERE place <= (SELECT max(place) FROM tries) - ?", KEPT)
            self.ask("DELETE FROM messages WHERE state != 'waiting' AND place <= (SELECT max(place) FROM messages) - ?",
                     KEPT)  # fmt: skip

    def again(self, message: str) -> None:
        """Send a message once more, under its id, at once. Raises UsageError if it is not remembered."""
        with self.together():
            if not self.ask("SELECT 1 FROM messages WHERE id = ?", message):
                raise UsageError(f"alerts: no such message (got {message})", "towerctl alerts")
            self.ask("UPDATE messages SET state = 'waiting', tries = 0, due_ms = 0 WHERE id = ?", message)

    def counts(self) -> dict[str, dict[str, int]]:
        """How many messages of each subscriber are in which state."""
        found: dict[str, dict[str, int]] = {}
        asked = "SELECT subscription, state, count(*) FROM messages GROUP BY 1, 2 ORDER BY 1, 2"
        for name, state, count in self.ask(asked):
            found.setdefault(name, {})[state] = count
        return found

    def log(self, most: int = 100) -> Sequence[dict[str, Any]]:
        """The newest tries, newest first."""
        names = ("id", "subscription", "type", "state", "at", "status", "why")
        found = self.ask("SELECT t.id, m.subscription, m.type, m.state, t.at_ms, t.status, t.why FROM tries t"
                         " LEFT JOIN messages m ON m.id = t.id ORDER BY t.place DESC LIMIT ?", most)  # fmt: skip
        rows = [dict(zip(names, row, strict=True)) for row in found]
        return [row | {"at": clock.render(row["at"])} for row in rows]


def packed(code: int) -> bytes:
    """An id as the file keeps it."""
    return code.to_bytes(8, "little")
