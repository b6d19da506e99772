"""The overlay keeps to the shares it promises, and draws the same whoever asks first."""

from collections import Counter

import numpy as np
import pytest

from simulators.scenarios.draw import gauss, unit
from simulators.scenarios.overlay import labour, orders, stock
from simulators.scenarios.overlay import legs as of_legs
from simulators.scenarios.week import HUBS, START, Week, week
from tower.clock import HOUR, MINUTE

SEED = 20130208


@pytest.fixture(scope="module")
def facts() -> Week:
    return week(SEED)


def test_draws_depend_on_nothing_but_their_key() -> None:
    assert unit(1, "wave", "UA", 3) == unit(1, "wave", "UA", 3) != unit(1, "wave", "UA", 4)
    draws = np.array([gauss(1, "lead", i) for i in range(4000)])
    assert abs(draws.mean()) < 0.06
    assert abs(draws.std() - 1) < 0.05


def test_capacity_is_a_load_for_a_dozen_seats_and_at_least_one() -> None:
    assert of_legs.capacity(np.array([2, 20, 50, 199])).tolist() == [1, 2, 4, 17]


def test_cancellations_are_told_two_to_six_hours_ahead_in_waves(facts: Week) -> None:
    off = facts.legs.noticed > START
    ahead = (facts.legs.planned - facts.legs.noticed)[off]
    assert (ahead >= 2 * HOUR).all()
    assert (ahead <= 6 * HOUR + 5 * MINUTE).all()
    waves: dict[tuple[object, ...], list[int]] = {}
    for carrier, hub, planned, lead in zip(
        np.array(facts.legs.carrier)[off], np.array(facts.legs.origin)[off],
        (facts.legs.planned[off] - START) // (3 * HOUR), ahead, strict=True,
    ):  # fmt: skip
        waves.setdefault((carrier, hub, planned), []).append(int(lead))
    spread = [max(w) - min(w) for w in waves.values() if len(w) > 1]
    assert np.median(spread) < 45 * MINUTE


def test_delays_are_told_once_before_the_planned_departure(facts: Week) -> None:
    told = facts.legs.revised > START
    assert ((facts.legs.planned - facts.legs.revised)[told] >= 20 * MINUTE).all()
    assert ((facts.legs.departed - facts.legs.planned)[told] >= 15 * MINUTE).all()


def test_loading_ends_25_minutes_before_departure() -> None:
    assert of_legs.starts(np.array([600]), np.array([10])).tolist() == [600 - 25 - 35]


def test_an_order_goes_to_one_site_and_a_line_is_told_once(facts: Week) -> None:
    lines = facts.lines
    assert len({(o, n) for o, n in zip(lines.order, lines.line, strict=True)}) == len(lines.order)
    sites: dict[str, set[str]] = {}
    for order, site in zip(lines.order, lines.site, strict=True):
        sites.setdefault(order, set()).add(site)
    assert {len(s) for s in sites.values()} == {1}
    assert len(set(lines.site)) == 68


def test_priorities_are_15_60_25_and_promises_30_48_72_hours(facts: Week) -> None:
    names = {f"party {i}" for i in range(5000)}
    count = Counter(orders.priority(SEED, names).values())
    assert np.allclose([count[p] / 5000 for p in range(3)], [0.15, 0.60, 0.25], atol=0.02)
    hours = (facts.lines.promise - facts.lines.placed) // HOUR
    assert {(int(p), int(h)) for p, h in zip(facts.lines.priority, hours, strict=True)} == {(0, 30), (1, 48), (2, 72)}


def test_fast_skus_lie_at_three_hubs_slow_ones_at_one(facts: Week) -> None:
    hubs = Counter(shelf.sku for shelf in facts.shelves)
    assert {(family, hubs[sku]) for sku, family in facts.families.items()} == {("fast", 3), ("middle", 2), ("slow", 1)}


def test_stock_covers_the_week_but_for_a_few_skus(facts: Week) -> None:
    wanted, there = Counter[str](), Counter[str]()
    for sku, quantity in zip(facts.lines.sku, facts.lines.quantity.tolist(), strict=True):
        wanted[sku] += quantity
    for shelf in facts.shelves:
        there[shelf.sku] += shelf.on_hand
    short = [sku for sku, units in wanted.items() if there[sku] < units]
    assert 0.01 < len(short) / len(wanted) < 0.06
    assert max(there[s] / wanted[s] for s in wanted if wanted[s] > 100) < 1.85


def test_shifts_cover_the_week_and_the_storm_keeps_people_home(facts: Week) -> None:
    for hub in HUBS:
        mine = [c for c in facts.crews if c.hub == hub]
        assert [c.end for c in mine[:-1]] == [c.start for c in mine[1:]]
        assert (mine[0].start, mine[-1].end) == (0, 7 * 1440)
        home = {(c.start // 1440, c.shift) for c in mine if c.heads < c.rostered}
        assert home == {(2, "B"), (2, "C"), (3, "A"), (3, "B")}


def test_seeds_change_what_is_simulated_and_nothing_else(facts: Week) -> None:
    other = week(SEED + 1)
    assert np.array_equal(other.legs.departed, facts.legs.departed)
    assert np.array_equal(other.lines.placed, facts.lines.placed)
    assert other.lines.order == facts.lines.order
    assert not np.array_equal(other.legs.noticed, facts.legs.noticed)
    assert other.shelves != facts.shelves
    assert other.lines.site != facts.lines.site


def test_families_rank_by_lines_then_units() -> None:
    skus = ["a"] * 5 + ["b"] * 3 + ["c"] * 3 + ["d"] * 2 + list("efghij")
    found = stock.families(skus, [1] * 5 + [1] * 3 + [9] * 3 + [1] * 8)
    assert [s for s, f in found.items() if f == "fast"] == ["a", "c", "b"]
    assert labour.LOADS_AN_HOUR == 22
