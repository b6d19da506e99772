"""Driver: plays a feed into the inboxes of its networks, as fast as it is told, through the door that all use.

    python -m simulators.driver --scenario blizzard --root file:/srv/tower/logs --speed 360 --control /srv/tower/driver

It reads what is wanted from `<control>/wanted.json` ({"speed": 360, "paused": false}; `looked_until_ms`, wall time:
until then no faster than time) whenever that file changes, and says where it stands in `<control>/now.json`. It is
ready at once; then it loads the day and delivers what lies before the start, as a warm start. Killed and started again
it goes on where its inboxes end: the feed is the same each time, so the k-th message of a source is the one at position
k. What the tower sends to be done, the world does (`hands.py`).
"""

import argparse
import os
import signal
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson

from simulators.feed import Arrivals, Feed, merge
from simulators.hands import SOURCE as HANDS
from simulators.hands import Hands, second_behind
from simulators.scenarios import find, load
from simulators.scenarios.obeying import Obedient
from simulators.scenarios.reacting import ReactingFeed
from streams import inbox, names
from streams.adapters import columns
from tower import clock, saying
from tower.batch import Batch
from tower.envelope import Envelope
from tower.errors import Busy
from tower.fields import FOREVER
from tower.logs import LogReader, urls

STEP_S: Final = 0.05
AT_ONCE: Final = 256
SPEED_MOST: Final = 100_000.0
HOUR: Final = clock.HOUR


