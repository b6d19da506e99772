"""Legs on their way: asked about anew when something is heard or what was told has passed, not too often."""

import math

import numpy as np
import pytest

from operators.chain import Chain
from operators.predict import way
from operators.predictions import Predictions
from tests.suites.flown import chain_of, steps
from tests.suites.story import Story, at, event, leg, planned
from tower import ids
from tower.clock import MINUTE

ALONG, BEFORE, LEAVING = 6, 0, 5


def said(story: Story, moment: int, name: str = "L1") -> list[np.void]:
    """Each time something was said of a leg, in order; what came of it is not."""
    key = np.uint64(ids.of("leg", name))
    rows = [row for outcome in story.outcomes for row in outcome.rows("predictions")]
    return [row for row in rows if row["subject"] == key and row["moment"] == moment and row["labelled_at"] < 0]


def minutes(rows: list[np.void]) -> list[float]:
    return [(int(row["issued_at"]) - at(0)) / MINUTE for row in rows]


def learned(story: Story, name: str) -> int:
    step = next(s for s in story.chain.steps if isinstance(s, Predictions))
    assert step._book is not None
    return int(getattr(step._book, name).forecast.learned[0])


def test_one_of_which_nothing_is_heard_is_asked_about_when_it_should_be_there_and_eight_times_at_most() -> None:
    story = chain_of()
    story.tell(0, planned("L1", 60, 180))
    story.tell(75, leg("departed", 75))
    for minute in range(76, 400, 12):
        story.wait(minute)
    rows = said(story, ALONG)
    assert minutes(rows) == [195, 205, 215, 225, 235, 245, 255, 265]
    assert [int(row["nth"]) for row in rows] == list(range(1, way.MOST + 1))
    assert [float(row["base_min"]) for row in rows] == [15, 25, 35, 45, 55, 65, 75, 85]
    story.tell(401, leg("arrived", 401))
    story.wait(403)
    assert learned(story, "along") == way.MOST
    assert len(story.table("underway")) == 0 or story.row("underway", "leg", "L1")["keep_until"] > 0
    last = story.table("predictions")
    assert last[last["moment"] == ALONG]["label_min"].tolist() == [221]


def test_what_is_heard_on_the_way_has_it_asked_about_anew_but_not_each_time() -> None:
    story = chain_of()
    story.tell(0, planned("L1", 60, 360))
    story.tell(60, leg("departed", 60))
    for minute in range(65, 350, 5):
        story.tell(minute, leg("position", minute, lat=40.0, lon=-75.0 + minute / 100))
    heard = minutes(said(story, ALONG))
    assert len(heard) == way.OF_NEWS
    assert (np.diff([61, *heard]) >= way.LEAST_MIN).all()
    assert heard[0] == 161  # a third of what was left


def test_positions_and_stops_say_how_late_it_will_be() -> None:
    story = chain_of()
    places = {"A": -100.0, "B": -90.0}
    story.tell(0, *[event("site.declared", 0, site=name, name=name, lat=40.0, lon=lon) for name, lon in places.items()],
               planned("L1", 60, 360, stops=[{"site": "C", "sequence": 1, "purpose": "load", "window_start": at(120),
                                              "window_end": at(130)}]))  # fmt: skip
    story.tell(60, leg("departed", 60))
    story.tell(150, leg("arrived", 150, stop=1))
    story.tell(240, leg("position", 240, lat=40.0, lon=-96.0))
    story.wait(245)
    rows = story.table("underway")
    assert rows["stop_late"].tolist() == [30]
    assert rows["asked"].tolist() == [2]
    first, second = rows["codes"][0][:2]
    assert at_least(first, "stop_min") == 30
    assert first[way.COLUMNS["reach_min"]] == 0  # nobody has said where it is
    assert at_least(second, "reach_min") >= 100  # 180 minutes for four tenths of the way: 450 for all of it, not 300


def at_least(codes: np.ndarray, name: str) -> float:
    """The lower edge of the bin that a signal lies in."""
    i = way.COLUMNS[name]
    return float(way.EDGES[i][codes[i] - 2])


def test_a_share_of_the_way_is_that_on_the_map() -> None:
    """Against the haversine, on the way from New York to Miami."""
    lat, lon, to_lat, to_lon = (math.radians(x) for x in (40.64, -73.78, 25.79, -80.29))
    h = math.sin((to_lat - lat) / 2) ** 2 + math.cos(lat) * math.cos(to_lat) * math.sin((to_lon - lon) / 2) ** 2
    assert way.apart(40.64, -73.78, 25.79, -80.29) == pytest.approx(math.degrees(2 * math.asin(math.sqrt(h))), rel=0.01)
    assert way.apart(0.0, 179.0, 0.0, -179.0) == pytest.approx(2.0, rel=0.01)
    assert np.isnan(way.reach(0.1, 10.0, 5.0))
    assert way.reach(4.0, 6.0, 180.0) == 270


def test_a_vehicle_that_moves_has_its_next_leg_asked_about_anew_and_so_has_another_vehicle() -> None:
    story = chain_of()
    story.tell(0, planned("L0", 10, 100), planned("L1", 150, 250), leg("assigned", 0, "L0", carrier="C", vehicle="V"),
               leg("assigned", 0, "L1", carrier="C", vehicle="V"))  # fmt: skip
    story.tell(20, leg("departed", 20, "L0"))
    story.tell(111, leg("arrived", 111, "L0"))
    story.tell(120, leg("assigned", 120, "L1", carrier="C", vehicle="W"))
    story.wait(123)
    assert minutes(said(story, BEFORE)) == minutes(said(story, LEAVING)) == [30, 113, 121]
    story.tell(155, leg("departed", 155, "L1"))
    story.wait(157)
    assert learned(story, "leaves") == 2
    rows = story.table("predictions")
    assert sorted(rows[rows["moment"] == LEAVING]["label_min"].tolist()) == [5, 10]


def test_a_corrected_departure_is_scored_anew_and_not_learned() -> None:
    story = chain_of()
    story.tell(0, planned("L1", 60, 180))
    story.tell(70, leg("departed", 70))
    story.wait(72)
    story.tell(80, {**leg("departed", 64), "at": at(75)})
    story.wait(82)
    rows = story.table("predictions")
    assert rows[rows["moment"] == LEAVING]["label_min"].tolist() == [15]
    assert learned(story, "leaves") == 1


def test_a_chain_that_was_stopped_on_the_way_says_the_same() -> None:
    stories = []
    for stops in (False, True):
        story = chain_of()
        story.tell(0, planned("L1", 60, 180), leg("assigned", 0, carrier="C", vehicle="V"))
        story.tell(75, leg("departed", 75))
        story.wait(195)
        if stops:
            story.chain = Chain(steps, story.chain.saved(), story.chain.after)
        story.wait(215)
        story.tell(230, leg("arrived", 230))
        story.wait(240)
        stories.append(story)
    straight, stopped = stories
    assert [o.chain for o in stopped.outcomes] == [o.chain for o in straight.outcomes]
    assert stopped.chain.saved() == straight.chain.saved()
