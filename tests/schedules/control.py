"""Control: the control flow as an actor, with its states, its builds and what it cannot survive."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import closing
from typing import Any

import pytest

import detectors
from operators.chain import Chain, State
from operators.step import Step
from streams import control, names, poison, skips
from streams.advance import Home, Make
from streams.build import activate, activated
from streams.connect import LogSinkPartition, LogSource
from streams.gate import Gates
from streams.outcomes import OutcomeSink
from streams.states import States
from streams.strikes import Strikes
from tests.schedules.actors import NETWORK, Actor, Still, deliver
from tests.schedules.day import Fragile, Poisoned
from tests.schedules.machine import Machine
from tower.logs import urls
from tower.record import Record, split

FEWER = [d for d in detectors.ALL if not d.rule.kind.startswith("leg.")]


def build_one(saved: State) -> list[Step]:
    """The steps, with one that is fragile."""
    return [*control.make(saved), Fragile(saved.get("fragile"))]


def build_two(saved: State) -> list[Step]:
    """The steps of a build that has no rule for legs any more."""
    return [*control.make(saved, FEWER), Fragile(saved.get("fragile"))]


BUILDS = {"one": build_one, "two": build_two}


class Job(Future[None]):
    """Work for later: done when somebody waits for it."""

    def __init__(self, work: Callable[..., None], *args: Any) -> None:
        super().__init__()
        self.work, self.args = work, args

    def do(self) -> None:
        if not self.done():
            self.work(*self.args)
            self.set_result(None)

    def result(self, timeout: float | None = None) -> None:
        self.do()


class Later:
    """A thread that comes to its work when it is let."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def submit(self, work: Callable[..., None], *args: Any) -> Job:
        self.jobs.append(Job(work, *args))
        return self.jobs[-1]


class Control(Actor):
    """The control flow. `switch` is the last record that build one has seen, once build two runs."""

    def __init__(self, machine: Machine, folder: str, patch: pytest.MonkeyPatch) -> None:
        super().__init__(machine)
        self.folder, self.build, self.switch, self.announced = folder, "one", 0, False
        self.every = self.draw.choice([1, 3, 10])
        self.strikes, self.healed = Strikes(), 0
        patch.setattr(poison, "trial", self.trial)

    def home(self) -> Home:
        self.later, states = Later(), States(self.folder)
        states._thread = self.later  # type: ignore[assignment]  # all that is asked of it is submit
        return Home(self.machine.root, states, BUILDS[self.build], self.build, self.every)

    def start(self) -> None:
        self.flight, self.said = deque[tuple[str, Record]](), deque[Record]()
        gates, home = Gates(self.draw.choice([1, 5, 64])), self.home()
        source = LogSource([NETWORK], home.log, lambda network: control.start(home, network), gates)
        source.rest = Still()
        self.source, self.logic, self.sink = source.build_part("log", NETWORK, None), control.Control(home), None
        self.outcomes = OutcomeSink([NETWORK], lambda network: control.opened(home, network), gates)
        self.opened.append(self.source)

    sink: LogSinkPartition | None

    def turn(self) -> bool:
        self.flight += [item for _, item in self.source.next_batch()]
        busy = bool(self.flight or self.said)
        for values in filter(None, [self.some(self.flight)]):
            self.said += self.logic.on_batch(values)[0]
        if records := self.some(self.said):
            deliver(self, self._sink(), records)
        if self.draw.random() < 0.7:
            self._write_states()
        return busy

    def _sink(self) -> LogSinkPartition:
        """Bytewax makes a sink when the first item comes."""
        if self.sink is None:
            self.sink = self.outcomes.build_part("outcomes", NETWORK, None)
            self.opened.append(self.sink)
        return self.sink

    def _write_states(self) -> None:
        for job in self.later.jobs:
            job.do()
        self.later.jobs.clear()

    def trial(self, chain: Chain, ahead: list[Record], seconds: int) -> tuple[int, str]:
        """As poison.trial, without a process of its own."""
        return trial(BUILDS[self.build], chain, ahead)

    def heal(self) -> None:
        """What the supervisor does when control has ended: twice at the same record is poison."""
        home = self.home()
        if self.strikes.ended(home.last_outcome(NETWORK).number) and (skip := poison.search(home, NETWORK)):
            skips.add(urls.writer(names.skips(self.machine.root, NETWORK)), skip)
            self.healed += 1

    def upgrade(self) -> None:
        """Let build one come to the end, keep its state there, then go on with build two and say so in the log."""
        if self.build == "one" and self.alive and self._is_done():
            self._hand_over(self.logic.advance)
        if self.build == "two" and not self.announced:
            activate(self.machine.root, NETWORK, "two")
            self.announced = True

    def _hand_over(self, advance: Any) -> None:
        record = Record(advance.chain.after, self._end()[1])
        advance._keep(record, kept=True)
        self._write_states()
        self.kill()
        with closing(control.opened(self.home(), NETWORK)) as outcomes:  # opening it syncs it
            if outcomes.last()[0] == record.number:
                self.build, self.switch = "two", record.number

    def _is_done(self) -> bool:
        advance = self.logic.advance
        return bool(advance and not self.flight and not self.said and self._end()[0] == advance.chain.after)

    def _end(self) -> tuple[int, int]:
        with closing(urls.reader(names.log(self.machine.root, NETWORK))) as log:
            number, data = log.last()
        return number, decoded(number, data).now if data else 0


def trial(make: Make, chain: Chain, ahead: list[Record]) -> tuple[int, str]:
    """How many of these records the steps survive, and how they end. The chain stays as it is."""
    scratch = Chain(make, chain.saved(), chain.after)
    for survived, record in enumerate(ahead):
        try:
            scratch.advance(record)
        except Poisoned as error:
            return survived, f"Poisoned: {error}"
    return len(ahead), ""


def decoded(number: int, data: bytes | memoryview) -> Record:
    """The record of a log's entry."""
    return Record.decode(number, split(data)[1])


def straight(log: Sequence[Record], skipped: dict[int, list[skips.Skip]], switch: int) -> tuple[list[Record], Chain]:
    """What the log says to a fresh chain that nothing ever happens to, and that chain."""
    chain, build, said = Chain(build_one), 0, []
    for record in log:
        if switch and record.number == switch + 1:
            chain = Chain(build_two, chain.saved(), switch)
        left = skips.without(record, skipped.get(record.number, ()))
        left.build = build = activated(left) or build
        said.append(chain.advance(left))
    return said, chain
