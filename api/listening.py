"""Listening: deviations as the hub tells them, a line each: what `towerctl tail --follow` does where a hub answers."""

import os
import secrets
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from api.client import Feed, Row, follow
from tower.events import SEVERITIES

FILE: Final = "feed.json"
"""In the data folder of a tower, for its owner's eyes: where its hub is, and a key that is good while that runs."""
LINES: Final = 20
SAID: Final = ("status", "severity", "at")
"""What differs where a deviation was said anew; who handles it, and which incident it is in, is no news of it."""


def left(data: Path, url: str) -> str:
    """Leave word that a hub runs there; the key that is good for it, the same over restarts."""
    token = (said(data) or ("", secrets.token_urlsafe(24)))[1]
    draft = data / f"{FILE}.new"
    draft.unlink(missing_ok=True)
    draft.touch(0o600)
    draft.write_bytes(orjson.dumps({"url": url, "token": token}))
    os.replace(draft, data / FILE)
    return token


def said(data: Path) -> tuple[str, str] | None:
    """URL and key of the hub that last ran on a data folder."""
    try:
        word = orjson.loads((data / FILE).read_bytes())
        return str(word["url"]), str(word["token"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def found(data: Path) -> tuple[str, str] | None:
    """The same, if it answers."""
    word = said(data)
    try:
        parts = urlsplit(word[0] if word else "")
        socket.create_connection((parts.hostname or "", parts.port or 0), 1.0).close()
    except (OSError, ValueError):
        return None
    return word


def lines(url: str, token: str, network: str, site: str | None, severity: int) -> Iterator[str]:
    """The newest of what is open, then each change, for ever. Raises TowerError for a key that is not good."""
    heard = Heard(severity)
    wanted = {"mode": "events", "filter": {"site": [site] if site else []}}
    for number, (_, rows) in enumerate(follow(Feed(url, token, {"deviations": wanted}, network))):
        told = list(heard.take(rows))
        yield from (worded(row) for row in (told if number else sorted(told, key=when)[-LINES:]))


class Heard:
    """What is open, as far as it is or was bad enough."""

    def __init__(self, severity: int) -> None:
        self.severity, self.rows, self.worst = severity, dict[str, Row](), dict[str, int]()

    def take(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows that are to be said; one that is no more, as it was last, and closed."""
        for row in rows:
            id, is_over = row["id"], row.get("op") == "del"
            before = self.rows.get(id, {})
            now = {**self.rows.pop(id), "status": "closed"} if is_over and id in self.rows else row
            worst = max(now.get("severity", -1), self.worst.pop(id, 0))
            if not is_over:
                self.rows[id], self.worst[id] = now, worst
            is_news = any(now.get(name) != before.get(name) for name in SAID)
            if worst >= self.severity and "status" in now and is_news:
                yield now


def when(row: Row) -> Any:
    """The newest moment of a row."""
    return row.get("at", "")


def worded(row: Row) -> str:
    """A row as a line: time, severity, kind, subject, site, what happened to it, why, id: as from OUTCOMES."""
    at = str(when(row))[:19].replace("T", " ") + "Z"
    where = f" at {row['site']}" if "site" in row else ""
    why = f": {row['why']}" if row["status"] != "closed" and "why" in row else ""
    subject = f"{row.get('subject', '')}{where}"
    severity = SEVERITIES[row["severity"]]
    return f"{at}  {severity:<8}  {row.get('kind', ''):<20}  {subject}  {row['status']}{why}  {row['id']}"
