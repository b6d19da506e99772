"""Kept: forks and runs of one network as files in the data folder; a bounded number, the oldest go.

    <data>/whatif/<network>/forks/<id>.json     what a fork is
    <data>/whatif/<network>/runs/<id>.json      what was asked, and how far it is: the API's
    <data>/whatif/<network>/runs/<id>.found     what was found so far: the player's; <id>.said: its last words
    .../<id>.hand                               of both: moves that are made by hand, many and read by the player alone
"""

import os
import re
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from streams.names import spelt

KEPT: Final = 50
ID: Final = re.compile(r"[0-9a-f]{16}")
WAITING, RUNNING, DONE, FAILED, STOPPED = "waiting", "running", "done", "failed", "stopped"
OPEN: Final = (WAITING, RUNNING)
Told = dict[str, Any]


class Kept:
    """The files of one network. One process writes."""

    def __init__(self, data: Path, network: str) -> None:
        self.forks, self.runs = (data / "whatif" / spelt(network) / name for name in ("forks", "runs"))
        self.lock = threading.RLock()

    def add_fork(self, told: Told, hand: Told) -> Told:
        """Keep a fork, under an id of its own."""
        return self._add(self.forks, told, hand)

    def add_run(self, told: Told, hand: Told) -> Told:
        """Keep a run that waits, under an id of its own."""
        return self._add(self.runs, told, hand)

    def _add(self, folder: Path, told: Told, hand: Told) -> Told:
        with self.lock:
            folder.mkdir(parents=True, exist_ok=True)
            found = {"id": secrets.token_hex(8), "number": max((one["number"] for one in each(folder)), default=0) + 1,
                     **told}  # fmt: skip
            put(folder / f"{found['id']}.hand", hand)
            put(folder / f"{found['id']}.json", found)
            self._drop(folder)
            return found

    def _drop(self, folder: Path) -> None:
        """Let the oldest go that nobody waits for."""
        over = [one for one in newest(folder) if one.get("status") not in OPEN]
        for one in over[max(KEPT - (len(newest(folder)) - len(over)), 1) :]:
            for end in ("json", "hand", "found", "said"):
                (folder / f"{one['id']}.{end}").unlink(missing_ok=True)

    def fork(self, id: str) -> Told | None:
        """The fork of that id."""
        return read(self.forks / f"{id}.json") if ID.fullmatch(id) else None

    def done(self, id: str) -> list[Told]:
        """What was done by hand before a fork."""
        found: list[Told] = (read(self.forks / f"{id}.hand") or {}).get("done", [])
        return found

    def run(self, id: str) -> Told | None:
        """What is known of the run of that id, what it has found aside."""
        return read(self.runs / f"{id}.json") if ID.fullmatch(id) else None

    def found(self, id: str) -> Told:
        """What a run has found so far."""
        return read(self.runs / f"{id}.found") or {}

    def said(self, id: str) -> str:
        """The last line that the player of a run has said."""
        try:
            lines = (self.runs / f"{id}.said").read_text("utf-8", "replace").split("\n")
        except OSError:
            return ""
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def change(self, id: str, **words: Any) -> Told | None:
        """Say how far a run is."""
        with self.lock:
            told = self.run(id)
            if told is not None:
                told |= words
                put(self.runs / f"{id}.json", told)
            return told

    def all_forks(self) -> list[Told]:
        """Newest first."""
        return newest(self.forks)

    def all_runs(self) -> list[Told]:
        """Newest first."""
        return newest(self.runs)


def newest(folder: Path) -> list[Told]:
    """What is kept in a folder, newest first."""
    return sorted(each(folder), key=lambda one: -one["number"])


def each(folder: Path) -> Iterator[Told]:
    """What is kept in a folder; files that are no such thing are passed over."""
    names = sorted(os.listdir(folder)) if folder.is_dir() else []
    for name in names:
        told = read(folder / name) if name.endswith(".json") else None
        if told is not None and isinstance(told.get("number"), int) and told.get("id") == name[:-5]:
            yield told


def read(path: Path) -> Told | None:
    """A file's object; None if there is none, or it is none."""
    try:
        told = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def put(path: Path, told: Told) -> None:
    """Write a file; readers see the old words or the new."""
    draft = path.with_name(f"{path.name}.new")
    draft.write_bytes(orjson.dumps(told))
    os.replace(draft, path)
