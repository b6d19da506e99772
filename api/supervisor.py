"""Supervisor: starts programs, watches them, starts them again, and says each change in one line."""

import fcntl
import os
import select
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Final

from api.programs import Program, Running
from api.vitals import Learned, Look, is_stopped
from tower import clock, saying
from tower.errors import Refused, TowerError

LOOK_S: Final = 0.05
LOOK_CLOSELY_S: Final = 1.0
SOON_S: Final = 0.02
"""Most healing is that there is nothing to heal, which is known at once."""
READY_S: Final = 180.0
STARTS: Final = 3
"""So often a program is started that dies without a word before it was ever ready."""
Heal = Callable[[str], bool]


class Folder:
    """The data folder of one tower. A second tower on it is refused by name."""

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self.path, self._lock = path, os.open(path / "tower.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(self._lock, 64, 0).decode().strip()
            what = f"data folder {path}: a tower runs on it ({owner})"
            raise Refused(what, "stop it, or give --data another folder") from None
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, f"pid {os.getpid()}\n".encode(), 0)

    def close(self) -> None:
        """Let another tower have it."""
        os.close(self._lock)


class Supervisor:
    """Keeps programs running. `heal` is asked, apart from all watching, whenever one has ended; True: it mended why."""

    def __init__(self, programs: Sequence[Program], folder: Path, heal: Heal = lambda _: False) -> None:
        words = folder / "output"
        words.mkdir(parents=True, exist_ok=True)
        self.running = {p.name: Running(p, words / f"{p.name}.txt") for p in programs}
        self.heal, self._healers = heal, ThreadPoolExecutor(1, "heal")
        self._healing: dict[str, Future[str]] = {}
        asks = [{p.name: p.vitals for p in programs if p.vitals}, *({p.name: p.probe} for p in programs if p.probe)]
        self._learned = [Learned(some) for some in asks]
        self._looks: dict[str, Look] = {}
        self._looked = 0.0

    def start(self) -> None:
        """Start them all and wait until each is ready. Raises TowerError naming the first that is not."""
        for learned in self._learned:
            learned.start()
        for run in self.running.values():
            run.start()
        for run in self.running.values():
            self._await(run)

    def _await(self, run: Running) -> None:
        while not run.is_ready():
            if run.code() is not None and not run.is_done() and not self._once_more(run):
                raise TowerError(f"{run.program.name} ended: {run.last_words()}", f"see {run.output}")
            if clock.steady_s() - run.since > READY_S:
                raise TowerError(f"{run.program.name} was not ready within {READY_S:.0f} s", f"see {run.output}")
            clock.sleep(LOOK_S)
        self._up(run)

    def _once_more(self, run: Running) -> bool:
        """Start again what has died and did not say why: nobody can mend that, and it need not happen again."""
        if not run.is_silent() or run.starts >= STARTS:
            return False
        say(run, f"{run.death()} before it was ready; started again")
        run.start()
        return True

    def watch(self) -> None:
        """Look at each once; start again what has ended."""
        for run in self.running.values():
            code = run.code()
            if code is None:
                self._alive(run)
            elif run.is_wanted and not run.is_done():
                self._down(run, code)
        if clock.steady_s() - self._looked > LOOK_CLOSELY_S:
            self._looked = clock.steady_s()
            for run in self.running.values():
                self._look_closely(run)

    def rest(self, seconds: float) -> None:
        """Wait so long, or until a program ends."""
        ends = [run.ended for run in self.running.values() if run.pid]
        select.select([fd for fd in ends if fd >= 0], [], [], seconds)

    def _alive(self, run: Running) -> None:
        if run.pid and not run.is_up and run.is_ready():
            self._up(run)

    def _up(self, run: Running) -> None:
        run.is_up = True
        say(run, f"up, pid {run.pid}, after {clock.steady_s() - run.since:.1f} s")

    def _look_closely(self, run: Running) -> None:
        """See that its output stays small and that it gets on with its work."""
        run.bound()
        name, now, pid = run.program.name, clock.steady_s(), run.pid
        if not pid or not run.is_up or not run.is_wanted:
            return
        look = self._looks.get(name)
        if look is None or look.pid != pid:
            look = self._looks[name] = Look(pid, now)
        vitals = next((found for learned in self._learned if (found := learned.of(name))), None)
        if stands := look.frozen_s(vitals, now):
            what = "no answer" if run.program.probe else "no step"
            why = "stopped by a signal" if is_stopped(pid) else "locked up or hung"
            say(run, f"frozen: {what} for {stands:.0f} s though work waits, {why}; ended to be started again")
            run.kill()

    def _down(self, run: Running, code: int) -> None:
        if run.again_at:
            self._again(run)
            return
        mended = self._mended(run)
        if mended is not None:
            pause = run.back_off()
            say(run, f"ended with {code}: {run.last_words()}; {mended}again in {pause:.2g} s; see {run.output}")
            self._again(run)

    def _again(self, run: Running) -> None:
        if clock.steady_s() >= run.again_at:
            run.again_at = 0.0
            run.start()
            say(run, f"started again, pid {run.pid}")

    def _mended(self, run: Running) -> str | None:
        """What came of healing; None as long as nobody knows: it may take a while."""
        name = run.program.name
        if name not in self._healing:
            self._healing[name] = self._healers.submit(self._heal, name)
            wait([self._healing[name]], SOON_S)
            if not self._healing[name].done():
                say(run, "ended; looking for what it cannot survive")
        return self._healing.pop(name).result() if self._healing[name].done() else None

    def _heal(self, name: str) -> str:
        try:
            return "healed, " if self.heal(name) else ""
        except TowerError as error:
            return f"cannot be healed: {error.what}, "

    def is_done(self) -> bool:
        """Whether a program whose purpose is to end has ended."""
        return any(run.is_done() for run in self.running.values())

    def stop(self, *names: str) -> None:
        """End these, or all, the last started first."""
        for name, run in reversed(self.running.items()):
            if not names or name in names:
                run.end()

    def close(self) -> None:
        """End them all."""
        self.stop()
        for learned in self._learned:
            learned.end()
        self._healers.shutdown(wait=False, cancel_futures=True)


def say(run: Running, what: str) -> None:
    """One status line."""
    tell(f"{run.program.name:<12} {what}")


def tell(line: str) -> None:
    """A line for whoever started this."""
    saying.say(line)
