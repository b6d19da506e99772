"""Answering: a scenario and the steps that watch it in one process: what they send, the world does, minute by minute.

An action that is decided on in one minute is taken on and done as the next one begins, so a replay always plays the
same way, however fast it goes.
"""

from collections.abc import Iterator
from heapq import merge as merged
from typing import Any, Final

from simulators.feed import merge
from simulators.hands import SOURCE, Task, sent_in
from simulators.scenarios import obeying
from simulators.scenarios.obeying import Obedient
from simulators.scenarios.reacting import ReactingFeed
from streams import told
from tower.batch import Batch
from tower.clock import HOUR, MINUTE, SECOND
from tower.record import Record

Arrival = tuple[int, str, Batch]


class Answering:
    """`hear` takes in each outcome as it is decided, `arrivals` tells what the day and the world say."""

    def __init__(self, feed: ReactingFeed) -> None:
        self.feed, self.world = feed, Obedient(feed)
        self.new: list[tuple[int, str, tuple[obeying.Task, ...]]] = []
        self.known: set[str] = set()

    def hear(self, outcome: Record) -> None:
        """Remember what is to be done."""
        if outcome.rows("actions").size:
            self.new += [(outcome.number, *one) for one in sent_in(outcome, self.world.names)]

    def arrivals(self) -> Iterator[Arrival]:
        """All that arrives, from whatever was heard by then."""
        feed = self.feed
        for minute in range(feed.start_ms // HOUR * HOUR, feed.end_ms + HOUR, MINUTE):
            tasks = [Task(action, minute, number, errands) for number, action, errands in self.new
                     if action not in self.known]  # fmt: skip
            self.new = []
            if tasks:
                yield from self._done(tasks, minute)
            yield from merge(feed.advance(minute + MINUTE - 1))

    def _done(self, tasks: list[Task], second: int) -> Iterator[Arrival]:
        """What arrives in the second in which the world does these."""
        for task in tasks:
            self.known.add(task.action)
            self.world.take(list(task.errands), task.at)
        said = list(merge(self.feed.advance(second + SECOND - 1)))
        events = [event for task in tasks
                  for event in (task.acknowledged(), task.done(self.world.failed(list(task.errands))))]  # fmt: skip
        yield from merged(said, answers(events, self.feed.networks[0]), key=lambda arrival: arrival[:2])


def answers(events: list[dict[str, Any]], network: str) -> Iterator[Arrival]:
    """Events of the world's hands, as arrivals."""
    return told.arrivals([{**event, "source": SOURCE} for event in events], network)


__all__: Final = ["Answering"]
