"""What cannot be accepted is rejected with a reason that stays the same, and takes nothing else with it."""

from dataclasses import replace

import orjson
import pytest

from streams.adapters import Problem, checked, columns, decode, decode_all, events, limits, split_by_network
from streams.adapters.docs import example
from tests.streams.adapters.wire import NOW, Event, envelope, own_ids, reasons
from tower import ids
from tower.batch import RAW_MOST, Batch
from tower.clock import AHEAD, DAY, OLDEST
from tower.envelope import Envelope
from tower.events import BY_NAME

GONE: Event = {"id": "e1", "kind": "leg.departed", "at": NOW, "leg": "L1", "stop": 1}
PLACED: Event = {"id": "e2", "kind": "order.placed", "at": NOW, "order": "O1", "lines": [{"line": "1"}]}
LONG = "x" * 65


def deep(levels: int) -> object:
    return [deep(levels - 1)] if levels > 1 else []


BAD: list[tuple[Event, str]] = [
    (GONE | {"kind": "leg.flew"}, "unknown kind: leg.flew"),
    (GONE | {"kind": "k" * 99}, f"unknown kind: {'k' * 40}..."),
    (GONE | {"kind": None}, "field kind: missing"),
    (GONE | {"kind": 5}, "field kind: not a name (got 5)"),
    (GONE | {"kind": ["leg.departed"]}, "field kind: not a name (got a list)"),
    (GONE | {"id": None}, "field id: missing"),
    (GONE | {"id": ""}, "field id: empty"),
    (GONE | {"id": 7}, "field id: not a name (got 7)"),
    (GONE | {"id": LONG}, f"field id: longer than 64 bytes (got '{'x' * 40}'...)"),
    (GONE | {"id": "é" * 33}, f"field id: longer than 64 bytes (got '{'é' * 33}')"),
    (GONE | {"id": "a\0b"}, r"field id: holds a zero byte (got 'a\x00b')"),
    (GONE | {"source": ""}, "field source: empty"),
    (GONE | {"source": {}}, "field source: not a name (got an object)"),
    (GONE | {"source": LONG}, f"field source: longer than 64 bytes (got '{'x' * 40}'...)"),
    (GONE | {"network": "mars"}, "unknown network: mars"),
    (GONE | {"network": 4}, "field network: not a name (got 4)"),
    (GONE | {"at": None}, "field at: missing"),
    (GONE | {"at": "tomorrow"}, "field at: not a time (got 'tomorrow')"),
    (GONE | {"at": True}, "field at: not a time (got true)"),
    (GONE | {"at": 1.5}, "field at: not a time (got 1.5)"),
    (GONE | {"at": "2013-02-08T09:00:00"}, "field at: not a time (got '2013-02-08T09:00:00')"),
    (GONE | {"at": "2013-02-30T09:00:00Z"}, "field at: not a time (got '2013-02-30T09:00:00Z')"),
    (GONE | {"at": "2013-W06-5T09:00:00Z"}, "field at: not a time (got '2013-W06-5T09:00:00Z')"),
    (GONE | {"at": "١٩٩٩-02-08T09:00:00Z"}, "field at: not a time (got '١٩٩٩-02-08T09:00:00Z')"),
    (GONE | {"at": OLDEST - 1}, "field at: not between 1990 and 9999 (got 631151999999)"),
    (GONE | {"at": "0001-01-01T00:00:00+14:00"},
     "field at: not between 1990 and 9999 (got '0001-01-01T00:00:00+14:00')"),
    (GONE | {"at": "9999-12-31T23:59:59Z"}, "field at: more than 400 days ahead (got '9999-12-31T23:59:59Z')"),
    (GONE | {"at": NOW + AHEAD + 1}, f"field at: more than 400 days ahead (got {NOW + AHEAD + 1})"),
    (GONE | {"said_at": "now"}, "field said_at: not a time (got 'now')"),
    (GONE | {"sequence": -1}, "field sequence: negative (got -1)"),
    (GONE | {"sequence": 1 << 63}, "field sequence: does not fit into 64 bits (got 9223372036854775808)"),
    (GONE | {"classifier": "guessed"}, "field classifier: not one of planned|estimated|actual (got 'guessed')"),
    (GONE | {"classifier": []}, "field classifier: not one of planned|estimated|actual (got a list)"),
    (GONE | {"leg": None}, "field leg: missing"),
    (GONE | {"leg": {}}, "field leg: not a name (got an object)"),
    (GONE | {"stop": True}, "field stop: not a whole number (got true)"),
    (GONE | {"stop": 1.0}, "field stop: not a whole number (got 1.0)"),
    (GONE | {"stop": "1"}, "field stop: not a whole number (got '1')"),
    (GONE | {"kind": "leg.cancelled", "reason": "é" * 501},
     f"field reason: longer than 1,000 bytes (got '{'é' * 40}'...)"),
    (GONE | {"kind": "leg.position", "lat": 1, "lon": "2"}, "field lon: not a number (got '2')"),
    (GONE | {"kind": "leg.position", "lat": 1}, "field lon: missing"),
    (GONE | {"x": deep(32)}, "deeper than 32 levels"),
    (GONE | {"references": ["x"]}, "field references: not an object (got a list)"),
    (GONE | {"references": {"bol": 5}}, "field references.bol: not a name (got 5)"),
    (GONE | {"references": {"bol": ["a", None]}}, "field references.bol: not a name (got null)"),
    (GONE | {"corrects": "e0"}, "field corrects: not an object (got 'e0')"),
    (GONE | {"corrects": {"id": 5}}, "field corrects: not a name (got 5)"),
    (GONE | {"corrects": {}}, "field corrects: neither an id nor a known kind (got null)"),
    (GONE | {"corrects": {"kind": "leg.departed", "subject": "L1"}}, "field corrects: moment is missing"),
    (GONE | {"corrects": {"kind": "leg.departed", "moment": NOW}}, "field corrects: not a name (got null)"),
    (GONE | {"corrects": {"kind": "door.closed", "moment": NOW, "subject": "D"}},
     "field corrects: subject is not a list of site and door (got 'D')"),
    (GONE | {"corrects": {"id": "e0", "reason": 1}}, "field corrects: not text (got 1)"),
    (PLACED | {"lines": None}, "field lines: missing"),
    (PLACED | {"lines": []}, "field lines: missing"),
    (PLACED | {"lines": {}}, "field lines: not a list of objects (got an object)"),
    (PLACED | {"lines": [1]}, "field lines: not a list of objects (got a list)"),
    (PLACED | {"lines": [{"line": "1"}, {}]}, "field lines[1].line: missing"),
    (PLACED | {"lines": [{"line": "1"}, {"line": "1"}]}, "field lines[1].line: twice"),
    (PLACED | {"lines": [{"line": "1", "quantity": 2.5}]}, "field lines[0].quantity: not a whole number (got 2.5)"),
    ({"id": "e3", "kind": "stock.counted", "at": NOW, "site": "A", "sku": "S"}, "field on_hand: missing"),
    ({"id": "e3", "kind": "stock.counted", "at": NOW, "sku": "S", "on_hand": 1}, "field site: missing"),
    ({"id": "e3", "kind": "line.held", "at": NOW, "order": "O", "line": "1", "reason": "moon"},
     "field reason: not one of stock|capacity|credit (got 'moon')"),
    ({"id": "e3", "kind": "site.declared", "at": NOW}, "field site: missing"),
]  # fmt: skip


