"""Predictions in the chain: asked in time, learned once, the same however records are cut and after a restart."""

import numpy as np
import pytest

from operators.chain import Chain
from operators.predictions import Predictions
from tests.suites.flown import chain_of, flown, play, steps
from tests.suites.story import START, Event, Story, at, event, leg, planned
from tower import ids
from tower.clock import MINUTE

LEGS = 1_500
ENOUGH = 500


@pytest.fixture(scope="module")
def told() -> Story:
    story = play(chain_of(), flown(LEGS))
    story.wait(1_200)
    return story


@pytest.mark.full
def test_a_leg_is_asked_about_two_hours_before_and_when_it_has_left(told: Story) -> None:
    rows = told.table("predictions")
    before, left, leaving = (rows[rows["moment"] == moment] for moment in (0, 1, 5))
    assert len(before) == len(left) == len(leaving) == LEGS
    first = dict[int, int]()
    for outcome in told.outcomes:
        for row in outcome.rows("predictions"):
            if row["moment"] == 0:
                first.setdefault(int(row["subject"]), int(row["arr_planned"] - row["issued_at"]))
    assert set(first.values()) == {220 * MINUTE}
    assert (before["base_min"] == 0).all()
    assert (np.sort(leaving["issued_at"]) == np.sort(before["issued_at"])).all()
    late = left["carrier"] == np.uint64(ids.of("carrier", "LATE"))
    assert set(left["base_min"][late]) <= set(range(37, 44))


@pytest.mark.full
def test_it_learns_who_is_late_and_says_how_sure_it_is(told: Story) -> None:
    rows = told.table("predictions")
    rows = rows[(rows["moment"] == 0) & (rows["version"] > ENOUGH + 200)]
    late = rows["carrier"] == np.uint64(ids.of("carrier", "LATE"))
    assert np.abs(rows["error_min"]).mean() < 0.4 * np.abs(rows["label_min"]).mean()
    leaves = told.table("predictions")
    leaves = leaves[(leaves["moment"] == 5) & (leaves["version"] > ENOUGH + 200)]
    assert np.abs(leaves["error_min"]).mean() < 0.4 * np.abs(leaves["label_min"]).mean()
    assert rows["p_event"][late].mean() > 0.8
    assert rows["p_event"][~late].mean() < 0.2
    inside = (rows["p05"] <= rows["label_min"]) & (rows["label_min"] <= rows["p95"])
    assert inside.mean() > 0.8


@pytest.mark.full
def test_what_it_says_is_what_its_parts_add_up_to(told: Story) -> None:
    rows = told.table("predictions")
    rows = rows[~np.isnan(rows["p50"])]
    total = rows["base_min"].copy()
    for part in ("carrier", "lane", "weather", "inbound", "congestion", "calendar", "served"):
        total += rows[f"{part}_min"]
    assert (total == rows["p50"]).all()


@pytest.mark.full
def test_before_enough_labels_it_says_nothing_and_why(told: Story) -> None:
    first = told.table("predictions")
    first = first[(first["version"] < ENOUGH) & (first["moment"] < 2)]
    assert np.isnan(first["p50"]).all()
    assert (first["why"] == 1).all()


@pytest.mark.full
def test_a_label_is_learned_once_and_a_corrected_one_scored_anew(told: Story) -> None:
    step = next(s for s in told.chain.steps if isinstance(s, Predictions))
    learned = step.saved()["before_places"]
    name, story = "L1400", told
    before = story.row("legs", "leg", name)["arrived_at"]
    story.tell(1_210, {**leg("arrived", 0, name), "at": int(before) + 9 * MINUTE})
    story.wait(1_212)
    rows = story.table("predictions")
    row = rows[(rows["subject"] == np.uint64(ids.of("leg", name))) & (rows["moment"] == 0)][0]
    assert row["label_min"] == (int(before) + 9 * MINUTE - row["arr_planned"]) / MINUTE
    assert row["error_min"] == row["label_min"] - row["p50"]
    assert step.saved()["before_places"] == learned


