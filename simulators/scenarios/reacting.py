"""Reacting: a feed that answers back. What is recorded is told as it was, the rest follows from the plan.

What the world tells is received at the next whole second, so that no step of any size cuts a second in two.
"""

from typing import Protocol

import numpy as np

from simulators.feed import Arrivals, RecordedFeed
from simulators.scenarios import speech
from simulators.world.world import World
from tower.clock import SECOND


class Plan(Protocol):
    """Whoever decides, every so many ms."""

    @property
    def every(self) -> int:
        """How often, in ms."""

    def decide(self, world: World) -> np.ndarray:
        """Decisions for the world as it is now."""


class ReactingFeed:
    """A recorded feed and a world beside it; `decide` lets another plan in, and `plan = None` the clerk out."""

    def __init__(self, given: RecordedFeed, world: World, plan: Plan | None, ids: speech.Ids) -> None:
        self.given, self.world, self.plan, self.ids = given, world, plan, ids
        self.name, self.networks, self.unused = given.name, given.networks, given.unused
        self.start_ms, self.end_ms = given.start_ms, given.end_ms

    def advance(self, until_ms: int) -> list[Arrivals]:
        """All that is received after the last call's `until_ms` and up to this one."""
        told = react(self.world, self.plan, until_ms - until_ms % SECOND)
        return [*self.given.advance(until_ms), *speech.say(self.ids, told)]

    def decide(self, decisions: np.ndarray) -> None:
        """Rows (at, kind, a, b, c) of `simulators.world.rows`, carried out at `at`, or next if that has passed."""
        rows = decisions.copy()
        rows[:, 0] = np.maximum(rows[:, 0], self.world.now + 1)
        self.world.decide(rows)

    def to_bytes(self) -> bytes:
        """Where the feed stands: what is recorded is known by the world's moment."""
        return self.world.to_bytes()

    def from_bytes(self, data: bytes) -> None:
        """Go on from there, in a feed that has not begun. Raises FormatError."""
        self.world.from_bytes(data)
        self.given.advance(self.world.now)


def react(world: World, plan: Plan | None, until_ms: int) -> np.ndarray:
    """What a world tells on its way to a moment. It moves to each moment of deciding and finishes it before the next
    call, so steps change nothing.
    """
    told = []
    if plan is not None:
        for moment in range((world.now // plan.every + 1) * plan.every, until_ms + 1, plan.every):
            told.append(world.advance(moment))
            world.decide(plan.decide(world))
            told.append(world.advance(moment))
    return np.concatenate([*told, world.advance(max(until_ms, world.now))])
