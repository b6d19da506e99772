"""Legs that are late, overdue, silent or cancelled are said once, at the right moment, and taken back."""

import pytest

from tests.suites.story import Event, Story, at, event, leg, planned

OPENED, CHANGED, CLOSED, WITHDRAWN = range(4)
ADVISORY, WARNING, CRITICAL = 1, 2, 3


def test_a_leg_that_leaves_late_is_late_until_it_arrives() -> None:
    story = Story()
    story.tell(0, planned())
    story.tell(85, leg("departed", 80))
    story.tell(190, leg("arrived", 190))
    assert story.deviations("leg.late") == [(OPENED, ADVISORY, 20.0), (CLOSED, 0, 0.0)]


def test_an_estimate_makes_a_leg_late_before_it_leaves_and_its_growth_changes_the_severity() -> None:
    story = Story()
    story.tell(0, planned())
    story.tell(10, leg("estimated", 10, dep_estimated="2013-02-08T10:50:00Z", arr_estimated="2013-02-08T12:50:00Z"))
    story.tell(20, leg("estimated", 20, dep_estimated="2013-02-08T12:30:00Z", arr_estimated="2013-02-08T14:30:00Z"))
    assert story.deviations("leg.late") == [(OPENED, WARNING, 50.0), (CHANGED, CRITICAL, 150.0)]


def test_a_leg_within_its_hysteresis_neither_opens_nor_closes() -> None:
    story = Story()
    story.tell(0, planned())
    story.tell(1, leg("estimated", 1, arr_estimated="2013-02-08T12:14:00Z"))
    assert story.deviations("leg.late") == []
    story.tell(2, leg("estimated", 2, arr_estimated="2013-02-08T12:16:00Z"))
    story.tell(3, leg("estimated", 3, arr_estimated="2013-02-08T12:12:00Z"))
    assert story.deviations("leg.late") == [(OPENED, ADVISORY, 16.0)]


def test_overdue_comes_from_time_alone_and_grows_to_critical() -> None:
    story = Story()
    story.tell(0, planned())
    story.wait(500)
    assert story.deviations("leg.overdue") == [
        (OPENED, ADVISORY, 15.0), (CHANGED, WARNING, 60.0), (CHANGED, CRITICAL, 180.0)]  # fmt: skip


def test_a_departure_before_the_tick_that_would_notice_raises_nothing() -> None:
    story = Story()
    story.tell(0, planned())
    story.tell(74, leg("departed", 60))
    story.wait(180)
    assert story.deviations("leg.overdue") == []


@pytest.mark.parametrize("every", [1, 7, 60])
def test_overdue_is_said_of_the_same_moments_however_often_the_log_ticks(every: int) -> None:
    story = Story()
    story.tell(0, planned())
    for now in range(0, 420, every):
        story.wait(now)
    rows = [r for o in story.outcomes for r in o.rows("deviations")]
    assert [(int(r["at"]), float(r["value"])) for r in rows if r["status"] in (OPENED, CHANGED)] == [
        (1_360_314_000_000 + m * 60_000, v) for m, v in ((75, 15.0), (120, 60.0), (240, 180.0))]  # fmt: skip


def test_a_cancelled_leg_is_said_once_and_is_not_overdue() -> None:
    story = Story()
    story.tell(0, planned())
    story.tell(10, leg("cancelled", 10, reason="weather"), leg("cancelled", 10, reason="weather", id="again"))
    story.wait(170)
    assert story.deviations("leg.cancelled") == [(OPENED, WARNING, 1.0)]
    assert story.deviations("leg.overdue") == []


def test_a_vehicle_that_stops_telling_its_position_is_silent_until_it_tells_again() -> None:
    story = Story()
    story.tell(0, planned(arr=600))
    story.tell(60, leg("departed", 60), leg("position", 60, lat=40.0, lon=-74.0))
    story.wait(149)
    assert story.deviations("leg.silent") == []
    story.wait(240)
    story.tell(241, leg("position", 241, lat=40.0, lon=-75.0))
    assert story.deviations("leg.silent") == [(OPENED, ADVISORY, 0.0), (CHANGED, WARNING, 90.0), (CLOSED, 0, 0.0)]


def test_a_deviation_that_rested_on_a_wrong_event_is_withdrawn() -> None:
    story = Story()
    story.tell(0, planned())
    story.tell(61, leg("departed", 60), leg("departed", 100, id="wrong"))
    story.tell(62, leg("departed", 60, corrects={"id": "wrong", "reason": "typed"}))
    assert story.deviations("leg.late") == [(OPENED, ADVISORY, 40.0), (WITHDRAWN, 0, 0.0)]


def test_two_hours_without_records_raise_only_what_was_due_in_log_time() -> None:
    story = Story()
    story.tell(0, planned())
    story.tell(62, leg("departed", 61))
    story.tell(182, leg("arrived", 181))
    assert story.deviations() == []


def promised(by: float, order: str = "O1") -> list[Event]:
    """A line of an order that is promised by then, on leg L1: it needs three hours from where that comes."""
    lines = [{"line": "1", "sku": "S", "quantity": 1, "value_cents": 100}]
    return [event("order.placed", -500, order=order, customer="C", priority="standard", ship_to="B", promise_by=at(by),
                  lines=lines),
            event("line.booked", -400, order=order, line="1", leg="L1", site="A")]  # fmt: skip


def test_a_late_leg_is_told_of_where_its_delay_breaks_a_promise_and_while_it_does() -> None:
    story = Story()
    story.tell(0, planned(), *promised(180 + 180 + 30))
    story.tell(85, leg("departed", 80))
    assert story.deviations("leg.late") == []
    story.tell(90, leg("estimated", 90, arr_estimated=at(180 + 31)))
    assert story.deviations("leg.late") == [(OPENED, ADVISORY, 31.0)]
    story.tell(95, event("order.changed", 95, order="O1", promise_by=at(600)))
    assert story.deviations("leg.late") == [(OPENED, ADVISORY, 31.0), (CLOSED, 0, 0.0)]


def test_a_delay_breaks_no_promise_that_the_plan_did_not_keep() -> None:
    story = Story()
    story.tell(0, planned(), *promised(180 + 180 - 1))
    story.tell(85, leg("departed", 80))
    story.wait(400)
    assert story.deviations("leg.late") == []
    assert story.deviations("leg.overdue") == []
    story.tell(401, *promised(180 + 180, "O2"))
    assert story.deviations("leg.late") == [(OPENED, ADVISORY, 20.0)]


def test_an_overdue_leg_is_told_of_once_a_promise_is_missed_if_it_leaves_now() -> None:
    story = Story()
    story.tell(0, planned(), *promised(180 + 180 + 50))
    story.wait(110)
    assert story.deviations("leg.overdue") == []
    story.wait(400)
    assert [(status, severity, round(value)) for status, severity, value in story.deviations("leg.overdue")] == [
        (OPENED, ADVISORY, 50), (CHANGED, WARNING, 60), (CHANGED, CRITICAL, 180)]  # fmt: skip
