"""No message with rows is too long, and none of the rows is lost on the pages."""

from collections.abc import Sequence

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.hub import wire
from api.hub.asyncapi import document
from api.hub.boards.board import Rows
from api.hub.picture import Picture
from tests.suites.many_plans import many_plans
from tests.suites.still_client import Frame, unframed

SIZES = st.lists(st.one_of(st.integers(0, 300), st.integers(0, wire.PAGE - 40), st.just(wire.PAGE - 40)), max_size=40)
"""Lengths of rows, up to one that fills a page."""


def made(sizes: list[int], is_gone: Sequence[int] = ()) -> Rows:
    ids = [f"#{number:016x}" for number in range(len(sizes))]
    return {id: None if number in is_gone else {"id": id, "why": "x" * sizes[number]} for number, id in enumerate(ids)}


def told(rows: Rows) -> list[Frame]:
    return [{"op": "del", "id": id} if row is None else row for id, row in rows.items()]


def heard(frames: list[bytes]) -> list[Frame]:
    """What the frames say; each is one message that is not too long."""
    messages = [unframed(frame) for frame in frames]
    assert all(len(message) == 1 for message in messages)
    assert max(map(len, frames)) <= wire.MOST + 10, "ten bytes say how long a message is"
    return [message[0] for message in messages]


@given(SIZES, st.lists(st.integers(0, 40), max_size=9))
def test_the_pages_of_a_delta_are_its_rows_in_order(sizes: list[int], is_gone: list[int]) -> None:
    rows = made(sizes, is_gone)
    frames = heard(wire.delta("plans", 7, 9, rows))
    assert [row for frame in frames for row in frame["rows"]] == told(rows)
    if len(frames) == 1:
        assert frames[0] == {"type": "delta", "channel": "plans", "from": 7, "seq": 9, "rows": told(rows)}
        return
    assert [frame["page"] for frame in frames] == list(range(1, len(frames) + 1))
    assert [frame["last"] for frame in frames] == [False] * (len(frames) - 1) + [True]
    assert [(frame["from"], frame["seq"]) for frame in frames] == [(7, 7)] * (len(frames) - 1) + [(9, 9)]
    assert all(frame["rows"] for frame in frames)


@given(SIZES)
def test_the_pages_of_a_snapshot_are_its_rows_in_order(sizes: list[int]) -> None:
    rows = told(made(sizes))
    frames = heard(wire.snapshot("plans", 9, rows))
    assert [row for frame in frames for row in frame["rows"]] == rows
    assert [frame["last"] for frame in frames] == [False] * (len(frames) - 1) + [True]
    assert {(frame["seq"], frame["type"]) for frame in frames} == {(9, "snapshot")}


@pytest.mark.parametrize("count", [wire.FEW, wire.FEW + 1])
def test_many_short_rows_are_one_frame_as_few_are(count: int) -> None:
    assert [frame.keys() for frame in heard(wire.delta("plans", 7, 9, made([3] * count)))] == [
        {"type", "channel", "from", "seq", "rows"}]  # fmt: skip


def test_a_row_that_has_no_room_is_told_without_its_longest_field() -> None:
    row = {"id": "#1", "lines": [{"order": "x" * 60}] * 5000, "reason": "late", "moves": 5000}
    for frames in (wire.delta("actions", 1, 2, {"#1": row}), wire.snapshot("actions", 2, [row])):
        (frame,) = heard(frames)
        assert frame["rows"] == [{"id": "#1", "reason": "late", "moves": 5000}]


def test_pages_have_the_shape_that_is_promised() -> None:
    picture, components = Picture("n"), document()["components"]
    picture.draw()
    pages = heard(wire.delta("plans", 0, 1, picture.take(many_plans(1, 3000)).channels["plans"]))
    judge = jsonschema.Draft202012Validator({"$ref": "#/components/schemas/Delta", "components": components})
    assert len(pages) > 1
    for page in pages:
        judge.validate({**page, "rows": page["rows"][:5]})
