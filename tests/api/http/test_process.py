"""A whole tower, asked over HTTP: an event becomes a deviation, is acted on; a killed API loses nothing it answered."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.keys import Keys
from streams import names
from tests.faults.under_load import environment, until
from tower.envelope import Envelope
from tower.logs import urls

pytestmark = [pytest.mark.full, pytest.mark.timeout(300)]


class Asked:
    """`towerctl up` as a process, and a client of its API."""

    def __init__(self, data: Path) -> None:
        self.data, self.port = data, 21_300 + os.getpid() % 2_000
        self.tokens = Keys.made(data / "keys.json", {"dispatcher": "dispatcher", "second": "dispatcher"})
        words = [sys.executable, "-m", "api.cli", "up", "--data", str(data), "--networks", "east", "--json",
                 "--port", str(self.port)]  # fmt: skip
        self.output = data / "said.txt"
        with self.output.open("ab") as said:
            self.process = subprocess.Popen(words, cwd=data, env=environment(), stdout=subprocess.PIPE, stderr=said)
        self.until(lambda: "The tower is up" in self.said())

    def said(self) -> str:
        return self.output.read_text()

    def until(self, is_so: Callable[[], bool]) -> None:
        def checked() -> bool:
            assert self.process.poll() is None, self.said()
            return is_so()

        until(checked, 240, self.said)

    def ask(self, method: str, path: str, key: str = "dispatcher", **more: Any) -> httpx.Response:
        """One request; raises httpx.HTTPError while nobody answers."""
        headers = {"Authorization": f"Bearer {self.tokens[key]}", **more.pop("headers", {})}
        port = re.findall(r"API\s+http://127.0.0.1:(\d+)", self.said())[-1]
        return httpx.request(method, f"http://127.0.0.1:{port}{path}", headers=headers, timeout=20, **more)

    def pid(self) -> int:
        """The API's process."""
        return int(re.findall(r"api +(?:up|started again), pid (\d+)", self.said())[-1])

    def close(self) -> dict[str, Any]:
        """End it; what it said of itself."""
        self.process.send_signal(signal.SIGTERM)
        out, _ = self.process.communicate(timeout=120)
        found: dict[str, Any] = json.loads(out)
        return found


@pytest.fixture
def tower(tmp_path: Path) -> Iterator[Asked]:
    found = Asked(tmp_path)
    yield found
    if found.process.poll() is None:
        found.process.kill()


def ago(minutes: float) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat(timespec="milliseconds")


def planned(leg: str) -> dict[str, Any]:
    return {"id": f"p-{leg}", "kind": "leg.planned", "leg": leg, "at": ago(90), "origin": "EWR", "dest": "ORD",
            "dep_planned": ago(40), "arr_planned": ago(-60)}  # fmt: skip


def test_an_event_becomes_a_deviation_that_is_acknowledged_once(tower: Asked) -> None:
    assert tower.ask("POST", "/v1/events", json=planned("L1")).status_code == 202
    tower.until(lambda: tower.ask("GET", "/v1/deviations?kind=leg.overdue").json()["count"] == 1)
    id = tower.ask("GET", "/v1/deviations").json()["items"][0]["id"][1:]
    answer = decided(tower, id)
    assert answer.json()["item"]["subject"] == "L1"
    assert answer.json()["item"]["taken_by"] == "dispatcher"
    other = tower.ask("POST", f"/v1/deviations/{id}/acknowledge", "second", json={})
    assert (other.status_code, "dispatcher" in other.json()["detail"]) == (409, True)
    story = tower.ask("GET", f"/v1/deviations/{id}").json()
    assert (story["evidence"]["event"]["kind"], story["timeline"][0]["status"]) == ("leg.planned", "opened")
    assert '"leg":"L1"' in story["evidence"]["message"]["text"].replace(" ", "")
    again = tower.ask("POST", f"/v1/deviations/{id}/acknowledge", json={}, headers={"Idempotency-Key": "k"})
    assert (again.json(), again.headers["idempotency-replayed"]) == (answer.json(), "true")
    ended = tower.close()
    assert (ended["balanced"], tower.process.returncode) == (True, 0)


def decided(tower: Asked, id: str) -> httpx.Response:
    """The answer to an acknowledgement; asked again under its key while the tower has not decided: it counts once."""
    answers: list[httpx.Response] = []

    def is_decided() -> bool:
        path = f"/v1/deviations/{id}/acknowledge"
        answers.append(tower.ask("POST", path, json={}, headers={"Idempotency-Key": "k"}))
        assert answers[-1].status_code in (200, 202), answers[-1].text
        return answers[-1].status_code == 200

    tower.until(is_decided)
    return answers[-1]


def test_a_kill_in_the_midst_of_requests_loses_nothing_that_was_answered(tower: Asked) -> None:
    kept: list[int] = []
    ends = threading.Event()

    def tell() -> None:
        number = 0
        while not ends.is_set():
            number += 1
            try:
                answer = tower.ask("POST", "/v1/events", json={**planned(f"K{number}"), "id": f"k{number}"})
            except httpx.HTTPError:
                continue
            if answer.status_code == 202:
                kept.append(number)
            ends.wait(0.02)

    teller = threading.Thread(target=tell)
    teller.start()
    for _ in range(3):
        before, pid = len(kept), tower.pid()
        tower.until(lambda before=before: len(kept) > before + 20)  # type: ignore[misc]
        os.kill(pid, signal.SIGKILL)
        tower.until(lambda pid=pid: tower.pid() != pid)  # type: ignore[misc]
    last = len(kept)
    tower.until(lambda: len(kept) > last + 5)
    ends.set()
    teller.join()
    with closing(urls.reader(names.inbox(f"file:{tower.data}/logs", "east", "http"))) as log:
        there = {json.loads(Envelope.decode(data).data)["id"] for _, data in log.read(0, 1_000_000)}
    assert {f"k{number}" for number in kept} - there == set()
    tower.until(lambda: accepted(tower) == len(there))
    assert tower.close()["balanced"] is True


def accepted(tower: Asked) -> int:
    """How many events of programs have been accepted."""
    rows = tower.ask("GET", "/v1/ledger").json()["items"]
    return int(next((row["accepted"] for row in rows if row["id"] == "http"), 0))
