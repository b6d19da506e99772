"""Branch: from a fork's moment on, a week under another plan or other events, behind a past that all branches share.

Until the moment the world has the overlay and the luck of the scenario, its clerk, and whatever was done in it by hand;
from then on each luck draws anew: how long picks take, what is told when, and what is ordered. A branch may go on with
what was done by hand after the moment too: then what still holds of it is done when it was.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from simulators.scenarios import play
from simulators.scenarios.blizzard import door_names
from simulators.scenarios.obeying import Errand, Seating, Task, decisions
from simulators.scenarios.reacting import react
from simulators.scenarios.recorded import BLIZZARD, WEEKS, Recorded
from simulators.scenarios.week import Week, week
from simulators.whatif.clerks import CLERKS
from simulators.whatif.fork import since, with_luck
from simulators.whatif.policy import USUAL
from simulators.whatif.scores import end
from simulators.whatif.variant import Variant
from simulators.world.rows import DOCK, NOW
from simulators.world.world import World
from tower.ids import of, pairs

UNKNOWN: Final = -2
"""A leg that this week does not have."""
Done = tuple[tuple[int, tuple[Task, ...]], ...]
"""What is done by hand: when, ms, and what."""


class Root(NamedTuple):
    """Where branches part. seed: of the scenario; moment: ms; done: by hand before it; of: the week that is played."""

    seed: int
    moment: int
    done: Done = ()
    of: Recorded = BLIZZARD


class Branch(NamedTuple):
    """A variant, what is done by hand at the root's moment, and what is later, when it was."""

    variant: Variant
    approved: tuple[Task, ...] = ()
    later: Done = ()


class Played(NamedTuple):
    """A week as it became, and all rows (at, kind, a, b, c) that its world told."""

    week: Week
    told: np.ndarray


def played(root: Root, branch: Branch, luck: int) -> Played:
    """A branch with that luck; the scenario's own is `root.seed`."""
    was, facts = drawn(root.seed, root.of), facts_of(root, branch.variant, luck)
    world = World(play.network(facts, root.seed))
    world.w.clock[NOW] = facts.of.start - 1
    for at, tasks in root.done:
        world.decide(orders(facts, tasks, at))
    before = react(world, CLERKS["fifo"](replace(facts, crews=was.crews), world, USUAL), root.moment - 1)
    world.w = world.w._replace(rules=world.w.rules._replace(seed=luck))
    for at, tasks in ((root.moment, branch.approved), *branch.later):
        world.decide(orders(facts, tasks, at))
    clerk = CLERKS[branch.variant.plan](facts, world, branch.variant.policy)
    return Played(facts, np.concatenate([before, react(world, clerk, end(facts))]))


def facts_of(root: Root, variant: Variant, luck: int) -> Week:
    """The facts of a variant: with that luck, and changed, from the root's moment on."""
    was = drawn(root.seed, root.of)
    other = was = was if luck == root.seed else with_luck(was, drawn(luck, root.of), root.moment)
    for change in variant.changes:
        other = change(other, luck)
    return since(was, other, root.moment)


def drawn(seed: int, of: Recorded = BLIZZARD) -> Week:
    """A week with the overlay of that seed."""
    return drawn_of(seed, of.pack)


@lru_cache(2)
def drawn_of(seed: int, pack: str) -> Week:
    """The same, by where its legs lie. The root's and that of the luck in play are wanted again and again."""
    return week(seed, next(one for one in WEEKS if one.pack == pack))


def orders(facts: Week, tasks: Sequence[Task], at: int) -> np.ndarray:
    """Tasks as the world's decisions at a moment, visits first; what this week does not have is left out."""
    seats = seated(facts, [one for one in tasks if isinstance(one, Seating)], at)
    return np.concatenate([seats, moved(facts, [one for one in tasks if isinstance(one, Errand)], at)])


def seated(facts: Week, seatings: Sequence[Seating], at: int) -> np.ndarray:
    """Visits that come to another door, or at another moment; they are those of legs that load at their hub."""
    rows = []
    leg_of = {leg: i for i, leg in enumerate(facts.legs.names)} if seatings else {}
    for one in seatings:
        leg = leg_of.get(one.visit.removesuffix("-load"), UNKNOWN)
        doors = door_names(facts.legs.origin[leg]) if leg >= 0 else []
        if one.door in doors:
            rows.append((at, DOCK, 4 * leg, doors.index(one.door), one.start))
    return np.array(sorted(rows), "i8").reshape(-1, 5)


def moved(facts: Week, errands: Sequence[Errand], at: int) -> np.ndarray:
    """Lines that go on other legs."""
    if not errands:
        return np.zeros((0, 5), "i8")
    lines = facts.lines
    keys = pairs(np.array([of("order", order) for order in lines.order], "u8"),
                 np.array([of("line", line) for line in lines.line], "u8")).tolist()  # fmt: skip
    line_of, leg_of = {key: i for i, key in enumerate(keys)}, {leg: i for i, leg in enumerate(facts.legs.names)}
    return decisions([(line_of.get(int(one.key[1:], 16), UNKNOWN),
                       -1 if one.leg is None else leg_of.get(one.leg, UNKNOWN), one.was_on_leg)
                      for one in errands], at)  # fmt: skip
