"""Flight lists with planned clocks, and the dock visits in between."""

from pathlib import Path

import pytest

from simulators.feed import Arrivals, RecordedFeed
from simulators.recorded import us_flights_1999dec
from tests.simulators.recorded.told import FULL, Told, counts, flights, shared, told, used
from tests.suites.batch_suite import BatchSuite

CAME = "1999,12,21,805,800,5,920,930,-10,UA,N1,10,EWR,ORD,120,719,0"
WENT = "1999,12,21,1025,1015,10,1330,1315,15,UA,N1,11,ORD,EWR,110,719,0"
CANCELLED = "1999,12,21,NA,1800,NA,NA,2100,NA,UA,UNKNOW,12,ORD,EWR,NA,719,1"
VISIT = "1999-12-21/ORD/UA/11/dock"


def read(folder: Path, *rows: str) -> RecordedFeed:
    return us_flights_1999dec.read(flights(folder, *rows, header=FULL))


def docks(folder: Path, *rows: str) -> tuple[list[Told], dict[str, int]]:
    feed = read(folder, *rows)
    told_of = [a.source for a in feed.arrivals]
    return (told(feed, "docks") if "docks" in told_of else []), feed.derived["visits"]


def test_an_aircraft_that_lands_and_leaves_again_has_been_at_a_dock(tmp_path: Path) -> None:
    events, derived = docks(tmp_path, WENT, CAME)
    assert events == [
        ("visit.booked", VISIT, "1999-12-19 04:15", {
            "site": "ORD", "leg": "1999-12-21/ORD/UA/11", "purpose": 0, "handling": 0, "dock_group": "UA",
            "window_start": "1999-12-21 15:30", "window_end": "1999-12-21 16:15", "trailer": "N1"}),
        ("visit.arrived", VISIT, "1999-12-21 15:20", {}),
        ("visit.started", VISIT, "1999-12-21 15:20", {}),
        ("visit.finished", VISIT, "1999-12-21 16:25", {}),
        ("visit.left", VISIT, "1999-12-21 16:25", {}),
    ]  # fmt: skip
    assert derived == {"visit: an arrival and the next departure of an aircraft": 1}


@pytest.mark.parametrize(("row", "why"), [
    (WENT.replace("ORD,EWR", "LAX,EWR").replace("1330,1315", "1830,1815"),
     "aircraft left from another airport than it landed at"),
    (WENT.replace("1025,1015", "929,919"), "stood less than 10 min"),
    (WENT.replace("1025,1015", "2125,2115"), "stood more than 720 min"),
])  # fmt: skip
def test_what_follows_and_is_no_visit_is_counted(tmp_path: Path, row: str, why: str) -> None:
    assert docks(tmp_path, CAME, row) == ([], {f"no visit: {why}": 1})


def test_another_aircraft_or_none_known_makes_no_visit(tmp_path: Path) -> None:
    assert docks(tmp_path, CAME, WENT.replace("N1", "N2")) == ([], {})
    assert docks(tmp_path, CAME.replace("N1", "UNKNOW"), WENT.replace("N1", "UNKNOW")) == ([], {})


def test_a_plan_to_leave_before_coming_has_no_end_of_window(tmp_path: Path) -> None:
    events, derived = docks(tmp_path, CAME, WENT.replace("1025,1015,10", "1025,915,70"))
    assert "window_end" not in events[0][3]
    assert derived["visit without window end: the plans do not follow each other"] == 1


def test_a_cancelled_leg_is_planned_by_its_own_clocks(tmp_path: Path) -> None:
    events = told(read(tmp_path, CANCELLED), "carriers")
    assert [(kind, at) for kind, _, at, _ in events] == [
        ("leg.planned", "1999-12-19 12:00"), ("leg.assigned", "1999-12-19 12:00"),
        ("leg.cancelled", "1999-12-22 00:00")]  # fmt: skip
    assert events[0][3]["arr_planned"] == "1999-12-22 02:00"


def test_a_clock_that_belies_the_delay_is_taken_and_counted(tmp_path: Path) -> None:
    feed = read(tmp_path, CAME.replace("805,800,5", "815,800,5"))
    assert feed.derived["flights"] == {"departure clock and delay disagree: the clock is taken": 1}
    assert ("leg.departed", "1999-12-21/EWR/UA/10", "1999-12-21 13:15", {}) in told(feed, "carriers")


class TestSixDays(BatchSuite):
    @pytest.fixture(scope="class")
    @classmethod
    def feed(cls) -> RecordedFeed:
        return us_flights_1999dec.read(shared("us_flights_1999dec"))

    @pytest.fixture(scope="class")
    @classmethod
    def given(cls, feed: RecordedFeed) -> list[Arrivals]:
        return feed.arrivals

    def test_every_row_is_accounted_for(self, feed: RecordedFeed) -> None:
        assert feed.rows == {"flights": 88_602, "airports": 1396, "carriers": 1570, "planes": 3322}
        assert (used(feed, "flights"), used(feed, "planes")) == (88_602, 0)

    def test_what_happened_is_what_the_list_says(self, feed: RecordedFeed) -> None:
        assert counts(feed, "carriers") == {"leg.planned": 88_602, "leg.assigned": 88_602, "leg.departed": 87_449,
                                            "leg.arrived": 87_218, "leg.cancelled": 1153}  # fmt: skip
        visits = 78_289
        assert counts(feed, "docks") == {f"visit.{moment}": visits for moment in (
            "booked", "arrived", "started", "finished", "left")}  # fmt: skip
        assert feed.derived["visits"] == {
            "visit: an arrival and the next departure of an aircraft": visits,
            "visit without window end: the plans do not follow each other": 614,
            "no visit: aircraft left from another airport than it landed at": 1341,
            "no visit: stood less than 10 min": 48, "no visit: stood more than 720 min": 4042}  # fmt: skip
