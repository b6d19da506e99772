"""Run: a world played to its end under one plan, and everything that it told."""

import numpy as np

from simulators.scenarios import play
from simulators.scenarios.reacting import react
from simulators.scenarios.week import Week
from simulators.whatif.clerks import CLERKS
from simulators.whatif.fork import Handover, staffed_as_was
from simulators.whatif.policy import USUAL, Policy
from simulators.whatif.scores import Score, end, score
from simulators.whatif.variant import Variant
from simulators.world.rows import NOW
from simulators.world.world import World


def run(variant: Variant, seed: int) -> Score:
    """The figures of a variant with the overlay and the luck of that seed."""
    facts = variant.week(seed)
    rows = told(facts, variant.plan, seed, variant.policy, variant.since)
    return score(facts, rows, variant.day, variant.policy.prices)


def told(facts: Week, plan: str, seed: int, policy: Policy = USUAL, since: int | None = None) -> np.ndarray:
    """All rows (at, kind, a, b, c) that the world tells from the first day to the last; before `since` it is planned
    first in first out.
    """
    world = World(play.network(facts, seed))
    world.w.clock[NOW] = facts.of.start - 1
    clerk = CLERKS[plan](facts, world, policy)
    if since is not None:
        clerk = Handover(CLERKS["fifo"](staffed_as_was(facts, seed), world, USUAL), clerk, since)
    return react(world, clerk, end(facts))
