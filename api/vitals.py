"""Vitals: whether a program that has work gets on with it, or stands still: stopped by a signal, locked up, hung."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tower import clock
from tower.errors import TowerError

FROZEN_S: Final = 45.0
"""So long without a step or CPU, though work waits, and one has frozen. A broker that is away is given up sooner."""
HUNG_CPU_S: Final = 180.0
"""So much CPU without a step, and one hangs. CPU, not time: on a busy machine compiling a kernel may take minutes."""
LONG_CPU_S: Final = 600.0
"""The same for one that has not made its first step yet: control may replay for minutes."""
ASK_S: Final = 1.0
OLD_S: Final = 5.0
"""What was learned longer ago does not count: whoever would know cannot say."""
BUSY_SHARE: Final = 0.02
TICKS_S: Final = 100
"""Clock ticks a second in /proc, on every Linux."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """How far a program is, by a number that only grows, and whether work waits for it."""

    done: int
    waits: bool


Ask = Callable[[], Vitals | None]
"""None: nobody can say now."""


class Learned(threading.Thread):
    """Asks how each program is, once a second, apart from whoever watches: a broker that is away keeps one waiting."""

    def __init__(self, asks: Mapping[str, Ask]) -> None:
        super().__init__(name="vitals", daemon=True)
        self._asks, self._over = asks, threading.Event()
        self._found: dict[str, tuple[float, Vitals]] = {}

    def run(self) -> None:
        """Ask until `end`."""
        while not self._over.wait(ASK_S):
            for name, ask in self._asks.items():
                self._learn(name, ask)

    def of(self, name: str) -> Vitals | None:
        """What is known of a program, if it is new enough."""
        when, vitals = self._found.get(name, (-OLD_S, None))
        return vitals if clock.steady_s() - when < OLD_S else None

    def end(self) -> None:
        """Ask no more."""
        self._over.set()

    def _learn(self, name: str, ask: Ask) -> None:
        try:
            vitals = ask()
        except (TowerError, OSError):
            return
        if vitals is not None:
            self._found[name] = clock.steady_s(), vitals


class Look:
    """What one life of a program has been seen to do."""

    def __init__(self, pid: int, now: float) -> None:
        self.pid, self.since, self.cpu_s = pid, now, cpu_s(pid)
        self.done: int | None = None
        self.has_moved = False

    def frozen_s(self, vitals: Vitals | None, now: float) -> float:
        """For how many seconds it stands still, once that is too long; 0 while it does not."""
        if vitals is None or not vitals.waits or vitals.done != self.done:
            self.has_moved |= vitals is not None and self.done is not None and vitals.done != self.done
            self.done = vitals.done if vitals else self.done
            self.since, self.cpu_s = now, cpu_s(self.pid)
            return 0.0
        stands, used = now - self.since, cpu_s(self.pid) - self.cpu_s
        is_still = used <= BUSY_SHARE * stands
        is_hung = used > (HUNG_CPU_S if self.has_moved else LONG_CPU_S)
        return stands if stands > FROZEN_S and (is_still or is_hung) else 0.0


def cpu_s(pid: int) -> float:
    """CPU seconds that a process has used; 0 if there is none."""
    fields = stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS_S if fields else 0.0


def is_stopped(pid: int) -> bool:
    """Whether a signal has stopped a process, until another lets it go on."""
    return stat(pid)[:1] in (["T"], ["t"])


def stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat behind the name; [] if there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except (OSError, UnicodeDecodeError):
        return []