@pytest.mark.parametrize("event, reason", BAD, ids=[reason for _, reason in BAD])
def test_a_bad_event_is_rejected_by_name_and_its_neighbours_are_not(event: Event, reason: str) -> None:
    told = envelope([GONE, event, PLACED], received=NOW)
    batch = decode(told, 9, "us")
    assert (batch.rows("event")["row"].tolist(), reasons(batch)) == ([0, 2], [reason])
    assert orjson.loads(batch.raws[0]) == event
    assert [problem.row for problem in checked(told, ["us"])][:1] == [1]
    assert same_as_without(batch, event)


def same_as_without(batch: Batch, event: Event) -> bool:
    alone = decode(envelope([GONE, {}, PLACED], received=NOW), 9, "us")
    pairs = [(batch.tables[name], alone.tables[name]) for name in alone.tables if name != "rejected"]
    return all(a.tobytes() == b.tobytes() for a, b in pairs)


WHOLE: list[tuple[bytes, str]] = [
    (b"", "empty message"),
    (b" \n", "empty message"),
    (b"[", "not JSON: unexpected end of data: line 1 column 2 (char 1)"),
    (b'{"id": NaN}', "not JSON: unexpected character: line 1 column 8 (char 7)"),
    (b"5", "not an object (got 5)"),
    (b"null", "not an object (got null)"),
    (b"[[]]", "not an object (got a list)"),
    (b"{}", "field kind: missing"),
    (b" " * (limits.MESSAGE + 1), "message too long: 8,000,001 bytes, at most 8,000,000"),
    (b"[" + b"1," * limits.EVENTS + b"1]", "too many events: 262,145 in one message, at most 262,144"),
]


