"""A column read at once is what its values are one by one: the same rows, the same names, the same faults."""

from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.adapters import depth, times, values, vectors
from streams.adapters.faults import Unfit
from tests.streams.adapters.wire import anything, value
from tower import clock
from tower.fields import Field, code, count, delta, id_of, number, text, time

FIRST, LAST = datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("9999-12-30")
FIELDS = (time("t"), count("c"), delta("d"), number("n"), code("w", "a", "b"), id_of("leg"), text("x"))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(FIELDS), st.data())
def test_a_vector_is_its_twin(of: Field, data: st.DataObject) -> None:
    strange = anything.filter(lambda v: v is not None)
    given = data.draw(st.lists(value(of) | value(of) | strange, min_size=1, max_size=5))
    fast, plain = vectors.read(of, given), vectors.one_by_one(of, given)
    assert fast.rows.dtype == plain.rows.dtype
    assert fast.rows.tobytes() == plain.rows.tobytes()
    assert (fast.names, fast.faults) == (plain.names, plain.faults)


def test_nothing_is_unknown_and_missing_only_where_it_is_required() -> None:
    assert vectors.read(count("c"), [None, 3]).rows.tolist() == [-1, 3]
    assert vectors.read(count("c"), [None, 3]).faults == {}
    assert vectors.read(count("c"), [None, 3], required=True).faults == {0: "missing"}


@pytest.mark.parametrize("given", [[1, True], [1, 1.0], [True, 1], ["a", 1], [1, "a"]])
def test_equal_values_of_other_types_do_not_pass_for_each_other(given: list[object]) -> None:
    for of in (count("c"), code("w", "a"), id_of("leg")):
        assert vectors.read(of, given).faults == vectors.one_by_one(of, given).faults != {}


@settings(max_examples=300, deadline=None)
@given(st.datetimes(FIRST, LAST), st.integers(0, 3), st.integers(-1439, 1439))
def test_times_are_read_as_the_clock_reads_them(moment: datetime, shape: int, zone: int) -> None:
    sign, minutes = "-" if zone < 0 else "+", abs(zone)
    tail = f"{sign}{minutes // 60:02}:{minutes % 60:02}" if shape > 1 else "Z"
    said = moment.isoformat(timespec="milliseconds" if shape % 2 else "seconds") + tail
    try:
        assert times.parse_all([said, said]).tolist() == [clock.parse(said)] * 2
    except ValueError:
        with pytest.raises(Unfit):
            values.time(time("t"), said)


@pytest.mark.parametrize("said", [
    "2013-02-29T00:00:00Z", "2013-13-01T00:00:00Z", "2013-00-01T00:00:00Z", "2013-01-00T00:00:00Z",
    "2013-01-01T24:00:00Z", "2013-01-01T00:60:00Z", "2013-01-01T00:00:60Z", "2013-01-01T00:00:00+24:00",
    "2013-01-01T00:00:00*01:00", "2013-01-01 00:00:00z", "2013-01-01T00:00:0aZ", "2013_01-01T00:00:00Z",
    "é013-01-01T00:00:00Z",
])  # fmt: skip
def test_what_is_no_plain_time_is_left_to_the_twin(said: str) -> None:
    with pytest.raises(ValueError):
        times.parse_all([said])


@given(anything)
def test_depth_is_the_same_in_bytes_and_in_values(tree: object) -> None:
    import orjson

    assert depth.of_json(orjson.dumps(tree)) == depth.of(tree)


def test_ids_are_hashes_of_kind_and_name() -> None:
    from tower import ids

    assert vectors.read(id_of("leg"), ["L1"]).rows.tolist() == [ids.of("leg", "L1")]
    assert np.uint64(values.text(text("x"), "L1")) == ids.of("text", "L1")


def test_the_examples_in_docstrings_hold() -> None:
    import doctest

    from streams.adapters import cloudevent_headers, faults, json_object
    from tower import envelope

    modules = (cloudevent_headers, depth, faults, json_object, envelope)
    assert [doctest.testmod(module).failed for module in modules] == [0] * 5
