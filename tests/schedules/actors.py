"""Actors: the processes of a tower, each with the code that it runs in production, given turns instead of a thread."""

from collections import deque
from collections.abc import Sequence
from typing import Any, Final, Protocol

from sinks.position import Position
from streams import names
from streams.connect import LogPartition, LogSinkPartition
from streams.gate import Gate, Gates
from streams.inbox import InboxWriter
from streams.ingest import InboxSource, RecordSink
from streams.rest import Rest
from tests.schedules.machine import Machine
from tower.envelope import Envelope
from tower.logs import LogReader, urls
from tower.record import Record

NETWORK: Final = "n"


class Still(Rest):
    """Nobody sleeps here."""

    def dry(self, name: str, readers: Sequence[LogReader], wait_s: float = 0.0) -> None:
        """Go on."""


class Actor:
    """A process. It can end at any moment: then `kill` frees what it held and nothing else of its code runs."""

    def __init__(self, machine: Machine) -> None:
        self.machine, self.draw = machine, machine.draw
        self.alive = False
        self.opened: list[Any] = []

    def run(self) -> bool:
        """Start, if it is down, or take a turn; whether there was anything to do."""
        if self.alive:
            return self.turn()
        self.start()
        self.alive = True
        return True

    def start(self) -> None:
        raise NotImplementedError

    def turn(self) -> bool:
        raise NotImplementedError

    def kill(self) -> None:
        for held in self.opened:
            held.close()
        self.opened, self.alive = [], False

    def some(self, flight: deque[Any]) -> list[Any]:
        """What is under way, or the first few of it."""
        size = len(flight) if self.draw.random() < 0.6 else self.draw.randint(0, len(flight))
        return [flight.popleft() for _ in range(size)]


class Door(Actor):
    """Takes the messages of one source in; a message that got no answer is sent again."""

    def __init__(self, machine: Machine, source: str, messages: Sequence[bytes]) -> None:
        super().__init__(machine)
        self.source, self.waiting, self.skew = source, deque(messages), 0
        self.answered: dict[int, bytes] = {}

    def start(self) -> None:
        self.inbox = InboxWriter(self.machine.root, NETWORK, self.source)
        self.opened.append(self.inbox)

    def turn(self) -> bool:
        if not self.waiting:
            return False
        size = self.draw.randint(1, min(3, len(self.waiting)))
        messages = [self._sealed(self.waiting[i]) for i in range(size)]
        last = self.inbox.put(*messages)
        self.answered |= {last - size + 1 + i: message.encode() for i, message in enumerate(messages)}
        for _ in messages:
            self.waiting.popleft()
        return True

    def _sealed(self, data: bytes) -> Envelope:
        return Envelope(self.source, self.machine.wall + self.skew, "application/json", data)


class Ingest(Actor):
    """The ingest flow: source and sink as Bytewax would call them."""

    def start(self) -> None:
        self.flight = deque[Record]()
        self.gates = Gates(self.draw.choice([1, 5, 64]))
        most = self.draw.choice([2, 5, 4096])
        source = InboxSource(self.machine.root, [NETWORK], self.gates, reader=self.machine.reader, most=most)
        source.rest, self.sink = Still(), None
        self.source = source.build_part("inboxes", NETWORK, None)
        self.opened.append(self.source)

    sink: LogSinkPartition | None

    def turn(self) -> bool:
        self.flight += [record for _, record in self.source.next_batch()]
        busy = bool(self.flight)
        if records := self.some(self.flight):
            deliver(self, self._sink(), records)
        return busy

    def _sink(self) -> LogSinkPartition:
        """Bytewax makes a sink when the first item comes."""
        if self.sink is None:
            sink = RecordSink([NETWORK], lambda network: urls.writer(names.log(self.machine.root, network)), self.gates)
            self.sink = sink.build_part("log", NETWORK, None)
            self.opened.append(self.sink)
        return self.sink


def deliver(actor: Actor, sink: LogSinkPartition, records: list[Record]) -> None:
    """Give records to a sink, now and then twice."""
    sink.write_batch(records)
    if actor.draw.random() < 0.1:
        sink.write_batch(records)


class Writer(Protocol):
    """What keeps something outside as OUTCOMES says."""

    @property
    def position(self) -> Position: ...

    def write(self, records: Sequence[Record]) -> None: ...

    def close(self) -> None: ...


class Follower(Actor):
    """Brings what OUTCOMES says into another system. It reads its last record once more, so that history is checked."""

    def open(self) -> Writer:
        raise NotImplementedError

    def start(self) -> None:
        self.flight = deque[Record]()
        self.writer = self.open()
        after = max(0, self.writer.position.number - 1)
        log = urls.reader(names.outcomes(self.machine.root, NETWORK))
        self.source = LogPartition(NETWORK, log, after, Gate(), Still(), ends=False)
        self.opened += [self.writer, self.source]

    def turn(self) -> bool:
        fresh = [record for _, (_, record) in self.source.next_batch()]
        self.source._gate.passed += len(fresh)
        self.flight += fresh
        if records := self.some(self.flight):
            self.writer.write(records)
        return bool(fresh or self.flight)
