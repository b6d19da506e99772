import random

import numpy as np
import pytest

from streams import adapters
from streams.cutter import Run, advance, cut, refused_of, run_of, unfinished
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


def run(
    source: str, *sizes: int, first: int = 1, skip: int = 0, rejected: tuple[int, ...] = (), refused: int = 0
) -> Run:
    """Envelopes of so many events each; the rejected are told by position."""
    batch = Batch({"event": layouts.empty("event", sum(sizes))}, {}, [], [b"raw %d" % at for at in rejected])
    positions = list(range(first, first + len(sizes)))
    batch.tables["event"]["inbox"] = np.repeat(positions, sizes)
    batch.tables["event"]["row"] = range(sum(sizes))
    if rejected:
        batch.tables["rejected"] = layouts.empty("rejected", len(rejected))
        batch.tables["rejected"]["inbox"] = rejected
    return run_of(ids.of("source", source), positions, batch, skip, refused)


def test_a_long_envelope_is_spread_and_counts_with_its_last_part() -> None:
    pieces = list(cut([run("a", 3, 10, rejected=(1, 2, 2)), run("b", 1)], most=4))
    assert [sum(len(part.batch) for part in parts) for parts in pieces] == [4, 4, 4, 2]
    a, b, causes = ids.of("source", "a"), ids.of("source", "b"), dict[int, int]()
    steps = []
    for parts in pieces:
        advance(causes, parts)
        steps.append(dict(causes))
    assert steps == [{a: 1, unfinished(a): 1}, {a: 1, unfinished(a): 5}, {a: 1, unfinished(a): 9}, {a: 2, b: 1}]
    assert [[raw for part in parts for raw in part.batch.raws] for parts in pieces] == [
        [b"raw 1"], [], [], [b"raw 2", b"raw 2"]
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_every_event_and_every_reject_is_in_one_piece_wherever_it_is_cut_and_taken_up_again(seed: int) -> None:
    draw = random.Random(seed)
    sizes = [draw.choice([0, 1, 2, 9]) for _ in range(8)]
    rejected = tuple(sorted(draw.choices(range(1, 9), k=draw.choice([5, 30]))))
    most, key = draw.choice([1, 3, 4]), ids.of("source", "a")
    refused = draw.choice([1, 2, 4096])
    rows, raws, causes = list[int](), list[bytes](), dict[int, int]()
    while causes.get(key, 0) < len(sizes):
        done = causes.get(key, 0)
        taken = {"skip": causes.get(unfinished(key), 0), "refused": causes.get(refused_of(key), 0)}
        left = run("a", *sizes[done:], first=done + 1, rejected=tuple(at for at in rejected if at > done), **taken)
        for parts in list(cut([left], most, refused))[: draw.randrange(1, 4)]:  # then it dies
            assert sum(part.batch.rows("rejected").size for part in parts) <= refused
            advance(causes, parts)
            rows += [int(row) + sum(sizes[:done]) for part in parts for row in part.batch.rows("event")["row"]]
            raws += [raw for part in parts for raw in part.batch.raws]
    assert rows == list(range(sum(sizes)))
    assert raws == [b"raw %d" % at for at in rejected]
    assert set(causes) == {key}


def test_envelopes_of_nothing_are_taken_in_all_the_same() -> None:
    (parts,) = cut([run("a", 0, 0, rejected=(2,))])
    causes: dict[int, int] = {}
    advance(causes, parts)
    assert causes == {ids.of("source", "a"): 2}
    assert parts[0].batch.raws == [b"raw 2"]


def test_what_is_refused_of_one_message_is_spread_over_records_where_it_is_too_much_for_one() -> None:
    nonsense = Envelope("a", 0, "application/x-ndjson", b"x\n" * 10_000)
    pieces = list(cut([run_of(ids.of("source", "a"), [1], adapters.decode(nonsense, 1, "n"))]))
    sizes = [sum(part.batch.rows("rejected").size for part in parts) for parts in pieces]
    assert sizes == [4096, 4096, 10_000 - 2 * 4096]
    assert [part.position for parts in pieces for part in parts] == [0, 0, 1]
