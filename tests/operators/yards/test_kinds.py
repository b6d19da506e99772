"""Kinds of doors, crews and fixed appointments: what plans of doors may not do, and what the chain does not take in."""

from typing import Any

import pytest

from operators.seating import Seat, why_stays
from operators.step import Step
from operators.visits import UNSAID
from operators.yards.crews import less, off, on_shift
from operators.yards.doorplans import FIXED, WRONG_KIND
from operators.yards.standing import Door, Shift, Visit
from streams.control import make
from tests.suites.small_yard import proposal, visit
from tests.suites.story import Event, Story, at, event
from tower import clock, ids
from tower.ids import UNKNOWN


def steps(saved: Any) -> list[Step]:
    """The chain up to the step that takes plans of doors in."""
    found = make(saved, ())
    return found[: [step.name for step in found].index("doorplans") + 1]


def told(*events: Event) -> Story:
    story = Story(steps)
    story.tell(3, *events)
    return story


def door(name: str, **kind: Any) -> Event:
    return event("door.declared", -90, door=name, site="EWR", **kind)


def booked(name: str, start: float, end: float, work: float = 30, **more: Any) -> list[Event]:
    first, second = visit(name, start, end, work)
    return [{**first, **more}, second]


def rush(**kind: Any) -> list[Event]:
    """A and B have time and came first, C and E have not; the first two of a kind."""
    slow = [*booked("A", 0, 300, 90, **kind), *booked("B", 1, 300, 90, **kind)]
    return [*slow, *booked("C", 2, 60), *booked("E", 2, 60)]


