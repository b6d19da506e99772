"""Driver: plays a feed into the inboxes of its networks, as fast as it is told, through the door that all use.

    python -m simulators.driver --scenario blizzard --root file:/srv/tower/logs --speed 360 --control /srv/tower/driver

It reads what is wanted from `<control>/wanted.json` ({"speed": 360, "paused": false}) whenever that file changes, and
says where it stands in `<control>/now.json`. Killed and started again it goes on where its inboxes end: the feed is
the same each time, so the k-th message of a source is the one at position k.
"""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
import orjson

from simulators.feed import Arrivals, Feed, merge
from simulators.scenarios import find, load
from streams import inbox, names
from streams.adapters import columns
from tower import clock
from tower.batch import Batch
from tower.envelope import Envelope
from tower.errors import Busy
from tower.logs import urls

STEP_S: Final = 0.05
AT_ONCE: Final = 256
SPEED_MOST: Final = 100_000


class Player:
    """Puts what a feed says into inboxes, moment by moment; what they already hold is passed over."""

    def __init__(self, feed: Feed, root: str, network: str) -> None:
        self.feed, self.root, self.network = feed, root, network
        self.doors: dict[str, inbox.InboxWriter] = {}
        self.held: dict[str, int] = {}
        self.said: dict[str, int] = {}
        self.clock = self._door(names.CLOCK)

    def until(self, moment: int) -> None:
        """Deliver all that is received up to that moment, then say that time has passed."""
        for arrived in self.feed.advance(moment):
            for messages in batched(self._new(arrived), AT_ONCE):
                patiently(self._door(arrived.source), *messages)
        if moment > self.passed():
            inbox.tick(self.clock, moment + 1)

    def _new(self, arrived: Arrivals) -> Iterator[Envelope]:
        """What a source says, as messages, less those that its inbox holds already."""
        source = arrived.source
        self._door(source)
        for second, _, batch in merge([arrived]):
            self.said[source] = self.said.get(source, 0) + 1
            if self.said[source] > self.held[source]:
                yield Envelope(source, second, columns.MEDIA_TYPE, columns.packed(numbered(batch)))

    def passed(self) -> int:
        """The moment up to which time has passed by the inboxes, in this life or an earlier one."""
        return inbox.driven_now(urls.reader(names.inbox(self.root, self.network, names.CLOCK)))

    def _door(self, source: str) -> inbox.InboxWriter:
        if source not in self.doors:
            self.doors[source] = inbox.InboxWriter(self.root, self.network, source)
            self.held[source] = urls.reader(names.inbox(self.root, self.network, source)).last()[0]
        return self.doors[source]

    def close(self) -> None:
        """Let others write."""
        for door in self.doors.values():
            door.close()


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
        """Where scenario time stands: the end of a second, so that seconds are never told in two pieces."""
        self.at += (steady - self.seen) * 1000 * self.speed
        self.seen = steady
        return int(self.at) // clock.SECOND * clock.SECOND - 1


def play(player: Player, pace: Pace, until_ms: int, control: Path) -> None:
    """Play to the end, at the speed that is wanted."""
    wanted = Wanted(control, pace.speed)
    while True:
        pace.speed = wanted.speed()
        moment = min(pace.moment(clock.steady_s()), until_ms)
        player.until(moment)
        tell(control, moment, pace.speed)
        if moment >= until_ms:
            return
        clock.sleep(STEP_S)


class Wanted:
    """The speed that is asked for, read again when its file changes."""

    def __init__(self, control: Path, speed: float) -> None:
        self.path, self.stamp, self.found = control / "wanted.json", 0, speed

    def speed(self) -> float:
        """0 while paused."""
        try:
            stamp = self.path.stat().st_mtime_ns
        except FileNotFoundError:
            return self.found
        if stamp != self.stamp:
            self.stamp, said = stamp, orjson.loads(self.path.read_bytes())
            self.found = 0.0 if said.get("paused") else min(float(said.get("speed", self.found)), SPEED_MOST)
        return self.found


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
    """Warm the network up, then play."""
    told = arguments()
    scenario, control = find(told.scenario), Path(told.control)
    control.mkdir(parents=True, exist_ok=True)
    start, end = told.from_ms or scenario.from_ms, told.until_ms or scenario.to_ms
    feed = load(told.scenario)
    player = Player(feed, told.root, feed.networks[0])
    start = max(start, player.passed())
    player.until(start)
    print("driver ready", file=sys.stderr, flush=True)
    play(player, Pace(start, told.speed or scenario.speed, clock.steady_s()), end, control)
    print("driver done", file=sys.stderr, flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
