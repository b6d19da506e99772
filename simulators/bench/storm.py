"""Storm: the recorded storm at sixty times its speed, through ingest, control, the plan flow and a hub to a websocket.

How late is a deviation heard while all is planned anew again and again, and how late is a changed plan heard after
lines have lost their leg? The quiet hours before sunrise are the peer of the first; of the second it is the end of the
seconds of the day that policy lets pass, so that what is lost together is planned together.
"""

import bisect
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final

import orjson

from operators.planning.settings import PLAN
from simulators import scenarios
from simulators.bench.feed_hub import environment, hub
from simulators.bench.figures import Row, busy, row
from simulators.bench.latency import at
from simulators.bench.pair import FLOWS, ROOT, first_outcome, pair, root
from simulators.driver import Pace, Player, whole
from streams import names
from streams.entries import records
from tower import clock
from tower.errors import TowerError
from tower.logs import urls
from tower.record import Record, split

NETWORK: Final = "blizzard"
SPEED, QUICK_SPEED = 60.0, 600.0
STEP_S: Final = 0.02
QUIET, STORM = ("2013-02-08T05:00:00-05:00", 2), ("2013-02-08T11:00:00-05:00", 3)
"""From when, and for how many hours of the day."""
QUICK: Final = ("2013-02-06T09:00:00-05:00", 0.2), ("2013-02-06T14:00:00-05:00", 1.5)
DEVIATION_MS, PLAN_MS = 250.0, 1000.0
LONGEST_S: Final = 600.0
URGENT_S: Final = PLAN["urgent_s"][0]
Heard = dict[str, dict[int, float]]
"""By channel and record: when its rows came."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the day that was played: each moment of it that was told, and when that was begun."""

    moments: list[int] = field(default_factory=list)
    begun: list[float] = field(default_factory=list)

    def told(self, moment: int) -> float | None:
        """When what happened at that moment of the day was told; None if that was before or after."""
        i = bisect.bisect_left(self.moments, moment)
        return self.begun[i] if 0 < i < len(self.moments) else None


class Ear:
    """What a client heard: by channel and record, when."""

    def __init__(self, folder: str, port: int) -> None:
        self.heard = Heard()
        words = [sys.executable, "-m", "simulators.bench.storm_ear", str(port), NETWORK]
        self.process = subprocess.Popen(words, env=environment(folder, "", NETWORK), cwd=ROOT, stdout=subprocess.PIPE)
        self.thread = threading.Thread(target=self._listen)
        self.thread.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said = orjson.loads(line)
            self.heard.setdefault(said["channel"], {}).setdefault(said["seq"], said["at"])

    def close(self) -> None:
        """Hear no more."""
        self.process.kill()
        self.process.wait()
        self.thread.join()
        assert self.process.stdout is not None
        self.process.stdout.close()


def run(*, quick: bool = False) -> list[Row]:
    """Deviations and plans, p50 and p99."""
    parts, speed = (QUICK, QUICK_SPEED) if quick else ((QUIET, STORM), SPEED)
    with tempfile.TemporaryDirectory() as folder:
        (quiet, storm), heard = played(folder, parts, speed)
        calm, deviations = (list(late(folder, span, heard.get("deviations", {}))) for span in (quiet, storm))
        plans = list(planned(folder, storm, heard))
    load = f"x{speed:.0f}, {parts[1][1]:g} h from {parts[1][0]}, {busy()}"
    return [
        *told("deviation", deviations, load, "before the storm", calm, DEVIATION_MS),
        *told("lost leg -> changed plan", [late for late, _ in plans], load, f"{URGENT_S} s of the day (bound)",
              [bound for _, bound in plans], PLAN_MS),
    ]  # fmt: skip


def told(what: str, spans: list[float], load: str, peer: str, others: list[float], target: float) -> Iterator[Row]:
    """Median and 99th percentile of what was heard at the websocket."""
    for name, share, goal in (("p50", 0.5, None), ("p99", 0.99, target)):
        yield row("storm", f"{what} at a websocket, {name}", at(sorted(spans), share), "ms", "low",
                  f"{len(spans)} records, {load}", peer=peer, against=at(sorted(others), share),
                  target=goal)  # fmt: skip


def played(folder: str, parts: Sequence[tuple[str, float]], speed: float) -> tuple[list[Span], Heard]:
    """Play these parts of the day, and what lies before them as fast as it goes; what was heard."""
    feed, spans = scenarios.load(NETWORK), list[Span]()
    with closing(Player(feed, root(folder), NETWORK)) as player:
        player.until(feed.start_ms + clock.HOUR)
        with pair(folder, NETWORK, (*FLOWS, "plan")) as flows:
            first_outcome(folder, flows, NETWORK)
            with hub(folder, network=NETWORK) as (_, port), closing(Ear(folder, port)) as ear:
                for since, hours in parts:
                    start = clock.parse(since)
                    player.until(start)
                    wait(folder, start - clock.MINUTE)
                    spans.append(paced(player, start, start + int(hours * clock.HOUR), speed))
                wait(folder, start + int(hours * clock.HOUR) - clock.MINUTE)
                clock.sleep(1.0)
    return spans, ear.heard


def wait(folder: str, moment: int) -> None:
    """Until control has said what there is to say of that moment. Raises TowerError if that takes ten minutes."""
    end = clock.steady_s() + LONGEST_S
    with closing(urls.reader(names.outcomes(root(folder), NETWORK))) as log:
        while clock.steady_s() < end:
            number, data = log.last()
            if Record.decode(number, split(data)[1]).now >= moment:
                return
            clock.sleep(0.1)
    raise TowerError(f"bench storm: {clock.render(moment)} was not reached", "run `towerctl doctor`")


def paced(player: Player, start: int, end: int, speed: float) -> Span:
    """Play from one moment to another, so many times as fast as it was."""
    span, pace, moment = Span(), Pace(start, speed, clock.steady_s()), start
    while moment < end:
        moment = min(pace.moment(clock.steady_s()), end)
        span.moments.append(whole(moment))
        span.begun.append(clock.steady_s())
        player.until(moment)
        clock.sleep(STEP_S)
    return span


def late(folder: str, span: Span, heard: dict[int, float]) -> Iterator[float]:
    """Ms from telling to hearing, of each record that was heard of."""
    with closing(urls.reader(names.outcomes(root(folder), NETWORK))) as log:
        for record in records(log):
            begun = span.told(record.now - 1)
            if begun is not None and record.number in heard:
                yield (heard[record.number] - begun) * 1000


def planned(folder: str, span: Span, heard: Heard) -> Iterator[tuple[float, float]]:
    """Of each record in which lines lose their leg: ms until a plan since then was heard, and until one is due."""
    plans = [heard.get(channel, {}) for channel in ("options", "plans", "prices")]
    changed, lost = sorted(set().union(*plans)), set[tuple[int, int]]()
    with closing(urls.reader(names.outcomes(root(folder), NETWORK))) as log:
        for record in records(log):
            rows = record.rows("lines")
            rows = rows[rows["stranded_at"] >= 0]
            new = set(zip(rows["key"].tolist(), rows["stranded_at"].tolist(), strict=True)) - lost
            lost |= new
            begun = span.told(record.now - 1)
            minute = record.now - record.now % clock.MINUTE + clock.MINUTE
            over = span.told(min(record.now + URGENT_S * clock.SECOND, minute) - 1)
            i = bisect.bisect_left(changed, record.number)
            if new and begun is not None and over is not None and i < len(changed):
                first = min(times[changed[i]] for times in plans if changed[i] in times)
                yield (first - begun) * 1000, (over - begun) * 1000
