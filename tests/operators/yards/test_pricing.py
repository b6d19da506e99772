"""Prices of doors stand beside those of legs while they are fresh, and go with what they were worked out from."""

import numpy as np

from operators.yards.doorplans import PRICED
from operators.yards.pricing import DOORS
from tests.suites.small_yard import SITE, morning, proposal
from tests.suites.story import Story, event
from tower import clock


def priced() -> Story:
    story = Story()
    story.tell(3, *morning())
    found = proposal(story, 3)
    assert found is not None
    story.tell(4, found)
    return story


def prices(story: Story) -> np.ndarray:
    rows = story.table("prices")
    return rows[rows["what"] == DOORS]


def test_what_a_door_is_worth_stands_in_prices_for_half_an_hour() -> None:
    story = priced()
    price, yard = prices(story)[0], story.table("yards")[0]
    assert price["resource"] == SITE
    assert 0 < yard["last_door_cents"] == price["last_unit_cents"]
    assert (price["next_unit_cents"], price["window_start"]) == (yard["next_door_cents"], yard["at"])
    minutes = PRICED // clock.MINUTE
    story.wait(3 + minutes)
    assert len(prices(story)) == 1
    said = story.wait(5 + minutes)
    assert len(prices(story)) == 0
    assert price["key"] in said.rows("gone")["key"]
    assert story.table("yards")[["next_door_cents", "last_door_cents"]].tolist() == [(-1, -1)]


def test_a_plan_that_is_taken_back_takes_its_prices_back() -> None:
    story = priced()
    story.tell(5, event("visit.cancelled", 5, visit="C"))
    found = proposal(story, 5)
    assert found is not None
    assert found["moves"] == []
    story.tell(6, found)
    assert len(prices(story)) == 0
