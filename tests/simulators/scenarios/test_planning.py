"""The storm, planned as it comes: each incident with lines at risk has its three options, and joint is the best."""

from collections import Counter
from itertools import takewhile

import numpy as np
import pytest

from operators.chain import Chain
from streams.replay import Replay
from tests.suites import storm_week
from tower.clock import parse
from tower.ids import UNKNOWN
from tower.record import Record

UNTIL = parse("2013-02-08T12:00:00-05:00")
"""The storm has begun: legs of the evening are cancelled."""

pytestmark = pytest.mark.full


class Told:
    """What a replay told: the options at each moment at which an incident had three that were worked out together."""

    def __init__(self) -> None:
        self.options: list[tuple[int, int, int]] = []
        self.chain: Chain | None = None

    def __call__(self, record: Record, outcome: Record) -> None:
        """Look at how the options stand."""
        if self.chain is None or "options" not in outcome.tables:
            return
        rows = self.chain_table("options")
        for incident in np.unique(outcome.tables["options"]["incident"]):
            mine = np.sort(rows[rows["incident"] == incident], order="rank")
            assert mine["kind"].tolist() == [0, 1, 2]
            self.options.append(tuple(mine["net_cents"].tolist()))

    def chain_table(self, name: str) -> np.ndarray:
        """Rows of a table of the state."""
        assert self.chain is not None
        found: np.ndarray = next(step.tables[name].rows for step in self.chain.steps if name in step.tables)
        return found

    def flush(self) -> None:
        """Nothing is kept."""


@pytest.fixture(scope="module")
def storm() -> Told:
    told = Told()
    replay = Replay(storm_week.NETWORK, told, tick=storm_week.EACH)  # type: ignore[arg-type]
    told.chain = replay.chain
    replay.play(takewhile(lambda arrival: arrival[0] <= UNTIL, storm_week.arrivals()))
    replay.chain.advance(Record(replay.chain.after + 1, UNTIL + 2 * storm_week.EACH + 1000, {}))
    return told


def test_joint_beats_or_equals_what_a_planner_does_by_phone_and_that_doing_nothing(storm: Told) -> None:
    assert len(storm.options) > 50
    assert all(joint >= spare >= nothing == 0 for joint, spare, nothing in storm.options)
    better = sum(joint > spare for joint, spare, _ in storm.options)
    assert better > len(storm.options) / 2


def test_no_leg_is_planned_beyond_its_room_and_no_plan_stands_on_a_leg_that_was_cancelled(storm: Told) -> None:
    plans, legs = storm.chain_table("plans"), storm.chain_table("legs")
    by = {int(row["key"]): row for row in legs}
    to = Counter(plans["to_leg"][plans["to_leg"] != UNKNOWN].tolist())
    assert sum(to.values()) > 300
    assert [key for key in to if by[key]["cancelled_at"] >= 0 or by[key]["departed_at"] >= 0] == []
    on = {int(row["key"]): int(row["loads"]) for row in storm.chain_table("loads")}
    away = Counter(plans["from_leg"][plans["from_leg"] != UNKNOWN].tolist())
    load = {key: on.get(key, 0) - away[key] + count for key, count in to.items()}
    assert [key for key, count in load.items() if count > by[key]["capacity_loads"]] == []


def test_scarce_legs_have_prices_and_what_cannot_go_its_reason(storm: Told) -> None:
    prices, plans = storm.chain_table("prices"), storm.chain_table("plans")
    assert prices.size > 20
    assert (np.maximum(prices["last_unit_cents"], prices["next_unit_cents"]) > 0).all()
    left = plans[plans["to_leg"] == UNKNOWN]
    assert (left["why"][left["from_leg"] == UNKNOWN] >= 6).all()
