"""Flight lists without planned clocks, and their weather."""

import gzip
import json
import lzma
from pathlib import Path

import pytest

from simulators.feed import Arrivals, RecordedFeed
from simulators.recorded import nycflights13
from tests.simulators.recorded.told import OLD, WEATHER, Told, counts, flights, shared, told, used, write
from tests.suites.batch_suite import BatchSuite
from tower import clock, ids
from tower.errors import UsageError

FLOWN = "2013,2,8,1205,5.0,1340,10.0,UA,N1,1579,EWR,ORD,120.0,719.0"
CANCELLED = "2013,2,9,NA,NA,NA,NA,UA,NA,1579,EWR,ORD,NA,719.0"
HOUR = "EWR,2013,2,8,12,39.2,26.06,59.37,270,10,NA,0.1,1012.0,10.0,2013-02-08 17:00:00"


def moments(feed: RecordedFeed, *moments: str) -> list[tuple[str, str, str]]:
    """Leg, moment and when, of those moments."""
    return [(leg, kind[4:], at) for kind, leg, at, _ in told(feed, "carriers") if kind[4:] in moments]


def planned(feed: RecordedFeed) -> list[Told]:
    return [event for event in told(feed, "carriers") if event[0] == "leg.planned"]


def test_a_leg_is_planned_assigned_departs_and_arrives(tmp_path: Path) -> None:
    leg = "2013-02-08/EWR/UA/1579"
    assert told(nycflights13.read(flights(tmp_path, FLOWN)), "carriers") == [
        ("leg.planned", leg, "2013-02-06 05:00", {
            "mode": 0, "origin": "EWR", "dest": "ORD", "dep_planned": "2013-02-08 17:00",
            "arr_planned": "2013-02-08 19:30"}),
        ("leg.assigned", leg, "2013-02-06 05:00", {"carrier": "UA", "vehicle": "N1"}),
        ("leg.departed", leg, "2013-02-08 17:05", {}),
        ("leg.arrived", leg, "2013-02-08 19:40", {}),
    ]  # fmt: skip


def test_an_event_is_called_by_its_leg_and_moment(tmp_path: Path) -> None:
    batch = nycflights13.read(flights(tmp_path, FLOWN)).arrivals[0].batch
    departed = ids.of("event", "carriers\0" + "2013-02-08/EWR/UA/1579/departed")
    assert departed in batch.rows("event")["id"].tolist()


def test_a_cancelled_leg_has_the_plan_of_the_nearest_day_and_is_cancelled_then(tmp_path: Path) -> None:
    far = FLOWN.replace("2013,2,8,1205", "2013,2,19,1305")
    feed = nycflights13.read(flights(tmp_path, far, FLOWN, CANCELLED))
    assert moments(feed, "cancelled") == [("2013-02-09/EWR/UA/1579", "cancelled", "2013-02-09 17:00")]
    assert planned(feed)[1][3]["arr_planned"] == "2013-02-09 19:30"
    assert feed.derived["flights"]["planned departure from a near day"] == 1


@pytest.mark.parametrize("row", [CANCELLED.replace("1579", "7"), CANCELLED.replace("2013,2,9", "2013,3,30")])
def test_a_cancelled_leg_that_no_near_day_tells_of_is_counted(tmp_path: Path, row: str) -> None:
    feed = nycflights13.read(flights(tmp_path, FLOWN, row))
    assert feed.unused["flights"] == {"no planned departure, and the flight not within 31 days": 1}
    assert (feed.rows["flights"], used(feed, "flights")) == (2, 1)


def test_clocks_go_past_midnight_and_show_2400(tmp_path: Path) -> None:
    feed = nycflights13.read(flights(
        tmp_path,
        "2013,2,8,2355,-4,312,2,UA,N1,1,EWR,LAX,340,2454",  # lands the next day, west of here
        "2013,2,8,2400,60,112,60,UA,N2,2,EWR,ORD,115,719",  # left an hour late, at midnight
        "2013,2,8,30,90,145,90,UA,N3,3,EWR,ORD,115,719",  # left after midnight, planned for the day before
        "2013,2,8,2210,0,2400,10,UA,N4,4,EWR,ORD,145,719",
    ))  # fmt: skip
    assert moments(feed, "departed", "arrived") == [
        ("2013-02-08/EWR/UA/4", "departed", "2013-02-09 03:10"),
        ("2013-02-08/EWR/UA/1", "departed", "2013-02-09 04:55"),
        ("2013-02-08/EWR/UA/2", "departed", "2013-02-09 05:00"),
        ("2013-02-08/EWR/UA/3", "departed", "2013-02-09 05:30"),
        ("2013-02-08/EWR/UA/4", "arrived", "2013-02-09 06:00"),
        ("2013-02-08/EWR/UA/2", "arrived", "2013-02-09 07:12"),
        ("2013-02-08/EWR/UA/3", "arrived", "2013-02-09 07:45"),
        ("2013-02-08/EWR/UA/1", "arrived", "2013-02-09 11:12"),
    ]
    assert [said["dep_planned"] for _, _, _, said in planned(feed)] == [
        "2013-02-09 03:10", "2013-02-09 04:00", "2013-02-09 04:00", "2013-02-09 04:59"]  # fmt: skip