def seats(found: Event | None, key: str = "") -> dict[str, tuple[str, int, int]]:
    """By visit: door, minute from which it is there, and until when (`key` "from_": by its turn)."""
    assert found is not None
    listed = (*(("visit", name) for name in "ABCDE"), *(("door", name) for name in ("D1", "D2", "D3")))
    names = {f"#{ids.of(kind, name):016x}": name for kind, name in listed}
    work = {"A": 90, "B": 90}
    starts = {names[one["visit"]]: (names[one[f"{key}door"]], (one[f"{key}start"] - at(0)) // clock.MINUTE)
              for one in found["moves"]}  # fmt: skip
    return {name: (where, start, start + work.get(name, 30)) for name, (where, start) in starts.items()}


def at_once(found: dict[str, tuple[str, int, int]]) -> int:
    """At how many doors somebody is worked at most."""
    return max(sum(since <= start < until for _, since, until in found.values()) for _, start, _ in found.values())


def test_a_visit_comes_to_doors_of_its_kind_though_another_is_free() -> None:
    story = told(door("D1", dock_group="frozen"), door("D2", dock_group="frozen"), door("D3", dock_group="dry"),
                 *rush(dock_group="frozen"), *booked("D", 2, 60))  # fmt: skip
    found = proposal(story, 3)
    for key in ("", "from_"):
        assert {where for name, (where, _, _) in seats(found, key).items() if name in "AB"} <= {"D1", "D2"}
    assert {where for where, *_ in seats(found).values()} > {"D3"}


def test_whom_no_door_is_for_is_not_planned_and_the_newest_declaration_counts() -> None:
    doors = [door("D1", length_m=20), door("D2", length_m=20)]
    story = told(*doors, *rush(length_m=16.5), *booked("D", 0, 10, length_m=25))
    found = proposal(story, 3)
    assert found is not None
    assert found["certificate"]["visits"] == 4
    older = event("door.declared", -95, door="D2", site="EWR", length_m=99)
    story.tell(4, older, event("door.declared", -80, door="D1", site="EWR", length_m=30))
    found = proposal(story, 4)
    assert found is not None
    assert found["certificate"]["visits"] == 5
    assert seats(found)["D"][0] == "D1"


@pytest.mark.parametrize("said, crews", [
    ([event("labour.rostered", -60, site="EWR", team="T", start=at(-60), end=at(400), heads=8, crews=2)], 2),
    ([event("labour.rostered", -60, site="EWR", team="T", start=at(-60), end=at(400), heads=8, crews=2),
      event("labour.present", -50, site="EWR", team="T", heads=5)], 1),
    ([event("labour.rostered", -60, site="EWR", team="T", start=at(-60), end=at(400), heads=8)], 3),
])  # fmt: skip
def test_no_more_doors_work_than_crews_are_on_shift(said: list[Event], crews: int) -> None:
    story = told(*(door(name) for name in ("D1", "D2", "D3")), *said, *rush(), *booked("D", 2, 60))
    found = proposal(story, 3)
    assert at_once(seats(found)) == at_once(seats(found, "from_")) == crews


def test_a_fixed_appointment_keeps_its_door_and_minute() -> None:
    doors = [door("D1"), door("D2")]
    movable = proposal(told(*doors, *rush()), 3)
    assert seats(movable)["A"] != seats(movable, "from_")["A"]
    story = told(*doors, *rush(timing="fixed"), *booked("D", 10, 40))
    found = proposal(story, 3)
    assert found is None or all(seats(found)[name] == seats(found, "from_")[name] for name in "AB")
    assert movable is not None
    moved = [{**one, "seen": f"#{Visit.of(story.row('visits', 'visit', 'A')).seen:016x}"}
             for one in movable["moves"] if one["visit"] == f"#{ids.of('visit', 'A'):016x}"]  # fmt: skip
    story.tell(4, {**movable, "moves": moved})
    assert story.table("doorplans")["why"].tolist() == [FIXED]


def test_a_door_of_another_kind_by_now_is_none_for_a_plan_or_an_action() -> None:
    story = told(door("D1"), door("D2"), *rush(dock_group="dry"))
    found = proposal(story, 3)
    assert found is not None
    story.tell(4, *(event("door.declared", 4, door=name, site="EWR", dock_group="frozen") for name in ("D1", "D2")))
    story.tell(5, found)
    whys = {int(row["visit"]): int(row["why"]) for row in story.table("doorplans")}
    a, d1, site = ids.of("visit", "A"), ids.of("door", "D1"), ids.of("site", "EWR")
    assert whys[a] == WRONG_KIND != whys[ids.of("visit", "C")]
    tables = {name: table for step in story.chain.steps for name, table in step.tables.items()}
    assert why_stays(Seat(a, d1, d1, 0, 0, site, site), tables["visits"], tables["doors"]) == "door: of another kind"


@pytest.mark.parametrize("asks, offers, fits", [
    ({}, {}, True), ({"purpose": 0}, {"purpose": 1}, False), ({"purpose": 0}, {}, True), ({}, {"purpose": 1}, True),
    ({"climate": 1}, {"climate": 0}, False), ({"climate": 0}, {"climate": 1}, True), ({"climate": 1}, {}, True),
    ({"dock_group": 7}, {"dock_group": 8}, False), ({"dock_group": 7}, {"dock_group": 7}, True),
    ({"length_m": 16.5}, {"length_m": 12.0}, False), ({"length_m": 16.5}, {}, True), ({}, {"length_m": 12.0}, True),
])  # fmt: skip
def test_what_nobody_has_said_is_no_hindrance(asks: dict[str, Any], offers: dict[str, Any], fits: bool) -> None:
    unsaid = {"purpose": UNSAID, "climate": UNSAID, "dock_group": int(UNKNOWN), "length_m": float("nan")}
    blank = dict.fromkeys(Visit._fields, -1) | unsaid | {"timing": UNSAID}
    lane = Door(**{name: value for name, value in (blank | {"closed_at": -1, "opened_at": -1} | offers).items()
                   if name in Door._fields})  # fmt: skip
    assert lane.takes(Visit(**(blank | asks))) is fits


def shift(start: int, end: int, crews: int = -1, **come: int) -> Shift:
    minutes = {"start": start, "end": end, "present_at": come.get("since", -1), "until": come.get("until", -1)}
    told = {name: at(minute) if minute >= 0 else -1 for name, minute in minutes.items()}
    return Shift(1, 1, **told, rostered_heads=10, rostered_crews=crews, present_heads=come.get("heads", -1),
                 present_crews=come.get("there", -1))  # fmt: skip


@pytest.mark.parametrize("shifts, expected", [
    ([], None), ([shift(0, 60)], None),
    ([shift(0, 60, 3)], [(0, 3), (60, 3)]), ([shift(0, 60, 3), shift(60, 90, 1)], [(0, 3), (60, 1), (90, 1)]),
    ([shift(0, 60, 4, since=10, heads=5)], [(0, 4), (10, 2), (60, 2)]),
    ([shift(0, 60, 4, since=10, until=20, there=0)], [(0, 4), (10, 0), (20, 4), (60, 4)]),
    ([shift(0, 60, 4, since=0, heads=0)], [(0, 0), (60, 0)]),
    ([shift(30, 60, 4, since=0, until=10, there=1)], [(0, 1), (10, 0), (30, 4), (60, 4)]),
])  # fmt: skip
def test_crews_are_as_rostered_and_as_many_as_came(shifts: list[Shift], expected: Any) -> None:
    assert on_shift(shifts, at(0)) == expected


def test_who_stands_at_a_door_has_a_crew_already() -> None:
    left = less([(0, 2), (60, 1)], [(0, 30), (0, 90)])
    assert left == [(0, 0), (30, 1), (60, 0), (90, 1)]
    assert off(left, 9) == (1, [(0, 0, 30), (0, 60, 90)])
