"""Actions leave for whoever has subscribed: once, under one id, as a message or a file, with all they take."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sinks.webhooks.alerts import Alerts
from sinks.webhooks.courier import Courier
from sinks.webhooks.drop import dropper
from sinks.webhooks.outbox import Message, Outbox
from sinks.webhooks.post import Tried
from sinks.webhooks.subscription import subscription
from streams import names
from tests.suites.choices import Choice
from tests.suites.small_world import memory_root
from tests.suites.story import event
from tower.errors import UsageError
from tower.logs import urls
from tower.record import entry

TOPIC = {"subscription": "wms", "about": "actions", "topic": "tower.actions"}
FOLDER = {"subscription": "files", "about": "actions", "folder": "wms"}


def approved(*subscriptions: Mapping[str, object]) -> tuple[Choice, str]:
    """A story in which these subscriptions are set and a decision is approved; its root."""
    story = Choice()
    story.tell(2.5, *(event("subscription.set", 2.5, **said) for said in subscriptions))
    story.say(4, "approved", story.proposed())
    root = memory_root()
    log = urls.writer(names.log(root, "n"))
    for record in story.records:
        log.append(record.number, [entry(record.encode())])
    log.close()
    return story, root


def sent(box: Outbox) -> list[tuple[str, str, dict[str, Any]]]:
    """Subscription, id and body of each message."""
    found = box.ask("SELECT subscription, id, body FROM messages ORDER BY place")
    return [(name, id, json.loads(body)) for name, id, body in found]


def boxed(path: Path, story: Choice, root: str, each: int = 99) -> Outbox:
    """The outbox after the flow; it ends and starts again after so many records."""
    box = Outbox(path)
    for at in range(0, len(story.outcomes), each):
        Alerts(box, "n", urls.reader(names.log(root, "n")), {}).take(story.outcomes[max(at - 1, 0) : at + each])
    return box


def test_an_action_is_told_with_its_lines_by_name_and_to_nobody_who_asked_for_deviations(tmp_path: Path) -> None:
    story, root = approved(TOPIC, {"subscription": "ops", "topic": "tower.alerts", "filter": {"kind": "none.*"}})
    ((name, id, body),) = sent(boxed(tmp_path / "a.sqlite", story, root))
    assert (name, body["type"], body["id"]) == ("wms", "tower.action.sent", id)
    data = body["data"]
    assert (data["type"], data["state"], data["decision"]) == ("rebook", "sent", story.newest())
    assert {(move["order"], move["order_line"], move["to_leg"], move["to_site"]) for move in data["moves"]} == {
        ("O1", "1", "L2", "A"), ("O2", "1", "L2", "A")}  # fmt: skip
    assert body["subject"] == data["id"]
    assert data["undo_until"].endswith("Z")


@pytest.mark.parametrize("each", [1, 2, 3])
def test_however_often_the_flow_is_killed_there_is_one_message_under_the_same_id(tmp_path: Path, each: int) -> None:
    story, root = approved(TOPIC, FOLDER)
    straight = sorted(one[:2] for one in sent(boxed(tmp_path / "a.sqlite", story, root)))
    assert sorted(one[:2] for one in sent(boxed(tmp_path / "b.sqlite", story, root, each))) == straight
    assert len(straight) == 2


def test_what_is_answered_is_not_sent_again(tmp_path: Path) -> None:
    story, root = approved(TOPIC)
    story.answer(5, "acknowledged", int(story.table("actions")["key"][0]))
    log = urls.writer(names.log(root, "n"))
    log.append(story.records[-1].number, [entry(story.records[-1].encode())])
    assert len(sent(boxed(tmp_path / "a.sqlite", story, root))) == 1


def test_in_a_folder_a_message_is_a_whole_file_named_by_its_id_and_sent_again_it_is_the_same(tmp_path: Path) -> None:
    story, root = approved(FOLDER)
    box = boxed(tmp_path / "a.sqlite", story, root)
    courier = Courier(box, tmp_path, lambda *_: Tried(), lambda *_: Tried(), drop=dropper(tmp_path / "drop"))
    courier.turn("files", subscription(FOLDER))
    ((_, id, body),) = sent(box)
    (file,) = (tmp_path / "drop" / "wms").iterdir()
    assert (file.name, json.loads(file.read_bytes())) == (f"{id}.json", body)
    box.again(id)
    courier.turn("files", subscription(FOLDER))
    assert [one.name for one in (tmp_path / "drop" / "wms").iterdir()] == [f"{id}.json"]


def test_a_folder_that_cannot_be_written_is_tried_again_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "drop").write_text("a file")
    tried = dropper(tmp_path / "drop")("wms", Message("m", "s", "t", b"{}"))
    assert (tried.is_delivered, "Not a directory" in tried.why or "File exists" in tried.why) == (False, True)


@pytest.mark.parametrize(("said", "why"), [
    ({"folder": "../etc"}, "a plain name"), ({"folder": "a", "topic": "b"}, "one of the three"),
    ({"folder": "a", "about": "lunch"}, "deviations or actions"),
])  # fmt: skip
def test_a_subscription_that_leaves_its_folder_or_wants_two_ways_or_nothing_that_there_is_is_refused(
    said: dict[str, object], why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        subscription({"subscription": "s", **said})


def test_a_filter_of_actions_chooses_by_site_and_type() -> None:
    one = subscription({"subscription": "s", "about": "actions", "folder": "a", "filter": {"site": "EWR"}})
    assert one.wants_action("rebook", {"EWR", "JFK"})
    assert not one.wants_action("rebook", {"JFK"})
    assert not one.wants("leg.late", "EWR", 3)