@pytest.mark.full
def test_whose_estimate_is_shown_goes_by_how_much_less_off_the_carriers_was_on_such_legs(told: Story) -> None:
    later = list[tuple[float, list[Event]]]()
    for n in range(80):
        name, dep = f"E{n}", 1_440.0 + 5 * n
        carrier, late, said = ("EARLY", 0.0, -60.0) if n % 2 else ("LATE", 90.0, 90.0)
        later += [(1_300, [planned(name, dep, dep + 100), leg("assigned", 1_300, name, carrier=carrier, vehicle=name),
                           leg("estimated", 1_300, name, arr_estimated=at(dep + 100 + said))]),
                  (dep + late, [leg("departed", dep + late, name)]),
                  (dep + late + 100, [leg("arrived", dep + late + 100, name)])]  # fmt: skip
    play(told, sorted(later, key=lambda one: one[0]))
    rows = told.table("predictions")
    rows = rows[~np.isnan(rows["estimate_min"]) & ~np.isnan(rows["p50"])]
    assert ((rows["gain_min"] > 0.5) == (rows["shown"] == 1)).all()
    assert set(rows["shown"]) == {0, 1}
    assert np.isnan(told.table("predictions")["gain_min"]).sum() > LEGS


def test_a_cancelled_leg_has_no_label_and_nothing_is_learned() -> None:
    story = chain_of()
    story.tell(0, planned("L1", 60, 180))
    story.wait(20)
    story.tell(30, leg("cancelled", 30))
    story.wait(400)
    rows = story.table("predictions")
    rows = rows[rows["moment"] == 0]
    assert len(rows) == 1
    assert np.isnan(rows["label_min"][0])
    assert rows["labelled_at"][0] > START


def test_the_same_is_said_however_records_are_cut() -> None:
    few = [(minute, [*events, *(leg("position", minute, f"L{n}", lat=40.0, lon=-75.0) for n in range(3))])
           for minute, events in flown(120)]  # fmt: skip
    whole, apart = play(chain_of(), few), play(chain_of(), few, apart=True)
    one, two = (story.table("predictions") for story in (whole, apart))
    assert np.bincount(one["moment"])[[0, 1, 2, 5]].tolist() == [120] * 4
    assert (one["moment"] == 6).any()
    for name in set(one.dtype.names or ()) - {"basis"}:
        assert one[name].tobytes() == two[name].tobytes(), name


def test_a_chain_that_was_stopped_says_the_same() -> None:
    few = flown(160)
    straight, stopped = play(chain_of(), few), play(chain_of(), few[:200])
    stopped.chain = Chain(steps, stopped.chain.saved(), stopped.chain.after)
    play(stopped, few[200:])
    assert stopped.chain.saved() == straight.chain.saved()
    assert [o.chain for o in stopped.outcomes] == [o.chain for o in straight.outcomes]


def test_weather_and_places_are_looked_at() -> None:
    story = chain_of()
    there = {"lat": 40.0, "lon": -75.0, "tz": "America/New_York", "station": "S"}
    story.tell(0, event("site.declared", 0, site="A", name="A", **there),
               planned("L1", 150, 300), planned("L2", 30, 300))  # fmt: skip
    story.tell(1, event("weather.observed", 1, station="S", temp_c=-4.0, visibility_m=400.0))
    story.wait(40)
    row = story.row("foretold", "leg", "L1")
    assert row["hazard"] == 3
    assert row["clock_min"] == (at(150) / MINUTE - 300) % 1440
    issued = story.table("predictions")["issued_at"].max()
    story.tell(45, event("weather.observed", 45, station="S", temp_c=-4.0, visibility_m=300.0))
    story.wait(47)
    assert story.table("predictions")["issued_at"].max() == issued  # as bad as before
    story.tell(50, event("weather.observed", 50, station="S", temp_c=9.0, visibility_m=16_000.0))
    story.wait(52)
    assert story.row("foretold", "leg", "L1")["hazard"] == 0
    assert story.table("predictions")["issued_at"].max() == at(51)


def test_a_network_without_legs_keeps_nothing() -> None:
    story = chain_of()
    story.tell(0, event("order.placed", 0, order="O", customer="C", lines=[]))
    step = next(s for s in story.chain.steps if isinstance(s, Predictions))
    assert set(step.saved()) == {"predictions", "models", "foretold", "underway", "tails"}


