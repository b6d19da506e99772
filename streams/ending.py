"""Ending: a flow that is asked to end reads nothing more, lets what is under way go through, and leaves a state."""

import os
import signal
import threading
from typing import Final

ASKED: Final = threading.Event()
"""Sources look at it before they read."""


def listen() -> None:
    """From now on SIGTERM asks; a second one ends this process at once: positions are in the logs."""
    signal.signal(signal.SIGTERM, _ask)


def at_once(*_: object) -> None:
    """End this process where it is."""
    os._exit(0)


def _ask(*_: object) -> None:
    ASKED.set()
    signal.signal(signal.SIGTERM, at_once)
