"""Records come back as they went in, to this build and to later ones."""

from pathlib import Path

import numpy as np
import pytest

from tower import layouts
from tower.errors import FormatError
from tower.record import Record, entry, split

GOLDEN = Path(__file__).parent.parent / "golden" / "record-1.bin"


def record() -> Record:
    """One of everything that a record can hold."""
    heads, moves = layouts.empty("event", 2), layouts.empty("leg_move", 2)
    heads["id"], heads["kind"], heads["at"], heads["row"] = [11, 12], [3, 81], [1000, 2000], [0, 1]
    moves["event"], moves["lat"] = [0, 1], [40.5, np.nan]
    document, rejected = layouts.empty("document", 1), layouts.empty("rejected", 1)
    document["event"], document["size"] = 1, 7
    rejected["source"], rejected["reason"], rejected["size"] = 5, 6, 3
    tables = {"event": heads, "leg_move": moves, "document": document, "rejected": rejected}
    return Record(7, 5_000, tables, {5: 9, 4: 2}, {5: "carriers", 6: "größe"}, [b'{"a":1}'], [b"\xff{]"], 3, 4)


def test_a_record_comes_back_as_it_went_in() -> None:
    again = Record.decode(7, record().encode())
    assert (again.now, again.causes, again.names) == (5_000, {4: 2, 5: 9}, {5: "carriers", 6: "größe"})
    assert (again.documents, again.raws, again.build, again.chain) == ([b'{"a":1}'], [b"\xff{]"], 3, 4)
    assert {name: rows.tobytes() for name, rows in again.tables.items()} == {
        name: rows.tobytes() for name, rows in record().tables.items()
    }
    assert again.encode() == record().encode()


def test_the_golden_record_of_version_1_is_still_read() -> None:
    """Written when format 1 was made; layouts may get new revisions, what it says may not change."""
    found = Record.decode(7, GOLDEN.read_bytes())
    assert (found.now, found.causes, dict(found.names)) == (5_000, {4: 2, 5: 9}, {5: "carriers", 6: "größe"})
    assert found.rows("event")[["id", "kind", "at"]].tolist() == [(11, 3, 1000), (12, 81, 2000)]
    assert found.rows("leg_move")["lat"].tolist()[0] == 40.5
    assert (found.documents, found.raws) == ([b'{"a":1}'], [b"\xff{]"])


def test_unknown_fields_of_an_older_layout_are_filled_as_unknown() -> None:
    newest = layouts.of("leg_move")
    older = layouts.Layout(0, "leg_move", 0, np.dtype([("event", "<u4"), ("gone", "<i8")]))
    rows = older.upcast(np.array([(4, 1)], older.dtype))
    assert rows.dtype == newest.dtype
    assert rows["event"].tolist() == [4]
    assert np.isnan(rows["lat"]).all()


def test_a_record_of_a_newer_format_is_refused_with_the_fix() -> None:
    data = bytearray(record().encode())
    data[2] = 99
    with pytest.raises(FormatError, match="format") as refused:
        Record.decode(7, bytes(data))
    assert "newer" in refused.value.try_


def test_a_layout_of_a_newer_build_is_refused_with_the_fix() -> None:
    with pytest.raises(FormatError, match="layout 60000"):
        layouts.by_number(60_000)


def test_hop_stamps_ride_beside_the_record() -> None:
    stamps, data = split(entry(b"record", b"12345678"))
    assert (stamps, bytes(data)) == (b"12345678", b"record")


def test_the_registry_has_every_table_of_this_build() -> None:
    assert layouts.missing() == []