@pytest.mark.parametrize("data, reason", WHOLE, ids=[reason for _, reason in WHOLE])
def test_a_message_that_holds_no_event_is_one_rejected_row(data: bytes, reason: str) -> None:
    batch = decode(envelope(data), 9, "us")
    assert (len(batch), len(batch.rows("rejected"))) == (0, 1)
    assert reasons(batch)[0].startswith(reason.split(":", maxsplit=1)[0])
    assert len(batch.raws[0]) <= RAW_MOST
    assert len(checked(envelope(data))) == 1


@pytest.mark.parametrize("data, reason", [row for row in WHOLE if "JSON" not in row[1]])
def test_reasons_of_whole_messages_stay_the_same(data: bytes, reason: str) -> None:
    assert reasons(decode(envelope(data), 9, "us")) == [reason]


def test_an_empty_list_is_nothing() -> None:
    assert len(decode(envelope([]), 9, "us")) == 0 == len(checked(envelope([])))


def test_a_problem_names_row_and_field_and_every_one_is_told() -> None:
    told = [GONE, GONE | {"stop": -1, "at": "x"}, {"kind": "no"}]
    assert sorted((p.row, p.field) for p in checked(envelope(told))) == [(1, "at"), (1, "stop"), (2, "")]
    assert Problem(2, "", "unknown kind: no") in checked(envelope(told))


def test_a_rejected_row_keeps_its_id_its_source_and_its_place() -> None:
    batch = decode(envelope([GONE | {"source": "dock", "stop": -1}, {"source": 5}]), 9, "us")
    rows = batch.rows("rejected")
    assert rows["id"].tolist() == [ids.of("event", "dock\0e1"), int(ids.UNKNOWN)]
    assert [batch.names[i] for i in rows["source"].tolist()] == ["dock", "inbox"]
    assert (rows["inbox"].tolist(), rows["row"].tolist()) == ([9, 9], [0, 1])
    assert rows["size"].tolist() == [len(raw) for raw in batch.raws]


def test_names_of_rejected_events_do_not_reach_the_log() -> None:
    batch = decode(envelope([GONE, GONE | {"leg": "L2", "stop": -1}]), 9, "us")
    assert {"L1", "L2"} & set(batch.names.values()) == {"L1"}


def test_an_event_goes_to_the_network_that_it_names() -> None:
    told = envelope([GONE, GONE | {"network": "eu"}, GONE | {"network": "mars"}, 5])
    parts = split_by_network(told, 9, ["us", "eu"])
    assert {n: b.rows("event")["row"].tolist() for n, b in parts.items()} == {"us": [0], "eu": [1]}
    assert reasons(parts["us"]) == ["unknown network: mars", "not an object (got 5)"]
    assert reasons(parts["eu"]) == []
    assert checked(told, ["us", "eu", "mars"]) == [Problem(3, "", "not an object (got 5)")]


def test_an_event_about_a_network_is_about_its_own_unless_it_says_so() -> None:
    passed = {"id": "e1", "kind": "clock.passed", "at": NOW}
    silent, told = decode(envelope(passed), 9, "us"), decode(envelope(passed | {"network": "us"}), 9, "us")
    assert silent.rows("event")["subject"] == ids.of("network", "us")
    assert silent.rows("event").tobytes() == told.rows("event").tobytes()


def test_messages_read_together_keep_their_own_place_source_and_time() -> None:
    early, late = envelope(GONE | {"at": NOW + AHEAD + 5}, received=NOW), envelope(GONE, received=NOW + 10)
    batch = decode_all([(3, early), (4, replace(late, source="other")), (5, late)], "us")
    assert batch.rows("event")["inbox"].tolist() == [4, 5]
    assert [batch.names[code] for code in batch.rows("event")["source"].tolist()] == ["other", "inbox"]
    assert batch.rows("event")["id"].tolist() == [ids.of("event", "other\0e1"), ids.of("event", "inbox\0e1")]
    assert batch.rows("rejected")[["inbox", "row"]].tolist() == [(3, 0)]


def test_thirty_two_levels_are_accepted_wherever_they_lie() -> None:
    batch = decode(envelope([GONE | {"x": deep(31)}, GONE | {"id": '"[{', "x": deep(31)}]), 9, "us")
    assert (len(batch), reasons(batch)) == (2, [])


def test_brackets_in_text_are_not_levels_and_hide_none() -> None:
    texts: Event = {"x": '"]' * 40 + "\\" * 3, "y": "]" * 40}
    batch = decode(envelope([GONE | texts, GONE | texts | {"z": deep(32)}]), 9, "us")
    assert (len(batch), reasons(batch)) == (1, ["deeper than 32 levels"])


