"""The blizzard: as recorded, as promised, and the same however it is played."""

import json
from collections import Counter

import numpy as np
import pytest

from simulators import scenarios
from simulators.feed import Arrivals
from simulators.scenarios.reacting import ReactingFeed
from simulators.scenarios.week import START, Week, week
from simulators.world import rows
from simulators.world.rows import HOUR, MINUTE
from tests.suites.batch_suite import BatchSuite
from tower import clock, ids
from tower.batch import Batch
from tower.clock import DAY
from tower.errors import UsageError
from tower.events import BY_NUMBER, NUMBER

SCENARIO = scenarios.ALL["blizzard"]


def load() -> ReactingFeed:
    feed = scenarios.load("blizzard")
    assert isinstance(feed, ReactingFeed)
    return feed


@pytest.fixture(scope="module")
def whole() -> list[Arrivals]:
    return load().advance(SCENARIO.end_ms)


@pytest.fixture(scope="module")
def facts() -> Week:
    return week(SCENARIO.seed)


class TestBlizzard(BatchSuite):
    @pytest.fixture(scope="class")
    @classmethod
    def given(cls, whole: list[Arrivals]) -> list[Arrivals]:
        return whole

    def test_every_event_has_one_body_and_its_required_fields(self, given: list[Arrivals]) -> None:
        """As the suite has it, but of a shelf that gives one unit: -1 is a delta's value too, not only its unknown."""
        single = [_with_two(a) for a in given]
        super().test_every_event_has_one_body_and_its_required_fields(single)


def _with_two(said: Arrivals) -> Arrivals:
    tables = dict(said.batch.tables)
    if "stock_move" in tables and (tables["stock_move"]["on_hand"] < 0).all():
        tables["stock_move"] = tables["stock_move"].copy()
        tables["stock_move"]["quantity"] -= 1
    return said._replace(batch=Batch(tables, said.batch.names, said.batch.documents))


def kinds(whole: list[Arrivals]) -> Counter[str]:
    return Counter(BY_NUMBER[n].name for a in whole for n in a.batch.rows("event")["kind"].tolist())


def of(whole: list[Arrivals], kind: str) -> tuple[np.ndarray, np.ndarray, Batch]:
    """Heads and bodies of all events of a kind, and their batch."""
    for _, _, batch in whole:
        heads = batch.rows("event")
        which = np.flatnonzero(heads["kind"] == NUMBER[kind])
        if which.size:
            bodies = batch.rows(BY_NUMBER[NUMBER[kind]].family)
            return heads[which], bodies[np.isin(bodies["event"], which)], batch
    raise KeyError(kind)


def test_what_was_recorded_is_all_there(whole: list[Arrivals]) -> None:
    told = kinds(whole)
    assert (told["leg.planned"], told["leg.cancelled"], told["weather.observed"]) == (6098, 982, 504)
    assert told["leg.departed"] == 6098 - 982 - 1, "one leaves after the week's last midnight"
    assert sum(a.batch.rows("order_line").size for a in whole) == 49_377
    assert told["site.declared"] == 95


def test_what_was_left_out_and_worked_out_is_counted() -> None:
    feed = load()
    assert sum(feed.unused["online_retail"].values()) == 701
    assert feed.given.derived["nycflights13"] == {
        "schedule from the same flight on a near day": 981, "schedule drawn": 1, "arrival of a diverted leg": 20,
        "seats by the carrier's median": 1361,
    }  # fmt: skip
    assert feed.given.notes == SCENARIO.simulated


def test_nothing_leaves_a_hub_between_friday_17_28_and_saturday_09_01(whole: list[Arrivals]) -> None:
    at = of(whole, "leg.departed")[0]["at"]
    silent = clock.parse("2013-02-08T17:28:00-05:00"), clock.parse("2013-02-09T09:01:00-05:00")
    assert not ((at > silent[0]) & (at < silent[1])).any()
    assert np.isin(silent, at).all()


def test_first_in_first_out_keeps_46_percent_of_promises(whole: list[Arrivals], facts: Week) -> None:
    """OTIF of the lines ordered on Thursday and Friday: the verdict of the study that the scenario is made from."""
    heads = of(whole, "line.delivered")[0]
    at = dict(zip(heads["subject"].tolist(), heads["at"].tolist(), strict=True))
    lines = ids.pairs(
        np.array([ids.of("order", o) for o in facts.lines.order], "u8"),
        np.array([ids.of("line", n) for n in facts.lines.line], "u8"),
    )
    delivered = np.array([at.get(line, 1 << 60) for line in lines.tolist()])
    counted = (facts.lines.placed >= START + DAY) & (facts.lines.placed < START + 3 * DAY)
    kept = delivered <= facts.lines.promise
    assert counted.sum() == 20_432
    assert round(100 * kept[counted].mean(), 1) == 46.5
    by_priority = [round(100 * kept[counted & (facts.lines.priority == p)].mean()) for p in range(3)]
    assert by_priority == [37, 38, 69]


