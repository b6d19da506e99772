"""Lines without stock limits: the plan is the optimum, by OR-Tools, by the plain twin and by its own certificate."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operators.allocation import plain
from operators.allocation.allocation import Allocation
from operators.allocation.lines import ABSENT, Lines
from operators.allocation.plan import FROZEN, FULL, NO_CANDIDATE, NOT_WORTH, Plan, reasons, short
from simulators.bench import instances, referee
from simulators.bench.instances import Instance


def allocation(instance: Instance) -> Allocation:
    made = Allocation(instance.room, instance.lines.option.shape[1])
    made.put(np.arange(len(instance.lines)), instance.lines)
    return made


def solved(instance: Instance) -> Plan:
    return allocation(instance).plan()


def total(plan: Plan) -> int:
    return plan.cost_cents + plan.switching_cents


@pytest.mark.parametrize("hundred", range(4))
def test_the_plan_costs_what_the_referee_says_to_the_cent(hundred: int) -> None:
    for seed in range(100 * hundred, 100 * hundred + 100):
        instance = instances.odd(seed)
        plan = solved(instance)
        assert (seed, total(plan), plan.gap_cents) == (seed, referee.least_cost(instance), 0)


@pytest.mark.parametrize("tight", [0.8, 0.97, 1.2])
@pytest.mark.parametrize("size", [(300, 12), (3000, 40)])
def test_regional_lines_cost_what_the_referee_says_loose_and_tight(size: tuple[int, int], tight: float) -> None:
    instance = instances.regional(*size, tight=tight)
    plan = solved(instance)
    assert (total(plan), plan.gap_cents) == (referee.least_cost(instance), 0)


@pytest.mark.full
def test_many_lines_start_from_a_sample_and_end_at_the_optimum() -> None:
    instance = instances.regional(60_000, 50)
    plan = solved(instance)
    assert (total(plan), plan.gap_cents) == (referee.least_cost(instance), 0)


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_twin_finds_the_same_plan(seed: int) -> None:
    instance = instances.odd(seed)
    ids = list(range(len(instance.room)))
    assert solved(instance).taken.tolist() == plain.solve(instance.lines, instance.room.tolist(), ids)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_prices_are_what_one_unit_less_costs_and_one_more_saves(seed: int) -> None:
    instance = instances.odd(4 * (seed // 4) + seed % 2)  # shapes without frozen lines
    plan = solved(instance)
    twin = plain.values(instance.lines, instance.room.tolist(), list(range(len(instance.room))))
    assert (plan.last_cents.tolist(), plan.next_cents.tolist()) == twin


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32), data=st.data())
def test_cold_warm_and_restarted_agree_in_plan_and_prices(seed: int, data: st.DataObject) -> None:
    instance = instances.odd(seed)
    n, d = len(instance.lines), len(instance.room)
    warm = Allocation(np.full(d, n), instance.lines.option.shape[1])
    for row in data.draw(st.permutations(range(n))):
        warm.put([row], instance.lines.take([row]))
        if row % 3 == 0:
            warm.plan()
    for resource in data.draw(st.permutations(range(d))):
        warm.resize(resource, instance.room[resource])
    assert same(warm.plan(), solved(instance))


def same(one: Plan, two: Plan) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(two, name))
               for name in ("rows", "taken", "cost_cents", "last_cents", "next_cents", "load", "unserved"))  # fmt: skip


def test_changed_lines_and_a_shock_end_where_a_cold_start_does() -> None:
    instance = instances.regional(3000, 40)
    warm = allocation(instance)
    warm.plan()
    rows, lines = instances.altered(instance.lines, 300)
    warm.put(rows, lines)
    warm.plan()
    busiest = int(instance.room.argmax())
    warm.resize(busiest, instance.room[busiest] // 3)
    columns = {name: getattr(instance.lines, name).copy() for name in ("option", "cost", "unserved")}
    for name, column in columns.items():
        column[rows] = getattr(lines, name)
    room = instance.room.copy()
    room[busiest] //= 3
    assert same(warm.plan(), solved(Instance(Lines.of(**columns), room)))


def test_what_rows_and_numbers_lines_have_does_not_matter() -> None:
    instance = instances.regional(300, 12)
    order = np.random.default_rng(3).permutation(300)
    other = solved(Instance(instance.lines.take(order), instance.room))
    assert np.array_equal(other.taken, solved(instance).taken[order])


def test_an_unserved_line_says_why_truly() -> None:
    seen = set()
    for seed in range(200):
        instance = instances.odd(seed)
        plan, (cost, unserved) = solved(instance), instance.lines.charged()
        seen |= set(plan.unserved["reason"].tolist())
        for row, _, reason, resource in plan.unserved.tolist():
            there = instance.lines.option[row] != ABSENT
            if reason == NO_CANDIDATE:
                assert not there.any()
            elif reason == NOT_WORTH:
                assert (cost[row][there] >= unserved[row]).all()
            elif reason == FROZEN:
                assert instance.lines.frozen[row]
            else:
                assert plan.load[resource] >= instance.room[resource]
                assert cost[row][instance.lines.option[row] == resource].min() < unserved[row]
        assert set(plan.rows[plan.taken == ABSENT]) == set(plan.unserved["row"])
    assert seen == {NO_CANDIDATE, NOT_WORTH, FULL, FROZEN}


def test_a_full_leg_tells_how_many_loads_it_is_short() -> None:
    plan = solved(Instance(Lines.of([[0]] * 5, [[100]] * 5, [900] * 5), np.array([2])))
    assert list(reasons(plan.unserved, "leg {}".format)) == ["leg 0 full: 3 loads short"]
    assert (short(plan.unserved), plan.last_cents.tolist(), plan.next_cents.tolist()) == ({0: 3}, [800], [800])


def test_the_last_unit_and_the_next_can_be_worth_different_things() -> None:
    plan = solved(Instance(Lines.of([[0]] * 3, [[100]] * 3, [900, 900, 130]), np.array([2])))
    assert (plan.last_cents.tolist(), plan.next_cents.tolist()) == ([800], [30])


def test_frozen_lines_stay_even_where_there_is_no_room_for_them_and_that_is_told() -> None:
    lines = Lines.of([[0, 1]] * 3, [[1, 2]] * 3, [900] * 3, current=[0] * 3, frozen=[True] * 3)
    plan = solved(Instance(lines, np.array([1, 9])))
    assert (plan.taken.tolist(), plan.over.tolist(), len(plan.moved)) == ([0, 0, 0], [2, 0], 0)


def test_a_switching_price_keeps_a_line_where_it_is_until_the_gain_is_larger() -> None:
    def moved(gain: int) -> int:
        lines = Lines.of([[0, 1]], [[500, 500 - gain]], [9000], current=[0], switching=[50])
        return len(solved(Instance(lines, np.array([1, 1]))).moved)

    assert (moved(49), moved(51)) == (0, 1)


def test_work_is_counted() -> None:
    instance = instances.regional(300, 12)
    made = allocation(instance)
    first, second = made.plan().spent, made.plan().spent
    assert first["augmentations"] > 0
    assert set(second.values()) == {0}
