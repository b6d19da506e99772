"""Bad input to predictions: they widen or abstain and say why, learning freezes and goes on by rule, all is visible."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from operators.chain import Chain
from operators.predictions import Predictions
from tests.suites.flown import Told, flown, play, steps
from tests.suites.story import Event, Story, at, event, leg, planned
from tower import ids
from tower.outcomes import DOUBTS, FREEZES

LEGS = 640
HOUR = 60.0
LATER = 1_600.0
"""When the bad begins: all usual legs are there."""


@pytest.fixture(scope="module")
def usual() -> tuple[Any, int]:
    """A chain that has learned from ordinary legs: its state, and how many records that took."""
    story = Story(steps)
    site = {"lat": 40.0, "lon": -75.0, "tz": "America/New_York"}
    story.tell(0, event("site.declared", 0, site="A", name="A", station="S", **site))
    play(story, flown(LEGS))
    story.wait(LATER - 10)
    return story.chain.saved(), story.chain.after


@pytest.fixture
def story(usual: tuple[Any, int]) -> Story:
    """That chain, going on."""
    told = Story(steps)
    told.count, told.inbox = 1_000_000, 1_000_000
    told.chain = Chain(steps, *usual)
    return told


def model(story: Story, name: str = "arrival_at_departure") -> np.void:
    """How a model stands."""
    return story.row("models", "model", name)


def learned(story: Story) -> bytes:
    """What our models and their challengers have learned."""
    step = next(s for s in story.chain.steps if isinstance(s, Predictions))
    saved = step.saved()
    models = (f"{name}_{part}" for name in ("before", "departed") for part in ("places", "line"))
    return b"".join(saved[name] for name in (*models, "situation"))


def told_of(story: Story, *names: str, moment: int = 0) -> np.ndarray:
    """What was told of these legs."""
    rows = story.table("predictions")
    return rows[np.isin(rows["subject"], [np.uint64(ids.of("leg", n)) for n in names]) & (rows["moment"] == moment)]


def reason(row: np.void) -> str:
    return DOUBTS[int(row["why"])]


def sane(story: Story) -> None:
    """Bands are in order or not there; nothing that was learned is no number; a restart goes on alike."""
    rows = story.table("predictions")
    told = rows[~np.isnan(rows["p50"])]
    assert ((told["p05"] <= told["p50"]) & (told["p50"] <= told["p95"])).all()
    step = next(s for s in story.chain.steps if isinstance(s, Predictions))
    book: Any = step._book
    assert np.isfinite(book.before.forecast.weights).all()
    assert np.isfinite(book.departed.forecast.weights).all()
    assert np.isfinite(book.before.line.slopes).all()
    again = Chain(steps, story.chain.saved(), story.chain.after)
    assert again.saved() == story.chain.saved()


def plans(first: int, number: int, dep: float, **more: Any) -> list[Event]:
    """Legs that are planned for then, of a carrier."""
    told: list[Event] = []
    for n in range(first, first + number):
        name = f"N{n}"
        told += [{**planned(name, dep, dep + 100), "dest": f"D{n % 7}", **more},
                 leg("assigned", dep - 200, name, carrier=more.get("carrier", "EARLY"))]  # fmt: skip
    return told


def moved(kind: str, first: int, number: int, when: float, now: float | None = None) -> list[Event]:
    """These legs leave or come then."""
    return [leg(kind, when, f"N{n}") for n in range(first, first + number)]


def test_a_carrier_and_a_site_that_nobody_knows_are_told_wider_and_why(story: Story) -> None:
    story.tell(LATER, *plans(0, 1, LATER + 130), *plans(1, 1, LATER + 130, carrier="NEW", origin="NOWHERE"))
    story.wait(LATER + 20)
    known, new = told_of(story, "N0")[0], told_of(story, "N1")[0]
    assert reason(known) == "none"
    assert reason(new) in {"unseen", "inputs_missing", "no_inputs"}
    assert np.isnan(new["p50"]) or new["p95"] - new["p05"] > known["p95"] - known["p05"]
    sane(story)


def test_a_leg_without_carrier_or_places_says_that_inputs_are_missing(story: Story) -> None:
    story.tell(LATER, {"kind": "leg.planned", "leg": "N9", "at": at(0), "dep_planned": at(LATER + 130),
                       "arr_planned": at(LATER + 200)})  # fmt: skip
    story.wait(LATER + 20)
    rows = told_of(story, "N9")
    assert [reason(row) for row in rows] in (["inputs_missing"], ["no_inputs"], [])
    sane(story)


def test_weather_of_yesterday_is_not_known(story: Story) -> None:
    story.tell(LATER, event("weather.observed", LATER, station="S", temp_c=5.0, visibility_m=9000.0),
               *plans(0, 1, LATER + 130), *plans(1, 1, LATER + 700))  # fmt: skip
    story.wait(LATER + 600)
    assert story.row("foretold", "leg", "N0")["hazard"] == 0
    assert np.isnan(story.row("foretold", "leg", "N1")["hazard"])
    sane(story)


def test_labels_that_never_come_are_missed_and_given_up_after_two_days(story: Story) -> None:
    before = learned(story)
    for hour in range(4):
        story.tell(LATER + HOUR * hour, *plans(30 * hour, 30, LATER + HOUR * hour + 130))
    story.wait(LATER + 16 * HOUR)
    assert FREEZES[int(model(story)["why"])] == "labels_missing"
    assert model(story)["frozen_at"] > 0
    story.tell(LATER + 16 * HOUR, *plans(500, 1, LATER + 16 * HOUR + 60))
    story.wait(LATER + 16 * HOUR + 2)
    assert reason(told_of(story, "N500")[0]) == "learning_frozen"
    story.wait(LATER + 70 * HOUR)
    assert story.row("foretold", "leg", "N0")["is_over"] == 1
    assert np.isnan(told_of(story, "N0")[0]["label_min"])
    assert learned(story)[:100] == before[:100]
    sane(story)


def storm(story: Story) -> tuple[float, bytes]:
    """Four hundred labels at one moment, hours late; what was learned before, and when."""
    dep = LATER + 130
    story.tell(LATER, *plans(0, 400, dep))
    story.tell(dep + 1, *moved("departed", 0, 400, dep + 1))
    story.wait(dep + 3)
    before = learned(story)
    story.tell(dep + 200, *moved("arrived", 0, 400, dep + 199))
    story.wait(dep + 202)
    return dep + 202, before


def test_a_storm_of_labels_is_scored_and_not_learned_and_learning_goes_on_after_an_hour(story: Story) -> None:
    now, before = storm(story)
    row = model(story)
    assert (FREEZES[int(row["why"])], int(row["kept_back"])) == ("label_storm", 400)
    assert learned(story) == before
    assert told_of(story, "N0")["label_min"].tolist() == [99.0]
    story.tell(now, *plans(500, 1, now + 60), *plans(600, 4, now + 130))
    story.wait(now + 2)
    frozen = told_of(story, "N500")[0]
    assert reason(frozen) == "learning_frozen"
    story.wait(now + 125)
    story.tell(now + 140, *moved("departed", 600, 4, now + 140))
    story.tell(now + 240, *moved("arrived", 600, 4, now + 240))
    story.wait(now + 260)
    row = model(story)
    assert (FREEZES[int(row["why"])], int(row["frozen"])) == ("none", 1)
    step = next(s for s in story.chain.steps if isinstance(s, Predictions))
    assert step._book is not None
    assert step._book.departed.forecast.learned[0] == LEGS + 4
    sane(story)


def test_the_same_storm_from_a_state_in_the_middle_says_the_same(story: Story, usual: tuple[Any, int]) -> None:
    storm(story)
    again = Chain(steps, *usual)
    half = len(story.records) // 2
    for record in story.records:
        if record.number == story.records[half].number:
            again = Chain(steps, again.saved(), again.after)
        again.advance(record)
    assert again.saved() == story.chain.saved()


@pytest.mark.parametrize("off", [-9 * HOUR, 75 * HOUR], ids=["back", "ahead"])
def test_a_clock_that_jumps_teaches_nothing(story: Story, off: float) -> None:
    dep = LATER + 130
    story.tell(LATER, *plans(0, 40, dep))
    story.tell(dep + 1, *moved("departed", 0, 40, dep + 1))
    story.wait(dep + 3)
    before = learned(story)
    for n in range(0, 40, 8):
        story.tell(dep + 100 + n, *moved("arrived", n, 8, dep + 100 + off))
    story.wait(dep + 160)
    assert learned(story) == before
    if off < 0:
        assert FREEZES[int(model(story)["why"])] == "clock_skew"
    sane(story)


def silent(story: Story) -> None:
    story.wait(LATER + 30 * HOUR)


def corrected(story: Story) -> None:
    for n in range(0, LEGS, 16):
        story.tell(LATER, {**leg("arrived", 0, f"L{n}"), "at": at(700 + n)})
    story.wait(LATER + 5)


def twice(story: Story) -> None:
    told: Told = flown(40)
    for _, events in told:
        story.tell(LATER, *events)
    story.wait(LATER + 5)


def blank(story: Story) -> None:
    story.tell(LATER, event("weather.observed", LATER, station="S"),
               {"kind": "leg.planned", "leg": "N1", "at": at(LATER), "origin": "A"})  # fmt: skip
    story.tell(LATER + 1, *moved("departed", 1, 1, LATER), *moved("arrived", 1, 1, LATER + 1))
    story.wait(LATER + 5)


@pytest.mark.parametrize("what", [silent, corrected, twice, blank])
def test_what_says_nothing_new_teaches_nothing(story: Story, what: Callable[[Story], None]) -> None:
    before = learned(story)
    what(story)
    assert learned(story) == before
    sane(story)


