"""Events over HTTP: checked whole, durable before they are answered for, refused by row and field."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest

from streams import names
from streams.inbox import InboxWriter
from tests.suites.small_api import SmallApi, small_api
from tower.envelope import MESSAGE_MOST, Envelope
from tower.errors import Busy
from tower.logs import urls

AT = "2026-03-02T10:00:00Z"
GOOD = {"id": "e1", "kind": "leg.departed", "leg": "L1", "at": AT}
CLOUD = {"specversion": "1.0", "type": "leg.departed", "source": "tms", "id": "e1", "time": AT}


@pytest.fixture
def api(tmp_path: Path) -> Iterator[SmallApi]:
    with small_api(tmp_path) as found:
        yield found


def posted(api: SmallApi, content: bytes, kind: str = "application/json", key: str = "dispatcher-east",
           **headers: str) -> Any:  # fmt: skip
    said = {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return api.ask("POST", "/v1/events", key, content=content, headers=said)


@pytest.mark.parametrize("content, kind, headers, events", [
    (orjson.dumps(GOOD), "application/json", {}, 1),
    (orjson.dumps([GOOD, {**GOOD, "id": "e2"}]), "application/json", {}, 2),
    (orjson.dumps(GOOD) + b"\n" + orjson.dumps({**GOOD, "id": "e2"}), "application/x-ndjson", {}, 2),
    (orjson.dumps({**CLOUD, "data": {"leg": "L1"}}), "application/cloudevents+json", {}, 1),
    (orjson.dumps([{**CLOUD, "data": {"leg": "L1"}}]), "application/cloudevents-batch+json", {}, 1),
    (b'{"leg": "L1"}', "application/json", {"ce_specversion": "1.0", "ce_type": "leg.departed", "ce_source": "tms",
                                            "ce_id": "e1", "ce_time": AT}, 1),
])  # fmt: skip
def test_every_form_is_kept_as_it_came(
    api: SmallApi, content: bytes, kind: str, headers: dict[str, str], events: int
) -> None:
    answer = posted(api, content, kind, **headers)
    assert (answer.status_code, answer.json()["position"], answer.json()["events"]) == (202, 1, events), answer.text
    with closing(urls.reader(names.inbox(api.here.root, "east", "http"))) as log:
        kept = Envelope.decode(log.read(0, 1)[0][1])
    assert (kept.data, kept.content_type) == (content, kind)
    assert {name.replace("ce_", "ce-") for name in headers} <= set(kept.headers)


@pytest.mark.parametrize("events, row, field", [
    ([GOOD, {**GOOD, "id": "e2", "at": "tomorrow"}], 1, "at"),
    ([{"kind": "leg.departed", "at": AT, "leg": "L"}], 0, "id"),
    ([{**GOOD, "kind": "leg.flew"}], 0, ""), ([GOOD, 7], 1, ""), ([{**GOOD, "network": "west"}], 0, ""),
    ([{**GOOD, "source": "people"}], 0, "source"), ([{**GOOD, "source": "clock"}], 0, "source"),
])  # fmt: skip
def test_one_bad_event_leaves_nothing_of_the_message_and_is_named(
    api: SmallApi, events: list[Any], row: int, field: str
) -> None:
    answer = posted(api, orjson.dumps(events))
    assert answer.status_code == 422, answer.text
    assert (answer.json()["errors"][0]["row"], answer.json()["errors"][0]["field"]) == (row, field)
    assert api.inbox("http") == 0


@pytest.mark.parametrize("content", [b"", b" ", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100, b'{"id": 1e999}'])
def test_what_is_no_message_is_refused(api: SmallApi, content: bytes) -> None:
    assert posted(api, content).status_code == 422
    assert api.inbox("http") == 0


def test_what_people_say_is_said_at_its_own_route_or_by_an_admin(api: SmallApi) -> None:
    said = orjson.dumps({"id": "p", "kind": "policy.set", "policy": "p", "at": AT})
    assert posted(api, said).status_code == 403
    assert api.inbox("http") == 0
    assert posted(api, said, key="admin-east").status_code == 202


def test_our_own_packing_is_not_read_from_outside(api: SmallApi) -> None:
    assert posted(api, b"x", "application/vnd.tower.columns").status_code == 415


@pytest.mark.parametrize("is_told", [True, False])
def test_a_message_that_is_too_long_is_refused_whether_it_says_so_or_not(api: SmallApi, is_told: bool) -> None:
    async def pieces() -> Any:
        for _ in range(MESSAGE_MOST // 1_000_000 + 1):
            yield b" " * 1_000_000

    content: Any = b" " * (MESSAGE_MOST + 1) if is_told else pieces()
    answer = posted(api, content)
    assert (answer.status_code, api.inbox("http")) == (413, 0), answer.text


def test_a_full_inbox_says_when_to_send_it_again(api: SmallApi, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise Busy("inbox east/http takes nothing: no space", "send it again in a while: the disk must be freed")

    monkeypatch.setattr(InboxWriter, "put", full)
    answer = posted(api, orjson.dumps(GOOD))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "disk" in answer.json()["hint"]
