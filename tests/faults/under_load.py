"""A tower under load as a test sees it: its processes, how far each is, and how long one takes to come back."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from api.embedded import free_ports
from api.standing import Delivered
from streams import names
from tests.faults.producer import SOURCES
from tests.faults.small_tower import NETWORK, made
from tower.logs import urls

ROOT = Path(__file__).parents[2]
PROGRAMS = ("producer", "valkey", "clickhouse", "ingest", "control", "views", "record")
VICTIMS = (*PROGRAMS, "supervisor")
SHOWN_BY = {"valkey": "views", "clickhouse": "record", "supervisor": "control"}
"""Whose progress shows that the victim is back, where it is not its own."""


SETTLED_S = 0.1
"""What was under way when a process was killed has arrived by then, and nothing has been started again."""


class Progress(threading.Thread):
    """Looks again and again how far something is."""

    def __init__(self, ask: Callable[[], int], each_s: float) -> None:
        super().__init__(daemon=True)
        self.ask, self.each_s, self.seen, self.is_over = ask, each_s, [(time.monotonic(), 0)], False
        self.start()

    def run(self) -> None:
        while not self.is_over:
            self.seen.append((time.monotonic(), self.ask()))
            time.sleep(self.each_s)

    def most(self) -> int:
        """How far it has ever been."""
        return max(at for _, at in self.seen)

    def back_after(self, since: float, patience_s: float) -> float:
        """Seconds from a fault at `since` until it is beyond where the fault has left it."""
        until(lambda: self.seen[-1][0] > since + SETTLED_S, patience_s)
        first = next(i for i, (when, _) in enumerate(self.seen) if when > since + SETTLED_S)
        most = max(at for _, at in self.seen[: first + 1])
        until(lambda: self.seen[-1][1] > most, patience_s, lambda: f"not beyond {most}")
        return next(when for when, at in self.seen if at > most) - since


class UnderLoad:
    """A tower in a folder. `start` it again after its supervisor was killed."""

    def __init__(self, data: Path) -> None:
        redis, clickhouse = free_ports(20_000 + os.getpid() % 20_000, 2)
        self.here, self.words = made(data, redis, clickhouse), data / "words.txt"
        self.process: subprocess.Popen[bytes] | None = None
        self.progress: dict[str, Progress] = {}

    def start(self) -> None:
        ports = (str(self.here.redis_port), str(self.here.clickhouse_port))
        with self.words.open("ab") as words:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.small_tower", str(self.here.data), *ports],
                cwd=ROOT, stdin=subprocess.DEVNULL, stdout=words, stderr=words, env=environment(),
            )  # fmt: skip
        self.until("tower is up", self.said().count("tower is up") + 1)
        self.progress = self.progress or dict(self._watched())

    def _watched(self) -> Iterator[tuple[str, Progress]]:
        root, (redis, clickhouse) = self.here.root, (self.here.redis_url, self.here.clickhouse_url)
        inboxes = [urls.reader(names.inbox(root, NETWORK, source)) for source in SOURCES]
        log, outcomes = urls.reader(names.log(root, NETWORK)), urls.reader(names.outcomes(root, NETWORK))
        shown, stored = (Delivered(redis, clickhouse, NETWORK) for _ in range(2))
        yield "producer", Progress(lambda: sum(inbox.last()[0] for inbox in inboxes), 0.02)
        yield "ingest", Progress(lambda: log.last()[0], 0.02)
        yield "control", Progress(lambda: outcomes.last()[0], 0.02)
        yield "views", Progress(shown.shown, 0.05)
        yield "record", Progress(lambda: stored.stored()[0], 0.2)

    def pid(self, name: str) -> int:
        """The newest process of that name."""
        if name == "supervisor":
            assert self.process is not None
            return self.process.pid
        return int(re.findall(rf"^{name} .*\bpid (\d+)", self.said(), re.MULTILINE)[-1])

    def is_up(self, name: str) -> bool:
        lines = [line for line in self.said().splitlines() if line.startswith(f"{name} ")]
        return name == "supervisor" or " up, pid " in lines[-1]

    def kill(self, name: str, patience_s: float = 60) -> float:
        """Kill it with -9 once it is up; seconds until it goes on from where it was."""
        until(lambda: self.is_up(name), patience_s)
        progress = self.progress[SHOWN_BY.get(name, name)]
        pid, since = self.pid(name), time.monotonic()
        os.kill(pid, signal.SIGKILL)
        if name == "supervisor":
            assert self.process is not None
            self.process.wait()
            self.start()
        return progress.back_after(since, patience_s)

    def pause(self, name: str, seconds: float) -> None:
        """Stop its process for a while."""
        pid = self.pid(name)
        os.kill(pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(pid, signal.SIGCONT)

    def keep_away(self, name: str, seconds: float) -> None:
        """Stop its process for a while, and every other one that is started in its place meanwhile."""
        end, stopped = time.monotonic() + seconds, set[int]()
        while time.monotonic() < end:
            if (pid := self.pid(name)) not in stopped:
                stopped.add(pid)
                send(pid, signal.SIGSTOP)
            time.sleep(0.05)
        for pid in stopped:
            send(pid, signal.SIGCONT)

    def drain(self) -> None:
        """End the load and wait until all of it has gone through."""
        (self.here.data / "notes.stop").touch()
        self.until("drained", 1)

    def until(self, line: str, times: int, patience_s: float = 120) -> None:
        def is_said() -> bool:
            assert self.process is not None
            assert self.process.poll() is None, self.said()[-2000:]
            return self.said().count(f"{line}\n") >= times

        until(is_said, patience_s, self.said)

    def said(self) -> str:
        return self.words.read_text() if self.words.exists() else ""

    def close(self) -> None:
        for progress in self.progress.values():
            progress.is_over = True
            progress.join(10)
        if self.process is not None:
            self.process.terminate()  # what it started ends with it
            self.process.wait()


def environment() -> dict[str, str]:
    """Kernels are compiled once for all towers of all tests."""
    return {"NUMBA_CACHE_DIR": str(ROOT / ".tower" / "numba"), **os.environ, "PYTHONPATH": str(ROOT)}


def until(is_so: Callable[[], bool], patience_s: float, why: Callable[[], str] = str) -> None:
    """Wait until that is so."""
    end = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < end, why()[-2000:]
        time.sleep(0.02)


def send(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that may have ended, since whoever watches it replaces one that does not answer."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)
