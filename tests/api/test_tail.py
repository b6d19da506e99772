"""`towerctl tail`: a line a deviation, a record a line, filters that mean "at least", errors with a fix."""

import json
from pathlib import Path

import pytest

from tests.suites.small_day import Day
from tests.suites.tower_folder import recorded, say


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="module")
def day(folder: Path) -> Day:
    return recorded(folder)


def deviations(day: Day) -> int:
    return sum(record.rows("deviations").size for record in day.outcomes)


def test_it_shows_every_deviation_from_the_record_asked_for(
    capfd: pytest.CaptureFixture[str], folder: Path, day: Day
) -> None:
    assert len(say(capfd, "tail", "--data", str(folder), "--from", "1").lines) == deviations(day)
    later = sum(record.rows("deviations").size for record in day.outcomes if record.number >= 200)
    assert len(say(capfd, "tail", "--data", str(folder), "--from", "200").lines) == later


def test_without_a_record_it_shows_the_last_twenty(capfd: pytest.CaptureFixture[str], folder: Path, day: Day) -> None:
    every = say(capfd, "tail", "--data", str(folder), "--from", "1").lines
    assert say(capfd, "tail", "--data", str(folder)).lines == every[-20:]


def test_a_line_says_when_what_how_bad_where_and_why(capfd: pytest.CaptureFixture[str], folder: Path, day: Day) -> None:
    first = say(capfd, "tail", "--data", str(folder), "--from", "1").lines[0]
    assert first.startswith("2026-03-02 06:")
    for word in ("advisory", "leg.overdue", " at EWR", "opened: no word for 15 min after it was expected", "  #"):
        assert word in first


def test_severity_means_has_been_at_least(capfd: pytest.CaptureFixture[str], folder: Path, day: Day) -> None:
    rows = [json.loads(line) for line in
            say(capfd, "tail", "--data", str(folder), "--from", "1", "--severity", "2", "--json").lines]  # fmt: skip
    assert {row["id"] for row in rows} == {row["id"] for row in rows if row["severity"] in ("warning", "critical")}
    assert {row["status"] for row in rows} == {"opened", "changed", "closed"}


def test_a_site_hides_the_others(capfd: pytest.CaptureFixture[str], folder: Path, day: Day) -> None:
    lines = say(capfd, "tail", "--data", str(folder), "--from", "1", "--site", "ORD", "--json").lines
    assert {json.loads(line)["site"] for line in lines} == {"ORD"}


def test_the_log_is_a_record_a_line(capfd: pytest.CaptureFixture[str], folder: Path, day: Day) -> None:
    lines = say(capfd, "tail", "--log", "--data", str(folder), "--from", "1").lines
    records = [json.loads(line) for line in lines]
    assert [record["number"] for record in records] == [record.number for record in day.log]
    assert sum(len(record["events"]) for record in records) == sum(r.rows("event").size for r in day.log)


def test_the_demos_tower_is_found_where_no_other_is_named(
    capfd: pytest.CaptureFixture[str], folder: Path, day: Day, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "demo").symlink_to(folder)
    monkeypatch.chdir(tmp_path)
    assert len(say(capfd, "tail", "--from", "1").lines) == deviations(day)


@pytest.mark.parametrize("words, what", [
    (["--network", "west"], "Error: --network: no such network (got west)\nTry: --network east"),
    (["--from", "0"], "Error: --from: records begin at 1 (got 0)\nTry: --from 1"),
    (["--severity", "4"], "Error: towerctl tail: argument --severity: invalid choice"),
])  # fmt: skip
def test_what_makes_no_sense_is_one_line_with_a_fix(
    capfd: pytest.CaptureFixture[str], folder: Path, day: Day, words: list[str], what: str
) -> None:
    said = say(capfd, "tail", "--data", str(folder), *words)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(what)


def test_where_no_tower_lies_it_says_so(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    said = say(capfd, "tail", "--data", str(tmp_path))
    assert (said.code, said.err.splitlines()[1]) == (2, "Try: towerctl demo, or --data DIR")
