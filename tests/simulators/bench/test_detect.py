"""Bench detect finds what was put in, counts alarms as the standards do, and asks each kind what it was worth."""

from pathlib import Path

import numpy as np
import pytest

from simulators import bench
from simulators.bench import detect_alarms, detect_connections, detect_faults, detect_legs, detect_worth
from simulators.bench.detect_shelves import Shelves
from simulators.bench.detect_storm import Storm
from tests.simulators.recorded.told import FULL, flights
from tower import clock, layouts
from tower.errors import UsageError
from tower.ids import UNKNOWN

T0 = 1_360_108_800_000


def test_faults_are_found_soon_and_nothing_is_found_where_nothing_is_wrong() -> None:
    rows = {(str(r["name"]), str(r["peer"])): r for r in detect_faults.run(quick=True)}
    peer = "z-score 3.58"
    assert rows["silence, 20 a bin: found", peer]["value"] == 1
    assert rows["outage, 20 a bin: median delay", peer]["value"] <= 2
    assert rows["nothing wrong, 20 a bin: false alarms", peer]["value"] <= rows[
        "nothing wrong, 20 a bin: false alarms", peer]["peer_value"]  # fmt: skip


def said(*told: tuple[int, int, int, int]) -> np.ndarray:
    """Rows of deviations: id, minute, status, severity."""
    rows = layouts.empty("deviations", len(told))
    for row, (key, minute, status, severity) in zip(rows, told, strict=True):
        row["id"], row["subject"], row["at"], row["status"], row["severity"] = (
            key, key % 10, T0 + minute * clock.MINUTE, status, severity)  # fmt: skip
    return rows


