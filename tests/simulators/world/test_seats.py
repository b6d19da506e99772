"""Seats: a visit that is told to come to another door or moment does, and those who wait change their turn."""

from dataclasses import replace

import numpy as np
import pytest

from simulators.world import rows, tell
from simulators.world.rows import HOUR, MINUTE
from simulators.world.world import Network, World
from tests.simulators.world import small


@pytest.fixture(scope="module")
def network() -> Network:
    return small.network()


def waiting(world: World) -> list[int]:
    """The visits that stand before the doors of the first hub."""
    place = rows.OUT
    first, count = int(world.w.queue_first[place]), int(world.w.places["waiting"][place])
    return sorted(int(v) for v in world.w.queue["job"][first : first + count])


def jammed(network: Network) -> World:
    """With one door a hub, at the first moment at which two visits wait at least."""
    caps = np.minimum(network.caps, np.where(np.arange(network.caps.size) % 4 == rows.OUT, 1, network.caps))
    world = World(replace(network, caps=caps))
    for _ in range(small.END // MINUTE):
        if len(waiting(world)) > 1:
            return world
        world.advance(world.now + MINUTE)
    raise AssertionError("nobody waits")


def docked(told: np.ndarray) -> list[int]:
    return [int(v) for v in told[told[:, 1] == tell.VISIT_DOCKED][:, 2]]


def test_who_is_told_to_come_first_comes_before_those_who_waited_longer(network: Network) -> None:
    world = jammed(network)
    straight = [v for v in docked(world.fork().advance(world.now + 4 * HOUR)) if v in waiting(world)]
    last, others = straight[-1], straight[:-1]
    now = world.now
    world.decide(np.array([[now, rows.DOCK, last, 0, now], *([now, rows.DOCK, v, 1, now + HOUR] for v in others)]))
    told = world.advance(now + 4 * HOUR)
    assert next(v for v in docked(told) if v in straight) == last
    assert sorted(v for v in docked(told) if v in straight) == sorted(straight)
    moved = told[(told[:, 1] == tell.VISIT_RESCHEDULED) & (told[:, 0] == now)]
    assert dict(zip(moved[:, 2].tolist(), moved[:, 3].tolist(), strict=True)) == {
        last: now, **dict.fromkeys(others, now + HOUR)}  # fmt: skip


def test_a_visit_that_has_not_come_yet_comes_at_the_moment_that_it_is_told(network: Network) -> None:
    world = World(network)
    world.advance(HOUR)
    visit, later = 0, int(network.starts[0]) + 90 * MINUTE
    world.decide(np.array([[world.now, rows.DOCK, visit, 0, later]]))
    told = world.advance(later + HOUR)
    came = told[(told[:, 1] == tell.VISIT_ARRIVED) & (told[:, 2] == visit)]
    assert (came[:, 0] >= later).all()


def test_who_stands_at_a_door_stays_there(network: Network) -> None:
    world = World(network)
    visit = docked(world.advance(int(network.starts.min()) + MINUTE))[0]
    now, door = world.now, int(world.w.visits["door"][visit])
    world.decide(np.array([[now, rows.DOCK, visit, 1 - door, now + HOUR]]))
    told = world.advance(now + MINUTE)
    assert visit not in told[told[:, 1] == tell.VISIT_RESCHEDULED][:, 2].tolist()
    assert world.w.visits["door"][visit] == door
