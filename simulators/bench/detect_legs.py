"""What `leg.late` is worth on legs alone (nycflights13), where nothing is known to be on them: every delay is told.

The rule was chosen on the first 120 days; figures are of legs that were to leave later. A leg is called where its first
deviation opens. That was right if it came a quarter of an hour late or more. Beside it stands what carriers alone say:
a leg is called when it leaves, or is said to come, so late. Legs that the list says were cancelled have no plan there.
"""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from detectors import leg_late
from operators.chain import Chain, State
from operators.incidents import Incidents
from operators.step import Step
from operators.threats import LATE_MIN
from simulators import recorded
from simulators.bench import detect_alarms, replay
from simulators.bench.detect_storm import OPENED, Storm
from simulators.bench.detect_worth import RIGHT
from simulators.bench.figures import Row, row
from simulators.recorded import nycflights13
from streams.control import make
from tower import clock
from tower.record import Record

FROM_DAY: Final = 120
QUICK: Final = 5_000
"""Records that are played for a quick look, a minute each: legs are told 60 hours before, so it is their first day."""
PEER: Final = "its carrier's word alone"
Calls = dict[int, int]
"""When each leg was first spoken of."""


@dataclass(slots=True)
class Played:
    """What was said of legs that were to leave from `since` on, and how late each came (minutes) and when."""

    since: int
    ours: Calls = field(default_factory=Calls)
    peer: Calls = field(default_factory=Calls)
    came: dict[int, tuple[float, int]] = field(default_factory=dict)
    storm: Storm = field(default_factory=Storm)

    def hear(self, outcome: Record) -> None:
        """Keep what a record brought."""
        legs, said = outcome.rows("legs"), outcome.rows("deviations")
        for key in legs["key"][is_late(legs)].tolist():
            self.peer.setdefault(key, outcome.now)
        there = legs[(legs["arrived_at"] >= 0) & (legs["dep_planned"] >= self.since)]
        for key, planned, arrived in there[["key", "arr_planned", "arrived_at"]].tolist():
            self.came[key] = ((arrived - planned) / clock.MINUTE, arrived)
        for subject in said["subject"][said["status"] == OPENED].tolist():
            self.ours.setdefault(subject, outcome.now)
        if outcome.now >= self.since:
            self.storm.end = outcome.now
            self.storm.deviations += [said.copy()] if said.size else []
            rows = outcome.rows("incidents")
            self.storm.incidents += [(outcome.now, rows.copy())] if rows.size else []


def is_late(legs: np.ndarray) -> np.ndarray:
    """Which of these legs left so late, or are said to come so late, and have not come."""
    late: np.ndarray = (legs["late_min"] >= LATE_MIN) & (legs["arrived_at"] < 0) & (legs["cancelled_at"] < 0)
    return late


def knows(path: str) -> bool:
    """Whether that set lies there. Raises UsageError."""
    return recorded.recognise(path).name == nycflights13.NAME


def rows(path: str, *, quick: bool = False) -> Iterator[Row]:
    """Precision, share found and warning, beside the peer; how many alarms that is. Raises UsageError."""
    feed = recorded.read(path)
    played, chain = Played(feed.start_ms + (0 if quick else FROM_DAY * clock.DAY)), Chain(steps)
    replay.cut(feed, lambda record: played.hear(chain.advance(record)), QUICK if quick else None)
    ours, peer = (called(calls, played) for calls in (played.ours, played.peer))
    late = sum(minutes >= LATE_MIN for minutes, _ in played.came.values())
    load = f"{len(ours)} legs called, {len(peer)} by the peer, of {len(played.came)}"
    yield row("detect", "leg.late: precision, legs alone", share(ours, len(ours)), "share", "high", load,
              peer=PEER, against=share(peer, len(peer)), target=RIGHT)  # fmt: skip
    yield row("detect", "leg.late: late ones told of before they came", share(ours, late), "share", "high",
              f"of {late}", peer=PEER, against=share(peer, late))  # fmt: skip
    yield row("detect", "leg.late: before it came", warning(ours), "min", "high", "median of those that came late",
              peer=PEER, against=warning(peer))  # fmt: skip
    if played.storm.incidents:
        yield alarms(played.storm)


def alarms(storm: Storm) -> Row:
    """How many alarms that is: an incident of legs at a site does not end as long as one of them is late."""
    told = detect_alarms.told(np.concatenate(storm.deviations))
    return row("detect", "leg.late: alarms in 10 min, mean", detect_alarms.mean(detect_alarms.rises(storm), storm),
               "alarms", "low", "incidents that begin or get worse", peer="deviations one by one",
               against=detect_alarms.mean(told, storm), target=detect_alarms.LOAD_TARGET)  # fmt: skip


def called(calls: Calls, played: Played) -> list[tuple[float, float]]:
    """Of each leg called that came: how late, and how many minutes after the call."""
    return [(played.came[leg][0], (played.came[leg][1] - at) / clock.MINUTE)
            for leg, at in calls.items() if leg in played.came]  # fmt: skip


def share(found: list[tuple[float, float]], of: int) -> float:
    """Those that came late, of so many."""
    return sum(late >= LATE_MIN for late, _ in found) / of if of else float("nan")


def warning(found: list[tuple[float, float]]) -> float:
    """Minutes from the call until it came, in the middle of those that came late."""
    return statistics.median([before for late, before in found if late >= LATE_MIN] or [np.nan])


def steps(saved: State) -> list[Step]:
    """The steps up to incidents, of one rule."""
    found = make(saved, [leg_late.DETECTOR])
    return found[: 1 + next(i for i, step in enumerate(found) if isinstance(step, Incidents))]
