"""Scenarios: days that can be played from what lies in the repository; nothing is fetched."""

from typing import Final

from simulators.feed import Feed
from simulators.scenarios import blizzard, christmas
from simulators.scenarios.scenario import Scenario
from tower.errors import UsageError

ALL: Final[dict[str, Scenario]] = {s.name: s for s in (blizzard.SCENARIO, christmas.SCENARIO)}


def find(name: str) -> Scenario:
    """The scenario of that name. Raises UsageError."""
    if name not in ALL:
        raise UsageError(f"scenario {name!r} does not exist", f"one of: {', '.join(ALL)}")
    return ALL[name]


def with_world(name: str) -> Scenario:
    """The scenario of that name, if a world answers back in it. Raises UsageError that names those that have one."""
    scenario = find(name)
    if scenario.week is None:
        worlds = ", ".join(one.name for one in ALL.values() if one.week is not None)
        raise UsageError(f"nothing in scenario {name} follows from a plan: it has no world that answers back", worlds)
    return scenario


def network(name: str) -> str:
    """The network that a scenario plays in, without loading it. Raises UsageError."""
    return find(name).name


def load(name: str, seed: int | None = None) -> Feed:
    """The scenario's feed; `seed` changes what is simulated, never what was recorded. Raises UsageError."""
    scenario = find(name)
    return scenario.make(scenario.seed if seed is None else seed)
