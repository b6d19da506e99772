"""The alerts flow: everyone is told what he subscribed to, at least once and under one id, whatever is killed."""

import json
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest

from sinks.webhooks.alerts import Alerts, is_news
from sinks.webhooks.outbox import Outbox
from sinks.webhooks.subscription import Subscription
from streams import alerts, control, ingest, names
from streams.advance import Home
from streams.control import make
from streams.entries import records
from streams.states import States
from streams.words import OURS
from tests.suites.receiver import Receiver
from tests.suites.small_world import START, deliver, envelopes, legs, memory_root, run
from tests.suites.tower_folder import say
from tower import clock
from tower.clock import HOUR
from tower.envelope import Envelope
from tower.logs import urls
from tower.record import Record

ROOT = Path(__file__).parents[2]


@dataclass
class Told:
    """A tower in which these subscriptions were set before anything happened."""

    root: str
    outcomes: list[Record] = field(default_factory=list)


def told(states: Path, subscriptions: Sequence[Mapping[str, object]], root: str = "", size: int = 30) -> Told:
    root = root or memory_root()
    said = [{"id": f"s{number}", "kind": "subscription.set", "at": START - 3 * HOUR, **one}
            for number, one in enumerate(subscriptions)]  # fmt: skip
    first = Envelope("desk", START - 3 * HOUR, "application/json", orjson.dumps(said))
    deliver(root, "east", [first, *envelopes(legs(size), together=3)])
    run(ingest.over(root, ["east"], ends=True))
    run(control.over(Home(root, States(str(states)), make), ["east"], ends=True))
    return Told(root, list(records(urls.reader(names.outcomes(root, "east")))))


def box_of(here: Told, path: Path, each: int = 0) -> Outbox:
    """The outbox after the flow; with `each`, the flow ends and starts again after so many records."""
    box = Outbox(path / "east.sqlite")
    made = lambda network: Stopping(box, network, urls.reader(names.log(here.root, network)), OURS, each)
    while True:
        try:
            run(alerts.over(here.root, ["east"], made, ends=True))
        except Stopped:
            continue
        return box


class Stopped(Exception):
    """The process is gone."""


class Stopping(Alerts):
    """Ends after some records, before or after what they mean is written."""

    def __init__(self, box: Outbox, network: str, log: object, words: object, each: int) -> None:
        super().__init__(box, network, log, words)  # type: ignore[arg-type]
        self._each, self._left = each, each

    def take(self, found: Sequence[Record]) -> None:
        super().take(found[: self._left] if self._each else found)
        self._left -= len(found)
        if self._each and self._left <= 0:
            raise Stopped


def bodies(box: Outbox, name: str) -> list[Any]:
    found = box.ask("SELECT body FROM messages WHERE subscription = ? ORDER BY place", name)
    return [json.loads(body) for (body,) in found]


def shown(box: Outbox, name: str) -> list[tuple[object, ...]]:
    return [(b["id"], b["type"], b["data"]["subject"], b["data"].get("severity")) for b in bodies(box, name)]


ALL = {"subscription": "all", "topic": "tower.alerts"}
BAD = {"subscription": "critical", "topic": "tower.alerts", "filter": {"severity": 3, "kind": ["leg.*"]}}


def rows(here: Told) -> list[tuple[str, int]]:
    return [(f"#{row['id']:016x}", int(row["status"])) for r in here.outcomes for row in r.rows("deviations")]


def test_a_subscriber_without_a_filter_is_told_each_opening_and_each_end_as_a_cloudevent(tmp_path: Path) -> None:
    here = told(tmp_path / "states", [ALL])
    box = box_of(here, tmp_path)
    found = bodies(box, "all")
    ends = {"tower.deviation.opened": 0, "tower.deviation.closed": 2, "tower.deviation.withdrawn": 3}
    for kind, status in ends.items():
        assert [b["subject"] for b in found if b["type"] == kind] == [key for key, s in rows(here) if s == status]
    assert len({str(b["id"]) for b in found}) == len(found) > 20
    first = found[0]
    assert (first["specversion"], first["source"]) == ("1.0", "/networks/east")
    assert str(first["data"]["subject"]).startswith("L"), "names, not digits"
    assert {"kind", "severity", "since", "status"} <= first["data"].keys()