def test_steps_of_any_size_give_the_same_events(whole: list[Arrivals]) -> None:
    feed, until = load(), START + 62 * HOUR
    stops = [START + 55 * HOUR, *range(START + 55 * HOUR + 777, until, 7 * MINUTE + 1234), until]
    parts = [a for stop in stops for a in feed.advance(stop)]
    for source, _, batch in whole:
        told = [a.batch.rows("event") for a in parts if a.source == source]
        together = np.concatenate(told)
        assert together.tobytes() == batch.rows("event")[: together.size].tobytes(), source


def test_all_that_arrives_in_an_advance_was_received_in_it() -> None:
    feed, last = load(), START - 1
    for until in (START, START + HOUR, START + 33 * HOUR + 500, START + 33 * HOUR + 600, START + 60 * HOUR):
        for _, received, batch in feed.advance(until):
            assert last < received[0]
            assert received[-1] <= until
            assert (batch.rows("event")["at"] <= received).all()
        last = until


def test_every_event_of_a_source_has_an_id_of_its_own(whole: list[Arrivals]) -> None:
    for source, received, batch in whole:
        assert np.unique(batch.rows("event")["id"]).size == received.size, source


def test_no_second_is_cut_in_two(whole: list[Arrivals]) -> None:
    for _, received, _ in whole:
        assert (received % 1000 == 0).all()


def test_a_feed_goes_on_from_its_bytes(whole: list[Arrivals]) -> None:
    first, second = load(), load()
    first.advance(START + 57 * HOUR)
    second.from_bytes(first.to_bytes())
    here, there = ([a.batch.rows("event").tobytes() for a in f.advance(START + 60 * HOUR)] for f in (first, second))
    assert here == there


def test_another_plan_drives_it() -> None:
    """With the clerk sent home only what `decide` says is booked."""
    feed = load()
    feed.plan = None
    feed.advance(START + 15 * HOUR)
    w = feed.world.w
    line = int(np.flatnonzero(w.lines["state"] == rows.OPEN)[0])
    legs = np.flatnonzero((w.offered["dest"] == w.ordered["site"][line]) & (w.legs["etd"] > feed.world.now + 6 * HOUR))
    first = legs[np.argsort(w.legs["etd"][legs])][:9]
    feed.decide(np.array([[0, rows.ASSIGN, line, g, 0] for g in first[::-1]], "i8"))
    booked = of(feed.advance(START + 15 * HOUR + 1000), "line.booked")
    assert set(booked[0]["subject"].tolist()) == {int(ids.pairs(feed.ids.order[line], feed.ids.line[line]))}
    assert kinds(feed.advance(START + 60 * HOUR))["line.delivered"] == 1


def test_what_is_told_of_a_leg_before_its_notice_does_not_tell_that_it_is_cancelled(
    whole: list[Arrivals], facts: Week
) -> None:
    heads, bodies, _ = of(whole, "leg.assigned")
    named = heads[bodies["vehicle"] != ids.UNKNOWN]
    leg = np.array([ids.of("leg", name) for name in facts.legs.names], "u8")
    off = leg[facts.legs.noticed >= 0]
    assert not np.isin(named["subject"], off).any()
    early = facts.legs.planned - facts.legs.noticed >= 110 * MINUTE
    assert early[facts.legs.noticed > START].all()


def test_stock_moves_are_negative_and_never_more_than_was_counted(whole: list[Arrivals]) -> None:
    counted = of(whole, "stock.counted")
    moved = of(whole, "stock.moved")
    assert (moved[1]["quantity"] < 0).all()
    left = dict(zip(counted[0]["subject"].tolist(), counted[1]["on_hand"].tolist(), strict=True))
    for shelf, quantity in zip(moved[0]["subject"].tolist(), moved[1]["quantity"].tolist(), strict=True):
        left[shelf] += quantity
    assert min(left.values()) >= 0


def test_every_source_is_listed_with_its_basis_and_its_name_tells_it(whole: list[Arrivals]) -> None:
    basis = {s.name: s.basis for s in SCENARIO.sources}
    assert {a.source for a in whole} == set(basis) - {"world.wms"}, "which only speaks when something is to be done"
    for name, of_it in basis.items():
        assert (of_it == "simulated") == name.startswith("overlay."), name
        assert (of_it == "world") == name.startswith("world."), name


def test_its_documents_name_what_they_declare(whole: list[Arrivals]) -> None:
    for _, _, batch in whole:
        heads = batch.rows("event")
        for row, text in zip(batch.rows("document"), batch.documents, strict=True):
            kind = BY_NUMBER[int(heads["kind"][row["event"]])]
            said, subject = json.loads(text), kind.subject[0]
            assert ids.of(subject.of, said[subject.name]) == heads["subject"][row["event"]]


def test_a_scenario_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(UsageError, match="'hurricane' does not exist"):
        scenarios.load("hurricane")
    assert scenarios.network("blizzard") == "blizzard"
    assert load().networks == ("blizzard",)
