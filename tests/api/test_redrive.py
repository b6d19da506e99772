"""`towerctl redrive`: what was rejected is looked at again, once a build; what was accepted stays counted once."""

import json
from pathlib import Path
from typing import Any

import orjson
import pytest

from api import redriving
from streams import control, ingest, names
from streams.advance import Home
from streams.control import make
from streams.entries import records
from streams.inbox import InboxWriter, tick
from streams.states import States
from tests.suites.small_world import START, run
from tests.suites.tower_folder import say
from tower import clock
from tower.envelope import Envelope
from tower.logs import urls

TOO_FAR = START + 401 * clock.DAY
"""Rejected when it is said, right two days later."""


def told(name: str, at: int) -> dict[str, Any]:
    return {"id": name, "kind": "leg.cancelled", "leg": name, "at": at, "reason": "snow"}


class Tower:
    """A driven network in a folder: messages go in, both flows run to their ends."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root = folder, f"file:{folder}/logs"

    def hears(self, received: int, source: str, data: bytes) -> None:
        door = InboxWriter(self.root, "east", source)
        door.put(Envelope(source, received, "application/json", data))
        door.close()

    def runs(self, upto: int) -> None:
        driver = InboxWriter(self.root, "east", names.CLOCK)
        tick(driver, upto)
        driver.close()
        run(ingest.over(self.root, ["east"], ends=True))
        home = Home(self.root, States(str(self.folder / "states")), make)
        run(control.over(home, ["east"], ends=True))

    def ledger(self) -> dict[str, int]:
        """The newest count of source carrier."""
        rows = [record.rows("ledger") for record in records(urls.reader(names.outcomes(self.root, "east")))]
        row = next(rows[-1] for rows in reversed(rows) if rows.size)
        return {name: int(row[name]) for name in ("received", "accepted", "duplicate", "late", "rejected")}


@pytest.fixture
def tower(tmp_path: Path) -> Tower:
    """Two events that can be taken and one that can not, in one message; a message that is no event."""
    found = Tower(tmp_path)
    found.hears(START, "carrier", orjson.dumps([told("A", START), told("B", TOO_FAR), told("C", START)]))
    found.hears(START + 1, "carrier", b"{broken")
    found.runs(START + 2 * clock.DAY)
    return found


def redrive(capfd: pytest.CaptureFixture[str], tower: Tower, *words: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(say(capfd, "redrive", "--data", str(tower.folder), "--json", *words).out)
    return said


def test_what_has_become_right_is_accepted_and_the_rest_is_counted_as_what_it_is(
    capfd: pytest.CaptureFixture[str], tower: Tower
) -> None:
    assert tower.ledger() == {"received": 4, "accepted": 2, "duplicate": 0, "late": 0, "rejected": 2}
    assert redrive(capfd, tower)["messages"] == 2
    tower.runs(START + 3 * clock.DAY)
    assert tower.ledger() == {"received": 8, "accepted": 3, "duplicate": 2, "late": 0, "rejected": 3}


def test_a_build_looks_once_at_a_message_unless_it_is_told_to(
    capfd: pytest.CaptureFixture[str], tower: Tower, monkeypatch: pytest.MonkeyPatch
) -> None:
    redrive(capfd, tower)
    tower.runs(START + 3 * clock.DAY)
    assert redrive(capfd, tower) == {"network": "east", "messages": 0, "reasons": {}, "gone": 0, "done_before": 2}
    assert redrive(capfd, tower, "--again", "--dry-run")["messages"] == 2
    monkeypatch.setattr(redriving, "build", lambda: "another")
    assert redrive(capfd, tower)["messages"] == 2


def test_a_dry_run_sends_nothing(capfd: pytest.CaptureFixture[str], tower: Tower) -> None:
    assert redrive(capfd, tower, "--dry-run")["messages"] == 2
    assert redriving.INBOX not in names.sources(tower.root, "east")


def test_it_is_narrowed_by_source_and_reason(capfd: pytest.CaptureFixture[str], tower: Tower) -> None:
    reasons = redrive(capfd, tower, "--dry-run")["reasons"]
    assert redrive(capfd, tower, "--dry-run", "--source", "dock")["messages"] == 0
    for reason in reasons:
        found = redrive(capfd, tower, "--dry-run", "--source", "carrier", "--reason", reason[:20])
        assert found["reasons"] == {reason: 1}
        assert found["messages"] == 1


def test_it_says_in_words_what_it_sent(capfd: pytest.CaptureFixture[str], tower: Tower) -> None:
    said = say(capfd, "redrive", "--data", str(tower.folder))
    assert said.lines[0] == "east: 2 messages sent again"
    assert len(said.lines) == 3
    assert "were sent again by this build before" in say(capfd, "redrive", "--data", str(tower.folder)).err


def test_without_a_tower_it_says_so(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    said = say(capfd, "redrive", "--data", str(tmp_path))
    assert said.code == 2
    assert "Try: towerctl demo, or --data DIR" in said.err
