"""Feed hub: a hub in a process of its own on outcomes that the bench writes, its peers, and the load on either."""

import hashlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
import orjson

from simulators.bench.feed_load import KEY
from simulators.bench.feed_peers import ROWS
from simulators.bench.pair import NETWORK, ROOT, Flow, root
from streams import names
from streams.connect import stamp
from tower import clock, ids, layouts
from tower.errors import TowerError
from tower.logs import urls
from tower.record import Record, entry

HZ: Final = 10.0
MOST_KEYS: Final = 20
LONGEST_S: Final = 30.0


@contextmanager
def started(
    folder: str, name: str, words: Sequence[str], ready: str, core: int | None = None, network: str = NETWORK
) -> Iterator[Flow]:
    """A process, from its `ready` line to its end; on one core if told. Raises TowerError if it never says so."""
    out = Path(f"{folder}/{name}.out")
    with out.open("wb") as file:
        process = subprocess.Popen([sys.executable, *words], env=environment(folder, name, network), stdout=file,
                                   stderr=file)  # fmt: skip
    try:
        if core is not None:
            os.sched_setaffinity(process.pid, {core})
        end = clock.steady_s() + LONGEST_S
        while ready not in out.read_text("utf-8", "replace"):
            if process.poll() is not None or clock.steady_s() > end:
                raise TowerError(f"bench: {name}: {out.read_text('utf-8', 'replace')[-300:]}", "run `towerctl doctor`")
            clock.sleep(0.02)
        yield Flow(name, process)
    finally:
        process.kill()
        process.wait()


def environment(folder: str, port: str, network: str = NETWORK) -> dict[str, str]:
    """What the process is told; a hub finds its port in its name."""
    told = {"TOWER_DATA": folder, "TOWER_NETWORKS": network, "PYTHONPATH": str(ROOT), "MALLOC_ARENA_MAX": "2"}
    return os.environ | told | ({"TOWER_PORT": port.removeprefix("hub")} if port.startswith("hub") else {})


@contextmanager
def hub(folder: str, core: int | None = None, network: str = NETWORK) -> Iterator[tuple[Flow, int]]:
    """The hub on the logs in the folder, and its port."""
    digests = [hashlib.sha256(KEY.format(i).encode()).hexdigest() for i in range(MOST_KEYS)]
    keys = [{"name": f"bench{i}", "role": "viewer", "networks": None, "sha256": it} for i, it in enumerate(digests)]
    Path(f"{folder}/keys.json").write_bytes(orjson.dumps(keys))
    port = free_port()
    with started(folder, f"hub{port - 1}", ["-m", "api.hub"], "hub ready", core, network) as flow:
        yield flow, port


@contextmanager
def peer(folder: str, kind: str, core: int | None = None) -> Iterator[tuple[Flow, int]]:
    """What people write instead, and its port."""
    port = free_port()
    words = ["-m", "simulators.bench.feed_peers", kind, str(port), str(HZ)]
    with started(folder, kind, words, "ready", core) as flow:
        yield flow, port


def free_port() -> int:
    """A port that nobody has, nor the one before it."""
    while True:
        with socket.socket() as one, socket.socket() as before:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            with suppress(OSError):
                before.bind(("127.0.0.1", port - 1))
                return port


@dataclass(frozen=True, slots=True)
class Heard:
    """What the clients that were looked at heard: how late each thing was, ms; frames that all were sent; who was cut
    off.
    """

    spans: list[float]
    frames: int
    lost: int


class Load:
    """Clients in a process of their own; up when this is entered."""

    def __init__(self, folder: str, port: int, clients: int, silent: int = 0, core: int | None = None) -> None:
        words = [str(word) for word in (port, clients, silent, "legs")]
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "simulators.bench.feed_load", *words], env=environment(folder, ""),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        if core is not None:
            os.sched_setaffinity(self.process.pid, {core})

    def __enter__(self) -> Self:
        assert self.process.stdout is not None
        self.is_up = self.process.stdout.readline() == b"up\n"
        return self

    def heard(self) -> Heard:
        """End it; what it heard, nothing if it never was up."""
        out, _ = self.process.communicate(timeout=LONGEST_S)
        said: dict[str, Any] = orjson.loads(out) if self.is_up and out else {"spans": [], "frames": 0, "lost": 0}
        return Heard(**said)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.process.kill()
        self.process.wait()


class Telling:
    """Writes OUTCOMES as control would: some legs a record that leave at that very moment."""

    def __init__(self, folder: str, legs: int) -> None:
        urls.writer(names.log(root(folder), NETWORK)).close()
        self.log = urls.writer(names.outcomes(root(folder), NETWORK), durable=False)
        self.texts = [f"L{number}" for number in range(legs)]
        self.keys = np.array([ids.of("leg", text) for text in self.texts], "u8")
        self.number = self.turn = 0
        self._append(np.arange(legs), dict(zip(self.keys.tolist(), self.texts, strict=True)))

    def _append(self, which: np.ndarray, known: dict[int, str]) -> None:
        now = clock.wall_ms()
        rows = layouts.empty("legs", which.size)
        rows["key"], rows["departed_at"], rows["dep_planned"], rows["arr_planned"] = self.keys[which], now, now, now
        rows["dep_expected"], rows["arr_expected"], rows["late_min"] = now, now, 47.0
        self.number += 1
        record = Record(self.number, now, {"legs": rows}, names=known)
        self.log.append(self.number, [entry(record.encode(), stamp())])

    def play(self, seconds: float, rows: int = ROWS) -> None:
        """So many rows, HZ times a second."""
        start = clock.steady_s()
        for turn in range(int(seconds * HZ)):
            clock.sleep(max(0.0, start + turn / HZ - clock.steady_s()))
            self._append((self.turn * rows + np.arange(rows)) % self.keys.size, {})
            self.turn += 1

    def close(self) -> None:
        """Free the log."""
        self.log.close()
