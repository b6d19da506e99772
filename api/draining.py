"""Draining: wait until what is in has gone through, as long as anything moves."""

from collections.abc import Callable
from typing import Final

from api.embedded import Tower
from api.standing import untold
from api.supervisor import Supervisor, tell
from tower import clock

REST_S: Final = 0.25
STUCK_S: Final = 15.0


def gone(supervisor: Supervisor, left: Callable[[], list[int]]) -> bool:
    """Wait until nothing is left; False if it does not change any more."""
    seen, since = left(), clock.steady_s()
    while any(seen):
        supervisor.watch()
        supervisor.rest(REST_S)
        now = left()
        if now == seen and clock.steady_s() - since > STUCK_S:
            return False
        seen, since = now, since if now == seen else clock.steady_s()
    return True


def send_out(supervisor: Supervisor, here: Tower) -> None:
    """Wait until each alert was tried once. Receivers who are away keep nobody: it is tried again at the next start."""
    if not gone(supervisor, lambda: [untold(here.data, network) for network in here.networks]):
        tell("Alerts are left that nobody has taken; they are sent when the tower runs again.")
