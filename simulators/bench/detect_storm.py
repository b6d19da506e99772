"""The recorded week through the chain up to its deviations and incidents, and what was true of lines as it went on."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

import numpy as np

import detectors
from operators.chain import Chain, State
from operators.incidents import Incidents
from operators.step import Step
from simulators import scenarios
from simulators.bench import replay
from simulators.bench.detect_shelves import Shelves, until
from streams.control import make
from tower import clock, ids
from tower.ids import UNKNOWN
from tower.record import Record

OPENED, CHANGED = 0, 1
KINDS: Final = {ids.of("deviation", d.rule.kind): d.rule.kind for d in detectors.ALL}
AHEAD: Final = 12 * clock.HOUR
"""Legs that leave a site so soon are what trouble there is about; orders that come so soon, what that of stock is."""
Lines = dict[int, set[int]]


@dataclass(slots=True)
class Storm:
    """What a week said. `openings`: moment, kind, lines that it was about; `words`: moment, kind and leg of those about
    legs; a line's promise and delivery; how late a leg came in minutes, without end where it was cancelled, and when.
    """

    deviations: list[np.ndarray] = field(default_factory=list)
    incidents: list[tuple[int, np.ndarray]] = field(default_factory=list)
    openings: list[tuple[int, str, list[int]]] = field(default_factory=list)
    words: list[tuple[int, str, int]] = field(default_factory=list)
    came: dict[int, tuple[float, int]] = field(default_factory=dict)
    promised: dict[int, int] = field(default_factory=dict)
    delivered: dict[int, int] = field(default_factory=dict)
    cancelled: set[int] = field(default_factory=set)
    shelves: Shelves = field(default_factory=Shelves)
    end: int = 0


class Watch:
    """Follows outcomes, and knows at each moment which lines a leg, a site or a carrier carries, or want an article."""

    def __init__(self) -> None:
        self.storm = Storm()
        self.on_leg, self.to_site = (defaultdict[int, set[int]](set) for _ in range(2))
        self.line_at: dict[int, tuple[int, int]] = {}
        self.legs: dict[int, tuple[int, int, int]] = {}
        self.leg_of: dict[int, int] = {}

    def hear(self, outcome: Record) -> None:
        """What is said, of lines as they were before the record: a leg that is cancelled loses its own with it."""
        self.storm.end = outcome.now
        said = outcome.rows("deviations")
        if said.size:
            self.storm.deviations.append(said.copy())
            for row in said[said["status"] == OPENED]:
                kind = KINDS[int(row["kind"])]
                lines = self.about(kind, int(row["subject"]), int(row["site"]), outcome.now)
                self.storm.openings.append((outcome.now, kind, lines))
                if kind.startswith("leg."):
                    self.storm.words.append((outcome.now, kind, int(row["subject"])))
                if kind == "stock.running_out":
                    self.storm.shelves.say(int(row["subject"]), until(row), outcome.now)
        if (rows := outcome.rows("incidents")).size:
            self.storm.incidents.append((outcome.now, rows.copy()))
        self._follow(outcome)

    def _follow(self, outcome: Record) -> None:
        """Keep the facts."""
        rows = outcome.rows("legs")
        for leg in rows[["key", "origin", "carrier", "dep_expected"]].tolist():
            self.legs[leg[0]] = leg[1:]
        for key, planned, arrived, off in rows[["key", "arr_planned", "arrived_at", "cancelled_at"]].tolist():
            if off >= 0 or (arrived >= 0 and planned >= 0):
                late = float("inf") if off >= 0 else (arrived - planned) / clock.MINUTE
                self.storm.came[key] = (late, off if off >= 0 else arrived)
        for visit, leg in outcome.rows("visits")[["key", "leg"]].tolist():
            self.leg_of[visit] = leg
        self.storm.shelves.count(outcome.rows("stock"), outcome.now)
        rows = outcome.rows("lines")
        for line, sku, site, quantity in rows[["key", "sku", "site", "quantity"]].tolist():
            self.storm.shelves.want(line, sku, site, quantity, outcome.now)
        for line in rows[["key", "on_leg", "ship_to", "promised_by", "delivered_at", "cancelled_at"]].tolist():
            self._move(*line)

    def _move(self, line: int, leg: int, ship_to: int, promise: int, done: int, off: int) -> None:
        """Keep a line where it is now."""
        places = (leg, ship_to)
        held = (self.on_leg, self.to_site)
        before = self.line_at.get(line)
        if before != places:
            for table, old in zip(held, before or (), strict=False):
                table[old].discard(line)
            for table, new in zip(held, places, strict=True):
                table[new].add(line)
            self.line_at[line] = places
        self.storm.promised[line], self.storm.delivered[line] = promise, done
        if off >= 0:
            self.storm.cancelled.add(line)

    def about(self, kind: str, subject: int, site: int, now: int) -> list[int]:
        """The lines that a deviation is about when it opens."""
        family = kind.partition(".")[0]
        if family == "line":
            return [subject]
        if family in ("leg", "connection"):
            return list(self.on_leg[subject])
        if family == "visit":
            return list(self.on_leg[self.leg_of.get(subject, int(UNKNOWN))])
        if family == "stock":
            return self.storm.shelves.about(subject, now + AHEAD)
        if family == "demand":
            return list(self.to_site[site])
        if family == "carrier":
            return self._leaving(1, subject, now)
        return self._leaving(0, site, now) if family in ("dock", "queue", "door", "labour", "weather") else []

    def _leaving(self, column: int, code: int, now: int) -> list[int]:
        legs = [key for key, leg in self.legs.items() if leg[column] == code and now <= leg[2] <= now + AHEAD]
        return [line for leg in legs for line in self.on_leg[leg]]


def played(most: int | None) -> Storm:
    """The week, or its first records, up to its incidents."""
    chain, watch = Chain(judging), Watch()
    replay.cut(scenarios.load("blizzard"), lambda record: watch.hear(chain.advance(record)), most)
    return watch.storm


def judging(saved: State) -> list[Step]:
    """The steps up to incidents: what comes after them plans, foretells and decides."""
    steps = make(saved)
    return steps[: 1 + next(i for i, step in enumerate(steps) if isinstance(step, Incidents))]
