from datetime import timedelta

import pytest

from streams.ranges import SOON, Ranges
from tower import clock
from tower.record import Record

FILL = timedelta(seconds=2)
Some = list[tuple[str, Record]]


def some(first: int, last: int) -> Some:
    return [("east", Record(number, 0)) for number in range(first, last + 1)]


@pytest.fixture
def ms(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The wall clock, to be set."""
    now = [1_000_000]
    monkeypatch.setattr(clock, "wall_ms", lambda: now[0])
    return now


def test_none_waits_longer_than_it_is_told_however_many_follow(ms: list[int]) -> None:
    ranges = Ranges(256, FILL)
    ranges.on_notify()
    due = clock.moment(ms[0]) + FILL
    for number in range(1, 20):
        assert ranges.on_batch(some(number, number)) == ([], False)
        assert ranges.notify_at() == due
        ms[0] += 100
    assert ranges.on_notify() == ([some(1, 19)], False)
    assert ranges.notify_at() is None


def test_the_first_range_waits_but_a_moment(ms: list[int]) -> None:
    ranges = Ranges(256, FILL)
    ranges.on_batch(some(1, 3))
    assert ranges.notify_at() == clock.moment(ms[0]) + SOON
    assert ranges.on_notify() == ([some(1, 3)], False)
    ranges.on_batch(some(4, 4))
    assert ranges.notify_at() == clock.moment(ms[0]) + FILL


def test_full_ranges_go_at_once_and_the_rest_begins_to_wait(ms: list[int]) -> None:
    ranges = Ranges(10, FILL)
    ranges.on_batch(some(1, 4))
    ms[0] += 50
    assert ranges.on_batch(some(5, 23)) == ([some(1, 10), some(11, 20)], False)
    assert ranges.notify_at() == clock.moment(ms[0]) + SOON
    assert ranges.on_batch(some(24, 30)) == ([some(21, 30)], False)
    assert ranges.notify_at() is None
    assert ranges.on_eof() == ([], False)


def test_what_is_left_at_the_end_is_a_range() -> None:
    ranges = Ranges(10, FILL)
    ranges.on_batch(some(1, 4))
    assert ranges.on_eof() == ([some(1, 4)], False)
