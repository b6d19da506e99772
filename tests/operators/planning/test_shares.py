"""Goods that are short are shared out within what there is, at least cost or nearly, and have prices."""

import random
from itertools import product
from typing import Any

import numpy as np
import pytest

from operators.allocation.net import FAR
from operators.planning.giving import GIVE_WAY
from operators.planning.goods import UNCOUNTED
from operators.planning.pricing import GOODS
from operators.planning.rows import BOOKED, NOWHERE, OPEN, WANT, WAY
from operators.planning.settings import settings_of
from operators.planning.shares import SHARE, SOONEST, Shares, blank_shares, sheet_for
from operators.planning.weighing import left_for_good
from operators.prices import USUAL
from tests.operators.planning.test_plans import legs, order, plans, stock
from tests.suites.story import Story, planned
from tower import clock, ids
from tower.ids import UNKNOWN

HUBS: Any = np.array([11, 12, 13], "u8")
MONEY = settings_of(USUAL, {}).money
HOUR = clock.HOUR


def market(draw: random.Random, most: int, booked: float = 0.5) -> tuple[Any, Any, Any, Any]:
    """Lines of one article to three places, the legs there, which of them each line is on, and what is free."""
    ways = np.repeat(WAY, 9)
    for j, (goal, hub) in enumerate(product(range(3), range(3))):
        ways["at_goal"][j], ways["origin"][j], ways["is_open"][j] = goal, HUBS[hub], draw.random() < 0.8
        ways["dep"][j], ways["freight"][j] = draw.randrange(10, 40) * HOUR, draw.randrange(300, 900)
        ways["arr"][j] = ways["dep"][j] + draw.randrange(1, 9) * HOUR
    wants = np.repeat(WANT, draw.randrange(2, 7))
    at = np.full(wants.size, NOWHERE)
    for i in range(wants.size):
        wants["key"][i], wants["sku"][i], wants["shelf"][i] = i + 1, 7, 0
        wants["quantity"][i], wants["priority"][i] = draw.randrange(1, most + 1), draw.randrange(3)
        wants["at_goal"][i], wants["promised_by"][i] = draw.randrange(3), draw.randrange(10, 60) * HOUR
        wants["value_cents"][i], wants["stand"][i] = draw.randrange(40_000), OPEN
        j = 3 * int(wants["at_goal"][i]) + draw.randrange(3)
        if draw.random() < booked and ways["is_open"][j]:
            wants["stand"][i], wants["place"][i], at[i] = BOOKED, ways["origin"][j], j
    return wants, ways, at, np.array([[draw.choice([UNCOUNTED, *range(-2, 4)]) for _ in HUBS]])


def shared(wants: Any, ways: Any, at: Any, free: Any) -> Shares:
    first = np.empty((3, 3, 2), "i8")
    seats, hub = np.ones(ways.size, "i8"), np.tile(np.arange(3), 3)
    SOONEST.call(ways, hub, seats, np.array([6 * HOUR, 3 * HOUR]), 99 * HOUR, first)
    found = blank_shares(wants.size, 1, 3)
    plays = np.ones(wants.size, "?")
    sheet = sheet_for(wants.size, 3)
    SHARE.call(wants, np.arange(wants.size), at, plays, ways, HUBS, first, free, MONEY, sheet, found,
               np.ones(1, "?"))  # fmt: skip
    return found


def left_of(wants: Any, i: int) -> int:
    """What a line costs that goes without: who holds goods never does, as long as he can go from somewhere."""
    return 1 << 40 if wants["stand"][i] == BOOKED else int(left_for_good(wants[i], MONEY))


def room_of(wants: Any, free: Any) -> Any:
    held = [wants["quantity"][(wants["stand"] == BOOKED) & (wants["place"] == hub)].sum() for hub in HUBS]
    return np.maximum(np.where(free[0] == UNCOUNTED, 0, free[0]) + np.array(held), 0)


def least(wants: Any, cents: Any, room: Any) -> int:
    """What the best way of sharing costs, all of them tried."""
    best = 1 << 60
    for to in product((NOWHERE, 0, 1, 2), repeat=wants.size):
        used = [sum(int(q) for q, t in zip(wants["quantity"], to, strict=True) if t == h) for h in range(3)]
        if all(u <= r for u, r in zip(used, room, strict=True)):
            best = min(best, spent(wants, cents, to))
    return best


def spent(wants: Any, cents: Any, to: Any) -> int:
    return sum(left_of(wants, i) if t == NOWHERE else int(cents[i, t]) for i, t in enumerate(to))


@pytest.mark.parametrize("most", [1, 4])
def test_no_more_is_shared_out_than_there_is_and_nobody_does_better(most: int) -> None:
    """Of single units the optimum in every one of 150 markets, of more nearly always, and never far from it."""
    over = []
    for seed in range(150):
        wants, ways, at, free = market(random.Random(seed), most)
        found, room = shared(wants, ways, at, free), room_of(wants, free)
        for h in range(3):
            assert wants["quantity"][found.takes == h].sum() <= room[h]
        assert all(found.cents[i, t] < FAR for i, t in enumerate(found.takes) if t != NOWHERE)
        over.append(spent(wants, found.cents, found.takes) - least(wants, found.cents, room))
    assert min(over) == 0
    assert sum(one > 0 for one in over) <= (0 if most == 1 else 4)