def packed(**changes: object) -> bytes:
    """Columns of one event, with one thing wrong: `table__column=value`."""
    batch = decode(envelope([PLACED], received=NOW), 9, "us")
    for name, value in changes.items():
        table, _, column = name.partition("__")
        batch.tables[table][column] = value
    return columns.packed(batch)


UNSOUND: list[tuple[bytes, str]] = [
    (packed(event__kind=999), "unknown kind: 999"),
    (packed(event__at=-1), "event.at is missing, before 1990 or more than 400 days ahead"),
    (packed(event__at=NOW + 401 * DAY), "event.at is missing, before 1990 or more than 400 days ahead"),
    (packed(event__classifier=9), "event.classifier has an impossible value"),
    (packed(event__id=ids.UNKNOWN), "event.id is missing"),
    (packed(event__kind=3), "order has a row of an event of another kind"),
    (packed(order__event=7), "order.event is out of order"),
    (packed(event__subject=ids.UNKNOWN), "order.placed without order"),
    (packed(order_line__quantity=-2), "order_line.quantity has an impossible value"),
    (packed(order_line__weight_kg=float("inf")), "order_line.weight_kg has an impossible value"),
    (columns.packed(Batch({"event": decode(envelope([PLACED]), 9, "us").rows("event")})),
     "order.placed does not have one row of order each"),
]  # fmt: skip


@pytest.mark.parametrize("data, reason", UNSOUND, ids=[reason for _, reason in UNSOUND])
def test_unsound_columns_are_refused_as_a_whole(data: bytes, reason: str) -> None:
    batch = decode(envelope(data, columns.MEDIA_TYPE, received=NOW), 9, "us")
    assert (len(batch), reasons(batch)) == (0, [f"not columns: {reason}"])


def test_columns_of_another_network_are_refused_by_name() -> None:
    told = replace(envelope(packed(), columns.MEDIA_TYPE), headers={"network": "mars"})
    assert reasons(decode(told, 9, "us")) == ["unknown network: mars"]
    assert list(split_by_network(told, 9, ["us", "mars"])) == ["mars"]


def test_an_event_that_says_all_that_it_can_is_accepted() -> None:
    events = [example(kind) for kind in BY_NAME.values() if kind.subject[0].name != "network"]
    batch = decode(envelope(events), 9, "us")
    assert (len(batch), reasons(batch), len(own_ids(events))) == (len(events), [], 1)


def test_nonsense_by_the_thousand_is_counted_whole_and_told_in_part() -> None:
    told = decoded([f'{{"kind": "k{number}"}}' for number in range(events.TOLD_MOST + 500)])
    rows = told.rows("rejected")
    assert rows["row"].tolist() == list(range(events.TOLD_MOST + 500))
    reasons = [told.names[code] for code in rows["reason"].tolist()]
    assert reasons[:2] == ["unknown kind: k0", "unknown kind: k1"]
    assert set(reasons[events.TOLD_MOST :]) == {"unknown kind"}
    assert [len(raw) > 0 for raw in told.raws] == [True] * events.TOLD_MOST + [False] * 500
    assert rows["size"].tolist() == [len(raw) for raw in told.raws]


def test_reasons_are_named_in_the_order_in_which_they_come() -> None:
    told = decoded([f'{{"kind": "k{number}"}}' for number in (3, 1, 2, 1)])
    reasons = [f"unknown kind: k{number}" for number in (3, 1, 2)]
    assert [name for name in told.names.values() if name in reasons] == reasons


def test_what_is_told_of_it_has_a_bound_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "RAWS_MOST", 25)
    told = decoded(['{"a":"345678"}'] * 4)
    assert [len(raw) for raw in told.raws] == [14, 11, 0, 0]


@pytest.mark.parametrize("kind", ["application/x-ndjson", "application/json"])
def test_more_lines_than_anybody_means_are_one_refusal(kind: str) -> None:
    lines = b"x\n" * (limits.EVENTS + 1) if "nd" in kind else b"[" + b"1," * limits.EVENTS + b"1]"
    told = decode(Envelope("gate", 1_772_431_200_000, kind, lines), 1, "n")
    (row,) = told.rows("rejected")
    why = f"too many events: {limits.EVENTS + 1:,} in one message, at most {limits.EVENTS:,}"
    assert told.names[int(row["reason"])] == why


def decoded(objects: list[str]) -> Batch:
    data = ("[" + ",".join(objects) + "]").encode()
    return decode(Envelope("gate", 1_772_431_200_000, "application/json", data), 1, "n")
