"""Turns: runs are played one at a time, each in a process of its own, in the order in which they were asked for."""

import logging
import signal
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from api.programs import inherited, python
from api.whatif.kept import DONE, FAILED, OPEN, RUNNING, STOPPED, WAITING, Kept, Told
from api.whatif.play import CPU_S
from tower import clock

WAITING_MOST: Final = 8
"""Runs that wait, of all networks."""
LOOK_S: Final = 0.5
AGAIN_S: Final = 10.0
LOGGER: Final = logging.getLogger("api.http")
LIMIT_S: Final = 3600.0
"""By the wall: a machine on which a run takes longer has other worries."""
CUT_OFF: Final = "the tower was started again while it was played"
ALONE: Final = dict.fromkeys(("NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")


class Turns(threading.Thread):
    """Plays what waits in `kept`, by network. `root`: of the logs that forks are of."""

    def __init__(self, kept: Mapping[str, Kept], root: str = "") -> None:
        super().__init__(name="what-if", daemon=True)
        self.kept, self.root = kept, root
        self._wake, self._ends = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._now: tuple[str, str, subprocess.Popen[bytes]] | None = None
        for one in kept.values():
            settle(one)

    def run(self) -> None:
        """Play until told to stop."""
        while not self._ends.is_set():
            self._wake.clear()
            try:
                turn = self._next()
                if turn is None:
                    self._wake.wait(60)
                else:
                    self._play(*turn)
            except OSError as error:
                LOGGER.warning("what-if: %s: tried again in a while", error)
                self._drop()
                self._ends.wait(AGAIN_S)

    def _next(self) -> tuple[str, Told] | None:
        """Who has waited longest: files say when, so a restart changes nothing."""
        waiting = [(one["asked_ms"], one["number"], network, one) for network, kept in self.kept.items()
                   for one in kept.all_runs() if one["status"] == WAITING]  # fmt: skip
        if not waiting:
            return None
        _, _, network, told = min(waiting, key=lambda one: one[:3])
        return network, told

    def _play(self, network: str, told: Told) -> None:
        kept, id = self.kept[network], told["id"]
        with self._lock:
            if self._ends.is_set() or (kept.run(id) or {}).get("status") != WAITING:
                return
            process = started(kept.runs / id, self.root)
            self._now = network, id, process
            kept.change(id, status=RUNNING, began_at=clock.render(clock.wall_ms()))
        why = ended(process, self._ends)
        with self._lock:
            self._now = None
            if (kept.run(id) or {}).get("status") == RUNNING:
                kept.change(id, **verdict(kept, id, process.returncode, why), ended_at=clock.render(clock.wall_ms()))

    def _drop(self) -> None:
        """Have nothing under way."""
        with self._lock:
            if self._now:
                self._now[2].kill()
                self._now[2].wait()
            self._now = None

    def room(self) -> bool:
        """Whether one more may wait."""
        return sum(one["status"] == WAITING for kept in self.kept.values() for one in kept.all_runs()) < WAITING_MOST

    def wake(self) -> None:
        """There is something to play."""
        self._wake.set()

    def stop_run(self, network: str, id: str) -> Told | None:
        """Stop a run, or have it not begun; one that is over stays as it is."""
        kept = self.kept[network]
        with self._lock:
            told = kept.run(id)
            if told is None or told["status"] not in OPEN:
                return told
            told = kept.change(id, status=STOPPED, ended_at=clock.render(clock.wall_ms()))
            if self._now and self._now[:2] == (network, id):
                self._now[2].kill()
            return told

    def stop(self) -> None:
        """End soon; what is under way is cut off."""
        self._ends.set()
        self._wake.set()
        with self._lock:
            if self._now:
                self._now[2].kill()


def settle(kept: Kept) -> None:
    """After a restart: what was under way has failed."""
    for one in kept.all_runs():
        if one["status"] == RUNNING:
            kept.change(one["id"], status=FAILED, why=CUT_OFF, hint="ask for it again")


def started(run: Path, root: str = "") -> subprocess.Popen[bytes]:
    """The process that plays a run; it ends when this one does."""
    words = python("api.whatif.play", f"{run}.json", f"{run}.found", root)
    with open(f"{run}.said", "wb") as said:
        return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=said, stderr=said, env={**inherited(), **ALONE},
                                start_new_session=True)  # fmt: skip


def ended(process: subprocess.Popen[bytes], ends: threading.Event) -> str:
    """Wait until it is over; why it was ended, if it was."""
    since, why = clock.steady_s(), ""
    while process.poll() is None:
        try:
            process.wait(LOOK_S)
        except subprocess.TimeoutExpired:
            if ends.is_set() or clock.steady_s() - since > LIMIT_S:
                why = CUT_OFF if ends.is_set() else f"it took longer than {LIMIT_S:.0f} s"
                process.kill()
    if process.stdin:
        process.stdin.close()
    return why or (CUT_OFF if ends.is_set() and process.returncode else "")


def verdict(kept: Kept, id: str, code: int, why: str) -> Told:
    """What a run is once its process has ended so."""
    if code == 0:
        return {"status": DONE}
    said = kept.said(id)
    if said.startswith("Error: ") and code == 1:
        return {"status": FAILED, "why": said.removeprefix("Error: "), "hint": "ask for something else"}
    why = why or f"its process {death(code)}"
    return {"status": FAILED, "why": why, "hint": "ask for it again", "said": said[:400]}


def death(code: int) -> str:
    """How a process ended, for people."""
    if code == -signal.SIGXCPU:
        return f"used more than {CPU_S} s of CPU"
    return f"was ended by signal {-code}" if code < 0 else f"ended with {code}"
