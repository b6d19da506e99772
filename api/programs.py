"""Programs: what a supervisor runs, each a process of its own that may be killed at any moment."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from api.vitals import Ask
from tower import clock, saying
from tower.errors import TowerError

FIRST_WAIT_S: Final = 0.02
LONGEST_WAIT_S: Final = 5.0
STEADY_S: Final = 30.0
"""Up for so long, a program has recovered: the next wait is the first again."""
READ: Final = 1 << 16
OUTPUT_MOST: Final = 4 << 20
"""Bytes of an output file; what is older stands in `.1` beside it, and what is older than that is gone."""
NAMING: Final = r"\s*(Error:|(?!bytewax)[\w.]*(Error|Exception|Diverged|Lost|Refused|Fenced|Jumped)\b)"
"""A line that names an error; not the engine's, which only wraps it."""


@dataclass(frozen=True, slots=True)
class Program:
    """How to start one. `ready` is a word of its own output, or a call, that says it can be used."""

    name: str
    words: tuple[str, ...]
    ready: str | Callable[[], bool] = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    ends: bool = False
    """Ending well is its purpose: not started again."""
    vitals: Ask | None = None
    """How far it is, where that can be asked. One that stands still though work waits is ended and started again."""
    probe: Ask | None = None
    """Whether it answers, where it is a server; asked by a thread of its own, as one that hangs keeps waiting."""


class Running:
    """One program, started as often as it takes. Dies with this process where the system can do that."""

    def __init__(self, program: Program, output: Path) -> None:
        self.program, self.output = program, output
        self.process: subprocess.Popen[bytes] | None = None
        self.starts, self.since, self.wait_s, self.again_at = 0, 0.0, FIRST_WAIT_S, 0.0
        self.said_from, self.is_wanted, self.is_up = 0, True, False
        self.ended = -1

    def start(self) -> None:
        """Start it; its words go to the end of its output file. Raises TowerError if there is no such program."""
        with self.output.open("ab") as out:
            self.said_from = out.tell()
            try:
                self.process = self._started(out)
            except OSError as error:
                what = f"{self.program.name} cannot start: {self.program.words[0]}: {error.strerror}"
                raise TowerError(what, "see `towerctl doctor`") from error
        self._watch()
        self.starts, self.since, self.is_up = self.starts + 1, clock.steady_s(), False

    def _started(self, out: IO[bytes]) -> subprocess.Popen[bytes]:
        tied = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        said = {**inherited(), **self.program.environment}
        return subprocess.Popen([*tied, *self.program.words], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                env=said, start_new_session=True)  # fmt: skip

    def _watch(self) -> None:
        """Have a descriptor, `ended`, that can be read once the process has ended; -1 where the system has none."""
        if self.ended >= 0:
            os.close(self.ended)
        self.ended = os.pidfd_open(self.process.pid) if self.process and hasattr(os, "pidfd_open") else -1

    @property
    def pid(self) -> int:
        """Its process, 0 if there is none."""
        return self.process.pid if self.process and self.process.poll() is None else 0

    def code(self) -> int | None:
        """How it ended, None while it runs or before it was started."""
        return self.process.poll() if self.process else None

    def is_done(self) -> bool:
        """Whether it has ended well, where that is its purpose."""
        return self.program.ends and self.code() == 0

    def is_ready(self) -> bool:
        """Whether it can be used."""
        ready = self.program.ready
        if callable(ready):
            return bool(self.pid) and ready()
        return ready in self.said()

    def said(self) -> str:
        """What it has said since it was last started, as far as anybody waits for it."""
        return self._read(self.said_from)

    def is_silent(self) -> bool:
        """Whether it has ended by a signal, or without naming an error."""
        named = (re.match(NAMING, line) for line in saying.lines(self.said()))
        return (self.code() or 0) < 0 or not any(named)

    def death(self) -> str:
        """How it has ended, for people."""
        code = self.code() or 0
        how = f"was ended by {signal.Signals(-code).name}" if -code in set(signal.Signals) else f"ended with {code}"
        return f"{how}, last words: {self.last_words()},"

    def last_words(self) -> str:
        """The last line that it said, for people; of an error the line that names it."""
        said = self._read(max(self.said_from, self.output.stat().st_size - READ))
        lines = [line for line in saying.lines(said) if line.strip()]
        named = [line for line in lines if re.match(NAMING, line)]
        return ((named or lines or ["said nothing"])[-1]).strip()

    def _read(self, start: int) -> str:
        with self.output.open("rb") as words:
            words.seek(start)
            return words.read(READ).decode(errors="replace")

    def bound(self) -> None:
        """Keep its output file small. What is said at this very moment may be lost."""
        if self.is_up and self.output.stat().st_size > OUTPUT_MOST:
            shutil.copyfile(self.output, self.output.with_suffix(".txt.1"))
            os.truncate(self.output, 0)
            self.said_from = 0

    def back_off(self) -> float:
        """Seconds to wait before it is started again: twice as long each time, until it has run for a while."""
        if clock.steady_s() - self.since > STEADY_S:
            self.wait_s = FIRST_WAIT_S
        wait, self.wait_s = self.wait_s, min(self.wait_s * 2, LONGEST_WAIT_S)
        self.again_at = clock.steady_s() + wait
        return wait

    def kill(self) -> None:
        """End it at once; it is missed."""
        if self.process:
            self.process.kill()

    def end(self, patience_s: float = 10.0) -> None:
        """Ask it to stop; after a while make it. It is not missed any more."""
        self.is_wanted = False
        if not self.process or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def inherited() -> dict[str, str]:
    """This process's environment without its settings: a program has those that it is given."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TOWER_")}


def python(module: str, *words: str) -> tuple[str, ...]:
    """The words that run one of our own modules."""
    return (sys.executable, "-m", module, *words)
