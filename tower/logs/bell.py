"""Bell: sleep until one of many file logs has something to read.

A writer's commit modifies its file `writer`, and inotify tells. One bell a thread serves all logs that the thread
reads, because a user may only have 128 of them.
"""

import ctypes
import os
import select
import threading
from collections.abc import Iterable, Sequence
from typing import Protocol

from tower.clock import steady_s
from tower.errors import LogError

IN_MODIFY, IN_ATTRIB = 2, 4
NAP_S = 0.02

_libc = ctypes.CDLL(None, use_errno=True)
_own = threading.local()


class Watched(Protocol):
    """A reader that can be waited for."""

    @property
    def path(self) -> str:
        """The log's folder."""

    def ready(self) -> bool:
        """Whether a read now would bring an entry or an error."""


def wait_any(readers: Sequence[Watched], wait_s: float) -> bool:
    """Sleep until one of the readers is ready, at most `wait_s`; whether one is."""
    return bell().wait(readers, wait_s)


def bell() -> "Bell":
    """This thread's bell; after a fork the child gets one of its own."""
    if getattr(_own, "pid", 0) != os.getpid():
        _own.bell, _own.pid = Bell(), os.getpid()
    found: Bell = _own.bell
    return found


class Bell:
    """One inotify instance; raises LogError when the system gives no more of them."""

    def __init__(self) -> None:
        self._watches: dict[str, int] = {}
        self._fd = _libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._fd < 0:
            cause = os.strerror(ctypes.get_errno())
            raise LogError(f"watch logs: {cause}", "raise fs.inotify.max_user_instances with sysctl")
        self._poll = select.poll()
        self._poll.register(self._fd, select.POLLIN)

    def wait(self, readers: Sequence[Watched], wait_s: float) -> bool:
        """Watch first, then look, then sleep: so nothing falls between. Looks each 20 ms where there is no writer."""
        deadline = steady_s() + wait_s
        while True:
            watched = self._watch(reader.path for reader in readers)
            if any(reader.ready() for reader in readers):
                return True
            left = deadline - steady_s()
            if left <= 0:
                return False
            self._sleep(left if watched else min(left, NAP_S))

    def forget(self, path: str) -> None:
        """Watch this log no more."""
        if (watch := self._watches.pop(path, -1)) >= 0:
            _libc.inotify_rm_watch(self._fd, watch)

    def __del__(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)

    def _watch(self, paths: Iterable[str]) -> bool:
        """Watch these logs, also those that were made anew meanwhile; whether all of them could be."""
        watched = [self._watch_one(path) for path in paths]
        return all(watched)

    def _watch_one(self, path: str) -> bool:
        watch = _libc.inotify_add_watch(self._fd, os.fsencode(f"{path}/writer"), IN_MODIFY | IN_ATTRIB)
        self._watches[path] = watch
        return bool(watch >= 0)

    def _sleep(self, wait_s: float) -> None:
        if self._poll.poll(wait_s * 1000):
            os.read(self._fd, 1 << 16)
