"""What the boards show follows from the facts, and from nothing else."""

import pytest

from api.hub.boards import DRAWS
from api.hub.picture import RING, Picture
from api.hub.rows import ROWS, Gone
from tests.suites.told_day import told_day


def pictured(*records: object, drawn: bool = True) -> Picture:
    picture = Picture("n")
    if drawn:
        picture.draw()
    for record in records:
        picture.take(record)  # type: ignore[arg-type]
    return picture


def rows(picture: Picture) -> dict[str, dict[str, object]]:
    return {channel: dict(picture.rows(channel)) for channel in DRAWS}


@pytest.mark.parametrize("seed", range(6))
def test_rows_told_record_by_record_are_those_drawn_at_the_end(seed: int) -> None:
    day = told_day(seed)
    late = pictured(*day, drawn=False)
    late.draw()
    assert rows(pictured(*day)) == rows(late)
    assert any(rows(late).values())


@pytest.mark.parametrize("seed", range(6))
def test_records_that_are_taken_in_twice_change_nothing_more(seed: int) -> None:
    day = told_day(seed)
    again = pictured(*day, drawn=False)
    again.draw()
    for record in day[len(day) // 3 :]:
        again.take(record)
    assert rows(again) == rows(pictured(*day))


@pytest.mark.parametrize("seed", range(6))
def test_every_row_that_is_told_has_the_shape_that_is_promised(seed: int) -> None:
    picture = Picture("n")
    picture.draw()
    told = [(channel, id, row) for record in told_day(seed)
            for channel, some in picture.take(record).channels.items() for id, row in some.items()]  # fmt: skip
    assert {channel for channel, _, _ in told} >= {"deviations", "sites", "legs", "docks"}
    for channel, id, row in told:
        shape = Gone.model_validate({"id": id, "op": "del"}) if row is None else ROWS[channel].model_validate(row)
        assert shape.id == id


def test_what_was_missed_is_what_has_changed_since() -> None:
    day = told_day(3)
    picture = pictured(*day)
    before = pictured(*day[:10])
    legs = dict(before.rows("legs"))
    for _, changed in picture.missed("legs", 10):
        for id, row in changed.items():
            legs.pop(id, None)
            if row is not None:
                legs[id] = row
    assert legs == picture.rows("legs")
    assert [picture.remembers(seq) for seq in (0, len(day), len(day) + 1)] == [True, True, False]


def test_only_so_many_records_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.hub.picture.RING", 5)
    picture = pictured(*told_day(3))
    assert not picture.remembers(picture.seq - 6)
    assert picture.remembers(picture.seq - 5)
    assert RING > 5
