"""Clerks: who plans in a world, by name."""

from collections.abc import Callable
from typing import Final

from simulators.scenarios import play
from simulators.scenarios.overlay.forecasts import forecasts
from simulators.scenarios.reacting import Plan
from simulators.scenarios.week import Week
from simulators.whatif.joint import Joint
from simulators.whatif.policy import Policy
from simulators.world.world import World


def fifo(week: Week, world: World, policy: Policy) -> Plan:
    """What was stranded goes first, on the first leg of its old lane; the rest by the moment it was ordered."""
    return play.clerk(week, world, policy.prices)


def greedy(week: Week, world: World, policy: Policy) -> Plan:
    """Each line without a leg takes its cheapest one, from whichever hub, by the moment it was ordered."""
    return play.clerk(week, world, policy.prices).anywhere()


def greedy_priority(week: Week, world: World, policy: Policy) -> Plan:
    """The same, express first, then by promise."""
    return play.clerk(week, world, policy.prices).anywhere().by(week.lines.priority, week.lines.promise)


def joint(week: Week, world: World, policy: Policy) -> Plan:
    """The tower's own planner, as the policy sets it."""
    return Joint(week, world, policy.settings)


def close(week: Week, world: World, policy: Policy) -> Plan:
    """The same with nothing weighed but what things cost: no floors for any class, no calm."""
    return Joint(week, world, policy.close)


def forecast(week: Week, world: World, policy: Policy) -> Plan:
    """The tower's own planner, given a simulated forecast of what will be cancelled."""
    return Joint(week, world, policy.settings, forecasts(int(world.w.rules.seed), week.legs, week.of.start))


def predicted(week: Week, world: World, policy: Policy) -> Plan:
    """The tower's own planner where what it predicts itself counts: as the policy says, or else from OWN on."""
    settings = policy.settings
    return Joint(week, world, settings if settings.hears else settings._replace(own_chance=OWN))


Clerk = Callable[[Week, World, Policy], Plan]
CLERKS: Final[dict[str, Clerk]] = {
    "fifo": fifo, "greedy": greedy, "greedy_priority": greedy_priority, "joint": joint, "forecast": forecast,
    "predicted": predicted, "close": close, "bound": close,
}  # fmt: skip
OWN: Final = 0.3
"""Of `predicted`: chances from which on a leg is weighed as one that may not fly."""
FORESEE: Final = frozenset({"bound"})
"""Who is told every cancellation and delay with the leg: about the most that any plan could be worth, not proven."""