def test_the_night_without_an_hour_and_the_night_with_one_more(tmp_path: Path) -> None:
    feed = nycflights13.read(flights(
        tmp_path,
        "2013,3,10,130,0,340,0,UA,N1,1,EWR,ORD,160,719",  # 06:30Z; Chicago has lost its hour at 08:00Z
        "2013,11,3,55,0,110,0,UA,N2,2,EWR,ORD,105,719",  # 04:55Z; 01:10 in Chicago is 06:10Z, then 07:10Z
    ))  # fmt: skip
    assert [at for _, _, at in moments(feed, "departed", "arrived")] == [
        "2013-03-10 06:30", "2013-03-10 08:40", "2013-11-03 04:55", "2013-11-03 07:10"]  # fmt: skip


def test_rows_that_say_nothing_are_counted_by_the_first_reason(tmp_path: Path) -> None:
    feed = nycflights13.read(flights(
        tmp_path, FLOWN,
        FLOWN.replace("ORD", "QQQ"), FLOWN.replace("EWR", "ZZZ"), FLOWN.replace("2013,2,8", "2013,2,30"),
        FLOWN.replace("1205", "1275"), FLOWN.replace("1205", "noon"), FLOWN.replace("UA", "NA"), FLOWN + ",1",
        FLOWN.replace("1579", "1" * 64),
    ))  # fmt: skip
    assert feed.unused["flights"] == {
        "not 14 values": 1, "dep_time is not a number": 1, "no date from 1990 to 2100": 1, "no carrier": 1,
        "airport in no list, or without a time zone": 2, "dep_time is no HHMM": 1, "name of more than 64 bytes": 1,
    }  # fmt: skip
    assert (feed.rows["flights"], used(feed, "flights")) == (9, 1)
    assert len(planned(feed)) == 1


def test_a_row_twice_stays_twice_for_the_tower_to_refuse(tmp_path: Path) -> None:
    batch = nycflights13.read(flights(tmp_path, FLOWN, FLOWN)).arrivals[0].batch
    heads = batch.rows("event")
    assert heads.size == 2 * 4
    assert len({(h["id"], h["content"]) for h in heads}) == 4


def test_a_leg_that_never_arrived_is_planned_like_its_lane(tmp_path: Path) -> None:
    diverted = "2013,2,8,1600,0,NA,NA,UA,N2,9,EWR,ORD,NA,719"
    feed = nycflights13.read(flights(tmp_path, FLOWN, diverted))
    assert planned(feed)[1][3]["arr_planned"] == "2013-02-08 23:30"
    assert moments(feed, "arrived") == [("2013-02-08/EWR/UA/1579", "arrived", "2013-02-08 19:40")]
    assert feed.derived["flights"] == {"planned arrival from the median of the lane": 1}


def test_places_and_carriers_are_declared_a_minute_before(tmp_path: Path) -> None:
    write(tmp_path / "weather.csv", [WEATHER, HOUR])
    feed = nycflights13.read(flights(tmp_path, FLOWN))
    assert [event[:3] for event in told(feed, "reference")] == [
        ("site.declared", "EWR", "2013-02-06 04:59"), ("site.declared", "ORD", "2013-02-06 04:59"),
        ("station.declared", "EWR", "2013-02-06 04:59"), ("carrier.declared", "UA", "2013-02-06 04:59"),
    ]  # fmt: skip
    site, _, _, carrier = (json.loads(text) for text in feed.arrivals[2].batch.documents)
    assert site == {"site": "EWR", "name": "Newark Liberty Intl", "lat": 40.6925, "lon": -74.168667, "station": "EWR",
                    "tz": "America/New_York"}  # fmt: skip
    assert carrier == {"carrier": "UA", "name": "United Air Lines Inc."}
    assert feed.unused["airports"] == {"no leg there": 2}
    assert feed.start_ms == clock.parse("2013-02-06T04:59:00Z")


def test_weather_is_in_units_of_the_tower_and_what_cannot_be_is_unknown(tmp_path: Path) -> None:
    wild = HOUR.replace(",10,NA", ",1048.36058,30").replace("17:00", "18:00")
    write(tmp_path / "weather.csv", [WEATHER, HOUR, wild, HOUR.replace("2013-02-08", "soon"), HOUR.replace("E", "NA,")])
    feed = nycflights13.read(flights(tmp_path, FLOWN))
    (kind, station, at, said), (*_, second) = told(feed, "weather")
    assert (kind, station, at) == ("weather.observed", "EWR", "2013-02-08 17:00")
    assert said == pytest.approx({"temp_c": 4, "wind_mps": 4.4704, "visibility_m": 16093.44, "precip_mm_h": 2.54,
                                  "pressure_hpa": 1012})  # fmt: skip
    assert set(second) == {*said, "gust_mps"} - {"wind_mps"}
    assert feed.unused["weather"] == {"not 15 values": 1, "time_hour is no time from 1990 to 2100": 1}
    assert feed.derived["weather"] == {"wind_mps beyond 113.3 m/s taken as unknown": 1}


