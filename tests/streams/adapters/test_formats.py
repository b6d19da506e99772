"""Every format says the same: the same events give the same batch, whatever they come in."""

from dataclasses import replace

import orjson
import pytest

from streams.adapters import ALL, Adapter, chosen, columns, decode
from tests.streams.adapters.wire import NOW, Event, envelope, reasons, same
from tower.envelope import Envelope

DATA: Event = {"leg": "L1", "stop": 2}
EVENT: Event = {"id": "e1", "kind": "leg.departed", "at": NOW, "source": "carrier", "network": "us", **DATA}
CLOUD = {"specversion": "1.0", "id": "e1", "type": "leg.departed", "source": "carrier", "time": "2013-02-08T09:00:00Z",
         "network": "us", "data": DATA}  # fmt: skip
HEADERS = {f"ce-{k}": str(v) for k, v in CLOUD.items() if k != "data"}
PLAIN = decode(envelope(EVENT), 9, "us")


def of(data: object, content_type: str = "", headers: dict[str, str] | None = None) -> Envelope:
    return replace(envelope(data, content_type), headers=headers or {})


LINES = orjson.dumps(EVENT) + b"\n\r\n" + orjson.dumps(EVENT) + b"\n"
COMES: list[tuple[str, Envelope, int]] = [
    ("json object", of(EVENT), 1),
    ("json object", of(EVENT, "application/json; charset=utf-8"), 1),
    ("json array", of([EVENT]), 1),
    ("json array", of(b"\n " + orjson.dumps([EVENT]), "Application/JSON"), 1),
    ("ndjson", of(LINES), 2),
    ("ndjson", of(orjson.dumps(EVENT), "application/x-ndjson"), 1),
    ("cloudevent", of(CLOUD), 1),
    ("cloudevent", of(CLOUD, "application/json"), 1),
    ("cloudevent", of(CLOUD, "application/cloudevents+json"), 1),
    ("cloudevents", of([CLOUD]), 1),
    ("cloudevents", of([CLOUD, CLOUD], "application/cloudevents-batch+json"), 2),
    ("cloudevent in headers", of(DATA, "application/json", HEADERS), 1),
    ("cloudevent in headers", of(DATA, "", {k.replace("-", "_"): v for k, v in HEADERS.items()}), 1),
    ("columns", of(columns.packed(PLAIN), columns.MEDIA_TYPE), 1),
]


@pytest.mark.parametrize("name, told, count", COMES)
def test_the_same_event_in_any_format_is_the_same_rows(name: str, told: Envelope, count: int) -> None:
    assert name == chosen(told).NAME
    batch = decode(told, 9, "us")
    assert (len(batch), reasons(batch)) == (count, [])
    assert batch.rows("event")[:1].tobytes() == PLAIN.rows("event").tobytes()
    assert count > 1 or same(batch, PLAIN)


@pytest.mark.parametrize("adapter", ALL, ids=lambda a: a.NAME)
def test_every_format_is_chosen_by_some_message(adapter: Adapter) -> None:
    assert adapter.NAME in {name for name, _, _ in COMES}


@pytest.mark.parametrize("adapter", ALL, ids=lambda a: a.NAME)
@pytest.mark.parametrize("data", [b"", b"\xff", b"{", b"[1,", b"null", b"WR\x01\x00" + b"\xff" * 40])
def test_no_format_raises(adapter: Adapter, data: bytes) -> None:
    assert adapter.read(envelope(data)) != []


def test_columns_are_never_guessed() -> None:
    assert len(decode(of(columns.packed(PLAIN)), 9, "us")) == 0


def test_a_broken_line_spoils_no_other() -> None:
    batch = decode(of(orjson.dumps(EVENT) + b'\n{"id": "\n' + orjson.dumps(EVENT)), 9, "us")
    assert batch.rows("event")["row"].tolist() == [0, 2]
    assert (batch.raws, reasons(batch)[0][:8]) == ([b'{"id": "'], "not JSON")


def test_a_line_with_two_objects_is_one_broken_line() -> None:
    batch = decode(of(orjson.dumps(EVENT) + b",{}\n" + orjson.dumps(EVENT), "application/x-ndjson"), 9, "us")
    assert (batch.rows("event")["row"].tolist(), batch.rows("rejected")["row"].tolist()) == ([1], [0])


@pytest.mark.parametrize("change, reason", [
    ({"specversion": "0.3"}, "field specversion: not 1.0 (got '0.3')"),
    ({"data": [1]}, "field data: not an object (got a list)"),
    ({"data_base64": "e30="}, "field data_base64: not read, send data"),
    ({"type": "no"}, "unknown kind: no"),
    ({"id": None}, "field id: missing"),
    ({"source": None}, "field source: empty"),
    ({"time": None}, "field at: missing"),
])  # fmt: skip
def test_a_bad_cloudevent_is_rejected_by_name(change: Event, reason: str) -> None:
    assert reasons(decode(of(CLOUD | change), 9, "us")) == [reason]


@pytest.mark.parametrize("headers, data, reason", [
    ({"ce-specversion": "0.3"}, b"{}", "field specversion: not 1.0 (got '0.3')"),
    ({}, b"[]", "field data: not an object (got a list)"),
    ({}, b"{", "not JSON: "),
    ({"ce-id": ""}, b"{}", "field id: empty"),
])  # fmt: skip
def test_a_bad_cloudevent_in_headers_is_rejected_by_name(headers: dict[str, str], data: bytes, reason: str) -> None:
    assert reasons(decode(of(data, "", HEADERS | headers), 9, "us"))[0].startswith(reason)


def test_data_says_when_it_happened_before_the_cloudevent_does() -> None:
    batch = decode(of(CLOUD | {"data": DATA | {"at": NOW + 5}, "sequence": "0012"}), 9, "us")
    assert batch.rows("event")[["at", "sequence"]].tolist() == [(NOW + 5, 12)]
