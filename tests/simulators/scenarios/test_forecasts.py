"""The simulated forecast: the nearer, the nearer to what happens; wrong as it is said to be; the same for one seed."""

import numpy as np
import pytest

from simulators.scenarios.overlay import forecasts
from simulators.scenarios.overlay.forecasts import AHEAD_H, FALSE_P, LEAST, Forecast
from simulators.scenarios.overlay.stock import HUBS
from simulators.scenarios.sources.forecasts import SOURCE
from simulators.scenarios.sources.forecasts import told as tell
from simulators.scenarios.week import START, Week, week
from simulators.whatif.changes import calm
from streams.adapters import decode
from tests.streams.adapters.wire import envelope
from tower.clock import HOUR

SEED = 20130208


@pytest.fixture(scope="module")
def facts() -> Week:
    return week(SEED)


@pytest.fixture(scope="module")
def told(facts: Week) -> Forecast:
    return forecasts.forecasts(SEED, facts.legs, START)


def errors(told: Forecast, truth: np.ndarray, lead: slice) -> float:
    """How far what is said so long ahead is from what happens, in the mean of Thursday to Saturday."""
    found = [np.abs(told.chance[n][:, lead] - truth[:, hour + lead.start : hour + lead.stop]).mean()
             for n, hour in enumerate((told.issued - START) // HOUR) if 24 <= hour < 96]  # fmt: skip
    return float(np.mean(found))


def test_the_nearer_it_is_the_less_it_is_wrong(facts: Week, told: Forecast) -> None:
    truth = forecasts.lost(facts.legs, START)
    near, far = errors(told, truth, slice(0, 6)), errors(told, truth, slice(24, 36))
    silence = float(truth[:, 24:96].mean())
    assert near < 0.5 * far
    assert far < silence


def test_it_says_nothing_beyond_its_reach_nor_what_hardly_happens(told: Forecast) -> None:
    assert told.chance.shape[1:] == (3, AHEAD_H)
    said = told.chance[told.chance > 0]
    assert (said.min(), said.max()) >= (LEAST, 0.9)
    assert (np.diff(told.issued) == 3 * HOUR).all()


def test_where_nothing_happens_there_are_false_alarms_only(facts: Week) -> None:
    said = forecasts.forecasts(SEED, calm(facts, SEED).legs, START).chance
    assert set(np.unique(said).tolist()) == {0.0, FALSE_P}
    assert 0.005 < float((said > 0).mean()) < 0.05


def test_one_seed_gives_one_forecast_and_another_seed_another(facts: Week, told: Forecast) -> None:
    again, other = (forecasts.forecasts(seed, facts.legs, START) for seed in (SEED, SEED + 1))
    assert np.array_equal(again.chance, told.chance)
    assert not np.array_equal(other.chance, told.chance)


def test_as_events_each_hour_stands_as_it_was_last_issued_and_they_are_marked(told: Forecast) -> None:
    events = list(tell(told))
    batch = decode(envelope(events), 1, "n")
    assert (len(batch), batch.rows("rejected").size, batch.names[int(batch.rows("event")["source"][0])]) == (
        len(events), 0, SOURCE)  # fmt: skip
    assert len({one["id"] for one in events}) == len(events)
    for n in (10, 18, 25):
        known = [one for one in events if int(str(one["at"])) <= told.issued[n]]
        stands = {(one["station"], one["for"]): one["p_hazard"] for one in known}
        for hub, hour in np.ndindex(*told.chance.shape[1:]):
            moment = int(told.issued[n]) + hour * HOUR
            assert stands.get((HUBS[hub], moment), 0.0) == told.chance[n, hub, hour]
