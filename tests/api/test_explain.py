"""`towerctl explain`: from a deviation to the message that shows it, byte for byte."""

import json
from pathlib import Path

import pytest

from api.commands.explain import FORMS
from streams import ingest, names
from streams.inbox import InboxWriter
from tests.suites.small_day import Day
from tests.suites.small_world import run
from tests.suites.tower_folder import recorded, say
from tower.envelope import Envelope
from tower.logs import urls


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="module")
def day(folder: Path) -> Day:
    return recorded(folder)


def overdue(day: Day) -> str:
    """The id of the first deviation of the day."""
    rows = next(record.rows("deviations") for record in day.outcomes if record.rows("deviations").size)
    return f"#{int(rows[0]['id']):016x}"


def test_a_deviation_leads_to_its_event_and_that_to_its_message(
    capfd: pytest.CaptureFixture[str], folder: Path, day: Day
) -> None:
    told = json.loads(say(capfd, "explain", overdue(day), "--data", str(folder), "--json").out)
    message = told["event"]["message"]
    kept = urls.reader(names.inbox(day.root, "east", message["inbox"])).read(message["position"] - 1, 1)[0][1]
    assert Envelope.decode(kept).data.decode() == message["text"]
    assert json.loads(message["text"])[message["row"]]["leg"] == told["event"]["says"]["leg"]
    assert told["deviation"][0]["subject"] == told["event"]["says"]["leg"]
    assert told["deviation"][0]["why"] == "no word for 15 min after it was expected"


def test_every_event_is_found_in_its_message(capfd: pytest.CaptureFixture[str], folder: Path, day: Day) -> None:
    for record in [record for record in day.log if record.rows("event").size][:5]:
        for row in range(record.rows("event").size):
            place = f"east/{record.number}/{row}"
            event = json.loads(say(capfd, "explain", place, "--data", str(folder), "--json").out)["event"]
            said = json.loads(event["message"]["text"])[event["message"]["row"]]
            assert (said["leg"], said["kind"]) == (event["says"]["leg"], event["says"]["kind"])


def test_raw_is_the_message_and_nothing_else(capfd: pytest.CaptureFixture[str], folder: Path, day: Day) -> None:
    told = json.loads(say(capfd, "explain", overdue(day), "--data", str(folder), "--json").out)
    assert say(capfd, "explain", overdue(day), "--data", str(folder), "--raw").out == told["event"]["message"]["text"]


def test_it_reads_well(capfd: pytest.CaptureFixture[str], folder: Path, day: Day) -> None:
    lines = say(capfd, "explain", overdue(day), "--data", str(folder)).lines
    assert "opened: no word for 15 min" in lines[0]
    assert next(line for line in lines if line.startswith("because of event east/"))
    assert "of inbox planner, received 2026-03-02 0" in lines[-2]


def test_an_event_that_names_another_source_is_found_in_the_inbox_it_came_through(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    root = f"file:{tmp_path}/logs"
    body = b'{"id":"1","kind":"leg.departed","leg":"L1","at":1772432580000,"source":"dock"}'
    for source, data in (("dock", b"no event"), ("http", body)):
        door = InboxWriter(root, "east", source)
        door.put(Envelope(source, 1772432580000, "application/json", data))
        door.close()
    clock = InboxWriter(root, "east", names.CLOCK)
    clock.put(Envelope(names.CLOCK, 1772432590000, "", b""))
    clock.close()
    run(ingest.over(root, ["east"], ends=True))
    assert say(capfd, "explain", "east/1/0", "--data", str(tmp_path), "--raw").out == body.decode()


@pytest.mark.parametrize("asked, what", [
    ("late", f"explain: this is {FORMS} (got late)"),
    ("#0123456789abcdef", "explain: no such deviation in east (got #0123456789abcdef)"),
    ("west/1/0", "explain: no such network (got west/1/0)"),
    ("east/9999/0", "explain: east has records 1 to LAST (got 9999)"),
    ("east/1/4095", "explain: east/1 has 3 events (got east/1/4095)"),
])  # fmt: skip
def test_what_is_not_there_is_one_line_with_a_fix(
    capfd: pytest.CaptureFixture[str], folder: Path, day: Day, asked: str, what: str
) -> None:
    said = say(capfd, "explain", asked, "--data", str(folder))
    assert (said.code, said.err.splitlines()[0]) == (2, f"Error: {what}".replace("LAST", str(day.log[-1].number)))
    assert said.err.splitlines()[1].startswith("Try: ")
