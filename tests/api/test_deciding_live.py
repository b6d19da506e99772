"""From an option to the world and back on a running tower: approved over HTTP, done, told on the feed."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from api.client import Feed, follow
from api.embedded import free_ports
from simulators.hands import SOURCE
from streams import names
from streams.entries import entries
from tests.suites.running_demo import Demo
from tower.envelope import Envelope
from tower.logs import urls

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
NOON = "2013-02-06T12:30:00-05:00"
"""Soon some legs are cancelled, and lines are stranded."""
ENOUGH_S = 400.0


class Deciding:
    """The demo, and who approves there."""

    def __init__(self, data: Path) -> None:
        self.data, port = data, free_ports(29_300, 5)[0]
        self.demo = Demo(data, "--from", NOON, "--speed", "60", port=port)
        self.demo.until("The tower is up.", 400)
        self.demo.until("driver ", 400)
        said = self.demo.err.read_text()
        self.url = re.findall(r"^API +(http://[^/]+)", said, re.MULTILINE)[-1]
        self.key = re.findall(r"^key +approver (\S+)", said, re.MULTILINE)[-1]
        self.stream = re.findall(r"^feed +(ws://\S+)", said, re.MULTILINE)[-1]

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}", **more.pop("headers", {})}
        return httpx.request(method, f"{self.url}{path}", headers=headers, timeout=30, **more)

    def approved(self, name: str, first: Callable[[], None] = lambda: None) -> dict[str, Any]:
        """The first decision that can be approved, approved under that Idempotency-Key; before that, `first`."""
        end = time.monotonic() + ENOUGH_S
        while time.monotonic() < end:
            for one in self.ask("GET", "/v1/decisions?status=proposed").json()["items"]:
                first()
                if self.is_approved(one["id"], f"{name}-{one['id']}", end):
                    return one
            time.sleep(0.5)
        raise AssertionError("nothing was proposed that could be approved")

    def is_approved(self, id: str, name: str, end: float) -> bool:
        """Approve, again under the same key until the tower has decided; False if it was too late."""
        while True:
            answer = self.ask("POST", f"/v1/decisions/{id[1:]}/approve", json={}, headers={"Idempotency-Key": name})
            if answer.status_code != 202:
                return answer.status_code == 200
            assert time.monotonic() < end, answer.text

    def comes_to(self, decision: str, state: str) -> dict[str, Any]:
        """Wait on the feed until a decision is in that state; its row."""
        end, feed = time.monotonic() + ENOUGH_S, Feed(self.stream, self.key, {"decisions": {}, "actions": {}})
        told = follow(feed)
        try:
            for _ in told:
                row = feed.rows["decisions"].get(decision, {})
                if row.get("state") == state:
                    return row
                assert time.monotonic() < end, row
        finally:
            told.close()  # type: ignore[attr-defined]
        raise AssertionError("the feed has ended")

    def answers(self, action: str) -> list[str]:
        """What the world has said of an action."""
        root = f"file:{self.data}/logs"
        found = entries(urls.reader(names.inbox(root, "blizzard", SOURCE)))
        said = [one for _, data in found for one in orjson.loads(Envelope.decode(bytes(data)).data)]
        return [one["kind"] for one in said if one["action"] == action]


@pytest.fixture(scope="module")
def tower(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deciding]:
    found = Deciding(tmp_path_factory.mktemp("deciding") / "data")
    yield found
    os.killpg(found.demo.process.pid, signal.SIGINT)
    assert found.demo.ended(240) == 0, found.demo.err.read_text()[-2000:]


def test_what_is_approved_is_done_by_the_world_and_comes_back(tower: Deciding) -> None:
    decision = tower.approved("first")
    row = tower.comes_to(decision["id"], "executed")
    action = tower.ask("GET", f"/v1/actions/{row['action'][1:]}").json()["item"]
    assert action["done"] + action["failed"] == action["moves"]
    assert tower.answers(row["action"]) == ["action.acknowledged", "action.executed"]


def test_a_control_and_a_driver_that_are_killed_in_between_lose_nothing_and_do_nothing_twice(tower: Deciding) -> None:
    decision = tower.approved("second", lambda: os.kill(tower.demo.pid("control"), signal.SIGKILL))
    os.kill(tower.demo.pid("driver"), signal.SIGKILL)
    os.kill(tower.demo.pid("control"), signal.SIGKILL)
    row = tower.comes_to(decision["id"], "executed")
    assert tower.answers(row["action"]) == ["action.acknowledged", "action.executed"]
