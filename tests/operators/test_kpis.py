"""Key figures: what is kept up to date says what counting anew says."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from operators.chain import Chain
from operators.counting import bin_of, edge_of
from operators.figures import ALARMS, NAMES
from operators.windows import DAY_S, TREND_S, midnights
from streams.control import make
from tests.determinism.evening import BEGIN, END, straight
from tests.suites import anyorder, slow_kpis
from tests.suites.slow_kpis import NETWORK, something, told
from tests.suites.story import START, Story, at, event, leg, planned
from tower import ids
from tower.clock import DAY, HOUR, MINUTE, parse
from tower.record import Record

ZONE = "America/New_York"
BY_DAY = frozenset(NAMES[:ALARMS]) - {"events", "deviations_opened"}
BY_TREND = ("legs_departed", "legs_arrived", "legs_cancelled", "late_p90_min", "deviations_opened", "events")


def figure(story: Story, name: str, window_s: int = DAY_S, site: int = NETWORK) -> list[float]:
    """That figure of each window, in order."""
    rows = np.sort(story.table("kpis"), order="window")
    chosen = (rows["name"] == np.uint64(ids.of("kpi", name))) & (rows["window_s"] == window_s)
    return [float(v) for v in rows["value"][chosen & (rows["site"] == np.uint64(site))]]


def order(name: str, promise: float, on: str) -> list[dict[str, object]]:
    lines = [{"line": "1", "sku": "S", "quantity": 1, "value_cents": 10_000}]
    return [event("order.placed", -500, order=name, customer="C", priority="standard", ship_to="B",
                  promise_by=at(promise), lines=lines),
            event("line.booked", -490, order=name, line="1", leg=on, site="A")]  # fmt: skip


def test_nothing_is_said_before_the_minute_is_over_and_nothing_twice() -> None:
    story = Story()
    assert story.tell(0.5, planned()).rows("kpis").size == 0
    said = story.wait(1)
    assert said.rows("kpis").size > 0
    assert set(said.rows("kpis")["at"].tolist()) == {at(1)}
    assert story.wait(50).rows("kpis").size == 0


def test_legs_of_a_day_add_up_by_planned_departure_whatever_becomes_of_them() -> None:
    story = Story()
    story.tell(0, *(planned(f"L{n}", dep=10 + n, arr=100) for n in range(5)))
    story.tell(20, leg("departed", 12, "L0"), leg("departed", 13, "L1"), leg("cancelled", 15, "L2"))
    story.tell(30, leg("cancelled", 25, "L1"), leg("arrived", 28, "L0"))
    story.wait(31)
    counted = [figure(story, f"legs_{word}") for word in ("planned", "departed", "cancelled", "open", "arrived")]
    assert counted == [[5.0], [2.0], [1.0], [2.0], [1.0]]


def test_a_departure_taken_back_is_counted_no_more() -> None:
    story = Story()
    story.tell(0, planned(dep=10, arr=100))
    story.tell(11, leg("departed", 11, id="wrong"))
    story.wait(13)
    assert figure(story, "legs_departed", TREND_S) == [0.0, 1.0][-len(figure(story, "legs_departed", TREND_S)) :]
    story.tell(14, leg("departed", 14, corrects={"id": "wrong", "reason": "typed"}))
    story.wait(15)
    assert figure(story, "legs_departed") == [1.0]
    assert figure(story, "legs_departed", TREND_S)[-1] == 1.0
    assert sum(figure(story, "legs_departed", TREND_S)) == 1.0


def test_promises_of_today_are_kept_or_expected_to_be_against_the_plan_of_midnight() -> None:
    story = Story()
    morning = 15 * 60  # midnight UTC is 15 hours after the story begins
    legs = [planned(name, dep=morning + 60, arr=morning + 180) for name in ("L1", "L2")]
    story.tell(0, *legs, *order("O1", morning + 600, "L1"), *order("O2", morning + 600, "L2"),
               *order("O3", morning + 200, "L2"))  # fmt: skip
    story.tell(morning + 10, leg("cancelled", morning + 10, "L1"))
    story.wait(morning + 11)
    rows = story.table("kpis")
    mine = rows[(rows["name"] == np.uint64(ids.of("kpi", "on_time_ratio"))) & (rows["window"] == START + 15 * HOUR)]
    ratio = mine[(mine["window_s"] == DAY_S) & (mine["site"] == ids.UNKNOWN)][0]
    assert (ratio["value"], ratio["plan"]) == (pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert figure(story, "lines_due")[-1] == 3.0


def test_a_day_ends_at_the_networks_own_midnight() -> None:
    story = Story()
    story.tell(0, planned("L1", dep=0, arr=100), planned("L2", dep=16 * 60, arr=17 * 60))
    story.tell(1, event("network.declared", 1, network="n", tz=ZONE))
    story.wait(2)
    rows = story.table("kpis")
    assert set(rows["window"][(rows["window_s"] == DAY_S) & (rows["keep_until"] > 0)].tolist()) == {START - 4 * HOUR}
    assert figure(story, "legs_planned")[-1] == 2.0
    assert sum(figure(story, "events")[-1:]) == 3.0


def test_midnights_are_those_of_the_zone_and_of_utc_where_there_is_none() -> None:
    starts = midnights(ZONE).tolist()
    assert parse("2013-02-08T00:00:00-05:00") in starts
    assert parse("2013-07-08T00:00:00-04:00") in starts
    assert {b - a for a, b in pairwise(starts)} == {DAY - HOUR, DAY, DAY + HOUR}
    for wrong in ("Nowhere/Never", "../../etc/passwd", "", "UTC"):
        assert midnights(wrong)[0] % DAY == 0


@pytest.mark.parametrize("minutes", [-5, 0, 0.1, 1, 59.5, 60, 61, 65, 299, 300, 301, 315, 599, 600, 10_000])
def test_lateness_is_told_as_the_upper_edge_of_its_bin(minutes: float) -> None:
    assert edge_of(bin_of(float(minutes))) == slow_kpis.edge(minutes)


def test_figures_of_long_ago_go() -> None:
    story = Story()
    story.tell(0, planned(dep=0, arr=10))
    story.tell(5, leg("departed", 5))
    story.wait(9 * 60)
    assert figure(story, "legs_departed", TREND_S) == []
    story.wait(4 * 24 * 60)
    assert figure(story, "legs_departed") == []
    assert set(story.table("kpis")["window"].tolist()) == {START - START % DAY + n * DAY for n in (2, 3)}


@pytest.mark.parametrize("seed", range(8))
def test_figures_of_any_events_are_what_counting_anew_gives(seed: int) -> None:
    story = Story()
    told_ = anyorder.events(seed, 60)
    for n in range(6):
        story.tell(80 + n, *told_[10 * n : 10 * n + 10])
    story.tell(87, *told_[60:])
    story.wait(88)
    found = slow_kpis.tables(story.chain)
    start = START - START % DAY
    assert told(found["kpis"], start, DAY_S, BY_DAY) == something(slow_kpis.of_day(found, (start, start + DAY)))


@pytest.mark.full
def test_figures_of_the_evening_are_what_counting_anew_gives() -> None:
    chain, log, outcomes, checked = Chain(make), list[Record](), list[Record](), 0
    moments = [BEGIN + n * 12 * MINUTE for n in range(1, 1 + (END - BEGIN) // (12 * MINUTE))]
    for record in straight().held.log:
        while moments and record.now >= moments[0]:
            moment = moments.pop(0)
            outcomes.append(chain.advance(Record(chain.after + 1, moment)))
            check(chain, outcomes, log, moment)
            checked += 1
        log.append(replace(record, number=chain.after + 1))
        outcomes.append(chain.advance(log[-1]))
    assert checked > 10


def check(chain: Chain, outcomes: list[Record], log: list[Record], moment: int) -> None:
    found = slow_kpis.tables(chain)
    window = slow_kpis.day(moment - 1, ZONE)
    assert told(found["kpis"], window[0], DAY_S, BY_DAY) == something(slow_kpis.of_day(found, window))
    trend = moment - TREND_S * 1000, moment
    expected = slow_kpis.of_trend(found["legs"], outcomes, log, trend)
    mine = told(found["kpis"], trend[0], TREND_S, BY_TREND)
    assert mine == something(expected)