def test_weather_where_a_leg_goes_has_it_asked_about_anew() -> None:
    story = chain_of()
    there = {"lat": 40.0, "lon": -75.0, "tz": "America/New_York"}
    story.tell(0, event("site.declared", 0, site="B", name="B", station="T", **there),
               planned("L1", 150, 300), planned("L2", 150, 300, dest="C"))  # fmt: skip
    story.wait(40)
    assert np.isnan(story.row("foretold", "leg", "L1")["dest_hazard"])
    story.tell(50, event("weather.observed", 50, station="T", temp_c=-4.0, visibility_m=300.0))
    story.wait(52)
    rows = story.table("predictions")
    issued = {int(row["subject"]): int(row["issued_at"]) for row in rows if row["moment"] == 0}
    assert [issued[ids.of("leg", name)] for name in ("L1", "L2")] == [at(51), at(30)]
    assert story.row("foretold", "leg", "L1")["dest_hazard"] == 3


def test_the_carriers_estimate_is_kept_beside_ours_and_shown_where_we_tell_nothing() -> None:
    story = chain_of()
    story.tell(0, planned("L1", 60, 180))
    story.tell(10, leg("estimated", 10, dep_estimated=at(70), arr_estimated=at(200)))
    story.tell(75, leg("departed", 75))
    story.wait(77)
    rows = story.table("predictions")
    left = rows[rows["moment"] == 1][0]
    assert (left["estimate_min"], left["shown_min"], left["shown"], left["gain_min"]) == (20.0, 20.0, 1, 0.0)
    assert np.isnan(rows[rows["moment"] == 0][0]["estimate_min"])


def chances(story: Story, name: str) -> np.void:
    """What was said of whether a leg will be cancelled."""
    rows = story.table("predictions")
    found: np.void = rows[(rows["subject"] == np.uint64(ids.of("leg", name))) & (rows["moment"] == 2)][0]
    return found


def test_whether_a_leg_will_be_cancelled_is_asked_four_times_and_known_an_hour_after_its_plan() -> None:
    story = chain_of()
    story.tell(0, planned("L1", 600, 700), planned("L2", 600, 700))
    leads = []
    for minute in (61, 241, 361, 481):
        story.wait(minute)
        leads.append(int(chances(story, "L1")["lead_h"]))
    assert leads == [9, 6, 4, 2]
    story.tell(490, leg("cancelled", 490, "L1"))
    story.tell(610, leg("departed", 610, "L2"))
    story.wait(659)
    assert chances(story, "L1")["was_cancelled"] == -1
    story.wait(661)
    assert [int(chances(story, name)["was_cancelled"]) for name in ("L1", "L2")] == [1, 0]
    step = next(s for s in story.chain.steps if isinstance(s, Predictions))
    assert step._book is not None
    assert step._book.fate.middle[2] == 8


def test_who_is_often_cancelled_is_told_to_be_and_from_a_state_in_the_middle_too() -> None:
    story = chain_of()
    for day in range(5):
        start = 1_440.0 * day
        names = [f"D{day}-{n}" for n in range(40)]
        story.tell(start, *[{**planned(name, start + 600, start + 700), "at": at(start)} for name in names],
                   *[leg("assigned", start, name, carrier=f"C{n % 2}") for n, name in enumerate(names)])  # fmt: skip
        story.wait(start + 590)
        if day == 3:
            story.chain = Chain(steps, story.chain.saved(), story.chain.after)
        story.tell(start + 600, *[leg("departed" if n % 2 else "cancelled", start + 600, name)
                                  for n, name in enumerate(names)])  # fmt: skip
        story.wait(start + 700)
    often, never = chances(story, "D4-0"), chances(story, "D4-1")
    assert (often["was_cancelled"], never["was_cancelled"]) == (1, 0)
    assert often["p_cancelled"] > 2 * never["p_cancelled"]


def test_a_chain_stopped_before_it_was_ever_asked_says_the_same_and_one_that_learned_otherwise_begins_anew() -> None:
    straight, stopped = chain_of(), chain_of()
    for story in (straight, stopped):
        story.tell(0, planned("L1", 150, 300))
    stopped.chain = Chain(steps, stopped.chain.saved(), stopped.chain.after)
    for story in (straight, stopped):
        story.tell(140, planned("L2", 200, 300))
    assert stopped.chain.saved() == straight.chain.saved()
    saved = {name: dict(step) for name, step in straight.chain.saved().items()}
    del saved["predictions"]["fate"]
    again = Chain(steps, saved, straight.chain.after).saved()["predictions"]
    assert again["predictions"] == saved["predictions"]["predictions"]
    assert set(again) == {"predictions", "models", "foretold", "underway", "tails"}