def test_what_one_more_unit_saves_is_no_less_than_its_price_and_one_less_costs_no_more() -> None:
    told = [0, 0]
    for seed in range(150):
        wants, ways, at, free = market(random.Random(seed), 1, booked=0)
        free = np.maximum(free, 0)
        found, room = shared(wants, ways, at, free), room_of(wants, free)
        now = spent(wants, found.cents, found.takes)
        for h in range(3):
            if found.following[0, h]:
                told[0] += 1
                more = shared(wants, ways, at, free + np.eye(3, dtype="i8")[h])
                assert now - spent(wants, more.cents, more.takes) >= found.following[0, h]
            if found.last[0, h]:
                told[1] += 1
                fewer = least(wants, found.cents, room - np.eye(3, dtype="i8")[h])
                assert fewer - now <= found.last[0, h]
    assert min(told) > 20


def given(holders: list[tuple[int, int]], waits: int, free: list[int], quantity: int = 1) -> list[int]:
    """What the first lines, each of which holds a unit at one site and is to have it at the next, are asked for; the
    last one waits for a site. holders: where each holds, and how dear it is for it to go to the next site.
    """
    wants = np.repeat(WANT, len(holders) + 1)
    wants["key"], wants["sku"], wants["shelf"], wants["quantity"] = np.arange(1, wants.size + 1), 7, 0, 1
    wants["quantity"][: len(holders)], wants["priority"], wants["value_cents"] = quantity, 1, 10_000
    cents = np.full((wants.size, 3), FAR)
    takes = np.full(wants.size, NOWHERE)
    allow = np.zeros((wants.size, 3), "?")
    for i, (h, more) in enumerate(holders):
        wants["stand"][i], wants["place"][i] = BOOKED, HUBS[h]
        cents[i, h], cents[i, h + 1], takes[i] = 500, 500 + more, h + 1
        allow[i, h], allow[i, h + 1] = True, free[h + 1] > 0
    cents[-1, waits], takes[-1] = 700, waits
    GIVE_WAY.call(wants, np.arange(wants.size), takes, cents, HUBS, allow, MONEY)
    return [int(one) for one in wants["gives"]]


def test_who_waits_himself_passes_on_what_he_is_asked_and_pays_nothing_until_he_can_go() -> None:
    lost = left_of_line() - 700
    assert given([(0, 40)], 0, [0, 1, 0]) == [lost, 0]
    assert given([(0, 40), (1, 30)], 0, [0, 0, 1]) == [0, lost, 0]
    assert given([(0, 40)], 0, [0, 0, 0]) == [0, 0]


def test_a_site_of_which_more_is_reserved_than_there_is_has_no_more_to_share_than_that() -> None:
    """Two lines hold five each of three that are there: as one of them goes, nothing is there for a third line yet."""
    wants, ways, at, _ = market(random.Random(1), 1, booked=0)
    wants, at, ways["is_open"] = np.repeat(wants[:1], 3), np.full(3, NOWHERE), [1, 1, 0] * 3
    wants["key"], wants["quantity"], wants["at_goal"] = (1, 2, 3), (5, 5, 1), 0
    wants["stand"][:2], wants["place"][:2], at[:2] = BOOKED, HUBS[0], 0
    found = shared(wants, ways, at, np.array([[3 - 10, 5, 0]]))
    assert wants["quantity"][found.takes == 0].sum() <= 3
    assert sorted(found.takes[:2]) == [NOWHERE, 1]


def test_what_all_have_enough_of_where_it_suits_them_has_no_price() -> None:
    wants, ways, at, _ = market(random.Random(2), 1, booked=0)
    ways["is_open"] = 1
    assert not shared(wants, ways, at, np.array([[100, 0, UNCOUNTED]])).following.any()


def prices(story: Story) -> list[tuple[str, str, int]]:
    names = {ids.of("sku", "S"): "S", ids.of("site", "A"): "A", ids.of("site", "X"): "X", UNKNOWN: ""}
    rows = story.table("prices")
    return [(names[int(row["resource"])], names[int(row["site"])], int(row["next_unit_cents"]))
            for row in rows[rows["what"] == GOODS]]  # fmt: skip


def test_an_article_that_is_missing_has_a_price_at_the_sites_that_could_send_it_until_it_comes() -> None:
    story = Story()
    far = planned("L2", dep=640, arr=740, capacity_loads=9, origin="X")
    story.tell(0, stock(1), *legs(2, room=2), far, *order(0, on="L0"), *order(1, promise=2000))
    story.wait(11)
    assert plans(story) == {1: ("", "no_stock")}
    assert {(sku, site) for sku, site, _ in prices(story)} == {("S", "A"), ("S", "X")}
    assert all(0 < cents <= left_of_line() for _, _, cents in prices(story))
    story.tell(12, stock(9, 12))
    story.wait(21)
    assert plans(story) == {1: ("L0", "new")}
    assert prices(story) == []


def left_of_line() -> int:
    """What a line of the story costs that goes without for good."""
    want = WANT[0].copy()
    want["priority"], want["value_cents"] = 1, 10_000
    return int(left_for_good(want, MONEY))
