"""What every batch promises, from whatever source, as tests.

A test module says what arrives in a fixture `given`:

    class TestNycflights13(BatchSuite):
        @pytest.fixture(scope="class")
        @classmethod
        def given(cls) -> list[Arrivals]: ...
"""

import json
from collections.abc import Iterator

import numpy as np
import pytest

from simulators.feed import Arrivals, merge
from tower import clock, ids, layouts
from tower.batch import Batch, seal
from tower.events import BY_NUMBER, FAMILIES, HEAD, Kind
from tower.fields import Field, Type
from tower.record import MOST_EVENTS


def is_known(field: Field, values: np.ndarray) -> np.ndarray:
    """Where a column says something."""
    return ~np.isnan(values) if field.type is Type.NUMBER else values != np.array(field.unknown).astype(values.dtype)


def kinds_in(batch: Batch) -> Iterator[tuple[Kind, np.ndarray]]:
    """Each kind in a batch and the rows of its heads."""
    numbers = batch.rows("event")["kind"]
    for number in np.unique(numbers).tolist():
        yield BY_NUMBER[number], np.flatnonzero(numbers == number)


def bodies_of(batch: Batch, kind: Kind, heads: np.ndarray) -> np.ndarray:
    """The body rows of events of one kind."""
    rows = batch.rows("document" if kind.is_document else kind.family)
    return rows[np.isin(rows["event"], heads)]


def named_columns(batch: Batch) -> Iterator[tuple[Field, np.ndarray]]:
    """Every column whose ids stand for texts, with the subjects that one field names."""
    for table, rows in batch.tables.items():
        for field in HEAD if table == "event" else FAMILIES.get(table, ()):
            if field.type in {Type.ID, Type.TEXT}:
                yield field, rows[field.name][is_known(field, rows[field.name])]
    for kind, heads in kinds_in(batch):
        if len(kind.subject) == 1:
            yield kind.subject[0], batch.rows("event")["subject"][heads]


class BatchSuite:
    @pytest.fixture(scope="class")
    @classmethod
    def envelopes(cls, given: list[Arrivals]) -> list[tuple[int, str, Batch]]:
        return list(merge(given))

    def test_its_tables_have_the_newest_layouts(self, given: list[Arrivals]) -> None:
        for _, _, batch in given:
            assert {t: rows.dtype for t, rows in batch.tables.items()} == {
                t: layouts.of(t).dtype for t in batch.tables
            }

    def test_bodies_are_in_the_order_of_their_heads(self, given: list[Arrivals]) -> None:
        for _, _, batch in given:
            for table in set(batch.tables) - {"event", "rejected"}:
                event = batch.tables[table]["event"].astype("i8")
                assert (np.diff(event) >= 0).all(), table
                assert event.size == 0 or event[-1] < len(batch), table

    def test_every_event_has_one_body_and_its_required_fields(self, given: list[Arrivals]) -> None:
        for _, _, batch in given:
            for kind, heads in kinds_in(batch):
                rows = bodies_of(batch, kind, heads)
                assert np.array_equal(np.sort(rows["event"]), heads), kind.name
                for field in (f for f in kind.fields if f.name in kind.required):
                    assert is_known(field, rows[field.name]).all(), (kind.name, field.name)
                for part in (p for p in kind.parts if p.name in kind.required):
                    assert np.isin(heads, batch.rows(part.family)["event"]).all(), (kind.name, part.name)

    def test_an_event_says_nothing_but_the_fields_of_its_kind(self, given: list[Arrivals]) -> None:
        for _, _, batch in given:
            for kind, heads in kinds_in(batch):
                own = {f.name for f in (*kind.fields, *kind.subject)} | {"event"}
                for field in (f for f in FAMILIES.get(kind.family, ()) if f.name not in own):
                    column = bodies_of(batch, kind, heads)[field.name]
                    assert not is_known(field, column).any(), (kind.name, field.name)

    def test_documents_are_json_of_the_size_said(self, given: list[Arrivals]) -> None:
        for _, _, batch in given:
            assert [len(text) for text in batch.documents] == batch.rows("document")["size"].tolist()
            assert all(isinstance(json.loads(text), dict) for text in batch.documents)

    def test_every_id_is_that_of_a_name_of_at_most_64_bytes(self, given: list[Arrivals]) -> None:
        for _, _, batch in given:
            for field, codes in named_columns(batch):
                for code in np.unique(codes).tolist():
                    text = batch.names[code]
                    assert ids.of(field.of, text) == code, (field.name, text)
                    assert field.type is Type.TEXT or len(text.encode()) <= ids.LONGEST

    def test_events_are_known_by_id_subject_and_moment(self, given: list[Arrivals]) -> None:
        for _, received, batch in given:
            heads = batch.rows("event")
            assert (heads["id"] != ids.UNKNOWN).all()
            assert (heads["subject"] != ids.UNKNOWN).all()
            assert (heads["at"] >= clock.OLDEST).all()
            assert (heads["at"] <= received + clock.AHEAD).all()
            assert (heads["at"] >= received - clock.LATENESS).all()

    def test_it_is_received_in_order_and_has_no_place_in_an_inbox_yet(self, given: list[Arrivals]) -> None:
        for source, received, batch in given:
            heads = batch.rows("event")
            assert received.dtype == np.dtype("i8")
            assert received.size == len(batch)
            assert (np.diff(received) >= 0).all()
            assert (heads["source"] == ids.of("source", source)).all()
            assert (heads["inbox"] == -1).all()
            assert (heads["row"] == 0xFFFF_FFFF).all()

    def test_it_is_sealed(self, given: list[Arrivals]) -> None:
        for _, _, batch in given:
            tables = {table: rows.copy() for table, rows in batch.tables.items()}
            again = seal(Batch(tables, batch.names, batch.documents, batch.raws))
            assert np.array_equal(again.rows("event"), batch.rows("event"))

    def test_its_envelopes_are_in_order_and_hold_it_all(
        self, given: list[Arrivals], envelopes: list[tuple[int, str, Batch]]
    ) -> None:
        places = [(second, source) for second, source, _ in envelopes]
        assert places == sorted(places)
        assert all(0 < len(batch) <= MOST_EVENTS for _, _, batch in envelopes)
        for source in {a.source for a in given}:
            told = [b.rows("event")["id"] for _, of, b in envelopes if of == source]
            assert np.concatenate(told).tolist() == [
                i for a in given if a.source == source for i in a.batch.rows("event")["id"].tolist()
            ]

    def test_each_envelope_is_a_batch_of_its_own(self, envelopes: list[tuple[int, str, Batch]]) -> None:
        for _, _, batch in envelopes[:: max(1, len(envelopes) // 500)]:
            tables = {table: rows.copy() for table, rows in batch.tables.items()}
            again = seal(Batch(tables, dict(batch.names), batch.documents))
            assert np.array_equal(again.rows("event")["content"], batch.rows("event")["content"])
            spoken = {code for _, codes in named_columns(batch) for code in codes.tolist()}
            together = set(batch.rows("event")["subject"].tolist()) & set(batch.names)  # named by two ids
            assert spoken | together == set(batch.names)
