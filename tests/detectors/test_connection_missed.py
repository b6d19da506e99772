"""A leg that waits for what comes too late is said while something can be done, and only as long as that is so."""

from typing import Any

import numpy as np
import pytest

from tests.suites.story import Event, Story, at, event, leg, planned
from tower import ids

OPENED, CHANGED, CLOSED, WITHDRAWN = range(4)
ADVISORY, WARNING, CRITICAL = 1, 2, 3
KIND = "connection.missed"


def there_and_back(thing: str = "vehicle", mode: str = "air") -> list[Event]:
    """L1 comes to B at minute 180, L2 leaves B at 230 with the same thing: fifty minutes to turn around."""
    back = planned("L2", 230, 350, origin="B", dest="A", mode=mode)
    return [planned(mode=mode), back, *tied("L1", "L2", **{thing: "N1"})]


def tied(*names: str, **things: str) -> list[Event]:
    """Legs that are assigned a thing."""
    return [leg("assigned", -500, name, carrier="X", **things) for name in names]


def of(story: Story, name: str) -> list[tuple[int, int, float]]:
    """(status, severity, value) of what was said of one leg, of this kind."""
    code, key = np.uint64(ids.of("deviation", KIND)), np.uint64(ids.of("leg", name))
    rows = [r for o in story.outcomes for r in o.rows("deviations") if (r["kind"], r["subject"]) == (code, key)]
    return [(int(r["status"]), int(r["severity"]), float(r["value"])) for r in rows]


def comes(minute: float, when: float, **more: Any) -> Event:
    """The carrier of L1 says when it comes."""
    return leg("estimated", when, arr_estimated=at(minute), **more)


def waiting() -> list[Event]:
    """A line that leaves with L2 and is brought by L1."""
    lines = [{"line": "1", "sku": "S", "quantity": 1, "value_cents": 10_000}]
    return [planned(), planned("L2", 260, 380, origin="B", dest="C"),
            event("order.placed", -500, order="O1", customer="C", priority="standard", ship_to="C", promise_by=at(900),
                  lines=lines),
            event("line.booked", -400, order="O1", line="1", leg="L2", site="B", inbound="L1")]  # fmt: skip


@pytest.mark.parametrize("thing", ["vehicle", "trailer", "driver"])
def test_it_is_told_as_soon_as_what_comes_first_is_expected_too_late_to_turn_around(thing: str) -> None:
    story = Story()
    story.tell(0, *there_and_back(thing))
    story.tell(10, comes(215, 10))
    assert story.deviations(KIND) == []
    story.tell(20, comes(220, 20))
    story.tell(30, comes(211, 30))
    assert story.deviations(KIND) == [(OPENED, ADVISORY, 5.0)]
    story.tell(40, comes(209, 40))
    assert story.deviations(KIND) == [(OPENED, ADVISORY, 5.0), (CLOSED, 0, -6.0)]


def test_it_names_both_legs_and_both_times() -> None:
    story = Story()
    story.tell(0, *there_and_back())
    said = story.tell(10, comes(220, 10))
    row, told = said.rows("connections")[0], said.rows("deviations")
    own = told[told["subject"] == row["key"]][0]
    assert (row["key"], row["inbound"]) == tuple(story.row("legs", "leg", name)["key"] for name in ("L2", "L1"))
    assert [int(row[c]) for c in ("expected_at", "needed_at", "leaves_at")] == [at(220), at(215), at(230)]
    assert (own["act_by"], own["since"], own["site"]) == (at(230), at(215), row["site"])
    assert own["evidence"] == story.row("legs", "leg", "L1")["estimated_position"]


def test_a_plan_that_turns_around_sooner_than_is_usual_is_taken_at_its_word_and_one_that_cannot_hold_is_not() -> None:
    story = Story()
    hasty = planned("L2", 190, 310, origin="B", dest="A", mode="air", at=at(-10))
    story.tell(0, *there_and_back(), hasty)
    assert story.deviations(KIND) == []
    story.tell(10, comes(196, 10))
    story.tell(20, planned("L2", 170, 310, origin="B", dest="A", mode="air", at=at(20)))
    assert story.deviations(KIND) == [(OPENED, ADVISORY, 1.0), (CHANGED, WARNING, 41.0)]


def test_waiting_alone_shows_that_one_that_has_not_left_comes_too_late() -> None:
    story = Story()
    story.tell(0, *there_and_back())
    story.wait(95)
    assert story.deviations(KIND) == []
    story.wait(300)
    assert story.deviations(KIND) == [(OPENED, ADVISORY, 1.0), (CHANGED, WARNING, 30.0), (CHANGED, CRITICAL, 120.0)]


@pytest.mark.parametrize("every", [1, 7, 60])
def test_waiting_says_the_same_at_the_same_moments_however_often_the_log_ticks(every: int) -> None:
    story = Story()
    story.tell(0, *there_and_back())
    for now in range(0, 240, every):
        story.wait(now)
    story.wait(240)
    code = np.uint64(ids.of("deviation", KIND))
    rows = [r for o in story.outcomes for r in o.rows("deviations") if r["kind"] == code]
    assert [(int(r["at"]), float(r["value"])) for r in rows] == [(at(96), 1.0), (at(125), 30.0), (at(215), 120.0)]


