"""A feed gives everything once; its envelopes come in order."""

import numpy as np
import pytest

from simulators.feed import Arrivals, RecordedFeed, merge
from simulators.recorded.blocks import Block, Parts, arrivals
from simulators.recorded.names import Names, event_ids
from tests.suites.batch_suite import BatchSuite
from tower import ids
from tower.batch import Batch
from tower.record import MOST_EVENTS

START = 1_360_000_000_000


def orders(seconds: list[float], source: str = "orders", text: str = "o") -> Arrivals:
    """Orders of one line each, the first of two, at so many seconds after START."""
    names, at = Names(), START + (np.array(seconds) * 1000).astype("i8")
    named = [f"{text}{i}".encode() for i in range(at.size)]
    subjects = np.array([names.one("order", name.decode()) for name in named], "u8")
    of = np.sort(np.append(np.arange(at.size), 0)) if at.size else np.zeros(0, "i8")
    lines = {"line": np.full(of.size, names.one("line", "1"), "u8"), "quantity": np.arange(of.size)}
    block = Block("order.placed", event_ids(source, named), at, subjects, parts=Parts("order_line", of, lines))
    return arrivals(source, [block], names.texts)


def documents(seconds: list[int]) -> Arrivals:
    names, at = Names(), START + np.array(seconds) * 1000
    texts = [f'{{"n":{i}}}'.encode() for i in seconds]
    subjects = np.array([names.one("site", str(i)) for i in seconds], "u8")
    return arrivals("reference", [Block("site.declared", subjects, at, subjects, documents=texts)], names.texts)


def names_of(batch: Batch) -> list[str]:
    return [batch.names[i] for i in batch.rows("event")["subject"].tolist()]


def feed(*said: Arrivals) -> RecordedFeed:
    return RecordedFeed("made", ("made",), list(said))


def test_it_starts_with_the_first_and_ends_with_the_last_received() -> None:
    made = feed(orders([3, 8]), documents([1, 5]), orders([], "nobody"))
    assert (made.start_ms, made.end_ms) == (START + 1000, START + 8000)
    assert [a.source for a in made.arrivals] == ["orders", "reference"]


def test_what_is_received_up_to_a_moment_is_given_once() -> None:
    made = feed(orders([1, 2, 2, 5]))
    given = [made.advance(START + 1000 * second) for second in (0, 2, 2, 1, 4, 9, 9)]
    assert [[names_of(a.batch) for a in some] for some in given] == [
        [], [["o0", "o1", "o2"]], [], [], [], [["o3"]], []]  # fmt: skip


def test_a_slice_has_its_own_bodies_and_documents() -> None:
    made = feed(orders([1, 2, 3]), documents([1, 2, 3]))
    made.advance(START + 1000)
    order, site = made.advance(START + 3000)
    assert order.batch.rows("order_line")["event"].tolist() == [0, 1]
    assert order.batch.rows("order_line")["quantity"].tolist() == [2, 3]
    assert site.batch.documents == [b'{"n":2}', b'{"n":3}']
    assert order.received.tolist() == [START + 2000, START + 3000]


def test_envelopes_come_by_second_and_then_by_source() -> None:
    given = [orders([1.2, 1.9, 3], "b"), orders([1.5, 3.999], "a")]
    assert [(second - START, source, len(batch)) for second, source, batch in merge(given)] == [
        (1000, "a", 1), (1000, "b", 2), (3000, "a", 1), (3000, "b", 1)]  # fmt: skip


def test_a_full_second_is_more_than_one_envelope() -> None:
    sizes = [len(batch) for _, _, batch in merge([orders([1] * (MOST_EVENTS + 3))])]
    assert sizes == [MOST_EVENTS, 3]


def test_an_envelope_names_what_it_speaks_of_and_nothing_else() -> None:
    first, second = (batch.names for _, _, batch in merge([orders([1, 2])]))
    assert sorted(first.values()) == ["1", "o0", "orders"]
    assert sorted(second.values()) == ["1", "o1", "orders"]


def test_the_same_envelopes_come_however_often_it_is_asked_at_ends_of_seconds() -> None:
    def told(step: int) -> list[tuple[int, str, list[int]]]:
        made = feed(orders([1, 2, 2.5, 7], "b"), orders([2, 2, 9], "a"))
        given = [made.advance(START + ms) for ms in range(step - 1, 10_000, step)]
        return [(s, source, b.rows("event")["id"].tolist()) for some in given for s, source, b in merge(some)]

    assert told(1000) == told(5000)


def test_what_is_received_in_one_ms_stays_in_the_order_given() -> None:
    at, some = np.full(2, START), np.arange(2, dtype="u8")
    said = arrivals("x", [Block("leg.departed", some, at, some), Block("leg.arrived", some + 9, at, some)], {})
    assert said.batch.rows("event")["id"].tolist() == [0, 1, 9, 10]
    assert said.batch.names == {ids.of("source", "x"): "x"}


def test_what_comes_late_is_received_later_than_it_happened() -> None:
    some = np.arange(2, dtype="u8")
    block = Block("leg.departed", some, np.array([START, START]), some, received=np.array([START + 9, START + 1]))
    said = arrivals("x", [block], {})
    assert said.received.tolist() == [START + 1, START + 9]
    assert said.batch.rows("event")["id"].tolist() == [1, 0]


class TestMade(BatchSuite):
    @pytest.fixture(scope="class")
    @classmethod
    def given(cls) -> list[Arrivals]:
        return [orders([1, 2, 2, 900]), documents([1, 1, 50])]
