"""The tower's planner in a world: what it decides can be done, and is worth what it says."""

import numpy as np
import pytest

from operators.planning.rows import NOWHERE
from operators.planning.settings import settings_of
from operators.prices import USUAL
from simulators.scenarios import play
from simulators.scenarios.reacting import react
from simulators.scenarios.week import START, Week, week
from simulators.whatif.joint import Joint
from simulators.whatif.moves import moves
from simulators.world.rows import ASSIGN, COVERED, NOW, PLANNED, UNASSIGN
from simulators.world.tell import LINE_BOOKED, LINE_HELD
from simulators.world.world import World
from tower.clock import HOUR

SEED = 20130208
FRIDAY_NOON = START + 60 * HOUR


@pytest.fixture(scope="module")
def facts() -> Week:
    return week(SEED)


@pytest.fixture(scope="module")
def evening(facts: Week) -> World:
    """A world in the storm, planned greedily so far, just before its next decision."""
    world = World(play.network(facts, SEED))
    world.w.clock[NOW] = START - 1
    react(world, play.clerk(facts, world).anywhere(), FRIDAY_NOON)
    return world


def test_everything_that_it_decides_is_done(facts: Week, evening: World) -> None:
    world = evening.fork()
    decided = Joint(facts, world, settings_of(USUAL, {})).decide(world)
    world.decide(decided)
    said = world.advance(world.now)
    assigned = decided[decided[:, 1] == ASSIGN]
    assert len(assigned) > 100
    assert sorted(said[said[:, 1] == LINE_BOOKED][:, 2].tolist()) == sorted(assigned[:, 2].tolist())
    assert (said[:, 1] == LINE_HELD).sum() == (decided[:, 1] == UNASSIGN).sum()
    assert (world.w.lines["leg"][assigned[:, 2]] == assigned[:, 3]).all()


def test_no_leg_carries_more_than_it_can_and_no_shelf_gives_more_than_it_has(facts: Week, evening: World) -> None:
    world = evening.fork()
    world.decide(Joint(facts, world, settings_of(USUAL, {})).decide(world))
    world.advance(world.now)
    alive = (world.w.legs["state"] >= PLANNED) & (world.w.legs["state"] <= COVERED)
    assert (world.w.legs["used"] <= world.w.offered["room"])[alive].all()
    assert (world.w.stock["free"] >= 0).all()


def test_lines_of_several_loads_are_decided_within_the_loads_of_legs(facts: Week, evening: World) -> None:
    world = evening.fork()
    loose = world.w.lines["leg"] < 0
    loads = np.where(loose, np.random.default_rng(1).integers(1, 5, loose.size), 1)
    world.w = world.w._replace(ordered=world.w.ordered.copy())
    world.w.ordered["loads"] = loads
    decided = Joint(facts, world, settings_of(USUAL, {})).decide(world)
    world.decide(decided)
    world.advance(world.now)
    assigned = decided[decided[:, 1] == ASSIGN]
    assert (world.w.lines["leg"][assigned[:, 2]] == assigned[:, 3]).all()
    assert (loads[assigned[:, 2]] > 1).sum() > 10
    alive = (world.w.legs["state"] >= PLANNED) & (world.w.legs["state"] <= COVERED)
    assert (world.w.legs["used"] <= world.w.offered["room"])[alive].all()


def test_what_pickers_have_is_not_moved(facts: Week, evening: World) -> None:
    world = evening.fork()
    clerk = Joint(facts, world, settings_of(USUAL, {}))
    moved = np.unique(clerk.decide(world)[:, 2])
    leg = world.w.lines["leg"][moved]
    away = world.w.legs["etd"][leg[leg != NOWHERE]] - clerk.settings.money.release_lead
    assert (away > world.now).all()


def test_deciding_twice_moves_nothing_the_second_time(facts: Week, evening: World) -> None:
    world = evening.fork()
    clerk = Joint(facts, world, settings_of(USUAL, {}))
    first = clerk.decide(world)
    world.decide(first)
    world.advance(world.now)
    assert len(clerk.decide(world)) < len(first) / 20, "only what rationing of goods lets in after the first"


def test_a_swap_counts_once(facts: Week) -> None:
    rows = np.array([[START, LINE_BOOKED, 7, 1, 0], [START + 5, LINE_HELD, 7, 0, 0], [START + 5, LINE_BOOKED, 7, 2, 0]])
    found = moves(facts, rows)
    assert (found.voluntary[7], found.before_pick[7], found.forced[7]) == (1, 1, 0)
