"""A destination with lines of several loads: against every plan there is, what is booked, and a linear program."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from operators.allocation.net import FAR
from operators.allocation.sizing import bound_at, solve, whole
from operators.planning.plotting import Plotter
from operators.planning.rows import NOWHERE
from operators.planning.scene import Scene
from operators.planning.settings import settings_of
from operators.planning.sizes import LOADS, LOOKS, PARTS, ROUNDS, UNLIMITED, by_the_load
from operators.prices import USUAL
from simulators.bench.destinations import NOW, scene_at

SETTINGS = settings_of(USUAL, {})


class Solved:
    """A scene's destination as the plan has it."""

    def __init__(self, scene: Scene, plotter: Plotter | None = None) -> None:
        plotter = plotter or Plotter()
        self.scene = scene
        _, self.at, self.taken = plotter.plan_one(scene, 0, SETTINGS, NOW)
        (n, m), board = (len(scene.wants), len(scene.ways)), plotter.board(scene)
        self.cost, self.left = board.cost[: n * m].reshape(n, m).copy(), board.left[:n].copy()
        self.last = board.last[:m].copy()
        self.size = np.stack([scene.wants[name] for name in ("loads", "grams", "litres")], 1)
        bulk = scene.bulk if len(scene.bulk) else np.full((m, 2), UNLIMITED)
        self.room = np.concatenate([scene.room[:, None], bulk], 1)

    def spent(self, taken: Any) -> int:
        """Cents of a plan."""
        there = np.take_along_axis(self.cost, np.maximum(taken, 0)[:, None], 1)[:, 0]
        return int(np.where(taken == NOWHERE, self.left, there).sum())

    def free(self, taken: Any) -> Any:
        """What legs have left beside a plan, (m, 3)."""
        free = self.room.copy()
        np.subtract.at(free, taken[taken != NOWHERE], self.size[taken != NOWHERE])
        return free

    def best(self) -> int:
        """Cents of the best plan of all."""
        n, m = self.cost.shape
        plans = (np.array(plan) for plan in product(range(-1, m), repeat=n))
        return min(self.spent(plan) for plan in plans if self.spent(plan) < FAR and (self.free(plan) >= 0).all())

    def bound(self) -> int:
        """Cents that prices prove no plan to be below."""
        order = np.argsort(self.scene.wants["key"])
        cost = np.where((self.size[:, None, :] <= self.room[None]).all(2), self.cost, FAR)
        price, at = np.zeros(self.room.shape), np.zeros(len(order), "i8")
        return int(solve(cost[order], self.left[order], self.size[order], self.room, ROUNDS, LOOKS, price, at)[0])

    def by_phone(self) -> int:
        """Cents of leaving all where they are booked, and one line after the other, by class, promise and key, where it
        costs least in what is left.
        """
        taken, wants = self.at.copy(), self.scene.wants
        for i in np.lexsort((wants["key"], wants["promised_by"], wants["priority"])):
            if taken[i] == NOWHERE:
                fits = (self.size[i] <= self.free(taken)).all(1)
                cost = np.where(fits, self.cost[i], FAR)
                taken[i] = cost.argmin() if cost.min() < self.left[i] else NOWHERE
        return self.spent(taken)


@pytest.mark.parametrize("is_weighed", [False, True])
def test_a_small_destination_is_planned_within_limits_and_mostly_at_the_least_that_any_plan_costs(
    is_weighed: bool,
) -> None:
    plotter, best = Plotter(), 0
    for seed in range(40):
        found = Solved(scene_at(seed, 5, 3, 6, is_weighed), plotter)
        cents, least = found.spent(found.taken), found.best()
        assert (found.free(found.taken) >= 0).all()
        assert found.bound() <= least <= cents
        best += cents == least
    assert best >= 36


@pytest.mark.parametrize("seed", range(20))
def test_a_larger_one_is_near_what_is_proven_and_no_worse_than_what_is_booked_and_found_by_phone(seed: int) -> None:
    found = Solved(scene_at(seed, 60, 12, 5))
    cents, bound = found.spent(found.taken), found.bound()
    assert (found.free(found.taken) >= 0).all()
    assert bound <= cents <= min(found.by_phone(), 1.1 * bound)


