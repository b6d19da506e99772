"""Incidents: one cause, one incident; what is counted is what is open."""

from typing import Any, get_args

import numpy as np

from api.hub.rows import Incident
from operators import blame
from operators.chain import Chain
from streams.control import make
from tests.suites.story import Event, Story, at, event, leg, planned
from tower import ids
from tower.ids import UNKNOWN
from tower.outcomes import CAUSES, JUDGED

STORM = {"temp_c": -3.0, "wind_mps": 15.0, "gust_mps": 25.0, "visibility_m": 700.0, "precip_mm_h": 2.0}
CALM = {"temp_c": 2.0, "wind_mps": 3.0, "gust_mps": 4.0, "visibility_m": 16_000.0, "precip_mm_h": 0.0}
LIVE = "closed_at"


def network(legs: int = 3, origin: str = "A") -> list[Event]:
    """A station at the site, and legs that leave it an hour and more from now, each with one line on it."""
    told: list[Event] = [event("site.declared", -600, site=origin, station=origin)]
    for n in range(legs):
        told += [
            planned(f"{origin}{n}", dep=60 + n, arr=180 + n, origin=origin),
            *line(f"{origin}O{n}", f"{origin}{n}"),
        ]
    return told


def line(order: str, on: str) -> list[Event]:
    """An order of one line that is booked on a leg and promised for when the leg should be there."""
    lines = [{"line": "1", "sku": "S", "quantity": 1, "value_cents": 10_000}]
    return [
        event("order.placed", -500, order=order, customer="C", priority="standard", ship_to="B",
              promise_by=at(390), lines=lines),
        event("line.booked", -490, order=order, line="1", leg=on, site="A"),
    ]  # fmt: skip


def weather(when: float, seen: dict[str, float], station: str = "A") -> Event:
    """An observation."""
    return event("weather.observed", when, station=station, **seen)


def incidents(story: Story, *, live: bool = True) -> list[tuple[str, int, int, int]]:
    """(cause, members, legs, lines) of the incidents, those that are open or all."""
    rows = story.table("incidents")
    told = [r for r in rows if r[LIVE] < 0 or not live]
    return sorted((CAUSES[r["cause"]], int(r["members"]), int(r["legs"]), int(r["lines"])) for r in told)


def test_legs_cancelled_at_one_site_are_one_incident_with_their_lines() -> None:
    story = Story()
    story.tell(0, *network())
    story.tell(1, *(leg("cancelled", 1, f"A{n}") for n in range(3)))
    assert incidents(story) == [("legs", 6, 3, 3)]


def test_bad_weather_is_to_blame_for_the_legs_of_its_site_and_takes_over_those_that_are_in_trouble() -> None:
    story = Story()
    story.tell(0, *network())
    story.tell(1, leg("cancelled", 1, "A0"))
    story.tell(2, weather(2, STORM))
    story.tell(3, leg("cancelled", 3, "A1"))
    assert incidents(story) == [("weather", 5, 2, 2)]
    weathers, legs = (next(r for r in story.table("incidents") if CAUSES[r["cause"]] == c) for c in ("weather", "legs"))
    assert legs["merged_into"] == weathers["key"]
    assert legs["members"] == 0
    assert weathers["site"] == ids.of("site", "A")


def test_two_sites_are_two_incidents() -> None:
    story = Story()
    story.tell(0, *network(2), *network(1, "X"))
    story.tell(1, leg("cancelled", 1, "A0"), leg("cancelled", 1, "X0"))
    assert [cause for cause, *_ in incidents(story)] == ["legs", "legs"]


def test_an_incident_closes_with_its_last_deviation_and_the_next_one_is_another() -> None:
    story = Story()
    story.tell(0, *network(2))
    first = {"id": "c", **leg("cancelled", 1, "A0")}
    story.tell(1, first)
    story.tell(2, event("leg.position", 2, leg="A1", lat=1.0, lon=1.0, corrects={"id": "c", "reason": "mistake"}))
    assert incidents(story) == []
    assert incidents(story, live=False) == [("legs", 0, 0, 0)]
    story.tell(3, leg("cancelled", 3, "A1"))
    assert len(story.table("incidents")) == 2
    assert incidents(story) == [("legs", 2, 1, 1)]


def test_weather_that_has_calmed_is_to_blame_for_six_hours_more() -> None:
    story = Story()
    story.tell(0, *network(3))
    story.tell(1, weather(1, STORM))
    story.tell(20, weather(20, CALM))
    story.tell(30, leg("cancelled", 30, "A0"))
    assert [cause for cause, *_ in incidents(story)] == ["weather"]


