"""Branch: from a fork's moment on, a week under another plan or other events, behind a past that all branches share.

Until the moment the world has the overlay and the luck of the scenario, its clerk, and whatever was done in it by hand;
from then on each luck draws anew: how long picks take, what is told when, and what is ordered.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from simulators.scenarios import play
from simulators.scenarios.obeying import Errand, decisions
from simulators.scenarios.reacting import react
from simulators.scenarios.week import Week, week
from simulators.whatif.clerks import CLERKS
from simulators.whatif.fork import since, with_luck
from simulators.whatif.policy import USUAL
from simulators.whatif.scores import end
from simulators.whatif.variant import Variant
from simulators.world.rows import NOW
from simulators.world.world import World
from tower.ids import of, pairs

UNKNOWN: Final = -2
"""A leg that this week does not have."""


class Root(NamedTuple):
    """Where branches part. seed: of the scenario; moment: ms; done: what was done by hand before it, and when."""

    seed: int
    moment: int
    done: tuple[tuple[int, tuple[Errand, ...]], ...] = ()


class Branch(NamedTuple):
    """A variant, and what is done by hand at the root's moment."""

    variant: Variant
    approved: tuple[Errand, ...] = ()


class Played(NamedTuple):
    """A week as it became, and all rows (at, kind, a, b, c) that its world told."""

    week: Week
    told: np.ndarray


def played(root: Root, branch: Branch, luck: int) -> Played:
    """A branch with that luck; the scenario's own is `root.seed`."""
    was, facts = drawn(root.seed), facts_of(root, branch.variant, luck)
    world = World(play.network(facts, root.seed))
    world.w.clock[NOW] = facts.of.start - 1
    for at, errands in root.done:
        world.decide(orders(facts, errands, at))
    before = react(world, CLERKS["fifo"](replace(facts, crews=was.crews), world, USUAL), root.moment - 1)
    world.w = world.w._replace(rules=world.w.rules._replace(seed=luck))
    world.decide(orders(facts, branch.approved, root.moment))
    clerk = CLERKS[branch.variant.plan](facts, world, branch.variant.policy)
    return Played(facts, np.concatenate([before, react(world, clerk, end(facts))]))


def facts_of(root: Root, variant: Variant, luck: int) -> Week:
    """The facts of a variant: with that luck, and changed, from the root's moment on."""
    was = drawn(root.seed)
    other = was = was if luck == root.seed else with_luck(was, drawn(luck), root.moment)
    for change in variant.changes:
        other = change(other, luck)
    return since(was, other, root.moment)


@lru_cache(2)
def drawn(seed: int) -> Week:
    """The week with the overlay of that seed. The root's and that of the luck in play are wanted again and again."""
    return week(seed)


def orders(facts: Week, errands: Sequence[Errand], at: int) -> np.ndarray:
    """Errands as the world's decisions at a moment; lines and legs that this week does not have are left out."""
    if not errands:
        return np.zeros((0, 5), "i8")
    lines = facts.lines
    keys = pairs(np.array([of("order", order) for order in lines.order], "u8"),
                 np.array([of("line", line) for line in lines.line], "u8")).tolist()  # fmt: skip
    line_of, leg_of = {key: i for i, key in enumerate(keys)}, {leg: i for i, leg in enumerate(facts.legs.names)}
    return decisions([(line_of.get(int(one.key[1:], 16), UNKNOWN),
                       -1 if one.leg is None else leg_of.get(one.leg, UNKNOWN), one.was_on_leg)
                      for one in errands], at)  # fmt: skip