def test_a_cancelled_leg_brings_nothing_and_a_cancelled_round_trip_leaves_the_vehicle_where_it_is() -> None:
    story = Story()
    before = planned("L0", -100, -30), planned("L9", 5, 25, origin="B", dest="A")
    story.tell(0, *there_and_back(), *before, *tied("L0", "L9", vehicle="N1"), leg("arrived", -30, "L0"))
    story.tell(1, leg("cancelled", 1))
    assert of(story, "L2") == [(OPENED, CRITICAL, 1440.0)]
    story.tell(2, leg("cancelled", 2, "L9"))
    assert [d[0] for d in of(story, "L2")] == [OPENED, CLOSED]


@pytest.mark.parametrize("what", ["departed", "cancelled"])
def test_it_is_over_when_the_leg_has_left_or_is_cancelled(what: str) -> None:
    story = Story()
    story.tell(0, *there_and_back())
    story.tell(10, comes(300, 10))
    story.tell(250, leg(what, 250, "L2"))
    assert [d[0] for d in story.deviations(KIND)][-1] == CLOSED


def test_another_vehicle_makes_it() -> None:
    story = Story()
    story.tell(0, *there_and_back())
    story.tell(10, comes(220, 10))
    story.tell(13, leg("assigned", 13, "L2", carrier="X", vehicle="N2"))
    story.tell(14, comes(260, 14))
    assert [d[0] for d in story.deviations(KIND)] == [OPENED, CLOSED]


def test_what_a_wrong_estimate_has_shown_is_withdrawn() -> None:
    story = Story()
    story.tell(0, *there_and_back())
    story.tell(11, comes(240, 11, id="wrong"))
    story.tell(12, comes(180, 9, corrects={"id": "wrong", "reason": "typed"}))
    assert [d[0] for d in story.deviations(KIND)] == [OPENED, WITHDRAWN]


def test_goods_that_come_too_late_to_be_handled_are_left_until_they_are_picked_or_booked_anew() -> None:
    story = Story()
    story.tell(0, *waiting())
    said = story.tell(10, comes(210, 10))
    rows = said.rows("deviations")
    own = rows[rows["subject"] == story.row("legs", "leg", "L2")["key"]]
    assert [(int(r["status"]), float(r["value"]), int(r["value_at_risk_cents"])) for r in own] == [
        (OPENED, 10.0, 1200 + 72 * 120 + 1000 + 2000)]  # fmt: skip
    assert said.rows("connections")["lines"].tolist() == [1]
    story.tell(20, event("line.booked", 20, order="O1", line="1", leg="L2", site="B"))
    assert [d[0] for d in story.deviations(KIND)] == [OPENED, CLOSED]
    story.tell(30, event("line.booked", 30, order="O1", line="1", leg="L2", site="B", inbound="L1"))
    story.tell(40, event("line.picked", 40, order="O1", line="1", quantity=1))
    assert [d[0] for d in story.deviations(KIND)] == [OPENED, CLOSED, OPENED, CLOSED]


def test_goods_make_a_leg_that_is_to_leave_so_much_later() -> None:
    story = Story()
    story.tell(0, *waiting())
    story.tell(10, comes(210, 10))
    story.tell(20, leg("estimated", 20, "L2", dep_estimated=at(280)))
    assert [d[0] for d in story.deviations(KIND)] == [OPENED, CLOSED]


def test_what_is_needed_in_between_is_policy_also_for_who_waits_already() -> None:
    story = Story()
    story.tell(0, *there_and_back(mode="truckload"))
    story.tell(5, comes(200, 5))
    assert story.deviations(KIND) == [(OPENED, ADVISORY, 5.0)]
    terms = {"turnaround_min": 30, "handling_min": 0}
    story.tell(10, event("policy.set", 10, policy="p", version=1, document={"connections": terms}))
    assert [d[0] for d in story.deviations(KIND)] == [OPENED, CLOSED]
    said = story.tell(20, event("policy.set", 20, policy="q", version=1, document={"connections": {"turn": 3}}))
    assert [str(said.names[int(r["reason"])])[:24] for r in said.rows("rejected")] == ["clause connections.turn:"]


def test_an_incident_of_the_leg_upstream_takes_in_all_that_wait_for_it() -> None:
    story = Story()
    story.tell(0, *there_and_back(), planned("L3", 420, 540), *tied("L3", vehicle="N1"))
    story.tell(10, comes(300, 10), leg("estimated", 10, "L2", dep_estimated=at(330), arr_estimated=at(450)))
    (incident,) = (r for r in story.table("incidents") if r["closed_at"] < 0)
    assert incident["site"] == story.row("legs", "leg", "L1")["origin"]
    assert (int(incident["legs"]), int(incident["members"])) == (3, 4)


def test_a_leg_that_is_seen_elsewhere_last_is_no_connection() -> None:
    story = Story()
    elsewhere = planned("L2", 230, 350, origin="Z", dest="A", mode="air")
    story.tell(0, *there_and_back(), {**elsewhere, "at": at(-10)})
    story.tell(10, comes(300, 10))
    assert story.deviations(KIND) == []
    assert np.isnan(story.table("connections")["short_min"]).all()
