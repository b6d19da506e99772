"""Doors: never worse than the plan in force, one visit a door and moment, and the plain twin finds the same."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operators.allocation import doors, doors_plain
from operators.allocation.visits import NOWHERE, Doors, Visits
from simulators.bench import yards
from tower.errors import UsageError

GOOD: dict[str, Any] = {"duration": [[5]], "release": [0], "due": [9], "weight": [1]}


def holds(visits: Visits, plan: Doors) -> None:
    """Each placed visit once, at a door for it, after its release, when the door is open, with a crew."""
    placed = np.flatnonzero(plan.door != NOWHERE)
    assert sorted([*placed, *plan.unplaced]) == list(range(len(visits)))
    assert (visits.duration[plan.unplaced] == 0).all()
    spans = []
    for i in placed:
        j, start = plan.door[i], plan.start[i]
        end = start + visits.duration[i, j]
        assert end > start
        if not visits.fixed[i]:
            assert start >= max(visits.release[i], visits.ready[j])
            assert all(end <= since or start >= until for door, since, until in visits.shut if door == j)
            spans.append((start, end))
        others = [k for k in placed if k != i and plan.door[k] == j and not (visits.fixed[i] and visits.fixed[k])]
        assert all(end <= plan.start[k] or start >= plan.start[k] + visits.duration[k, j] for k in others)
    for at in {*(since for since, _ in spans), *visits.off[:, 1].tolist()}:
        away = {crew for crew, since, until in visits.off.tolist() if since <= at < until}
        assert sum(since <= at < until for since, until in spans) <= visits.crews - len(away)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_any_yard_keeps_its_invariants_and_is_never_worse_than_before(seed: int) -> None:
    visits = yards.odd(seed)
    plan = doors.plan(visits, 400, seed)
    assert plan.cost_cents <= plan.before_cents
    holds(visits, plan)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_twin_finds_the_same_plan(seed: int) -> None:
    visits = yards.odd(seed)
    plan = doors.plan(visits, 200, seed, 9.0)
    assert (plan.door.tolist(), plan.start.tolist(), plan.cost_cents) == doors_plain.plan(visits, 200, seed, 9.0)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_first_come_first_served_keeps_the_same_invariants_and_the_twin_comes_to_it(seed: int) -> None:
    visits = yards.odd(seed)
    door, start = doors.first_come(visits)
    assert (door.tolist(), start.tolist()) == doors_plain.Yard(visits).first_come()
    unplaced = np.flatnonzero(door == NOWHERE)
    holds(visits, Doors(door, start, 0, 0, unplaced, unplaced, 0))


def test_a_heavy_yard_is_much_better_after_the_search_than_by_insertion() -> None:
    plan = doors.plan(yards.heavy(60, 8), 100_000)
    assert plan.cost_cents < plan.before_cents / 2
    assert plan.tried == 100_000


def test_a_delay_is_planned_around_from_the_plan_in_force() -> None:
    visits = yards.heavy(60, 8)
    before = doors.plan(visits, 100_000)
    late = yards.delayed(visits, before.door, before.start, 17)
    plan = doors.again(late, 20_000)
    assert plan.cost_cents < plan.before_cents
    holds(late, plan)


def test_moving_a_visit_costs_and_so_it_stays_where_little_is_gained() -> None:
    def moved(price: int) -> int:
        visits = Visits.of([[30, 30]] * 2, [0, 0], [30, 30], [1, 1], door=[0, 0], start=[0, 30], moving=[price] * 2)
        return len(doors.plan(visits, 500).moved)

    assert (moved(29), moved(31)) == (1, 0)


def test_fewer_crews_than_doors_work_one_after_the_other() -> None:
    visits = Visits.of([[30, 30], [30, 30]], [0, 0], [30, 30], [1, 1], crews=1)
    plan = doors.plan(visits, 100)
    assert (sorted(plan.start), plan.cost_cents) == ([0, 30], 30)


def test_a_visit_waits_for_a_crew_that_is_there_until_its_work_is_done() -> None:
    visits = Visits.of([[30, 30]] * 3, [0, 0, 0], [30, 30, 30], [1, 1, 1], crews=2, off=[(1, 20, 60)])
    plan = doors.plan(visits, 100)
    assert sorted(plan.start) == [0, 30, 60]


def test_a_fixed_appointment_stays_and_others_go_around_it() -> None:
    visits = Visits.of([[30], [30]], [0, 0], [30, 30], [1, 1], door=[0, NOWHERE], start=[10, 0], fixed=[True, False])
    plan = doors.plan(visits, 100)
    assert (plan.start.tolist(), plan.cost_cents) == ([10, 40], 10 + 40)


@pytest.mark.parametrize(("wrong", "said"), [
    ({"duration": [[-1]]}, "duration must be from 0"),
    ({"weight": [1 << 30]}, "weight must be from 0"),
    ({"door": [1]}, "door must be from -1 to 0 (got 1)"),
    ({"duration": [[0]], "door": [0]}, "door must be one for the visit (row 0 stands at 0)"),
    ({"fixed": [True]}, "what is fixed must have a door and a start (row 0 has none)"),
    ({"shut": [[0, 9, 5]]}, "shut must be a door, from and to (got [0, 9, 5])"),
    ({"off": [[1, 5, 9]]}, "off must be a crew, from and to (got [1, 5, 9])"),
    ({"crews": 0}, "crews must be 1 or more (got 0)"),
    ({"due": [1, 2]}, "due must have one row a visit"),
    ({"ready": [1, 2]}, "ready must have one row a door"),
])  # fmt: skip
def test_a_wrong_column_is_refused_with_its_clause(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as refused:
        Visits.of(**(GOOD | wrong))
    assert said in refused.value.what
