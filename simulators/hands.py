"""Hands: whoever does in the world what the tower sends, each action once, and says so through an inbox of his own.

Actions are read from OUTCOMES. What is taken on is told first, `action.acknowledged` with its moves and its moment, so
the inbox is also the memory: a driver that was killed plays its day again and does everything at the same moments.
Then the world does it at that very moment, and what came of it is told: `action.executed`, or `action.failed` where no
line was moved. An action whose outcome has been told before is not told again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import orjson

from simulators.scenarios import obeying
from simulators.scenarios.obeying import Obedient
from streams import inbox, names
from streams.entries import entries
from tower import clock
from tower.envelope import Envelope
from tower.logs import urls
from tower.record import Record, split
from tower.render import Names, render_rows

SOURCE: Final = "world.wms"
SENT, ASKED = "sent", "asked"
READ: Final = 1000


@dataclass(frozen=True, slots=True)
class Task:
    """An action to be done at a moment, a whole second in ms; `number`: of the record that sent it."""

    action: str
    at: int
    number: int
    errands: tuple[obeying.Task, ...]

    def acknowledged(self) -> dict[str, Any]:
        """The event that takes it on: all that is needed to do it again."""
        return {**self.event("acknowledged"), "number": self.number, "moves": [one.kept() for one in self.errands]}

    def done(self, failed: list[dict[str, Any]]) -> dict[str, Any]:
        """The event that says what came of it."""
        if len(failed) == len(self.errands):
            reason = failed[0]["reason"] if failed else "nothing to do"
            return {**self.event("failed"), "reason": reason, "failed": failed}
        return {**self.event("executed"), **({"failed": failed} if failed else {})}

    def event(self, word: str) -> dict[str, Any]:
        """What any event about it has."""
        return {"id": f"{self.action}/{word}", "kind": f"action.{word}", "at": self.at, "action": self.action}


class Hands:
    """Takes on, does and answers for the actions of one network."""

    def __init__(self, root: str, network: str, world: Obedient, door: inbox.InboxWriter) -> None:
        self.world, self.door = world, door
        self.todo: list[Task] = []
        self.known: set[str] = set()
        self.told: set[str] = set()
        self._remember(root, network)
        self._outcomes = urls.reader(names.outcomes(root, network))
        self._after = max([self._outcomes.first(), *(task.number for task in self.todo)]) - 1

    def _remember(self, root: str, network: str) -> None:
        """Take in what earlier lives have taken on and told."""
        for _, data in entries(urls.reader(names.inbox(root, network, SOURCE))):
            for said in orjson.loads(Envelope.decode(bytes(data)).data):
                if said["kind"] == "action.acknowledged":
                    errands = tuple(map(obeying.remembered, said["moves"]))
                    self._add(Task(said["action"], said["at"], said["number"], errands))
                else:
                    self.told.add(said["action"])

    def _add(self, task: Task) -> None:
        self.known.add(task.action)
        self.todo.append(task)
        self.world.take(list(task.errands), task.at)

    def look(self, at: int) -> None:
        """Take on what was sent since, to be done at that moment, a whole second that nobody has told of yet."""
        new = [Task(action, at, number, errands) for number, action, errands in self._sent()]
        if new:
            self.tell([task.acknowledged() for task in new], at)
        for task in new:
            self._add(task)

    def _sent(self) -> Iterator[tuple[int, str, tuple[obeying.Task, ...]]]:
        """The actions of OUTCOMES that are new."""
        while found := self._outcomes.read(self._after, READ):
            for number, data in found:
                self._after = number
                record = Record.decode(number, split(data)[1])
                if record.rows("actions").size:
                    told = sent_in(record, self.world.names)
                    yield from ((number, *one) for one in told if one[0] not in self.known)

    def next(self) -> int:
        """When the next thing is to be done whose outcome has not been told; far ahead if there is none."""
        return min((task.at for task in self.todo if task.action not in self.told), default=1 << 62)

    def finish(self, at: int) -> None:
        """Tell what came of all that was done by that moment, at which the world stands."""
        for task in self.todo:
            if task.at <= at and task.action not in self.told:
                self.tell([task.done(self.world.failed(list(task.errands)))], task.at)
                self.told.add(task.action)
        self.todo = [task for task in self.todo if task.action not in self.told]

    def tell(self, events: Iterable[dict[str, Any]], at: int) -> None:
        """Put events into the inbox, durably."""
        self.door.put(Envelope(SOURCE, at, "application/json", orjson.dumps(list(events))))


def sent_in(record: Record, known: Names) -> Iterator[tuple[str, tuple[obeying.Task, ...]]]:
    """The actions that a record of OUTCOMES says are to be done, with what they move."""
    moves: dict[str, list[obeying.Task]] = {}
    for move in render_rows("action_moves", record.rows("action_moves"), known):
        if move["state"] == ASKED:
            moves.setdefault(str(move["action"]), []).append(obeying.asked(move))
    for action in render_rows("actions", record.rows("actions"), known):
        if action["state"] == SENT and (errands := moves.get(str(action["key"]))):
            yield str(action["key"]), tuple(errands)


def second_behind(moment: int) -> int:
    """The whole second after a moment."""
    return moment // clock.SECOND * clock.SECOND + clock.SECOND