def test_without_weather_or_carriers_the_feed_says_so(tmp_path: Path) -> None:
    path = flights(tmp_path, FLOWN)
    (tmp_path / "airlines.csv").unlink()
    assert nycflights13.read(path).notes == (
        "no weather table: nothing is observed", "no table of carriers: they have codes and no names")  # fmt: skip


def test_one_file_is_read_with_the_tables_beside_it(tmp_path: Path) -> None:
    flights(tmp_path, FLOWN)
    text = "\n".join([OLD, FLOWN.replace("1579", "1")]).encode()
    (tmp_path / "more.csv.gz").write_bytes(gzip.compress(text))
    (tmp_path / "other.csv.xz").write_bytes(lzma.compress(text))
    for name in ("more.csv.gz", "other.csv.xz"):
        assert [leg for _, leg, *_ in planned(nycflights13.read(str(tmp_path / name)))] == ["2013-02-08/EWR/UA/1"]


def test_files_of_a_folder_with_the_same_columns_are_one_list(tmp_path: Path) -> None:
    path = flights(tmp_path, FLOWN)
    write(tmp_path / "march.csv", [OLD, FLOWN.replace("2013,2", "2013,3")])
    assert len(planned(nycflights13.read(path))) == 2


def test_planned_clocks_are_taken_where_the_list_has_them(tmp_path: Path) -> None:
    header = OLD.replace("dep_time", "dep_time,sched_dep_time").replace("arr_time", "arr_time,sched_arr_time")
    feed = nycflights13.read(flights(
        tmp_path, "2013,2,9,NA,1200,NA,NA,1330,NA,UA,NA,1579,EWR,ORD,NA,719", header=header))  # fmt: skip
    assert planned(feed)[0][3]["arr_planned"] == "2013-02-09 19:30"
    assert moments(feed, "cancelled", "departed") == [("2013-02-09/EWR/UA/1579", "cancelled", "2013-02-09 17:00")]


def test_flights_without_airports_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="put the list beside them"):
        nycflights13.read(write(tmp_path / "flights.csv", [OLD, FLOWN]))


def test_a_list_of_which_nothing_can_be_used_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="none of its 1 rows can be used; airport in no list"):
        nycflights13.read(flights(tmp_path, FLOWN.replace("ORD", "QQQ")))
    with pytest.raises(UsageError, match="none of its 0 rows can be used"):
        nycflights13.read(flights(tmp_path))


class TestSmall(BatchSuite):
    @pytest.fixture(scope="class")
    @classmethod
    def given(cls, tmp_path_factory: pytest.TempPathFactory) -> list[Arrivals]:
        folder = tmp_path_factory.mktemp("small")
        write(folder / "weather.csv", [WEATHER, HOUR, HOUR])
        return nycflights13.read(flights(folder, FLOWN, CANCELLED, FLOWN)).arrivals


class TestTheYear(BatchSuite):
    @pytest.fixture(scope="class")
    @classmethod
    def feed(cls) -> RecordedFeed:
        return nycflights13.read(shared("nycflights13"))

    @pytest.fixture(scope="class")
    @classmethod
    def given(cls, feed: RecordedFeed) -> list[Arrivals]:
        feed.advance(feed.start_ms + 30 * clock.DAY)
        return feed.advance(feed.start_ms + 45 * clock.DAY)  # the storm is in it; a whole year of tests takes a minute

    def test_every_row_is_accounted_for(self, feed: RecordedFeed) -> None:
        assert feed.rows == {"flights": 336_776, "weather": 26_115, "airports": 1458, "carriers": 16, "planes": 3322}
        assert feed.unused["flights"] == {"no planned departure, and the flight not within 31 days": 33}
        assert feed.unused["weather"] == {}
        assert {"SJU", "STT", "BQN", "PSE"} <= set(feed.arrivals[0].batch.names.values())

    def test_8255_legs_are_cancelled(self, feed: RecordedFeed) -> None:
        kinds = counts(feed, "carriers")
        assert kinds == {"leg.planned": 336_743, "leg.assigned": 336_743, "leg.departed": 328_521,
                         "leg.arrived": 328_063, "leg.cancelled": 8255 - 33}  # fmt: skip

    def test_what_was_worked_out_is_counted(self, feed: RecordedFeed) -> None:
        assert feed.derived == {
            "flights": {"planned departure from a near day": 8222, "planned arrival from a near day": 9382,
                        "planned arrival from the median of the lane": 15},
            "weather": {"wind_mps beyond 113.3 m/s taken as unknown": 1}, "airports": {},
        }  # fmt: skip

    def test_legs_last_as_long_as_flights_do(self, feed: RecordedFeed) -> None:
        plans = feed.arrivals[0].batch.rows("leg_plan")
        lasts = (plans["arr_planned"] - plans["dep_planned"])[plans["dep_planned"] > 0] / clock.MINUTE
        assert 20 < lasts.min() < lasts.max() < 720
