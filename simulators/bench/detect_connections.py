"""What `connection.missed` is worth where aircraft fly one leg after the other (us_flights_1999dec).

The legs alone go through the chain, as recorded. A leg is called where a connection of its opens before it should
leave. That was right if it left 15 minutes late or more; cancelled legs count apart. Beside it stand a rule without
turn-around, which calls the next leg of the aircraft as soon as one is more than 15 minutes late, and chance. The list
names the aircraft that flew: an airline that swaps aircraft on the day would have been told another one before.
"""

import math
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow.compute as pc

from detectors import connection_missed
from operators.chain import Chain, State
from operators.step import Step
from simulators import recorded
from simulators.bench import replay
from simulators.bench.detect_legs import is_late
from simulators.bench.figures import Row, cpu_s, row
from simulators.feed import RecordedFeed
from simulators.recorded import visits
from simulators.recorded.air import Air
from simulators.recorded.flights import Legs, ms
from simulators.recorded.visits import turnarounds
from streams.control import make
from tower import clock, ids
from tower.record import Record

QUICK: Final = 600
"""Records that are played for a quick look."""
LATE_MIN: Final = 15.0
OPENED: Final = 0
OURS, PEER = range(2)
Calls = dict[int, int]
"""When each leg was first spoken of, by its id."""


@dataclass(frozen=True, slots=True)
class Flown:
    """What came of each leg, by its id: when it should have left, how late it did (NaN if never)."""

    planned: dict[int, int]
    late_min: dict[int, float]
    after: dict[int, int]
    """The aircraft's next leg as planned, if that leaves where this one comes to."""
    late_after_late: frozenset[int]
    """Legs that left late with an aircraft that had come late."""


def rows(path: str, *, quick: bool = False) -> Iterator[Row]:
    """Precision, warning and share found, each beside the peer; what it costs. Raises UsageError."""
    flown, calls = outcome(Air.at(path).read()), {OURS: Calls(), PEER: Calls()}
    took = cpu_s(lambda: play(path, calls, QUICK if quick else None))
    ours = ahead(calls[OURS], flown)
    peer = ahead({flown.after[leg]: at for leg, at in calls[PEER].items() if leg in flown.after}, flown)
    load = f"{len(ours)} legs called, {len(peer)} by the peer, of {len(flown.planned)}"
    yield from told(ours, peer, flown, load)
    yield row("detect", "connection.missed: legs played", len(flown.planned) / took, "legs/cpu-s", "high",
              "up to the judge, predictions included")  # fmt: skip


def told(ours: Calls, peer: Calls, flown: Flown, load: str) -> Iterator[Row]:
    """The figures of both rules."""
    name, other = "connection.missed", "next leg of one 15 min late"
    base = share([late >= LATE_MIN for late in flown.late_min.values() if not math.isnan(late)])
    for against, what in ((precision(peer, flown), other), (base, "left late, of all")):
        yield row("detect", f"{name}: precision", precision(ours, flown), "share", "high", load, peer=what,
                  against=against)  # fmt: skip
    yield row("detect", f"{name}: precision, cancelled ones count as late", precision(ours, flown, lost=True), "share",
              "high", load, peer=other, against=precision(peer, flown, lost=True))  # fmt: skip
    yield row("detect", f"{name}: warning", warning(ours, flown), "min", "high", "median to the planned departure",
              peer=other, against=warning(peer, flown))  # fmt: skip
    yield row("detect", f"{name}: found", found(ours, flown), "share", "high",
              f"of {len(flown.late_after_late)} that left late after their aircraft came late", peer=other,
              against=found(peer, flown))  # fmt: skip


def ahead(calls: Calls, flown: Flown) -> Calls:
    """Calls of legs that were to leave after that."""
    return {leg: at for leg, at in calls.items() if at < flown.planned[leg]}


def precision(calls: Calls, flown: Flown, *, lost: bool = False) -> float:
    """The share that left late; `lost`: or never."""
    late = [flown.late_min[leg] for leg in calls]
    return share([minutes >= LATE_MIN or (lost and math.isnan(minutes)) for minutes in late])


def warning(calls: Calls, flown: Flown) -> float:
    """Minutes from a call to the planned departure, in the middle."""
    return statistics.median([(flown.planned[leg] - at) / clock.MINUTE for leg, at in calls.items()] or [np.nan])


def found(calls: Calls, flown: Flown) -> float:
    """The share of late legs behind late ones that were called."""
    return share([leg in calls for leg in flown.late_after_late])


def share(right: list[bool]) -> float:
    """Of all, those that are."""
    return sum(right) / len(right) if right else float("nan")


def play(path: str, calls: dict[int, Calls], most: int | None) -> None:
    """Note when legs are first spoken of."""
    chain = Chain(steps)

    def advance(record: Record) -> None:
        outcome = chain.advance(record)
        said, legs = outcome.rows("deviations"), outcome.rows("legs")
        for subject in said["subject"][said["status"] == OPENED].tolist():
            calls[OURS].setdefault(subject, outcome.now)
        for key in legs["key"][is_late(legs)].tolist():
            calls[PEER].setdefault(key, outcome.now)

    feed = recorded.read(path)
    legs = [arrival for arrival in feed.arrivals if arrival.source != visits.SOURCE]
    replay.cut(RecordedFeed(feed.name, feed.networks, legs), advance, most)


def steps(saved: State) -> list[Step]:
    """The steps up to the judge, who has one rule."""
    found = make(saved, [connection_missed.DETECTOR])
    return found[: 1 + next(i for i, step in enumerate(found) if step.name == "judge")]


def outcome(legs: Legs) -> Flown:
    """What the list says of each leg."""
    keys = [ids.of("leg", name) for name in legs.name.to_pylist()]
    late = legs.departed - legs.dep_planned
    came, went, _ = turnarounds(legs)
    is_late = (late[went] >= LATE_MIN) & (legs.arrived[came] - legs.arr_planned[came] >= LATE_MIN)
    planned = dict(zip(keys, ms(legs.dep_planned).tolist(), strict=True))
    left = dict(zip(keys, late.tolist(), strict=True))
    return Flown(planned, left, following(legs, keys), frozenset(keys[i] for i in went[is_late].tolist()))


def following(legs: Legs, keys: list[int]) -> dict[int, int]:
    """The next leg of each one's aircraft, as planned, where that leaves from the same airport."""
    tail = pc.fill_null(legs.tail, "").dictionary_encode().indices.to_numpy()
    known = np.flatnonzero(legs.tail.is_valid().to_numpy(zero_copy_only=False))
    order = known[np.lexsort((legs.dep_planned[known], tail[known]))]
    origin, dest = legs.origin.to_pylist(), legs.dest.to_pylist()
    return {keys[a]: keys[b] for a, b in zip(order[:-1].tolist(), order[1:].tolist(), strict=True)
            if tail[a] == tail[b] and dest[a] == origin[b]}  # fmt: skip
