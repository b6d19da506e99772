"""Schedule: a day, the moves that a seed draws, and what must be true in the end."""

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import orjson
import pytest

from sinks.clickhouse import insert
from sinks.patience import patiently
from sinks.views import ViewsWriter, writer
from streams.inbox import InboxWriter
from streams.mend import mend
from streams.planner import SOURCE
from tests.schedules.actors import NETWORK, Actor, Door, Follower, Ingest, Writer
from tests.schedules.control import Control
from tests.schedules.day import Poisoned, day
from tests.schedules.machine import GAPS, Machine
from tests.schedules.planning import Event, Plan
from tests.schedules.small_redis import SmallRedis, SmallWire
from tests.schedules.warehouse import Fuse, RowsWriter
from tests.suites.dying import Died
from tests.suites.faulty_disk import Crash
from tower.clock import MINUTE
from tower.errors import ClockJumped, LogError

ROUNDS = 400
"""A tower that is not at rest after so many rounds without faults never will be."""
LOOKS = (3, 6)
"""Rounds before which time passes, so that ingest looks for new inboxes."""


class Views(Follower):
    """The live views."""

    def __init__(self, machine: Machine) -> None:
        super().__init__(machine)
        self.server = SmallRedis()

    def open(self) -> Writer:
        return ViewsWriter(SmallWire(self.server, self.draw), NETWORK)  # type: ignore[arg-type]


class Rows(Follower):
    """History."""

    def __init__(self, machine: Machine) -> None:
        super().__init__(machine)
        self.store = Fuse(machine.draw)

    def open(self) -> Writer:
        return RowsWriter(self.store, NETWORK)


@dataclass
class Happened:
    """How often something went wrong."""

    deaths: int = 0
    cuts: int = 0
    jumps: int = 0
    errors: dict[str, int] = field(default_factory=dict)


class Schedule:
    """All that happens to one network. `run` ends at rest, with all messages in; what is then true is in `rest.py`."""

    def __init__(self, seed: int, folder: str, patch: pytest.MonkeyPatch) -> None:
        self.draw = random.Random(seed)
        root = f"memory:schedule{seed}-{id(self)}" if self.draw.random() < 0.2 else f"file:{folder}/logs"
        self.machine = Machine(self.draw, root, patch)
        for module in (writer, insert):
            patch.setattr(module, "patiently", self._patiently)
        self.doors = [Door(self.machine, source, said) for source, said in day(self.draw).items()]
        self.people = Door(self.machine, "people", [])
        self.ingest, self.control = Ingest(self.machine), Control(self.machine, f"{folder}/states", patch)
        self.views, self.rows = Views(self.machine), Rows(self.machine)
        InboxWriter(self.machine.root, NETWORK, SOURCE).close()  # ingest looks for new ones only while time passes
        self.plan = Plan(self.machine, f"{folder}/states")
        flows = (self.ingest, self.control, self.views, self.rows, self.plan)
        self.actors: list[Actor] = [*self.doors, self.people, *flows]
        self.happened, self.accepts = Happened(), 0
        self.planned: list[Event] = []
        self.jumped = self.draw.random() < 0.5

    def run(self) -> None:
        """Moves until everything is said, then rounds without faults until everything has arrived."""
        upgrades = self.draw.random() < 0.4
        for _ in range(500):
            self.move()
            if upgrades and self.draw.random() < 0.2:
                self.guarded(self.control, self.control.upgrade)
            if not any(door.waiting for door in self.doors) and self.draw.random() < 0.05:
                break
        self.settle()

    def move(self) -> None:
        """One drawn thing happens."""
        chance = self.draw.random()
        if chance < 0.75:
            actor = self.draw.choice(self.actors)
            self.guarded(actor, actor.run)
        elif chance < 0.87:
            self.machine.pass_time(self.draw.choice(GAPS))
        else:
            self.draw.choice(FAULTS)(self)

    def settle(self) -> None:
        """Rounds in which nothing new goes wrong."""
        self.machine.disarm()
        self.machine.calm, self.rows.store.fuse = True, -1
        self.views.kill()  # a Redis that went back is noticed at the next record, and there may be none
        for number in range(ROUNDS):
            self.machine.pass_time(2.0 if number in LOOKS else 0.0)
            busy = [self.guarded(actor, actor.run) for actor in self.actors]
            if self.control.build == "two":
                self.guarded(self.control, self.control.upgrade)
            if number > max(LOOKS) and not any(busy):
                return
        raise AssertionError(f"never at rest: {self.happened}")

    def guarded(self, actor: Actor, do: Callable[[], bool | None]) -> bool:
        """Have an actor do something and end as it may end; whether there was anything to do."""
        try:
            return bool(do())
        except (Crash, Died):
            self.die(actor)
        except Poisoned:
            actor.kill()
            self.guarded(self.control, self.control.heal)
        except ClockJumped:
            actor.kill()
            self.accept()
        except LogError as error:
            actor.kill()
            name = f"{type(actor).__name__}: {type(error).__name__}: {error}"
            self.happened.errors[name] = self.happened.errors.get(name, 0) + 1
        return True

    def die(self, actor: Actor) -> None:
        """A process has ended in the middle of something; perhaps because the power is gone."""
        self.happened.deaths += 1
        actor.kill()
        if self.draw.random() < 0.4:
            self.cut_power()
        self.machine.disarm()

    def cut_power(self) -> None:
        """Everything ends. Redis comes back without its newest writes."""
        self.happened.cuts += 1
        self.machine.cut_power()
        for actor in self.actors:
            actor.kill()
        self.views.server.go_back(self.draw.randrange(3))
        mend(self.machine.root)

    def kill(self) -> None:
        """Some process ends between two of its turns."""
        self.draw.choice(self.actors).kill()

    def arm(self) -> None:
        """Something ends in the middle of its work."""
        if self.draw.random() < 0.2:
            self.rows.store.fuse = self.draw.randint(1, 12)
        self.machine.arm()

    def second_writer(self) -> None:
        """A process is started twice; the older one goes on."""
        actor: Actor = self.draw.choice([self.ingest, self.control, self.views, self.plan])
        older, actor.opened, actor.alive, cuts = copy.copy(actor), [], False, self.happened.cuts
        try:
            self.guarded(actor, actor.run)
            self.guarded(actor, actor.run)
            if self.happened.cuts == cuts:  # a power cut ends the older one, too
                self.guarded(older, older.run)
        finally:
            older.kill()

    def lose_redis(self) -> None:
        """Redis ends and comes back without its newest writes."""
        self.views.server.go_back(self.draw.randrange(3))

    def jump(self) -> None:
        """The clock of whoever stamps a source's messages is far ahead from now on, once a day at most."""
        if not self.jumped:
            self.jumped = True
            self.draw.choice(self.doors).skew = self.draw.randint(6, 90) * MINUTE

    def accept(self) -> None:
        """Somebody says that the jump is right."""
        self.happened.jumps += 1
        if not self.people.waiting:
            self.accepts += 1
            said = {"id": f"a{self.accepts}", "kind": "clock.accepted", "network": NETWORK, "at": self.machine.wall}
            self.people.waiting.append(orjson.dumps(said))

    def _patiently(self, what: str, do: Callable[[], object]) -> object:
        return patiently(what, do, pause=self.machine.pass_time)


FAULTS: tuple[Callable[[Schedule], None], ...] = (
    Schedule.arm, Schedule.arm, Schedule.arm, Schedule.arm, Schedule.kill, Schedule.cut_power, Schedule.second_writer,
    Schedule.lose_redis, Schedule.jump, Schedule.jump,
)  # fmt: skip
