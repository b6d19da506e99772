"""What is rendered says what the record says, with names where they are known. Round trips: streams/adapters."""

import numpy as np
import orjson
import pytest

from tower import clock, ids, layouts
from tower.batch import Batch, seal, to_record
from tower.events import BY_NAME, NUMBER, SEVERITIES
from tower.outcomes import DEVIATION_STATUS, TABLES
from tower.record import Record
from tower.render import render_record, render_rows, to_wire

AT = 1_360_314_000_000
NAMES = {ids.of(what, text): text for what, text in (
    ("source", "carrier"), ("leg", "L1"), ("site", "EWR"), ("site", "ORD"), ("order", "O1"), ("line", "1"),
    ("sku", "S"), ("reference", "B7"), ("reference", "B8"), ("text", "typo"), ("door", "D"),
)}  # fmt: skip
MINE = {ids.of("event", "carrier\0e1"): "e1"}
PAIR = int(ids.pairs(np.array([ids.of("site", "EWR")], "u8"), np.array([ids.of("door", "D")], "u8"))[0])


def event(kind: str, subject: int = 0) -> Batch:
    heads = layouts.empty("event", 1)
    heads["id"], heads["kind"], heads["at"], heads["inbox"] = ids.of("event", "carrier\0e1"), NUMBER[kind], AT, 4
    heads["source"], heads["subject"] = ids.of("source", "carrier"), subject
    return Batch({"event": heads}, dict(NAMES))


def body(batch: Batch, table: str, *rows: dict[str, object]) -> Batch:
    batch.tables[table] = layouts.empty(table, len(rows))
    batch.tables[table]["event"] = 0
    for row, said in zip(batch.tables[table], rows, strict=True):
        for name, value in said.items():
            row[name] = value
    return batch


PLACED = body(event("order.placed", ids.of("order", "O1")), "order", {"priority": 1, "ship_to": ids.of("site", "ORD")})
PLACED = body(PLACED, "order_line", {"line": ids.of("line", "1"), "sku": ids.of("sku", "S"), "quantity": 3})
BILLS: list[dict[str, object]] = [{"scheme": 0, "reference": ids.of("reference", text)} for text in ("B7", "B8")]
PLACED = seal(body(PLACED, "reference", *BILLS))
WIRE = {
    "id": "e1", "kind": "order.placed", "source": "carrier", "at": "2013-02-08T09:00:00.000Z", "order": "O1",
    "priority": "standard", "ship_to": "ORD", "lines": [{"line": "1", "sku": "S", "quantity": 3}],
    "references": {"bol": ["B7", "B8"]},
}  # fmt: skip


def test_an_event_is_rendered_as_it_would_be_sent() -> None:
    assert to_wire(PLACED, MINE) == [WIRE]


def test_an_id_that_nobody_names_is_sixteen_hex_digits() -> None:
    (code,) = MINE
    assert to_wire(PLACED)[0]["id"] == f"#{code:016x}"


def test_two_that_name_a_subject_together_are_told_from_the_body() -> None:
    batch = body(event("door.closed"), "door_note", {"site": ids.of("site", "EWR"), "door": ids.of("door", "D")})
    assert (to_wire(seal(batch))[0]["site"], to_wire(batch)[0]["door"]) == ("EWR", "D")
    assert batch.rows("event")["subject"][0] == PAIR


def test_a_document_is_told_with_its_head() -> None:
    batch = event("site.declared", ids.of("site", "EWR"))
    batch.documents = [b'{"lat":40.7,"site":"EWR"}']
    batch = body(batch, "document", {"size": 25})
    assert to_wire(batch)[0] | {"id": ""} == {
        "id": "", "kind": "site.declared", "source": "carrier", "at": "2013-02-08T09:00:00.000Z", "lat": 40.7,
        "site": "EWR"}  # fmt: skip


@pytest.mark.parametrize("row, said", [
    ({"corrects": ids.of("event", "carrier\0e1"), "corrects_reason": ids.of("text", "typo")},
     {"id": "e1", "reason": "typo"}),
    ({"corrects_kind": NUMBER["leg.departed"], "corrects_subject": ids.of("leg", "L1"), "corrects_at": AT},
     {"kind": "leg.departed", "subject": "L1", "moment": "2013-02-08T09:00:00.000Z"}),
    ({"corrects_kind": NUMBER["door.closed"], "corrects_subject": PAIR, "corrects_at": AT},
     {"kind": "door.closed", "subject": ["EWR", "D"], "moment": "2013-02-08T09:00:00.000Z"}),
])  # fmt: skip
def test_a_correction_names_what_was_wrong(row: dict[str, object], said: dict[str, object]) -> None:
    batch = body(body(event("leg.departed", ids.of("leg", "L1")), "leg_move", {}), "correction", row)
    assert to_wire(batch, MINE | {PAIR: '["EWR","D"]'})[0]["corrects"] == said


def test_a_record_of_the_log_tells_its_header_its_events_and_what_was_rejected() -> None:
    record = to_record(PLACED, 7, AT, {ids.of("source", "carrier"): 4})
    record.tables["rejected"] = layouts.empty("rejected", 1)
    record.tables["rejected"]["reason"], record.tables["rejected"]["row"] = ids.of("reason", "unknown kind: x"), 2
    told = render_record(record, MINE)
    assert {name: told[name] for name in ("number", "now", "causes")} == {
        "number": 7, "now": clock.render(AT), "causes": {"carrier": 4}}  # fmt: skip
    assert told["events"] == [WIRE]
    assert told["tables"] == {"rejected": [{"row": 2, "reason": f"#{ids.of('reason', 'unknown kind: x'):016x}"}]}


def test_a_record_of_outcomes_tells_its_rows_in_words() -> None:
    rows = layouts.empty("deviations", 1)
    rows["severity"], rows["status"], rows["subject"] = 2, 0, ids.of("leg", "L1")
    rows["since"], rows["act_by"], rows["limit"] = AT, 1 << 62, 15.5
    told = render_record(Record(3, AT, {"deviations": rows}, build=5), NAMES)
    assert told["build"] == "#0000000000000005"
    assert told["events"] == []
    assert told["tables"] == {"deviations": [{
        "severity": SEVERITIES[2], "status": DEVIATION_STATUS[0], "subject": "L1", "since": "2013-02-08T09:00:00.000Z",
        "act_by": "never", "limit": 15.5,
    }]}  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_any_table_renders_to_json_whatever_is_known(table: str) -> None:
    rows = layouts.empty(table, 2)
    for field in layouts.current()[table]:
        rows[field.name][1] = 0 if len(field.words) == 1 else 1
    told = render_rows(table, rows, {})
    assert {name for name, value in told[0].items() if value != -1} == set()
    assert len(told[1]) == len(rows.dtype.names or ())
    orjson.dumps(told)


def test_any_kind_renders_without_its_body() -> None:
    for kind in BY_NAME.values():
        assert to_wire(event(kind.name))[0]["kind"] == kind.name
