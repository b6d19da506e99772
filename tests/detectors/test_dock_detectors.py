"""Visits that overrun, do not come, share a door or wait."""

from tests.suites.story import Event, Story, at, event

OPENED, CHANGED, CLOSED = range(3)


def booked(visit: str = "V1", start: float = 60, end: float = 90, **more: object) -> Event:
    window = {"window_start": at(start), "window_end": at(end)}
    return event("visit.booked", 0, visit=visit, site="A", work_min=30, **window, **more)


def visit(moment: str, when: float, name: str = "V1", **more: object) -> Event:
    return event(f"visit.{moment}", when, visit=name, **more)


def test_a_visit_that_takes_longer_than_booked_overruns_until_it_is_finished() -> None:
    story = Story()
    story.tell(0, booked())
    story.tell(61, visit("arrived", 60), visit("docked", 61, door="7"))
    story.wait(140)
    story.tell(141, visit("finished", 141))
    assert story.deviations("visit.overrun") == [(OPENED, 1, 15.0), (CHANGED, 2, 45.0), (CLOSED, 0, 0.0)]


def test_a_visit_that_does_not_come_is_a_no_show_from_the_end_of_its_window() -> None:
    story = Story()
    story.tell(0, booked())
    story.wait(104)
    assert story.deviations("visit.no_show") == []
    story.wait(105)
    assert story.deviations("visit.no_show") == [(OPENED, 1, 15.0)]


def test_a_rescheduled_visit_is_held_to_its_new_window() -> None:
    story = Story()
    story.tell(0, booked())
    story.tell(80, visit("rescheduled", 80, window_start=at(200), window_end=at(230)))
    story.wait(240)
    assert story.deviations("visit.no_show") == []
    story.wait(246)
    assert story.deviations("visit.no_show") == [(OPENED, 1, 15.0)]


def test_two_visits_at_one_door_conflict_after_five_minutes_and_not_before() -> None:
    story = Story()
    story.tell(0, booked(), booked("V2"))
    story.tell(61, visit("docked", 60, door="7"), visit("docked", 61, "V2", door="7"))
    story.tell(64, visit("finished", 64))
    story.wait(70)
    assert story.deviations("door.conflict") == []
    story.tell(71, visit("docked", 71, "V3", door="7"), booked("V3"))
    story.wait(80)
    assert story.deviations("door.conflict") == [(OPENED, 2, 2.0)]


def test_a_visit_at_a_closed_door_is_a_conflict() -> None:
    story = Story()
    story.tell(0, booked(), event("door.closed", 0, site="A", door="7", reason="broken"))
    story.tell(61, visit("docked", 61, door="7"))
    story.tell(70, event("door.opened", 70, site="A", door="7"))
    assert [d[0] for d in story.deviations("door.conflict")] == [OPENED, CLOSED]


def test_a_queue_opens_when_four_wait_for_ten_minutes_and_closes_when_two_get_doors() -> None:
    story = Story()
    names = ("V1", "V2", "V3", "V4")
    story.tell(0, *(booked(v) for v in names))
    story.tell(60, *(visit("arrived", 60, v) for v in names))
    story.wait(69)
    assert story.deviations("dock.queue") == []
    story.wait(70)
    story.tell(80, *(visit("docked", 80, v, door=v) for v in names[:3]))
    assert story.deviations("dock.queue") == [(OPENED, 1, 4.0), (CLOSED, 0, 1.0)]
