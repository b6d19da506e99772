"""Christmas: as recorded."""

from pathlib import Path

import numpy as np
import pytest

from simulators import scenarios
from simulators.feed import Arrivals
from simulators.scenarios import bundle, christmas
from simulators.scenarios.recorded import WEEKS
from simulators.scenarios.sources.carriers import LegFacts
from simulators.scenarios.sources.turnarounds import chained
from tests.suites.batch_suite import BatchSuite
from tower.clock import DAY, HOUR, MINUTE
from tower.events import NUMBER

SCENARIO = scenarios.ALL["christmas"]


@pytest.fixture(scope="module")
def whole() -> list[Arrivals]:
    return scenarios.load("christmas").advance(SCENARIO.end_ms)


@pytest.fixture(scope="module")
def legs() -> LegFacts:
    return christmas.facts(1, bundle.tables("christmas"))


class TestChristmasEve(BatchSuite):
    @pytest.fixture(scope="class")
    @classmethod
    def given(cls) -> list[Arrivals]:
        feed = scenarios.load("christmas")
        feed.advance(SCENARIO.start_ms + 3 * DAY + 12 * HOUR)
        return feed.advance(SCENARIO.start_ms + 3 * DAY + 15 * HOUR)


def test_what_was_recorded_is_all_there(whole: list[Arrivals]) -> None:
    told = np.concatenate([a.batch.rows("event")["kind"] for a in whole])
    count = {k: int((told == NUMBER[k]).sum()) for k in NUMBER}
    assert [count[k] for k in ("leg.planned", "leg.cancelled", "leg.departed", "site.declared")] == [
        88_602, 1153, 87_449, 199,
    ]  # fmt: skip
    assert count["visit.booked"] == count["visit.arrived"] == count["visit.left"] == 77_904


def test_every_event_of_a_source_has_an_id_of_its_own(whole: list[Arrivals]) -> None:
    for source, received, batch in whole:
        assert np.unique(batch.rows("event")["id"]).size == received.size, source


def test_every_source_is_listed(whole: list[Arrivals]) -> None:
    assert {a.source for a in whole} == {s.name for s in SCENARIO.sources}


def test_a_turnaround_is_one_vehicle_at_one_site_between_two_legs(legs: LegFacts) -> None:
    into, out = chained(legs)
    vehicle, origin, dest = (np.array(c) for c in (legs.vehicle, legs.origin, legs.dest))
    assert (vehicle[into] == vehicle[out]).all()
    assert (dest[into] == origin[out]).all()
    dwell = (legs.departed[out] - legs.arrived[into]) / MINUTE
    assert np.quantile(dwell, [0.05, 0.5]).tolist() == [23, 56]
    assert (dwell >= 0).all()


def test_late_in_is_late_out(legs: LegFacts) -> None:
    into, out = chained(legs)
    came, went = legs.arrived[into] - legs.arrives[into], legs.departed[out] - legs.planned[out]
    assert np.corrcoef(came, went)[0, 1] > 0.5


def test_names_of_legs_are_their_own(legs: LegFacts) -> None:
    assert len(set(legs.names)) == 88_602


def test_clocks_are_right_legs_take_half_an_hour_to_eleven(legs: LegFacts) -> None:
    block = (legs.arrives - legs.planned) / MINUTE
    assert block.min() >= 20
    assert block.max() <= 11 * 60
    local = (legs.planned - SCENARIO.start_ms) // HOUR - 5
    assert ((local % 24 > 1) & (local % 24 < 4)).mean() < 0.01


def test_scenarios_and_weeks_lie_in_the_repository_in_less_than_2_mb() -> None:
    folder = Path(scenarios.__file__).parent / "data"
    assert {p.stem for p in folder.glob("*.pack")} == {*scenarios.ALL, *(week.pack for week in WEEKS)}
    assert sum(p.stat().st_size for p in folder.iterdir()) < 2_000_000
