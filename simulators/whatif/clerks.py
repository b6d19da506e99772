"""Clerks: who plans in a world, by name."""

from collections.abc import Callable
from typing import Final

from operators.planning.settings import settings_of
from operators.prices import USUAL
from simulators.scenarios import play
from simulators.scenarios.reacting import Plan
from simulators.scenarios.week import Week
from simulators.whatif.joint import Joint
from simulators.world.world import World


def fifo(week: Week, world: World) -> Plan:
    """What was stranded goes first, on the first leg of its old lane; the rest by the moment it was ordered."""
    return play.clerk(week, world)


def greedy(week: Week, world: World) -> Plan:
    """Each line without a leg takes its cheapest one, from whichever hub, by the moment it was ordered."""
    return play.clerk(week, world).anywhere()


def priority(week: Week, world: World) -> Plan:
    """The same, express first, then by promise."""
    return play.clerk(week, world).anywhere().by(week.lines.priority, week.lines.promise)


def joint(week: Week, world: World) -> Plan:
    """The tower's own planner, with its usual settings."""
    return Joint(week, world, settings_of(USUAL, {}))


Clerk = Callable[[Week, World], Plan]
CLERKS: Final[dict[str, Clerk]] = {"fifo": fifo, "greedy": greedy, "priority": priority, "joint": joint}
