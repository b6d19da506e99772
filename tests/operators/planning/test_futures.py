"""What is forecast of legs: lines are weighed in the same futures, and nothing changes where nothing is forecast."""

import random
from typing import Any

import numpy as np
import pytest

from operators.chain import Chain
from operators.planning.futures import ANY, NEVER, SAYING, outlook_of
from operators.planning.rows import WAY
from streams.control import make
from tests.operators.planning.network import happens, opening
from tests.operators.planning.test_plans import TOLD, legs, order, planned_cold, plans, stock
from tests.suites.story import Event, Story, at, event
from tower.clock import HOUR

FUTURES = 8


def ways(seed: int) -> Any:
    """Legs to three places, by place and departure."""
    draw = np.random.default_rng(seed)
    found = np.repeat(WAY, 20)
    found["at_goal"], found["dep"] = draw.integers(0, 3, 20), draw.integers(0, 60, 20) * HOUR
    found["arr"] = found["dep"] + draw.integers(1, 6, 20) * HOUR
    found["origin"], found["carrier"] = draw.integers(0, 2, 20), draw.integers(0, 3, 20)
    found["goal"] = found["at_goal"]
    return np.sort(found, order=["at_goal", "dep"])


def said(seed: int) -> Any:
    draw = np.random.default_rng(seed + 1)
    found = np.zeros(9, SAYING)
    for column, most in (("origin", 2), ("dest", 3), ("carrier", 3)):
        found[column] = np.where(draw.random(9) < 0.5, ANY, draw.integers(0, most, 9).astype("u8"))
    found["begin"] = draw.integers(0, 60, 9) * HOUR
    found["end"], found["is_arrival"] = found["begin"] + draw.integers(1, 20, 9) * HOUR, draw.random(9) < 0.3
    found["p"], found["late"] = draw.choice([0.2, 0.6, np.nan, 1.0], 9), draw.choice([0, HOUR], 9)
    return found


def plain(said: Any, ways: Any, second_try: int) -> list[list[int]]:
    def of(way: Any) -> list[Any]:
        moment = [way["dep"], way["arr"]]
        return [one for one in said if one["begin"] <= moment[one["is_arrival"]] < one["end"] and all(
            one[a] in (ANY, way[b]) for a, b in (("origin", "origin"), ("dest", "goal"), ("carrier", "carrier")))]

    chance = [max([float(one["p"]) for one in of(way) if one["p"] > 0], default=0.0) for way in ways]
    comes = [int(way["arr"]) + max([int(one["late"]) for one in of(way)], default=0) for way in ways]

    def arrival(j: int, k: int) -> int:
        if (k + 0.5) / FUTURES >= chance[j]:
            return comes[j]
        later = [n for n in range(j + 1, len(ways)) if ways[n]["at_goal"] == ways[j]["at_goal"]
                 and ways[n]["dep"] >= ways[j]["dep"] + second_try and (k + 0.5) / FUTURES >= chance[n]]  # fmt: skip
        return comes[later[0]] if later else NEVER

    return [[arrival(j, k) for k in range(FUTURES)] for j in range(len(ways))]


@pytest.mark.parametrize("seed", range(6))
def test_each_leg_fares_in_each_future_as_plain_python_says(seed: int) -> None:
    found = outlook_of(said(seed), ways(seed), FUTURES, 4 * HOUR)
    assert found.arrives.tolist() == plain(said(seed), ways(seed), 4 * HOUR)


def test_where_nothing_is_said_there_is_one_future() -> None:
    found = outlook_of(said(0)[:0], ways(0), FUTURES, HOUR)
    assert (found.arrives.shape, found.chance.any()) == ((20, 1), False)
    assert found.arrives[:, 0].tolist() == ways(0)["arr"].tolist()


# --- in the chain


def warned(when: float, p: float, leave: float = 300, **more: Any) -> Event:
    """An advisory about legs that leave then."""
    window = {"window_start": at(leave), "window_end": at(leave + 30)}
    return event("carrier.advisory", when, advisory="X", site="A", p_cancel=p, **window, **more)


def there() -> Story:
    """Three lines that all go by the first of two legs, L0."""
    story = Story()
    story.tell(0, stock(9), *legs(2, room=3), *(e for n in range(3) for e in order(n, promise=620)))
    story.wait(11)
    assert set(plans(story).values()) == {("L0", "new")}
    return story


def test_lines_keep_off_a_leg_that_will_likely_not_fly_until_that_is_taken_back() -> None:
    story = there()
    story.tell(12, warned(12, 0.9))
    story.wait(21)
    assert {leg for leg, _ in plans(story).values()} == {"L1"}
    story.tell(22, warned(22, 0.0))
    story.wait(31)
    assert {leg for leg, _ in plans(story).values()} == {"L0"}


