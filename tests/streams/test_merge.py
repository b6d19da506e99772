import random

import pytest

from streams.cutter import Decoded, advance, cut, unfinished
from streams.merge import HELD, Arrived, Merge
from streams.names import CLOCK
from tower import ids, layouts
from tower.batch import Batch
from tower.envelope import Envelope
from tower.fields import FOREVER
from tower.logs.memory import MemoryLog, MemoryWriter

S = 1000


class Inboxes:
    """Inboxes in memory."""

    def __init__(self) -> None:
        self.logs: dict[str, MemoryLog] = {}
        self.writers: dict[str, MemoryWriter] = {}

    def put(self, source: str, *stamps: int) -> None:
        if source not in self.logs:
            self.logs[source] = MemoryLog()
            self.writers[source] = self.logs[source].writer()
        entries = [Envelope(source, stamp, "", b"").encode() for stamp in stamps]
        self.writers[source].append(self.logs[source].end + 1, entries)

    def merge(self, **taken: int) -> Merge:
        ids_taken = {ids.of("source", source): position for source, position in taken.items()}
        return Merge(ids_taken, lambda: sorted(self.logs), lambda source: self.logs[source].reader())


def places(found: list[Arrived]) -> list[tuple[int, str, int]]:
    return [(a.received, a.source, a.position) for a in found]


def test_sources_are_merged_by_received_and_ties_by_source() -> None:
    inboxes = Inboxes()
    inboxes.put("b", 1 * S, 3 * S)
    inboxes.put("a", 3 * S, 4 * S)
    found = inboxes.merge().read()
    assert places(list(found.envelopes)) == [(S, "b", 1), (3 * S, "a", 1), (3 * S, "b", 2), (4 * S, "a", 2)]
    assert found.upto == FOREVER


def test_reading_goes_on_behind_what_is_taken_in() -> None:
    inboxes = Inboxes()
    inboxes.put("a", 1 * S, 2 * S, 3 * S)
    merge = inboxes.merge(a=2)
    assert places(list(merge.read().envelopes)) == [(3 * S, "a", 3)]
    inboxes.put("a", 4 * S)
    assert places(list(merge.read().envelopes)) == [(4 * S, "a", 4)]


def test_a_clock_set_back_at_one_source_never_turns_its_order() -> None:
    inboxes = Inboxes()
    inboxes.put("a", 5 * S, 1 * S)
    assert places(list(inboxes.merge().read().envelopes)) == [(5 * S, "a", 1), (5 * S, "a", 2)]


def test_no_source_runs_ahead_of_one_that_has_more_to_read() -> None:
    inboxes = Inboxes()
    inboxes.put("long", *range(S, 3 * HELD * S, S))
    inboxes.put("short", 2 * HELD * S)
    merge, found = inboxes.merge(), list[tuple[int, str, int]]()
    for _ in range(10):
        found += places(list(merge.read().envelopes))
    assert found == sorted(found)
    assert len(found) == 3 * HELD


def test_an_inbox_made_later_is_found() -> None:
    inboxes = Inboxes()
    merge = inboxes.merge()
    inboxes.put("new", S)
    assert list(merge.read().envelopes) == []
    merge.discover()
    assert len(merge.read().envelopes) == 1


def test_a_driven_network_gives_out_what_its_clock_has_passed() -> None:
    inboxes = Inboxes()
    inboxes.put(CLOCK, 2 * S + 400)
    inboxes.put("a", S, 2 * S)
    merge = inboxes.merge()
    assert places(list(merge.read().envelopes)) == [(S, "a", 1)]
    inboxes.put("b", 2 * S + 1)
    inboxes.put(CLOCK, 3 * S)
    assert [a.source for a in merge.read().envelopes] == ["a", "b", CLOCK]


@pytest.mark.parametrize("seed", range(5))
def test_what_a_driven_network_gives_out_does_not_depend_on_when_it_is_asked(seed: int) -> None:
    draw = random.Random(seed)
    stamps = {source: sorted(draw.randrange(60 * S) for _ in range(40)) for source in "abc"}
    inboxes, found = Inboxes(), list[tuple[int, str, int]]()
    inboxes.put(CLOCK, 0)
    merge = inboxes.merge()
    for moment in sorted({draw.randrange(60 * S) for _ in range(20)} | {61 * S}):
        for source in draw.sample("abc", 3):
            inboxes.put(source, *(s for s in stamps[source] if s < moment))
            stamps[source] = [s for s in stamps[source] if s >= moment]
            if draw.random() < 0.5:
                found += places(list(merge.read().envelopes))
        inboxes.put(CLOCK, moment)
    found += places(list(merge.read().envelopes))
    told = [place for place in found if place[1] != CLOCK]
    assert told == sorted(told)
    assert len(told) == 120


def test_what_waits_can_be_looked_through_to_the_end() -> None:
    inboxes = Inboxes()
    inboxes.put("a", *range(S, 2 * HELD * S, S))
    merge = inboxes.merge()
    given = len(merge.read().envelopes)
    assert len(list(merge.waiting())) + given == 2 * HELD - 1


def decoded(source: str, position: int, size: int, skip: int = 0, rejected: int = 0) -> Decoded:
    batch = Batch({"event": layouts.empty("event", size)}, {}, [], [b"raw"] * rejected)
    batch.tables["event"]["row"] = range(size)
    if rejected:
        batch.tables["rejected"] = layouts.empty("rejected", rejected)
    return Decoded(Arrived(0, source, position, ids.of("source", source), Envelope(source, 0, "", b"")), batch, skip)


def test_a_long_envelope_is_spread_and_counts_with_its_last_part() -> None:
    pieces = list(cut([decoded("a", 1, 3), decoded("a", 2, 10, rejected=2), decoded("b", 1, 1)], most=4))
    assert [sum(len(part.batch) for part in parts) for parts in pieces] == [4, 4, 4, 2]
    a, b, causes = ids.of("source", "a"), ids.of("source", "b"), dict[int, int]()
    steps = []
    for parts in pieces:
        advance(causes, parts)
        steps.append(dict(causes))
    assert steps == [{a: 1, unfinished(a): 1}, {a: 1, unfinished(a): 5}, {a: 1, unfinished(a): 9}, {a: 2, b: 1}]
    assert [sum(part.batch.rows("rejected").size for part in parts) for parts in pieces] == [0, 0, 0, 2]


def test_a_restart_skips_what_the_log_has_of_an_unfinished_envelope() -> None:
    (parts,) = cut([decoded("a", 2, 10, skip=7, rejected=1)], most=4)
    assert parts[0].batch.rows("event")["row"].tolist() == [7, 8, 9]
    assert (parts[0].whole, parts[0].batch.raws) == (True, [b"raw"])


def test_an_envelope_of_nothing_is_taken_in_all_the_same() -> None:
    (parts,) = cut([decoded("a", 1, 0)])
    causes: dict[int, int] = {}
    advance(causes, parts)
    assert causes == {ids.of("source", "a"): 1}
