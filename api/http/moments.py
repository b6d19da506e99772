"""Moments: how a network was at a moment: the nearest state before it, and the records up to it through the chain.

A process of its own does it, one at a time, so that nobody who asks for now waits; what was made is kept for a while.
"""

import multiprocessing
import os
import threading
from collections import OrderedDict
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import TimeoutError as TookLonger
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from typing import Final

from api.http.past import Found, Past, number_at, past
from api.http.present import Present
from api.http.problems import Problem
from streams import names
from tower import clock
from tower.errors import Lost, Trimmed
from tower.logs import urls

KEPT: Final = 4
PATIENCE_S: Final = 60.0
WAITING_MOST: Final = 8
"""Requests that wait for moments at once: the others need threads too."""


class Moments:
    """Makes networks as they were. `states`: the folder of state files."""

    def __init__(self, root: str, states: str) -> None:
        self.root, self.states = root, states
        self._kept: OrderedDict[tuple[str, int], Present] = OrderedDict()
        self._turn = threading.Lock()
        self._room = threading.BoundedSemaphore(WAITING_MOST)
        self._worker: ProcessPoolExecutor | None = None

    def at(self, network: str, moment: int, now: Present) -> Present:
        """The network as it was once all had passed that was received up to then. Raises Problem 410, 422 or 503."""
        if moment > now.now:
            raise Problem(422, f"at: still to come; it is {clock.render(now.now)}", "an earlier moment, or none")
        number = self._number(network, moment)
        if number == now.seq:
            return now
        if not self._room.acquire(blocking=False):
            raise Problem(503, "at: others wait for moments", "ask again in a while", Retry_After="5")
        try:
            return self._kept_or_made(network, number, now)
        finally:
            self._room.release()

    def _kept_or_made(self, network: str, number: int, now: Present) -> Present:
        with self._turn:
            if (network, number) not in self._kept:
                self._kept[network, number] = self._made(network, number, now)
                if len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end((network, number))
            return self._kept[network, number]

    def _number(self, network: str, moment: int) -> int:
        with closing(urls.reader(names.outcomes(self.root, network))) as log:
            found = number_at(log, moment)
        if found == 0:
            raise gone(f"nothing is kept of {clock.render(moment)}")
        return found

    def _made(self, network: str, number: int, now: Present) -> Present:
        if self._worker is None:
            self._worker = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), tied, max_tasks_per_child=50)
        try:
            made = self._worker.submit(past, Past(self.root, self.states, network, number)).result(PATIENCE_S)
        except TookLonger:
            raise Problem(503, "at: that moment is being made", "ask again in a while", Retry_After="20") from None
        except BrokenProcessPool:
            self._worker = None
            raise Problem(503, "at: the process that makes moments has ended", "ask again", Retry_After="2") from None
        except (Trimmed, Lost) as error:
            raise gone(error.what) from None
        if isinstance(made, str):
            raise gone(made)
        return presented(network, number, made, now)

    def close(self) -> None:
        """End the process."""
        if self._worker is not None:
            self._worker.shutdown(wait=False, cancel_futures=True)


def tied() -> None:
    """Have this process end with the one that started it, however that ends: it holds a whole chain."""
    threading.Thread(target=leave_with_parent, name="tied", daemon=True).start()


def leave_with_parent() -> None:
    """End at once when the parent has ended."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def presented(network: str, number: int, made: Found, now: Present) -> Present:
    """What was made, as a network; names are told once and for ever, and so is what was said by then."""
    found = Present(network)
    with now.lock:
        found.load(number, made.now, made.tables, now.names)
        found.said_of = {id: some for id, said in now.said_of.items()
                         if (some := [one for one in said if one.number <= number])}  # fmt: skip
    found.fresh.clear()
    return found


def gone(what: str) -> Problem:
    """A moment of which too little is kept."""
    return Problem(410, f"at: {what}", "a later moment; the history in SQL goes back further: POST /v1/sql")
