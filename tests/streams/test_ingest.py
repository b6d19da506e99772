import random
from collections.abc import Callable

import numpy as np
import orjson
import pytest

from streams import ingest, names
from streams.connect import LogSink
from streams.entries import records
from streams.gate import Gates
from streams.inbox import InboxWriter
from streams.ingest import InboxSource
from tests.suites.dying import Dying
from tests.suites.small_world import deliver, envelopes, legs, memory_root, run
from tower import clock, ids
from tower.envelope import Envelope
from tower.errors import ClockJumped
from tower.logs import LogWriter, urls
from tower.record import Record

NETWORK = "east"


def log_of(root: str, network: str = NETWORK) -> list[Record]:
    return list(records(urls.reader(names.log(root, network))))


def dying(root: str, draw: random.Random, opened: list[LogWriter]) -> Callable[[str], LogWriter]:
    def writer(network: str) -> LogWriter:
        opened.append(urls.writer(names.log(root, network)))
        return Dying(opened[-1], draw.randrange(3), before=draw.random() < 0.5)

    return writer


def run_until_done(root: str, draw: random.Random, most: int) -> int:
    """Start the flow again and again until it ends by itself; how often it died."""
    for deaths in range(1000):
        gates, opened = Gates(draw.choice([1, 5, 64])), list[LogWriter]()
        source = InboxSource(root, [NETWORK], gates, ends=True, most=most)
        try:
            run(ingest.build(source, LogSink([NETWORK], dying(root, draw, opened), gates)))
        except BaseException:
            if deaths == 999:
                raise
        else:
            return deaths
        finally:
            for writer in opened:
                writer.close()
    raise AssertionError


def rows(found: list[Record]) -> list[tuple[int, int, int]]:
    return [(int(h["source"]), int(h["inbox"]), int(h["row"])) for r in found for h in r.rows("event")]


@pytest.mark.parametrize("seed", range(4))
def test_each_event_is_in_the_log_once_however_often_ingest_dies(seed: int) -> None:
    root, draw = memory_root(), random.Random(seed)
    messages = envelopes(legs(30, seed), together=draw.choice([1, 7, 50]))
    deliver(root, NETWORK, messages)
    deaths = run_until_done(root, draw, most=draw.choice([1, 3, 4096]))
    found = log_of(root)
    told = rows(found)
    assert len(told) == len(set(told)) == len(legs(30, seed))
    assert deaths > 0
    assert [record.number for record in found] == list(range(1, len(found) + 1))
    assert (np.diff([record.now for record in found]) >= 0).all()


def test_the_last_record_says_how_far_each_source_is_taken_in() -> None:
    root = memory_root()
    messages = envelopes(legs(10), together=4)
    deliver(root, NETWORK, messages)
    run(ingest.over(root, [NETWORK], ends=True))
    causes = log_of(root)[-1].causes
    for source in ("planner", "carrier", "dock"):
        assert causes[ids.of("source", source)] == sum(message.source == source for message in messages)


def test_no_more_than_64_records_are_under_way() -> None:
    root = memory_root()
    deliver(root, NETWORK, envelopes(legs(80)))
    gates = Gates()
    partition = InboxSource(root, [NETWORK], gates, most=1).build_part("", NETWORK, None)
    sent = [len(partition.next_batch()) for _ in range(5)]
    assert sum(sent) == 64
    gates[NETWORK].passed = 3
    assert len(partition.next_batch()) == 3


def test_a_jump_of_the_clock_stops_ingest_until_somebody_accepts_it() -> None:
    root, ahead = memory_root(), clock.wall_ms() + 7 * clock.HOUR
    said = {"kind": "leg.departed", "leg": "L1", "at": "2026-03-02T07:00:00Z"}
    gate = InboxWriter(root, NETWORK, "gate")
    for number in range(3):
        gate.put(Envelope("gate", ahead + number, "application/json", orjson.dumps({**said, "id": str(number)})))
    for _ in range(2):
        with pytest.raises(BaseException, match="next_batch") as caught:
            run(ingest.over(root, [NETWORK], ends=True))
        assert isinstance(caught.value.__cause__, ClockJumped)
        release(root)
    accepted = {"id": "yes", "kind": "clock.accepted", "network": NETWORK, "at": "2026-03-02T07:00:00Z"}
    people = InboxWriter(root, NETWORK, "people")
    people.put(Envelope("people", clock.wall_ms(), "application/json", orjson.dumps(accepted)))
    run(ingest.over(root, [NETWORK], ends=True))
    assert len(rows(log_of(root))) == 4
    assert log_of(root)[-1].now == ahead // 1000 * 1000


def release(root: str) -> None:
    """Let go of LOG as the end of a process would."""
    urls._memory[names.log(root, NETWORK).removeprefix("memory:")].owner = ""
