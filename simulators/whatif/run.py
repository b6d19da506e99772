"""Run: a world played to its end under one plan, and everything that it told."""

import numpy as np

from simulators.scenarios import play
from simulators.scenarios.reacting import react
from simulators.scenarios.week import Week
from simulators.whatif.clerks import CLERKS
from simulators.whatif.policy import USUAL, Policy
from simulators.whatif.scores import Score, end, score
from simulators.whatif.variant import Variant
from simulators.world.rows import NOW
from simulators.world.world import World


def run(variant: Variant, seed: int) -> Score:
    """The figures of a variant with the overlay and the luck of that seed."""
    facts = variant.week(seed)
    return score(facts, told(facts, variant.plan, seed, variant.policy), variant.day, variant.policy.prices)


def told(facts: Week, plan: str, seed: int, policy: Policy = USUAL) -> np.ndarray:
    """All rows (at, kind, a, b, c) that the world tells from the first day to the last."""
    world = World(play.network(facts, seed))
    world.w.clock[NOW] = facts.of.start - 1
    return react(world, CLERKS[plan](facts, world, policy), end(facts))