def test_an_alarm_is_told_when_it_opens_and_when_it_gets_worse_and_not_when_it_gets_better() -> None:
    told = detect_alarms.told(said((1, 0, 0, 1), (1, 5, 1, 3), (1, 6, 1, 2), (1, 9, 2, 0), (2, 9, 0, 1)))
    assert ((told - T0) // clock.MINUTE).tolist() == [0, 5, 9]


def test_the_same_three_times_in_ten_minutes_chatters() -> None:
    opened = said((1, 0, 0, 1), (11, 5, 0, 1), (21, 10, 0, 1), (2, 0, 0, 1), (12, 5, 0, 1), (22, 11, 0, 1))
    assert detect_alarms.chattering(opened) == 1


def test_what_is_open_for_more_than_a_day_is_stale_also_if_it_never_ends() -> None:
    day = 24 * 60
    rows = said((1, 0, 0, 1), (1, day + 1, 2, 0), (2, 0, 0, 1), (2, day - 1, 2, 0), (3, 0, 0, 1))
    assert detect_alarms.stale(rows, T0 + 2 * clock.DAY) == 2


def test_a_kind_is_right_where_a_promise_that_lay_ahead_was_missed() -> None:
    hour = clock.HOUR
    storm = Storm(openings=[(T0, "line.at_risk", [1]), (T0, "line.at_risk", [2]), (T0 + 9 * hour, "line.at_risk", [1])],
                  promised={1: T0 + 2 * hour, 2: T0 + 3 * hour}, delivered={1: -1, 2: T0 + hour},
                  end=T0 + 10 * hour)  # fmt: skip
    rows = {str(r["name"]): r["value"] for r in detect_worth.rows(storm)}
    assert rows["line.at_risk: precision"] == 0.5
    assert rows["line.at_risk: warning"] == 120
    assert rows["missed promises told of before, by line"] == 1


def test_a_kind_about_legs_is_held_against_what_it_says() -> None:
    hour = clock.HOUR
    storm = Storm(words=[(T0, "leg.late", 1), (T0 + hour, "leg.late", 1), (T0, "leg.late", 2), (T0, "leg.late", 3)],
                  came={1: (20.0, T0 + 2 * hour), 2: (3.0, T0), 3: (float("inf"), T0 + hour), 4: (40.0, T0)},
                  end=T0 + 10 * hour)  # fmt: skip
    rows = {str(r["name"]): (r["value"], r["peer_value"]) for r in detect_worth.rows(storm)}
    assert rows["leg.late: what it says came true"] == (0.6667, 0.75)
    assert rows["leg.late: of such legs told of before"][0] == 0.6667
    assert rows["leg.late: before it came or was cancelled"][0] == 90


def test_trouble_with_stock_is_about_lines_that_have_no_goods_then_or_soon_after() -> None:
    """Of three lines of an article one is booked, one waits, one is ordered in time; a fourth is too late."""
    shelves, site, hour = Shelves(), 9, clock.HOUR
    rows = layouts.empty("stock", 2)
    rows["key"], rows["sku"], rows["balance"], rows["allocated"] = (5, 6), (7, 8), (3, 9), (1, 0)
    shelves.count(rows, T0)
    shelves.want(1, 7, site, 1, T0)
    shelves.want(2, 7, int(UNKNOWN), 1, T0)
    lines = shelves.about(5, T0 + 12 * hour)
    for cell in (5, 6):
        shelves.say(cell, T0 + 12 * hour, T0)
    assert shelves.came_true(T0 + 12 * hour) == [False, False]
    shelves.want(3, 7, int(UNKNOWN), 3, T0 + hour)
    shelves.want(4, 7, int(UNKNOWN), 3, T0 + 13 * hour)
    assert lines == [2, 3]
    assert shelves.came_true(T0 + 12 * hour) == [True, False]
    assert shelves.came_true(T0 + hour) == []


def test_a_path_without_a_known_data_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no table there"):
        bench.run("detect", data=str(tmp_path))


def test_a_series_that_lies_in_a_folder_is_forecast_beside_its_peers(tmp_path: Path) -> None:
    day = 10 + 5 * np.sin(np.arange(4 * 336 + 60) * 2 * np.pi / 48)
    lines = "\n".join(f"2014-07-01,{value}" for value in day)
    (tmp_path / "nyc_taxi.csv").write_text(f"timestamp,value\n{lines}\n")
    rows = bench.run("detect", data=str(tmp_path), quick=True)
    assert {row["value"] < 0.02 for row in rows if "WAPE" in row["name"]} == {True}


def test_a_missed_connection_was_right_where_the_next_leg_left_late(tmp_path: Path) -> None:
    """Two aircraft come late: with one the next leg leaves late, with the other on time; a third is never late."""
    rows = [f"1999,12,21,{left},800,{late},{came},930,{over},UA,N{n},1{n},EWR,ORD,120,719,0"
            for n, left, late, came, over in ((1, 900, 60, 1020, 50), (2, 835, 35, 1005, 35), (3, 800, 0, 930, 0))]
    rows += [f"1999,12,21,{left},1015,{late},{came},1315,0,UA,N{n},2{n},ORD,EWR,110,719,0"
             for n, left, late, came in ((1, 1055, 40, 1315), (2, 1015, 0, 1315), (3, 1015, 0, 1315))]  # fmt: skip
    path = flights(tmp_path, *rows, header=FULL)
    found = {(str(r["name"]), str(r["peer"])): (r["value"], r["peer_value"]) for r in detect_connections.rows(path)}
    peer = "next leg of one 15 min late"
    assert found["connection.missed: precision", peer] == (0.5, 0.5)
    assert found["connection.missed: precision", "left late, of all"] == (0.5, 0.5)
    assert found["connection.missed: warning", peer] == (164, 147.5)
    assert found["connection.missed: found", peer] == (1.0, 1.0)


def test_a_leg_called_late_was_right_where_it_came_late(tmp_path: Path) -> None:
    """Two leave late, one of them makes up for it; one leaves on time and comes late; one is never late."""
    rows = [f"2013,1,2,{left},{late},{came},{over},UA,N{n},1{n},EWR,ORD,120,719"
            for n, left, late, came, over in ((1, 900, 60, 1020, 50), (2, 820, 20, 935, 5), (3, 800, 0, 1000, 30),
                                              (4, 805, 5, 930, 0))]  # fmt: skip
    path = flights(tmp_path, *rows)
    assert detect_legs.knows(path)
    found = {str(r["name"]): (r["value"], r["peer_value"]) for r in detect_legs.rows(path, quick=True)}
    assert found["leg.late: precision, legs alone"] == (0.5, 0.5)
    assert found["leg.late: late ones told of before they came"] == (0.5, 0.5)
    assert found["leg.late: before it came"] == (140, 140)


@pytest.mark.full
def test_every_row_of_a_quick_run_is_a_figure() -> None:
    assert {tuple(figure) for figure in bench.run("detect", quick=True)} == {bench.COLUMNS}
