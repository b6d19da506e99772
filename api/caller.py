"""Caller: the HTTP door of a tower that runs, asked by a command as any client would, with a person's key."""

import os
import secrets
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import orjson

from api import listening
from api.probes import near
from tower.errors import TowerError, UsageError
from tower.settings import Settings

KEY: Final = "TOWERCTL_KEY"
"""In the environment: the key, which a command line would show to everybody on the machine."""
ANSWER_S: Final = 30.0
TRIES: Final = 5
"""So often the same is asked under one key while the tower has not decided: it counts once."""
Told = dict[str, Any]


class Caller:
    """Asks one door. Raises TowerError with what the door says is wrong, and its way out."""

    def __init__(self, url: str, key: str, network: str = "") -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise UsageError(f"--url: no address of a tower (got {url})", "--url http://127.0.0.1:8080")
        self.url, self.key, self.network = url, key, network
        self._parts = parts

    def get(self, path: str) -> Told:
        """What is there."""
        return self._ask("GET", path)[1]

    def say(self, path: str, said: Told) -> Told:
        """Say something once, and what the tower makes of it; waits while it has not decided."""
        body, once = orjson.dumps(said), secrets.token_urlsafe(12)
        for _ in range(TRIES):
            status, told = self._ask("POST", path, body, once)
            if status != 202:  # kept, not decided on yet
                return told
        raise TowerError("the tower has kept what was said and not decided on it yet", "look again in a moment")

    def _ask(self, method: str, path: str, body: bytes | None = None, once: str = "") -> tuple[int, Told]:
        asked = f"{path}?{urlencode({'network': self.network})}" if self.network else path
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", "Idempotency-Key": once}
        kind = HTTPSConnection if self._parts.scheme == "https" else HTTPConnection
        connection = kind(self._parts.hostname or "", self._parts.port, timeout=ANSWER_S)
        try:
            connection.request(method, asked, body, {name: value for name, value in headers.items() if value})
            answer = connection.getresponse()
            told: Told = orjson.loads(answer.read() or b"{}")
        except (OSError, HTTPException, ValueError) as error:
            raise TowerError(f"ask {self.url}: {error}", "towerctl demo or up, or --url of one that runs") from None
        finally:
            connection.close()
        if answer.status >= 400:
            raise TowerError(told.get("detail", f"{self.url} answers {answer.status}"), told.get("hint", ""))
        return answer.status, told


def caller(found: Settings, url: str | None, key: str | None, network: str | None) -> Caller:
    """Who asks the tower of a data folder, or of a URL. Raises UsageError where nobody says with which key."""
    signed = key or os.environ.get(KEY, "")
    if not signed:
        raise UsageError("no key is named", f"{KEY}=KEY in the environment, or --key KEY; a demo prints some")
    return Caller(url or url_of(found), signed, network or "")


def url_of(found: Settings) -> str:
    """Where the door of a data folder is: before its hub, as that has left word; else where the settings say."""
    left = listening.said(Path(found.data))
    port = urlsplit(left[0]).port if left else None
    return f"http://{near(found.host)}:{port - 1 if port else found.port}"


def named(name: str) -> str:
    """A name as a part of a path."""
    return quote(name, safe="")