class Player:
    """Puts what a feed says into inboxes, moment by moment; what they already hold is passed over.

    Raises Refused if another driver plays there.
    """

    def __init__(self, feed: Feed, root: str, network: str) -> None:
        self.feed, self.root, self.network = feed, root, network
        self.doors: dict[str, inbox.InboxWriter] = {}
        self.held: dict[str, int] = {}
        self.said: dict[str, int] = {}
        self.clock = self._door(names.CLOCK)
        self._at = whole(feed.start_ms)
        self._unsaid = self._said_upto()
        self.hands = Hands(root, network, Obedient(feed), self._door(HANDS)) if isinstance(feed, ReactingFeed) else None

    def until(self, moment: int) -> None:
        """Deliver all that is received up to the last second that is whole by then, and say that it has passed."""
        for _ in self.hours(moment):
            pass

    def hours(self, moment: int) -> Iterator[int]:
        """The same hour by hour, each told when it has passed: ingest waits for the word, and a door for ingest."""
        moment = whole(moment)
        while self._at < moment:
            self._at = min(self._at + HOUR, moment, self._busy())
            self._deliver(self._at)
            yield self._at

    def _busy(self) -> int:
        """The end of the next second in which the world does what the tower has sent: then it must be looked at."""
        if self.hands is None:
            return FOREVER
        if self._at >= self._unsaid:
            self.hands.look(second_behind(self._at))
        ahead = self._unsaid if self._at < self._unsaid else FOREVER
        return max(min(whole(self.hands.next() + clock.SECOND - 1), ahead), self._at + 1)

    def _deliver(self, moment: int) -> None:
        for source, arrived in by_source(self.feed.advance(moment)):
            for messages in batched(self._new(source, arrived), AT_ONCE):
                patiently(self._door(source), *messages)
        if self.hands is not None:
            self.hands.finish(moment)
        if moment > self.passed():
            inbox.tick(self.clock, moment + 1)

    def _new(self, source: str, arrived: Iterable[Arrivals]) -> Iterator[Envelope]:
        """What a source says, as messages, less those that its inbox holds already."""
        self._door(source)
        for second, _, batch in merge(arrived):
            self.said[source] = self.said.get(source, 0) + 1
            if self.said[source] > self.held[source]:
                yield Envelope(source, second, columns.MEDIA_TYPE, columns.packed(numbered(batch)))

    def _said_upto(self) -> int:
        """The moment up to which earlier lives may have said something: nothing new happens before it is over."""
        newest = [urls.reader(names.inbox(self.root, self.network, source)).last()[1]
                  for source in names.sources(self.root, self.network) if source != names.CLOCK]  # fmt: skip
        said = [Envelope.decode(data).received for data in newest if data]
        return max([self.passed(), *(moment // clock.SECOND * clock.SECOND + clock.SECOND - 1 for moment in said)])

    def passed(self) -> int:
        """The moment up to which time has passed by the inboxes, in this life or an earlier one."""
        return inbox.driven_now(self._ticks)

    def _door(self, source: str) -> inbox.InboxWriter:
        if source not in self.doors:
            self.doors[source] = inbox.InboxWriter(self.root, self.network, source)
            self.held[source] = urls.reader(names.inbox(self.root, self.network, source)).last()[0]
        return self.doors[source]

    @cached_property
    def _ticks(self) -> LogReader:
        return urls.reader(names.inbox(self.root, self.network, names.CLOCK))

    def close(self) -> None:
        """Let others write."""
        for door in self.doors.values():
            door.close()


def whole(moment: int) -> int:
    """The last ms of the last whole second up to that moment: a second told in two pieces would be two messages."""
    return (moment + 1) // clock.SECOND * clock.SECOND - 1


def by_source(arrived: Iterable[Arrivals]) -> Iterable[tuple[str, list[Arrivals]]]:
    """What each source says, from however many data sets it comes."""
    found: dict[str, list[Arrivals]] = {}
    for some in arrived:
        found.setdefault(some.source, []).append(some)
    return found.items()


def numbered(batch: Batch) -> Batch:
    """The batch as a message: its events are numbered from 0."""
    heads = batch.rows("event").copy()
    heads["row"] = np.arange(heads.size)
    return replace(batch, tables={**batch.tables, "event": heads})


def batched(messages: Iterator[Envelope], most: int) -> Iterator[list[Envelope]]:
    """At most so many at once: they share one sync."""
    while some := list(islice(messages, most)):
        yield some


def patiently(door: inbox.InboxWriter, *messages: Envelope) -> None:
    """Put messages, and wait while the door is busy."""
    while True:
        try:
            door.put(*messages)
        except Busy:
            clock.sleep(STEP_S)
        else:
            return


class Pace:
    """Scenario time against the wall: speed 0 is a pause, changing it never jumps."""

    def __init__(self, start_ms: int, speed: float, steady: float) -> None:
        self.at, self.speed, self.seen = float(start_ms), speed, steady

    def moment(self, steady: float) -> int:
        """Where scenario time stands."""
        self.at += (steady - self.seen) * 1000 * self.speed
        self.seen = steady
        return int(self.at)


class Leave:
    """Whether the driver was told to go. It goes between two moments, so that no message is left untold."""

    wanted = False

    def __call__(self, *_: object) -> None:
        """Go, soon. For signals."""
        self.wanted = True


def warm(player: Player, start_ms: int, control: Path, leave: Leave) -> None:
    """Deliver what lies before the start as fast as it is taken."""
    for moment in player.hours(start_ms):
        tell(control, moment, 0.0)
        if leave.wanted:
            return


def play(player: Player, pace: Pace, until_ms: int, control: Path, leave: Leave) -> bool:
    """Play at the speed that is wanted; whether the end was reached before it was told to leave."""
    wanted, moment = Wanted(control, pace.speed), 0
    while moment < until_ms and not leave.wanted:
        pace.speed = wanted.speed()
        moment = min(pace.moment(clock.steady_s()), until_ms)
        player.until(moment)
        tell(control, moment, pace.speed)
        clock.sleep(STEP_S)
    return moment >= until_ms


class Wanted:
    """The speed that is asked for, read again when its file changes. What makes no sense changes nothing."""

    def __init__(self, control: Path, speed: float) -> None:
        self.path, self.stamp, self.found = control / "wanted.json", 0, speed
        self.paused, self.looked_until = False, 0

    def speed(self) -> float:
        """0 while paused; not faster than time while somebody weighs an option."""
        try:
            stamp = self.path.stat().st_mtime_ns
            if stamp != self.stamp:
                self.stamp = stamp
                self._take(orjson.loads(self.path.read_bytes()))
        except (FileNotFoundError, ValueError, TypeError, AttributeError) as error:
            self._ignore(error)
        if self.paused:
            return 0.0
        return min(self.found, 1.0) if clock.wall_ms() < self.looked_until else self.found

    def _take(self, said: dict[str, Any]) -> None:
        self.found = min(max(float(said.get("speed", self.found)), 0.0), SPEED_MOST)
        self.paused = bool(said.get("paused"))
        self.looked_until = int(said.get("looked_until_ms", 0))

    def _ignore(self, error: Exception) -> None:
        if not isinstance(error, FileNotFoundError):
            say(f'{self.path}: {error}: expected {{"speed": 360, "paused": false}}')


def tell(control: Path, moment: int, speed: float) -> None:
    """Say where the scenario stands; readers see the old words or the new."""
    draft = control / "now.json.new"
    draft.write_bytes(orjson.dumps({"now": clock.render(moment), "now_ms": moment, "speed": speed}))
    os.replace(draft, control / "now.json")


def arguments(words: Iterable[str] | None = None) -> argparse.Namespace:
    """The words of the command line."""
    parser = argparse.ArgumentParser(prog="simulators.driver")
    for name in ("scenario", "root", "control"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--from-ms", type=int)
    parser.add_argument("--until-ms", type=int)
    parser.add_argument("--speed", type=float)
    return parser.parse_args(None if words is None else list(words))


def main() -> int:
    """Warm the network up, then play; told to stop, it first finishes what it is saying."""
    told, leave = arguments(), Leave()
    signal.signal(signal.SIGTERM, leave)
    scenario, control = find(told.scenario), Path(told.control)
    control.mkdir(parents=True, exist_ok=True)
    say("driver ready")
    feed = load(told.scenario)
    player = Player(feed, told.root, feed.networks[0])
    start = max(told.from_ms or scenario.from_ms, player.passed())
    warm(player, start, control, leave)
    say("driver warm")
    pace = Pace(start, told.speed or scenario.speed, clock.steady_s())
    if play(player, pace, told.until_ms or scenario.to_ms, control, leave):
        say("driver done")
    player.close()
    return 0


def say(what: str) -> None:
    """A word for whoever started this."""
    saying.say(what)


if __name__ == "__main__":
    raise SystemExit(main())
