"""Idempotency: what was answered under a key of the client's, for a day, over restarts.

A file of lines that only grows while the process runs; what is too old is left out when it is opened. Before anything
is done, its moment is written down: whoever asks again after a crash sends the very same event, which counts once.
"""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import orjson

from api.http.problems import Problem
from tower import clock

KEPT_MS: Final = 24 * clock.HOUR
MOST: Final = 100_000
LONGEST: Final = 200


@dataclass(slots=True)
class Once:
    """One request under a key: `said` is a hash of it, `at` the moment that it stands for, then what was answered."""

    name: str
    said: str
    at: int
    wall: int
    status: int = 0
    body: Any = None
    location: str = ""


class Answers:
    """The answers of one API process; it is the file's one writer."""

    def __init__(self, path: Path, wall: Callable[[], int] = clock.wall_ms) -> None:
        self.path, self._wall = path, wall
        self._held: dict[str, Once] = {}
        self._turn = threading.Lock()
        self._read()
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def _read(self) -> None:
        """Take in the file and write it anew without what is too old; a line cut short by a crash is none."""
        for line in self.path.read_bytes().splitlines() if self.path.exists() else []:
            with suppress(ValueError, TypeError, KeyError):
                once = Once(**orjson.loads(line))
                self._held[once.name] = once
        self._held = {name: once for name, once in self._held.items() if self._is_good(once)}
        draft = self.path.with_suffix(".new")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft.touch(0o600)
        with draft.open("wb") as file:
            file.writelines(line_of(once) for once in self._held.values())
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, self.path)

    def _is_good(self, once: Once) -> bool:
        return once.wall > self._wall() - KEPT_MS

    def begin(self, name: str, said: bytes, at: int) -> Once:
        """What is known under that name, or a new one that stands for `at`, written down.

        Raises Problem 422 if the name was used for something else.
        """
        digest = blake2b(said, digest_size=16).hexdigest()
        with self._turn:
            found = self._held.get(name)
            if found is not None and self._is_good(found):
                if found.said != digest:
                    raise Problem(422, "Idempotency-Key: it was used for another request", "take a fresh key")
                return found
            once = Once(name, digest, at, self._wall())
            self._keep(once)
            return once

    def end(self, once: Once, status: int, body: Any, location: str = "") -> None:
        """Write down what was answered, before it is."""
        with self._turn:
            once.status, once.body, once.location = status, body, location
            self._keep(once)

    def _keep(self, once: Once) -> None:
        if len(self._held) >= MOST and once.name not in self._held:
            old = [name for name, one in self._held.items() if not self._is_good(one)] or [next(iter(self._held))]
            for name in old:
                del self._held[name]
        self._held[once.name] = once
        os.write(self._file, line_of(once))
        os.fdatasync(self._file)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def line_of(once: Once) -> bytes:
    """One line of the file."""
    fields = {name: getattr(once, name) for name in ("name", "said", "at", "wall", "status", "body", "location")}
    return orjson.dumps(fields) + b"\n"
