"""Who holds goods that another can have nowhere else gives them up, where he can have his elsewhere and it pays."""

from typing import Any

import pytest

from operators.allocation.lines import LIMIT_CENTS
from operators.planning.settings import settings_of
from operators.planning.weighing import left_for_good
from operators.prices import USUAL
from tests.operators.planning.test_plans import TOLD as COLUMNS
from tests.operators.planning.test_plans import order, planned_cold, plans
from tests.suites.story import Story, event, planned

ELSEWHERE = planned("L1", dep=640, arr=740, capacity_loads=1, origin="X")


def held(dep: float = 600, room: int = 1, at_x: int = 1, **line: Any) -> Story:
    """A line to B holds the last unit of A, and X has `at_x`; another one to C, where only A has a leg to, has none."""
    story = Story()
    captive = [{**one, "ship_to": "C"} if one["kind"] == "order.placed" else one for one in order(1, **line)]
    story.tell(0, event("stock.counted", -600, site="A", sku="S", on_hand=1),
               event("stock.counted", -600, site="X", sku="S", on_hand=at_x),
               planned("L0", dep=dep, arr=700, capacity_loads=5), {**ELSEWHERE, "capacity_loads": room},
               planned("L2", dep=620, arr=720, capacity_loads=5, dest="C"), *order(0, promise=3000, on="L0"),
               *captive)  # fmt: skip
    story.wait(11)
    return story


def test_goods_that_another_line_can_have_nowhere_else_are_left_to_it() -> None:
    story = held()
    assert plans(story) == {0: ("L1", "makes_room"), 1: ("", "no_stock")}
    assert story.table("plans")[COLUMNS].tolist() == planned_cold(story).tolist()
    story.tell(12, event("line.booked", 12, order="O0", line="1", leg="L1", site="X"))
    story.wait(21)
    assert plans(story) == {1: ("L2", "new")}


def test_who_gives_way_is_told_what_that_costs_himself() -> None:
    row = next(one for one in held().table("plans") if int(one["to_leg"]) != (1 << 64) - 1)
    assert 0 < row["cost_cents"] < 5000


@pytest.mark.parametrize("told", [{"at_x": 0}, {"room": 0}, {"dep": 300}, {"quantity": 2}],
                         ids=["no goods elsewhere", "no seat elsewhere", "near the pick", "no help"])  # fmt: skip
def test_nobody_gives_way_who_cannot_go_otherwise_or_for_nothing(told: dict[str, Any]) -> None:
    assert plans(held(**told)) == {1: ("", "no_stock")}


def test_who_has_goods_holds_back_none_that_others_need() -> None:
    """Nine lines that are booked could all go from X as well: the one that has nothing comes first there."""
    story = Story()
    booked = [one for n in range(9) for one in order(n, promise=800, on="L0")]
    far = planned("L1", dep=640, arr=740, capacity_loads=9, origin="X")
    story.tell(0, event("stock.counted", -600, site="A", sku="S", on_hand=9),
               event("stock.counted", -600, site="X", sku="S", on_hand=2),
               planned("L0", dep=600, arr=700, capacity_loads=9), far, *booked, *order(9, promise=5000))  # fmt: skip
    story.wait(11)
    assert plans(story) == {9: ("L1", "new")}


def test_what_another_would_lose_is_at_most_what_the_plan_can_weigh() -> None:
    """A value that nobody means is weighed as the dearest there is, and is added to without overflow."""
    dearest = 10**15
    story = held(value_cents=dearest)
    assert plans(story) == {0: ("L1", "makes_room"), 1: ("", "no_stock")}
    want, money = story.table("wants")[:1].copy(), settings_of(USUAL, {}).money
    want["value_cents"] = dearest
    assert left_for_good(want[0], money) == LIMIT_CENTS
    want["value_cents"] = 10_000
    assert 0 < left_for_good(want[0], money) < LIMIT_CENTS
