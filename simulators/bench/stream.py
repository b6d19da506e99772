"""Stream: a seeded day of legs as records of any size: they leave, their carriers estimate, they arrive."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from tower import clock, ids, layouts
from tower.batch import Batch, seal, to_record
from tower.events import NUMBER
from tower.record import Record

START: Final = clock.parse("2026-03-02T06:00:00Z")
RATE: Final = 20_000
"""Events a second of log time."""
LEGS: Final = 20_000
DEPARTED, ESTIMATED, ARRIVED = (NUMBER[f"leg.{word}"] for word in ("departed", "estimated", "arrived"))
NAMED: Final = np.array([ids.of("leg", f"LEG-{i:06d}") for i in range(LEGS)], "u8")
SOURCES: Final = np.array([ids.of("source", f"carrier-{i}") for i in range(20)], "u8")


def planned(legs: int = LEGS) -> Batch:
    """The plans of all legs, over the next hour: what stands before the stream begins."""
    heads, plans = layouts.empty("event", legs), layouts.empty("leg_plan", legs)
    numbers = np.arange(legs)
    minutes = clock.MINUTE * (numbers % 60 + 1)
    _tell(heads, numbers, NUMBER["leg.planned"], numbers, np.full(legs, START - clock.HOUR))
    plans["event"], plans["origin"] = numbers, ids.of("site", "EWR")
    plans["dest"] = np.array([ids.of("site", f"S{i}") for i in range(50)], "u8")[numbers % 50]
    plans["dep_planned"], plans["arr_planned"] = START + minutes, START + minutes + 2 * clock.HOUR
    return seal(Batch({"event": heads, "leg_plan": plans}))


def moved(events: int, legs: int = LEGS, seed: int = 1) -> Batch:
    """So many movements, leg by leg: departed, estimated, arrived, and again; delays are drawn."""
    draw, numbers = np.random.default_rng(seed), np.arange(events)
    heads, moves = layouts.empty("event", events), layouts.empty("leg_move", events)
    at = START + numbers * clock.SECOND // RATE
    kinds = np.array([DEPARTED, ESTIMATED, ARRIVED], "u2")[numbers // legs % 3]
    _tell(heads, numbers + legs, kinds, draw.permutation(legs)[numbers % legs], at)
    moves["event"] = numbers
    said = at + clock.MINUTE * draw.integers(60, 240, events)
    moves["arr_estimated"] = np.where(kinds == ESTIMATED, said, -1)
    return seal(Batch({"event": heads, "leg_move": moves}))


def _tell(heads: np.ndarray, ids_: np.ndarray, kind: "int | np.ndarray", legs: np.ndarray, at: np.ndarray) -> None:
    """Fill the heads of events."""
    heads["id"], heads["kind"], heads["subject"], heads["at"] = ids_ + 1, kind, NAMED[legs], at
    heads["source"], heads["inbox"], heads["row"] = SOURCES[legs % SOURCES.size], 1, ids_


def records(batch: Batch, size: int, after: int = 0) -> Iterator[Record]:
    """The batch as records of `size` events, each at its last event's second."""
    at = batch.rows("event")["at"]
    for number, start in enumerate(range(0, len(batch), size), after + 1):
        stop = min(start + size, len(batch))
        now = int(at[stop - 1]) // clock.SECOND * clock.SECOND
        yield to_record(batch.slice(start, stop), number, max(now, START), {})


def before() -> list[Record]:
    """The records of the plans."""
    return list(records(planned(), 4096))
