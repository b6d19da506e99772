"""The samples on the recorded blizzard: each runs for a reader, and those whose answer can be counted are right."""

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from simulators.scenarios.week import START
from sinks.clickhouse.metrics import METRICS
from sinks.clickhouse.store import ClickHouse
from tests.sinks.clickhouse.warehouse import KEY
from tests.sinks.clickhouse.warehouse import Warehouse as Server
from tests.suites import shared, storm_facts, storm_week
from tower import clock
from tower.clock import MINUTE

pytestmark = pytest.mark.timeout(900)  # the week is played, and put in, before the first of them

FOLDER = Path(__file__).parents[2] / "sinks/clickhouse/queries"
PAGE = Path(__file__).parents[2] / "docs/sql.md"
SAMPLES = sorted(FOLDER.glob("*.sql"))
NOTHING_IS_AN_ANSWER = {"rejected", "short_shelves"}
Rows = list[dict[str, Any]]
STRANDED = """SELECT toDate(at, 'America/New_York') AS day, uniqExact(subject) FROM tower.events
    WHERE kind = 'line.failed' AND reason = 'leg_cancelled' GROUP BY day ORDER BY day"""

TOLD = """SELECT name, argMax(value, (at, window)) AS value FROM tower.kpis
    WHERE site = '' AND window_s = 86400 AND at <= '{}' GROUP BY name"""
TENS = """SELECT a.ten_min AS ten_min, a.alarms AS alarms, k.value AS told FROM
    (SELECT 1 AS one, ten_min, alarms, toDateTime64(ten_min, 3, 'UTC') + INTERVAL 10 MINUTE AS over
     FROM tower.metrics_alarms) AS a
    ASOF INNER JOIN (SELECT 1 AS one, assumeNotNull(at) AS at, value FROM tower.kpis
                     WHERE name = 'alarms_10min' AND window_s = 86400) AS k ON a.one = k.one AND a.over >= k.at"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The whole week, in a history that readers may ask."""
    week = shared.once(tmp_path_factory, "storm_week", kept)
    folder = tmp_path_factory.mktemp("week") / "history"
    shutil.copytree(week / "history", folder, symlinks=True)  # a server has its folder alone
    with Server(folder) as running:
        yield running


def kept(folder: Path) -> None:
    """Play the week and put it into a history, in folders of these names."""
    root = storm_week.play(folder / "logs")
    with Server(folder / "history") as running:
        store = ClickHouse(running.url, KEY)
        store.make()
        storm_week.record(root, store)
        store.close()
        assert running.stop() == 0


def asked(server: Server, name: str) -> Rows:
    return rows(server, (FOLDER / f"{name}.sql").read_text("utf-8"))


def rows(server: Server, query: str) -> Rows:
    told = server.ask(query, default_format="JSONEachRow", output_format_json_quote_64bit_integers="0")
    assert told.status == 200, told.body
    return [json.loads(line) for line in told.body.splitlines()]


def day(number: int) -> str:
    return f"2013-02-{6 + number:02d}"


def minutes(moment: str) -> int:
    """Minutes of the week of a moment in UTC."""
    return (clock.parse(moment.replace(" ", "T") + "Z") - START) // MINUTE


def test_there_are_enough_of_them() -> None:
    assert len(SAMPLES) >= 24


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_says_what_it_asks_who_asks_and_how_to_read_the_answer(path: Path) -> None:
    first, second, third, *_ = path.read_text("utf-8").splitlines()
    assert first.startswith("-- ")
    assert "?" in first
    assert re.match(r"-- Asked by: [a-z].*", second)
    assert re.match(r"-- Read: [a-z].*", third)


def test_the_page_lists_every_sample_with_its_question_and_every_metric() -> None:
    page = PAGE.read_text("utf-8")
    listed = dict(re.findall(r"^\| `@(\w+)` \| (.+?) \|$", page, re.MULTILINE))
    assert listed == {p.stem: p.read_text("utf-8").splitlines()[0].removeprefix("-- ") for p in SAMPLES}
    assert set(re.findall(r"^\| `(metrics_\w+)` \|", page, re.MULTILINE)) == set(METRICS)


@pytest.mark.full
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_answers_a_reader(server: Server, path: Path) -> None:
    assert asked(server, path.stem) or path.stem in NOTHING_IS_AN_ANSWER


@pytest.mark.full
def test_legs_and_cancelled_legs_a_day(server: Server) -> None:
    told = {row["day"]: (row["legs"], row["cancelled"]) for row in asked(server, "cancelled_by_day")}
    assert told == {day(number): counts for number, counts in storm_facts.per_day().items()}


@pytest.mark.full
def test_on_time_a_hub(server: Server) -> None:
    told = {row["hub"]: (row["legs"], row["cancelled"], row["on_time"]) for row in asked(server, "on_time_by_hub")}
    assert told == storm_facts.per_hub()


