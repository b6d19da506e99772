"""Draining: wait until what is in has gone through, as long as anything moves."""

from collections.abc import Callable
from typing import Final

from api.embedded import Tower
from api.standing import untold
from api.supervisor import Supervisor, tell
from api.vitals import HUNG_CPU_S, cpu_s
from tower import clock

REST_S: Final = 0.25
STUCK_S: Final = 15.0
FLOWS: Final = ("ingest", "control", "alerts")
"""Through which all goes that is waited for."""
BUSY_SHARE: Final = 0.05


def gone(supervisor: Supervisor, left: Callable[[], list[int]]) -> bool:
    """Wait until nothing is left; False if it does not change any more and nobody works at it."""
    seen, since, used = left(), clock.steady_s(), used_s(supervisor)
    while any(seen):
        supervisor.watch()
        supervisor.rest(REST_S)
        if (now := left()) != seen:
            seen, since, used = now, clock.steady_s(), used_s(supervisor)
        elif is_stuck(clock.steady_s() - since, used_s(supervisor) - used):
            return False
    return True


def is_stuck(stands_s: float, used_s: float) -> bool:
    """Whether nothing will come of waiting: so long without a step, and hardly any CPU was used, or far too much. A
    program that replays or compiles makes no step for minutes on a busy machine.
    """
    return stands_s > STUCK_S and not BUSY_SHARE * stands_s < used_s < HUNG_CPU_S


def used_s(supervisor: Supervisor) -> float:
    """CPU seconds of the flows that run."""
    return sum(cpu_s(run.pid) for name, run in supervisor.running.items() if name in FLOWS and run.pid)


def send_out(supervisor: Supervisor, here: Tower) -> None:
    """Wait until each alert was tried once. Receivers who are away keep nobody: it is tried again at the next start."""
    if not gone(supervisor, lambda: [untold(here.data, network) for network in here.networks]):
        tell("Alerts are left that nobody has taken; they are sent when the tower runs again.")
