"""What is predicted of a week's legs is what the chain says as the week comes, and is heard when it is said."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from operators.chances import AHEAD
from operators.planning.rows import WAY
from operators.planning.settings import Settings, settings_of
from operators.predictions import Predictions
from operators.prices import USUAL
from simulators.scenarios.bundle import numbers
from simulators.scenarios.sources.carriers import NOTHING, LegFacts
from simulators.scenarios.week import START, Week, week
from simulators.whatif import predicted
from simulators.whatif.predicted import Predicted, predictions, steps
from tests.suites import flown
from tests.suites.story import Story
from tower import layouts
from tower.clock import HOUR
from tower.ids import pairs

SEED = 20130208
MOMENT = START + 14 * HOUR


@pytest.fixture(scope="module")
def short() -> Week:
    """The legs and the weather of the first hours alone."""
    facts = week(SEED)
    seen = facts.tables["weather"]
    hours = np.flatnonzero(numbers(seen["t"]) < 16 * 60)
    weather = {name: c[hours] if isinstance(c, np.ndarray) else c._replace(codes=c.codes[hours])
               for name, c in seen.items()}  # fmt: skip
    return replace(facts, tables={**facts.tables, "weather": weather},
                   legs=some(facts.legs, np.flatnonzero(facts.legs.planned < MOMENT + 2 * HOUR)))  # fmt: skip


def some(legs: LegFacts, which: np.ndarray) -> LegFacts:
    return LegFacts._make(column[which] if isinstance(column, np.ndarray) else [column[i] for i in which.tolist()]
                          for column in legs)  # fmt: skip


def test_the_steps_that_predict_say_what_the_chain_says() -> None:
    few = flown.flown(160)
    whole, alone = flown.play(flown.chain_of(), few), flown.play(Story(steps), few)
    assert [o.rows("predictions").tobytes() for o in alone.outcomes] == [
        o.rows("predictions").tobytes() for o in whole.outcomes]  # fmt: skip
    assert sum(o.rows("predictions").size for o in alone.outcomes) > 500
    saved = (next(s for s in story.chain.steps if isinstance(s, Predictions)).saved() for story in (whole, alone))
    assert len({tuple(state.items()) for state in saved}) == 1


def test_what_is_predicted_does_not_know_what_comes_after(short: Week) -> None:
    later = (short.legs.planned > MOMENT) & (short.legs.noticed == NOTHING)
    was = (short.legs.departed, short.legs.arrived, short.legs.named, short.legs.revised)
    left, came, named, revised = (np.where(later, NOTHING, moments) for moments in was)
    noticed = np.where(later, short.legs.planned, short.legs.noticed)
    legs = short.legs._replace(departed=left, arrived=came, named=named, revised=revised, noticed=noticed)
    (at, rows), (other_at, others) = predictions(short), predictions(replace(short, legs=legs))
    until, other_until = (np.searchsorted(stamps, MOMENT - 2 * HOUR) for stamps in (at, other_at))
    assert rows[:until].tobytes() == others[:other_until].tobytes()
    assert (rows["issued_at"] <= at).all()
    ahead = rows[:until][(rows["moment"] == AHEAD)[:until] & (rows["labelled_at"][:until] < 0)]
    assert ahead.size > 500
    assert np.isfinite(ahead["p_cancelled"]).sum() > 100


def test_a_planner_hears_what_is_said_by_then_and_not_less_than_policy_wants(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = layouts.empty("predictions", 4)
    rows["key"], rows["moment"] = pairs(np.array([1, 2, 1, 2], "u8"), np.full(4, AHEAD, "u8")), AHEAD
    rows["p_cancelled"], rows["labelled_at"] = [0.6, 0.2, 0.7, 0.9], [-1, -1, -1, 400]
    monkeypatch.setattr(predicted, "predictions", lambda _: (np.array([100, 100, 200, 400]), rows))
    made: Any = None
    told, usual = Predicted(made), settings_of(USUAL, {})

    def heard(settings: Settings, now: int) -> list[float]:
        ways = np.repeat(WAY, 3)
        ways["key"], ways["is_open"] = [1, 2, 3], 1
        told.tell(ways, settings, now)
        found: list[float] = ways["chance"].tolist()
        return found

    wanted = usual._replace(own_chance=0.1)
    assert (usual.hears, wanted.hears) == (False, True)
    assert heard(wanted, 99) == [0, 0, 0]
    assert heard(wanted, 100) == [0.6, 0.2, 0]
    assert heard(wanted._replace(own_chance=0.65), 150) == [0, 0, 0]
    assert heard(wanted, 399) == [0.7, 0.2, 0]
    assert heard(wanted, 400) == [0.7, 0, 0]
