"""Scenario: a stretch of time that can be played, and an honest list of what in it was recorded and what was not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from simulators.feed import Feed
from simulators.scenarios.recorded import Recorded

Basis = Literal["recorded", "simulated", "world"]
"""recorded; simulated: drawn or assumed beforehand; world: follows from the plan while it plays."""


@dataclass(frozen=True, slots=True)
class Source:
    """One sender. `also` names what it says beyond its basis."""

    name: str
    basis: Basis
    about: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A moment worth jumping to, in ms."""

    name: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Scenario:
    """What `load` makes a feed of.

    start_ms, end_ms        all that can be played; before `from_ms` it is delivered at once, as a warm start
    from_ms, to_ms, speed   what is played unless asked otherwise
    simulated               every fact that nobody recorded
    week                    what its world is played on; None where nothing follows from a plan: it cannot be forked
    """

    name: str
    title: str
    about: str
    start_ms: int
    end_ms: int
    from_ms: int
    to_ms: int
    speed: int
    seed: int
    bookmarks: tuple[Bookmark, ...]
    sources: tuple[Source, ...]
    simulated: tuple[str, ...]
    make: Callable[[int], Feed]
    week: Recorded | None = None
