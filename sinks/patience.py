"""Patience: what a sink does while the system it writes is away. It waits; the log keeps what comes meanwhile."""

import logging
from collections.abc import Callable
from typing import Final, TypeVar

from tower import clock
from tower.errors import TowerError

Given = TypeVar("Given")
FIRST_S: Final = 0.1
PAUSE_S: Final = 1.0
LOGGER: Final = logging.getLogger(__name__)


class Away(TowerError):
    """The system does not answer, or not now; nobody knows whether it did what was asked last."""


def patiently(what: str, do: Callable[[], Given], pause: Callable[[float], None] = clock.sleep) -> Given:
    """What `do` gives, tried again soon and then each second, until it raises no Away.

    Says once that `what` is away and once that it is back.
    """
    waited, wait_s = False, FIRST_S
    while True:
        try:
            given = do()
        except Away as cause:
            if not waited:
                LOGGER.warning("%s is away, waiting for it: %s", what, cause)
            waited = True
            pause(wait_s)
            wait_s = min(wait_s * 2, PAUSE_S)
        else:
            if waited:
                LOGGER.warning("%s is back", what)
            return given