@pytest.mark.parametrize("each", [11, 50])
def test_however_often_the_flow_starts_again_the_messages_are_the_same(
    tmp_path: Path, each: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sinks.webhooks.alerts.LAZY", 1)
    here = told(tmp_path / "states", [ALL, BAD])
    once = box_of(here, tmp_path / "once")
    often = box_of(here, tmp_path / "often", each)
    for name in ("all", "critical"):
        assert shown(often, name) == shown(once, name)
        assert shown(once, name)


def test_a_filter_lets_through_what_it_says_and_the_end_of_what_was_told(tmp_path: Path) -> None:
    box = box_of(told(tmp_path / "states", [ALL, BAD]), tmp_path)
    found = bodies(box, "critical")
    begun = {b["subject"] for b in found if b["type"] in {"tower.deviation.opened", "tower.deviation.changed"}}
    ended = {b["subject"] for b in found} - begun
    assert begun
    assert ended == set()
    assert all(b["data"]["severity"] == "critical" for b in found if b["data"]["status"] in {"opened", "changed"})


@pytest.mark.parametrize("last, value, severity, now_s, tells", [
    (None, 5.0, 1, 0, True), ((5.0, 1, 0), 5.0, 2, 1, True), ((5.0, 2, 0), 14.0, 2, 600, False),
    ((5.0, 2, 0), 15.0, 2, 600, True), ((5.0, 2, 0), 15.0, 2, 599, False), ((5.0, 2, 0), 5.0, 1, 600, True),
    ((5.0, 2, 0), 5.0, 1, 599, False), ((5.0, 2, 0), 5.0, 2, 9999, False),
])  # fmt: skip
def test_little_changes_and_early_ones_are_not_told_but_what_gets_worse_is(
    last: tuple[float, int, int] | None, value: float, severity: int, now_s: int, tells: bool
) -> None:
    one = Subscription("s", topic="t", minimum_change=10.0, minimum_interval_s=600.0)
    assert is_news(one, last, value, severity, now_s * 1000) == tells


def test_a_subscription_that_cannot_be_served_stops_nobody_and_says_why(tmp_path: Path) -> None:
    box = box_of(told(tmp_path / "states", [{"subscription": "broken", "url": "ftp://x/"}, ALL]), tmp_path)
    why = {name: why for name, _, why in box.subscriptions()}
    assert why["broken"].startswith("subscription.set: url: expected")
    assert why["all"] == ""
    assert bodies(box, "all")


def test_one_that_is_switched_off_is_told_no_more(tmp_path: Path) -> None:
    box = box_of(told(tmp_path / "states", [ALL, {**ALL, "enabled": False}]), tmp_path)
    assert bodies(box, "all") == []


def started(folder: Path) -> subprocess.Popen[bytes]:
    env = {"PATH": "/usr/bin:/bin", "TOWER_DATA": str(folder), "TOWER_NETWORKS": "east",
           "TOWER_WEBHOOK_NETWORKS": "127.0.0.0/8", "PYTHONPATH": str(ROOT)}  # fmt: skip
    return subprocess.Popen([sys.executable, "-m", "api.worker", "alerts"], env=env, cwd=ROOT,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip


@pytest.mark.full
def test_killed_again_and_again_it_delivers_every_alert_at_least_once_under_its_id(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A real process, killed with SIGKILL while it takes in and while it sends; the receiver refuses some."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "ops").write_text("whsec_" + "YSBzZWNyZXQgb2YgdHdlbnR5LWZvdXIgYg==")
    with Receiver(*[503, 204] * 3) as receiver:
        hook = {"subscription": "hook", "url": receiver.url, "secret_ref": "ops"}
        here = told(tmp_path / "states", [ALL, hook], f"file:{tmp_path}/logs")
        wanted = [one[0] for one in shown(box_of(here, tmp_path / "apart"), "hook")]
        came = 0
        for _ in range(60):
            process = started(tmp_path)
            until = clock.steady_s() + 30
            while clock.steady_s() < until and len(receiver.came) < came + 15 and process.poll() is None:
                if set(wanted) <= set(receiver.ids):
                    break
                clock.sleep(0.05)
            process.send_signal(signal.SIGKILL)
            process.wait()
            came = len(receiver.came)
            if set(wanted) <= set(receiver.ids):
                break
    assert set(receiver.ids) == set(wanted)
    lines = json.loads(say(capfd, "alerts", "--data", str(tmp_path), "--json").out)
    assert {one["subscription"] for one in lines["subscriptions"]} == {"all", "hook"}
    assert {one["status"] for one in lines["tries"] if one["subscription"] == "hook"} <= {204, 503}
    again = say(capfd, "alerts", "--data", str(tmp_path), "--resend", str(wanted[0]))
    assert again.out == f"{wanted[0]} is sent again\n"
    assert say(capfd, "alerts", "--data", str(tmp_path), "--resend", "msg_x").code == 2
