"""Webhooks: signed as the standard says, tried again with patience, never where they must not go."""

import base64
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from sinks.webhooks import patience, signing
from sinks.webhooks.addresses import Forbidden, networks, reachable
from sinks.webhooks.courier import Courier
from sinks.webhooks.outbox import Message, Outbox
from sinks.webhooks.post import Tried, poster
from sinks.webhooks.subscription import Subscription, subscription
from tests.suites.receiver import Receiver
from tower import clock
from tower.errors import SettingError, UsageError

HERE = networks("127.0.0.0/8")
SECRET = "whsec_" + base64.b64encode(b"a secret of twenty-four b").decode()
OLDER = "whsec_" + base64.b64encode(b"an older secret, as long!").decode()


class Clock:
    """Wall time that stands still until it is moved."""

    def __init__(self) -> None:
        self.ms = clock.wall_ms()

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Outbox]:
    opened = Outbox(tmp_path / "east.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "ops").write_text(f"{SECRET}\n")
    return tmp_path / "secrets"


def subscribed(box: Outbox, url: str, count: int = 1) -> Subscription:
    said = {"subscription": "ops", "url": url, "secret_ref": "ops"}
    box.subscribe("ops", said)
    for number in range(count):
        box.tell(Message(f"msg_{number}", "ops", "t", b'{"subject":"#1"}'), number, (1.0, 2, 0))
    return subscription(said)


def courier(box: Outbox, secrets: Path, wall: Clock) -> Courier:
    return Courier(box, secrets, poster(HERE), lambda *_: Tried(why="no topic here"), wall)


def state(box: Outbox, message: str = "msg_0") -> tuple[str, int]:
    found = box.ask("SELECT state, tries FROM messages WHERE id = ?", message)[0]
    return str(found[0]), int(found[1])


def test_a_message_is_signed_as_the_standards_own_library_checks_it(box: Outbox, secrets: Path) -> None:
    with Receiver() as receiver:
        courier(box, secrets, Clock()).turn("ops", subscribed(box, receiver.url))
    (came,) = receiver.came
    assert Webhook(SECRET).verify(came.body, came.headers) == {"subject": "#1"}
    assert (came.path, came.headers["content-type"]) == ("/hook", "application/cloudevents+json")
    assert state(box) == ("delivered", 1)


def test_while_a_key_is_changed_old_and_new_receivers_are_served(box: Outbox, secrets: Path) -> None:
    (secrets / "ops").write_text(f"{SECRET}\n{OLDER}\n")
    with Receiver() as receiver:
        courier(box, secrets, Clock()).turn("ops", subscribed(box, receiver.url))
    (came,) = receiver.came
    for key in (SECRET, OLDER):
        assert Webhook(key).verify(came.body, came.headers) == {"subject": "#1"}


@pytest.mark.parametrize("status", [301, 400, 404, 429, 500, 503])
def test_a_refused_message_is_tried_again_under_its_id_until_it_is_taken(
    box: Outbox, secrets: Path, status: int
) -> None:
    wall = Clock()
    with Receiver(status, status) as receiver:
        to, sender = subscribed(box, receiver.url), courier(box, secrets, wall)
        for _ in range(3):
            sender.turn("ops", to)
            sender.turn("ops", to)
            wall.ms += 60_000
    assert receiver.ids == ["msg_0"] * 3
    assert state(box) == ("delivered", 3)
    assert [row["status"] for row in box.log()] == [204, status, status]


def test_after_many_tries_over_hours_it_is_given_up_and_said(
    box: Outbox, secrets: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wall = Clock()
    began = wall.ms
    with Receiver(*[500] * 50) as receiver:
        to, sender = subscribed(box, receiver.url), courier(box, secrets, wall)
        while state(box)[0] == "waiting":
            sender.turn("ops", to)
            wall.ms = max(wall.ms, box.ask("SELECT max(due_ms) FROM messages")[0][0])
    assert state(box) == ("given_up", patience.TRIES)
    assert wall.ms - began > 8 * clock.HOUR
    assert "msg_0 to ops is given up after 12 tries: 500" in caplog.text


def test_gone_disables_the_subscription_and_drops_what_waits(box: Outbox, secrets: Path) -> None:
    with Receiver(410) as receiver:
        courier(box, secrets, Clock()).turn("ops", subscribed(box, receiver.url, 3))
    assert len(receiver.came) == 1
    assert [why for _, _, why in box.subscriptions()] == ["its receiver answered 410: gone"]
    assert box.counts() == {"ops": {"dropped": 3}}


def test_a_message_is_sent_again_on_demand_under_its_id(box: Outbox, secrets: Path) -> None:
    with Receiver() as receiver:
        to, sender = subscribed(box, receiver.url), courier(box, secrets, Clock())
        sender.turn("ops", to)
        box.again("msg_0")
        sender.turn("ops", to)
    assert receiver.ids == ["msg_0", "msg_0"]
    with pytest.raises(UsageError, match="no such message"):
        box.again("msg_9")


def test_retry_after_is_heeded_up_to_a_limit(box: Outbox, secrets: Path) -> None:
    wall = Clock()
    with Receiver(503, headers={"Retry-After": "600"}) as receiver:
        courier(box, secrets, wall).turn("ops", subscribed(box, receiver.url))
    assert box.ask("SELECT due_ms FROM messages")[0][0] - wall.ms == 600_000
    assert patience.wait_s("m", 1, 999_999) == patience.LONGEST_S


def test_the_log_is_bounded(box: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sinks.webhooks.outbox.KEPT", 5)
    for number in range(20):
        box.tell(Message(f"m{number}", "ops", "t", b"{}"), number, None)
        box.tried(Message(f"m{number}", "ops", "t", b"{}"), 0, 200, "", "delivered")
    assert len(box.log()) == 5
    assert box.counts() == {"ops": {"delivered": 5}}


def test_waits_grow_differ_by_message_and_are_the_same_in_every_run() -> None:
    waits = [patience.wait_s("m", tries) or 0 for tries in range(1, patience.TRIES)]
    assert waits == [patience.wait_s("m", tries) for tries in range(1, patience.TRIES)]
    assert all(later > sooner for sooner, later in pairwise(waits[:8]))
    assert len({patience.wait_s(f"m{number}", 1) for number in range(50)}) == 50


@pytest.mark.parametrize("address", [
    "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
    "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fe80::1%eth0",
])  # fmt: skip
def test_no_webhook_goes_to_an_address_that_is_not_public(address: str) -> None:
    with pytest.raises(Forbidden, match="no webhook may reach"):
        reachable("h", 443, (), lambda *_: [address])


def test_one_private_address_among_public_ones_is_one_too_many() -> None:
    with pytest.raises(Forbidden, match=r"10\.0\.0\.1"):
        reachable("h", 443, (), lambda *_: ["93.184.216.34", "10.0.0.1"])


def test_what_is_allowed_by_name_may_be_reached() -> None:
    assert [str(a) for a in reachable("h", 80, networks("10.0.0.0/8"), lambda *_: ["10.2.3.4"])] == ["10.2.3.4"]


def test_a_name_that_changes_its_address_after_the_check_gains_nothing() -> None:
    """It is resolved once: what was checked is connected to."""
    with Receiver() as receiver:
        told = iter([["127.0.0.1"], ["127.0.0.2"]])
        url = receiver.url.replace("127.0.0.1", "rebinding.test")
        tried = poster(HERE, lambda *_: next(told))(url, b"{}", {})
    assert tried.is_delivered
    assert receiver.came[0].headers["host"].startswith("rebinding.test")
    assert next(told) == ["127.0.0.2"], "nobody asked again"


def test_to_public_addresses_only_https_goes() -> None:
    tried = poster((), lambda *_: ["93.184.216.34"])("http://example.com/hook", b"{}", {})
    assert tried.why == "example.com is public: only https goes there"


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "http://127.0.0.1:99999/", "https://nowhere.invalid/"])
def test_no_answer_is_a_reason_not_a_crash(url: str) -> None:
    tried = poster(HERE)(url, b"{}", {})
    assert (tried.status, bool(tried.why)) == (0, True)


@pytest.mark.parametrize("line", ["", "whsec_", "whsec_!!!!", "hello", "whsec_" + base64.b64encode(b"short").decode()])
def test_a_secret_that_is_none_is_told_without_showing_it(tmp_path: Path, line: str) -> None:
    (tmp_path / "bad").write_text(line)
    with pytest.raises(SettingError) as raised:
        signing.secrets_in(tmp_path, "bad")
    assert len(line) < 7 or line not in raised.value.what


@pytest.mark.parametrize("said, field", [
    ({}, "url"), ({"url": "https://a.b/", "topic": "t", "secret_ref": "s"}, "url"), ({"url": "ftp://a/"}, "url"),
    ({"url": "https://me:pw@a.b/", "secret_ref": "s"}, "url"), ({"url": "https://a.b/"}, "secret_ref"),
    ({"url": "https://a.b/", "secret_ref": "../keys"}, "secret_ref"), ({"topic": "a b"}, "topic"),
    ({"topic": "t", "filter": []}, ""), ({"topic": "t", "filter": [1]}, "filter"),
    ({"topic": "t", "filter": {"what": 1}}, "filter"), ({"topic": "t", "filter": {"severity": 9}}, "filter.severity"),
    ({"topic": "t", "filter": {"site": 3}}, "filter.site"), ({"topic": "t", "minimum_change": "x"}, "minimum_change"),
    ({"topic": "t", "minimum_interval_s": -1}, "minimum_interval_s"),
])  # fmt: skip
def test_a_subscription_that_cannot_be_served_names_the_field(said: dict[str, object], field: str) -> None:
    if not field:
        assert subscription({"subscription": "s", **said}).sites == ()
        return
    with pytest.raises(UsageError, match=f"subscription.set: {field}: expected"):
        subscription({"subscription": "s", **said})


def test_a_subscription_chooses_by_kind_site_and_severity() -> None:
    chosen = {"kind": ["leg.*"], "site": "EWR", "severity": "warning"}
    one = subscription({"subscription": "s", "topic": "t", "filter": chosen})
    assert one.wants("leg.late", "EWR", 2)
    assert not one.wants("leg.late", "JFK", 2)
    assert not one.wants("dock.queue", "EWR", 3)
    assert not one.wants("leg.late", "EWR", 1)


def test_a_secret_may_come_by_the_environment_under_its_own_prefix_alone(tmp_path: Path) -> None:
    environ = {"WEBHOOK_SECRET_NIGHT_SHIFT": f"{SECRET} {OLDER}", "HOME": SECRET, "WEBHOOK_SECRET_NONE": " "}
    assert len(signing.secrets_in(tmp_path, "night-shift", environ)) == 2
    (tmp_path / "night-shift").write_text(OLDER)
    assert signing.secrets_in(tmp_path, "night-shift", environ) == [b"an older secret, as long!"], "a file beats it"
    for name, why in (("HOME", "cannot read"), ("none", "WEBHOOK_SECRET_NONE is empty")):
        with pytest.raises(SettingError, match=why) as refused:
            signing.secrets_in(tmp_path, name, environ)
        assert SECRET not in f"{refused.value}"