def test_booked_lines_do_not_move_back_and_forth_with_a_chance_that_wavers() -> None:
    story = Story()
    booked = (e for n in range(3) for e in order(n, promise=900, on="L0"))
    far = [{**one, "dep_planned": one["dep_planned"] + 6 * HOUR, "arr_planned": one["arr_planned"] + 6 * HOUR}
           for one in legs(2, room=3)]  # fmt: skip
    story.tell(0, stock(9), *far, *booked)
    for n in range(6):
        when = 12 + 10 * n
        story.tell(when, warned(when, 0.15 + 0.1 * (n % 2), leave=660))
        story.wait(when + 9)
        assert plans(story) == {}


def test_a_hazard_at_either_end_counts_and_stations_may_be_told_later() -> None:
    for site in "AB":
        story = there()
        hazard = {"for": at(250), "until": at(330)} if site == "A" else {"for": at(399)}
        story.tell(12, event("weather.forecast", 12, station="S", p_hazard=1.0, **hazard))
        story.wait(21)
        assert {leg for leg, _ in plans(story).values()} == {"L0"}
        story.tell(22, event("site.declared", 22, site=site, station="S"))
        story.wait(31)
        assert {leg for leg, _ in plans(story).values()} == {"L1"}


def test_what_is_said_to_be_late_is_weighed_as_late() -> None:
    story = there()
    story.tell(12, warned(12, 0.0, delay_min=200))
    story.wait(21)
    assert {leg for leg, _ in plans(story).values()} == {"L1"}


def played(seed: int, cut: int, *, is_told: bool = True) -> Story:
    """A network at random with forecasts of its legs; saved and restored behind event `cut`."""
    draw, story, when = random.Random(seed), Story(), 0.0
    story.tell(0, *opening(draw), event("site.declared", -600, site="A", station="S"))
    for n in range(draw.randrange(2, 9)):
        when += draw.randrange(1, 30)
        said = [warned(when, draw.choice([0.0, 0.3, 0.6, 1.0]), draw.randrange(100, 1400), delay_min=40 * (n % 2)),
                event("weather.forecast", when, station="S", until=at(1500), p_hazard=draw.choice([0.0, 0.5, 1.0]),
                      **{"for": at(draw.randrange(100, 1400))})]  # fmt: skip
        events = happens(draw, n, when)
        story.tell(when, *events, *(said if is_told else []))
        if n == cut:
            story.chain = Chain(make, story.chain.saved(), story.chain.after)
    story.wait(when - when % 10 + 20.02)
    return story


@pytest.mark.parametrize("seed", range(5))
def test_with_forecasts_the_plan_after_any_events_is_the_one_made_from_nothing(seed: int) -> None:
    straight, restarted = played(seed, cut=-1), played(seed, cut=1)
    assert straight.table("plans")[TOLD].tolist() == planned_cold(straight).tolist()
    for name in ("plans", "prices", "options", "moves", "wants", "ways", "goals", "forecasts", "advisories"):
        assert straight.table(name).tobytes() == restarted.table(name).tobytes()


def test_forecasts_change_plans_and_those_that_say_nought_change_none() -> None:
    changed = 0
    for seed in range(4):
        told, untold = (played(seed, -1, is_told=is_told).table("plans")[TOLD].tolist() for is_told in (True, False))
        changed += told != untold
    assert changed > 1
    calm, silent = there(), there()
    calm.tell(12, warned(12, 0.0))
    for story in (calm, silent):
        story.wait(21)
    assert calm.table("prices").tolist() == silent.table("prices").tolist()
    assert calm.table("plans")[TOLD].tolist() == silent.table("plans")[TOLD].tolist()


def test_futures_count_against_the_budget() -> None:
    def spent(p: float) -> int:
        tight = event("policy.set", -700, policy="p", version=1, document={"plan": {"work_a_minute": 17}})
        story = Story()
        story.tell(0, tight, stock(9), warned(0, p), *legs(2, room=3), *(e for n in range(6) for e in order(n)),
                   event("leg.planned", -500, leg="L9", origin="A", dest="C", dep_planned=at(310), arr_planned=at(400),
                         capacity_loads=3), *({**e, "ship_to": "C", "order": "O9"} for e in order(9)))  # fmt: skip
        story.wait(10.1)
        return sum(o.rows("notes").size for o in story.outcomes)

    assert (spent(0.0), spent(0.6)) == (0, 1)
