"""States: files `<folder>/<network>/<number>`, the tables after that record of LOG, in our own versioned bytes.

They are written behind the flow and are never the truth: with none of them control replays.

    magic 8, size of head u4, head (JSON: version, log, number, hour, kept, tables [[step, table, size] ...]), the
    tables' bytes one after the other, blake2b-128 of all before
"""

import json
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, BinaryIO, Final

from operators.chain import State
from streams.names import spelt
from tower import clock
from tower.errors import Fenced, FormatError, Lost

MAGIC: Final = b"TWRSTATE"
VERSION: Final = 1
CHECK: Final = 16
START: Final = 12
NEWEST: Final = 3
HOURS: Final = 14 * 24
"""As long as LOG is kept."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which state: after that record of the log with that id, at that moment; `kept` ones are never dropped."""

    log: str
    number: int
    now: int
    kept: bool = False


class States:
    """The state files of all networks. One thread writes; only the newest few and one per hour of log time stay."""

    def __init__(self, folder: str, newest: int = NEWEST, hours: int = HOURS) -> None:
        self.folder, self.newest_few, self.hours = folder, newest, hours
        self._thread = ThreadPoolExecutor(1, "states")
        self._writing: dict[str, Future[None]] = {}

    def numbers(self, network: str) -> list[int]:
        """The records after which there is a state."""
        try:
            return sorted(int(name) for name in os.listdir(self._of(network)) if name.isdigit())
        except FileNotFoundError:
            return []

    def newest(self, network: str, log: str, end: int, upto: int) -> int:
        """The newest state that OUTCOMES has caught up with; 0 if there is none: then replay from the first record.

        Raises Lost if the states are another log's, or the log ends (at `end`) before them.
        """
        numbers = self.numbers(network)
        for number in numbers[-1:]:
            head = self.head(network, number)
            if log and head["log"] != log:
                raise self._stray(network, number, f"is of log {head['log']}, LOG is {log}")
            if number > end:
                raise self._stray(network, number, f"is beyond the end of LOG, {end}")
        return max((number for number in numbers if number <= upto), default=0)

    def load(self, network: str, number: int) -> State:
        """The state after that record. Raises FormatError if it is not whole or a newer build's, Fenced if it went."""
        data = self._bytes(network, number)
        head, at = _head(data, self._path(network, number))
        if blake2b(data[:-CHECK], digest_size=CHECK).digest() != data[-CHECK:]:
            raise FormatError(f"state {self._path(network, number)} is damaged", "remove it: an older one will do")
        state: dict[str, dict[str, bytes]] = {}
        for step, table, size in head["tables"]:
            state.setdefault(step, {})[table] = bytes(data[at : at + size])
            at += size
        return state

    def head(self, network: str, number: int) -> dict[str, Any]:
        """What a state says of itself."""
        with self._opened(network, number) as file:
            start = file.read(START)
            return _head(start + file.read(_size(start)), self._path(network, number))[0]

    def save(self, network: str, place: Place, state: State) -> bool:
        """Write a state behind the flow. False, and nothing, while the last one is still being written."""
        last = self._writing.get(network)
        if last is not None:
            if not last.done() and not place.kept:
                return False
            last.result()
        self._writing[network] = self._thread.submit(self._write, network, place, state)
        return True

    def wait(self) -> None:
        """Until all is written; raises what went wrong."""
        for writing in self._writing.values():
            writing.result()

    def _write(self, network: str, place: Place, state: State) -> None:
        path = self._path(network, place.number)
        os.makedirs(self._of(network), exist_ok=True)
        with open(f"{path}.new", "wb") as file:
            digest = blake2b(digest_size=CHECK)
            for part in parts(place, state):
                digest.update(part)
                file.write(part)
            file.write(digest.digest())
            file.flush()
            os.fsync(file.fileno())
        os.replace(f"{path}.new", path)
        _sync_folder(self._of(network))
        self._drop(network)

    def _drop(self, network: str) -> None:
        numbers = self.numbers(network)
        heads = {number: self.head(network, number) for number in numbers}
        hourly = {head["hour"]: number for number, head in heads.items()}
        keep = {*numbers[-self.newest_few :], *sorted(hourly.values())[-self.hours :]}
        for number in numbers:
            if number not in keep and not heads[number]["kept"]:
                with suppress(FileNotFoundError):
                    os.unlink(self._path(network, number))

    def _bytes(self, network: str, number: int) -> bytes:
        with self._opened(network, number) as file:
            return file.read()

    def _opened(self, network: str, number: int) -> BinaryIO:
        """A state file. Raises Fenced if it went after it was found: another control writes newer ones."""
        path = self._path(network, number)
        try:
            return open(path, "rb")
        except FileNotFoundError:
            what = f"state {path} is gone: another control of network {network} has gone on"
            raise Fenced(what, "end one of the two, then start again") from None

    def _stray(self, network: str, number: int, why: str) -> Lost:
        what = f"state {self._path(network, number)} {why}"
        return Lost(what, f"put the log back, or remove {self._of(network)} and OUTCOMES to begin anew")

    def _of(self, network: str) -> str:
        return f"{self.folder}/{spelt(network)}"

    def _path(self, network: str, number: int) -> str:
        return f"{self._of(network)}/{number}"


def parts(place: Place, state: State) -> Iterator[bytes]:
    """The bytes of a state file but for the check."""
    tables = [(step, table, data) for step, held in state.items() for table, data in held.items()]
    head = {
        "version": VERSION, "log": place.log, "number": place.number, "hour": place.now // clock.HOUR,
        "kept": place.kept, "tables": [[step, table, len(data)] for step, table, data in tables],
    }  # fmt: skip
    text = json.dumps(head).encode()
    yield MAGIC + len(text).to_bytes(4, "little") + text
    yield from (data for _, _, data in tables)


def _size(start: bytes) -> int:
    """How many bytes of head follow."""
    return int.from_bytes(start[len(MAGIC) : START], "little")


def _head(data: bytes, path: str) -> tuple[dict[str, Any], int]:
    """The head of a state file, and where its tables begin."""
    body = START + _size(data)
    if data[: len(MAGIC)] != MAGIC or len(data) < body:
        raise FormatError(f"state {path} is no state", "remove it: an older one will do")
    head: dict[str, Any] = json.loads(data[START:body])
    if head["version"] > VERSION:
        what = f"state {path} has version {head['version']}, this build reads {VERSION}"
        raise FormatError(what, "use a newer build")
    return head, body


def _sync_folder(path: str) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