@pytest.mark.full
def test_the_worst_hours(server: Server) -> None:
    told = asked(server, "worst_hours")
    lost = storm_facts.lost_by_hour()
    assert [row["lost"] for row in told] == [count for _, count in lost.most_common(20)]
    hours = [datetime.fromisoformat(row["hour"]) for row in told]
    assert [row["lost"] for row in told] == [lost[(at.day - 6) * 24 + at.hour] for at in hours]


@pytest.mark.full
def test_when_each_hub_stood_still(server: Server) -> None:
    told = {row["hub"]: (minutes(row["last_departure"]), minutes(row["next_departure"]))
            for row in asked(server, "silent_hubs")}  # fmt: skip
    assert told == storm_facts.longest_silence()


@pytest.mark.full
def test_the_worst_lanes(server: Server) -> None:
    known = storm_facts.lanes()
    told = asked(server, "worst_lanes")
    assert all((row["legs"], row["cancelled"]) == known[row["origin"], row["dest"]] for row in told)
    assert [row["cancelled"] for row in told] == sorted((lost for _, lost in known.values()), reverse=True)[:20]


@pytest.mark.full
def test_who_cancelled(server: Server) -> None:
    told = asked(server, "notice_of_cancellation")
    assert {row["carrier"]: row["cancelled"] for row in told} == dict(storm_facts.cancelled_by_carrier())


@pytest.mark.full
def test_gusts_and_sight_at_the_hubs(server: Server) -> None:
    known = storm_facts.weather()
    told = asked(server, "storm_at_the_hubs")
    assert {(row["station"], row["day"]) for row in told} == {(hub, day(number)) for hub, number in known}
    for row in told:
        gust, sight = known[row["station"], int(row["day"][-2:]) - 6]
        assert row["gust_mps_max"] is None or abs(row["gust_mps_max"] - gust) < 0.06
        assert (row["gust_mps_max"] or 0) > 0 or gust == 0
        assert row["visibility_m_min"] == pytest.approx(sight)


@pytest.mark.full
def test_lines_ordered_hour_by_hour(server: Server) -> None:
    by_hour = Counter(minute // 60 for minute in storm_facts.ordered())
    for row in asked(server, "backlog_by_hour"):
        until = minutes(row["hour"]) // 60
        assert row["ordered_so_far"] == sum(count for hour, count in by_hour.items() if hour <= until)
        assert 0 <= row["backlog"] <= row["ordered_so_far"]


@pytest.mark.full
def test_promises_of_thursday_and_friday_are_kept_as_the_scenario_says(server: Server) -> None:
    """46.5 % of 20,432 lines; by priority 37, 38 and 69 %."""
    rows = [row for row in asked(server, "promises_by_priority") if row["day"] in {day(1), day(2)}]
    lines, kept = Counter[str](), Counter[str]()
    for row in rows:
        lines[row["priority"]] += row["lines"]
        kept[row["priority"]] += row["kept"]
    assert lines.total() == 20_432
    assert round(100 * kept.total() / lines.total(), 1) == 46.5
    shares = [round(100 * kept[word] / lines[word]) for word in ("express", "standard", "economy")]
    assert shares == [37, 38, 69]


@pytest.mark.full
def test_lines_that_lost_their_leg_are_as_many_as_the_warehouse_said(server: Server) -> None:
    said = server.value(STRANDED)
    told = [f"{row['day']}\t{row['lines']}" for row in asked(server, "lines_stranded")]
    assert told == said.splitlines()
    assert told


@pytest.mark.full
def test_nothing_is_missing_in_the_ledger(server: Server) -> None:
    told = asked(server, "ledger")
    assert {row["missing"] for row in told} == {0}
    assert sum(row["accepted"] for row in told) == int(server.value("SELECT count() FROM tower.events"))


@pytest.mark.full
@pytest.mark.parametrize("name", METRICS)
def test_a_metric_says_something_of_the_week(server: Server, name: str) -> None:
    assert server.value(f"SELECT count() > 0 FROM tower.{name}") == ("0" if name == "metrics_rejected" else "1")


@pytest.mark.full
def test_the_load_of_the_operator_is_what_the_tower_told_at_the_time(server: Server) -> None:
    """At noon of each day, in the storm, and at the end."""
    text = (FOLDER / "alarms_now.sql").read_text("utf-8")
    for moment in [*(f"{day(n)} 17:00:00" for n in range(1, 4)), f"{day(2)} 23:10:00", ""]:
        at = f"toDateTime64('{moment}', 3, 'UTC')" if moment else "max(at)"
        (counted,) = rows(server, text.replace("max(at)", at))
        until = counted.pop("as_of")
        assert {name: counted.pop(name) for name in ("network", "alarms_shelved")} == {
            "network": "blizzard", "alarms_shelved": 0}  # fmt: skip
        told = {row["name"]: row["value"] for row in rows(server, TOLD.format(until))}
        assert counted == pytest.approx({name: told[name] for name in counted}), until


@pytest.mark.full
def test_alarms_of_each_ten_minutes_are_those_the_tower_told_when_they_were_over(server: Server) -> None:
    tens = rows(server, TENS)
    assert len(tens) > 300
    assert [row for row in tens if row["alarms"] != row["told"]] == []
