"""What is decoded can be sent again, in any form, and is the same: over the whole vocabulary."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.adapters import checked, columns, decode
from streams.adapters.docs import example
from tests.streams.adapters.wire import Event, envelope, event, own_ids, same
from tower.batch import to_record
from tower.events import KINDS, Kind
from tower.render import to_wire


@settings(max_examples=150, deadline=None)
@given(st.lists(event(), min_size=1, max_size=6))
def test_what_is_rendered_decodes_to_the_same_batch(events: list[Event]) -> None:
    batch = decode(envelope(events), 3, "us")
    assert len(batch) == len(events)
    assert checked(envelope(events)) == []
    assert same(decode(envelope(to_wire(batch, own_ids(events))), 3, "us"), batch)


@settings(max_examples=100, deadline=None)
@given(st.lists(event(), min_size=1, max_size=6))
def test_columns_are_the_same_batch(events: list[Event]) -> None:
    batch = decode(envelope(events), 3, "us")
    assert same(decode(envelope(columns.packed(batch), columns.MEDIA_TYPE), 3, "us"), batch)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_json_and_columns_give_the_same_bytes_in_the_log(kind: Kind) -> None:
    events = [example(kind, n) for n in (1, 2, 3)]
    batch = decode(envelope(events), 3, "network-1")
    again = decode(envelope(columns.packed(batch), columns.MEDIA_TYPE), 3, "network-1")
    assert len(batch) == (1 if kind.subject[0].name == "network" else 3)
    assert to_record(again, 1, 0, {}).encode() == to_record(batch, 1, 0, {}).encode()


@settings(max_examples=50, deadline=None)
@given(st.lists(event(), min_size=2, max_size=6), st.data())
def test_neighbours_change_nothing(events: list[Event], data: st.DataObject) -> None:
    i = data.draw(st.integers(0, len(events) - 1))
    among, alone = decode(envelope(events), 3, "us"), decode(envelope([events[i]]), 3, "us")
    assert among.rows("event")["content"][i] == alone.rows("event")["content"][0]
    assert to_wire(among, own_ids(events))[i] == to_wire(alone, own_ids(events))[0]