def test_the_next_moment_to_act_by_is_the_first_that_still_lies_ahead() -> None:
    story = Story()
    story.tell(0, *network(2))
    story.tell(1, *(leg("cancelled", 1, f"A{n}") for n in range(2)))
    first = open_incident(story)["act_by"]
    ahead = [int(r["act_by"]) for r in story.table("links") if r["act_by"] > at(1)]
    assert first == min(ahead)
    story.wait((first - at(0)) / 60_000)
    later = [moment for moment in ahead if moment > first]
    assert open_incident(story)["act_by"] == (min(later) if later else -1)


def test_what_an_incident_counts_is_what_is_open_in_it() -> None:
    story = Story()
    story.tell(0, *network(4), *network(3, "X"))
    story.tell(1, weather(1, STORM), leg("cancelled", 1, "A0"), leg("cancelled", 1, "X1"))
    story.tell(90, leg("estimated", 90, "A1", dep_estimated=at(300), arr_estimated=at(500)))
    story.tell(400, weather(400, CALM))
    expect_sums(story)


def expect_sums(story: Story) -> None:
    """Counts and sums agree with the alarms, member by member."""
    alarms, links = story.table("alarms"), story.table("links")
    live = {int(a["id"]): a for a in alarms if a["open"]}
    held = {int(r["key"]): r for r in links if r["incident"] != UNKNOWN}
    assert held.keys() == live.keys()
    for incident in story.table("incidents"):
        mine = [r for r in held.values() if r["incident"] == incident["key"]]
        assert incident["members"] == len(mine)
        assert incident["value_at_risk_cents"] == sum(int(r["risk"]) for r in mine if r["cause"] not in (1, 2))
        assert incident["loss_cents_per_h"] == sum(int(r["loss"]) for r in mine if r["cause"] not in (1, 2))
        assert incident["loss_cents_per_min"] == incident["loss_cents_per_h"] / 60
        for column, cause in (("legs", 1), ("visits", 2), ("lines", 3)):
            assert incident[column] == len({int(r["subject"]) for r in mine if r["cause"] == cause})
        assert incident["severity"] == max((int(live[int(r["key"])]["severity"]) for r in mine), default=0)
    told = {int(r["key"]): int(r["incident"]) for r in story.table("members")}
    assert all(told[key] == int(row["incident"]) for key, row in held.items())


def test_a_leg_with_two_deviations_is_one_leg() -> None:
    story = Story()
    story.tell(0, *network(2))
    story.tell(70, leg("estimated", 70, "A0", dep_estimated=at(71), arr_estimated=at(330)))
    story.wait(100)
    about = [r["subject"] for r in story.table("links") if r["incident"] != UNKNOWN and r["cause"] == 1]
    (told,) = incidents(story)
    assert len(about) > len(set(about)) == told[2]


def test_a_saved_state_goes_on_as_if_it_had_not_been_saved() -> None:
    whole, halves = Story(), Story()
    for story in (whole, halves):
        story.tell(0, *network(3))
        story.tell(1, weather(1, STORM), leg("cancelled", 1, "A0"))
    halves.chain = Chain(make, halves.chain.saved(), halves.chain.after)
    for story in (whole, halves):
        story.tell(2, leg("cancelled", 2, "A1"))
        story.tell(400, weather(400, CALM))
    for table in ("incidents", "members", "links", "reached", "blames"):
        assert np.array_equal(whole.table(table), halves.table(table))


def test_members_of_a_rule_that_is_gone_leave_their_incident() -> None:
    import detectors

    story = Story()
    story.tell(0, *network(2))
    story.tell(1, leg("cancelled", 1, "A0"))
    kept = [d for d in detectors.ALL if d.rule.kind != "leg.cancelled"]
    story.chain = Chain(lambda saved: make(saved, kept), story.chain.saved(), story.chain.after)
    story.tell(2, event("build.activated", 2, build="next"))
    assert incidents(story) == [("legs", 1, 0, 1)]


def test_every_kind_of_deviation_speaks_of_a_cause_and_screens_may_say_each() -> None:
    import detectors

    parts = {detector.rule.kind.split(".")[0] for detector in detectors.ALL}
    assert parts - set(blame.CAUSE) == set()
    assert set(get_args(Incident.model_fields["cause"].annotation)) == set(CAUSES)


def open_incident(story: Story) -> Any:
    """The one that is open."""
    (row,) = (r for r in story.table("incidents") if r[LIVE] < 0)
    return row


def test_both_tables_are_published() -> None:
    assert set(JUDGED) >= {"incidents", "members"}