def test_lines_of_one_load_are_planned_as_the_exact_plan_has_them() -> None:
    """Loads that do not bind change nothing either: the plan that takes each line for one load keeps all limits."""
    for seed in range(10):
        scene = scene_at(seed, 30, 6, 4)
        scene.ways["capacity"][:], scene.room[:], scene.free[:] = 200, 200, 200
        ones = scene._replace(wants=scene.wants.copy())
        ones.wants["loads"], ones.ways["freight"] = 1, 0
        scene.ways["freight"][:] = 0
        assert Solved(scene).taken.tolist() == Solved(ones).taken.tolist()


def test_the_order_of_rows_changes_nothing() -> None:
    for seed in range(10):
        scene = scene_at(seed, 40, 8, 5, is_weighed=seed % 2 == 0)
        order = np.random.default_rng(seed).permutation(40)
        other = scene._replace(wants=scene.wants[order], at=scene.at[order])
        assert Solved(other).taken.tolist() == Solved(scene).taken[order].tolist()


def test_where_a_plan_was_made_before_changes_nothing() -> None:
    used = Plotter()
    for seed in range(10):
        scene = scene_at(seed, 40, 8, 5)
        scene.ways["price"] = np.random.default_rng(seed).integers(0, 1 << 50, 8)
        assert Solved(scene, used).taken.tolist() == Solved(scene_at(seed, 40, 8, 5)).taken.tolist()


def test_only_legs_that_are_full_or_keep_somebody_out_have_a_price() -> None:
    priced = 0
    for seed in range(10):
        found = Solved(scene_at(seed, 40, 8, 5))
        free, now = found.free(found.taken)[:, LOADS], np.where(found.taken == NOWHERE, found.left, 0)
        there = found.taken != NOWHERE
        now[there] = found.cost[there, found.taken[there]]
        for j in np.flatnonzero(found.last > 0):
            kept_out = (found.cost[:, j] < now) & (found.size[:, LOADS] > free[j])
            assert free[j] == 0 or kept_out.any()
            priced += 1
    assert priced > 20


@pytest.mark.parametrize("seed", range(5))
def test_prices_by_the_load_prove_as_much_as_the_linear_program(seed: int) -> None:
    found = Solved(scene_at(seed, 25, 5, 4))
    n, m = found.cost.shape
    cost = np.where(found.size[:, :1] <= found.room[None, :, LOADS], found.cost, FAR)
    price = np.zeros((m, 3))
    by_the_load(np.arange(n).astype("u8"), np.arange(m).astype("u8"), cost, found.left, found.size, found.room,
                price[:, LOADS])  # fmt: skip
    taken, load = np.empty(n, "i8"), np.empty((m, 3), "i8")
    proven = whole(bound_at(cost, found.left, found.size, found.room, price, taken, load))
    saved = np.where(cost < FAR, cost - found.left[:, None], 0).ravel()
    each = np.kron(np.eye(n), np.ones(m))
    legs = np.tile(np.eye(m), n) * np.repeat(found.size[:, LOADS], m)
    told = linprog(saved, np.vstack([each, legs]), np.concatenate([np.ones(n), found.room[:, LOADS]]), bounds=(0, 1))
    least = told.fun + found.left.sum()
    assert least - 4 * found.size[:, LOADS].sum() <= proven <= least + 1, "costs are shared out in whole cents"


def test_very_many_loads_are_no_more_work() -> None:
    scene = scene_at(3, 40, 8, 5)
    for part in (scene.wants["loads"], scene.ways["capacity"], scene.room, scene.free):
        part *= 1000
    scene.wants["loads"][0] = 1 << 20
    found = Solved(scene)
    assert found.size[:, LOADS].sum() > 40 * PARTS
    assert (found.free(found.taken) >= 0).all()
    assert found.taken[0] == NOWHERE
    assert found.spent(found.taken) <= found.by_phone()
