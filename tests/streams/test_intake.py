from itertools import count
from typing import Any

import orjson
import pytest

from operators.chain import Chain
from streams.control import make
from streams.intake import Ingest, accepts
from streams.merge import Arrivals, Arrived
from streams.names import CLOCK
from tests.suites.small_world import START, envelopes, legs
from tower import ids
from tower.clock import HOUR, MINUTE, SECOND
from tower.envelope import Envelope
from tower.errors import ClockJumped
from tower.outcomes import DEVIATION_STATUS
from tower.record import Record

numbers = count(1)


def arrived(received: int, *events: dict[str, Any], source: str = "gate", position: int = 1) -> Arrived:
    envelope = Envelope(source, received, "application/json", orjson.dumps(list(events)))
    return Arrived(received, source, position, ids.of("source", source), envelope)


def event(at: int = START, name: str = "L1", kind: str = "leg.departed") -> dict[str, Any]:
    return {"id": f"e{next(numbers)}", "kind": kind, "leg": name, "at": at}


def dry(ingest: Ingest, wall: int, steady: float = 0.0) -> list[Record]:
    return ingest.take(Arrivals(()), wall, steady)


def live(*envelopes: Arrived) -> Arrivals:
    return Arrivals(envelopes)


def test_now_is_the_second_of_receiving_and_never_falls() -> None:
    ingest = Ingest("east", None, START)
    given = [START + 1700, START + 1999, START + 2000]
    records = ingest.take(live(*(arrived(ms, event(), position=i) for i, ms in enumerate(given, 1))), START + 9000, 0.0)
    records += ingest.take(live(arrived(START, event(), source="late clock")), START + 9000, 0.0)
    assert [record.now for record in records] == [START + SECOND, START + 2 * SECOND, START + 2 * SECOND]
    assert [record.rows("event").size for record in records] == [2, 1, 1]


def test_an_idle_live_network_ticks_once_a_second() -> None:
    ingest = Ingest("east", None, START)
    assert dry(ingest, START) == []  # nothing has ever happened
    ingest.take(live(arrived(START, event())), START, 0.0)
    ticks = [dry(ingest, START + ms, ms / 1000) for ms in range(0, 3000, 250)]
    assert [tick[0].now for tick in ticks if tick] == [START + SECOND, START + 2 * SECOND]
    assert all(not tick[0].tables for tick in ticks if tick)


def test_a_network_that_has_more_to_read_does_not_tick() -> None:
    ingest = Ingest("east", None, START)
    ingest.take(live(arrived(START, event())), START, 0.0)
    assert ingest.take(Arrivals((), START + 5), START + HOUR, 0.0) == []


def test_a_driven_network_ticks_at_full_minutes_in_which_nothing_falls_and_when_it_has_settled() -> None:
    ingest = Ingest("east", None, 0)
    told = [arrived(START + 30 * SECOND, event()), arrived(START + 3 * MINUTE, event(), position=2)]
    records = ingest.take(Arrivals(told, START + 5 * MINUTE + SECOND, driven=True), 0, 0.0)
    assert [(record.now - START) // SECOND for record in records] == [30, 35, 60, 120, 180, 185, 240, 300]
    assert ingest.take(Arrivals((), START + 6 * MINUTE, driven=True), 0, 0.0) == []  # something may still fall in it


def test_a_driven_network_has_not_settled_while_something_falls_or_may_fall() -> None:
    ingest = Ingest("east", None, 0)
    told = [arrived(START + n * SECOND, event(), position=n + 1) for n in (0, 4, 9, 57)]
    records = ingest.take(Arrivals(told, START + 57 * SECOND, driven=True), 0, 0.0)
    assert [(record.now - START) // SECOND for record in records] == [0, 4, 9, 14, 57]
    assert ingest.take(Arrivals((), START + 62 * SECOND, driven=True), 0, 0.0)[0].now == START + MINUTE


def test_a_driven_network_that_goes_on_ticks_as_if_it_had_never_stopped() -> None:
    told = Arrivals([arrived(START, event())], START + SECOND, driven=True)
    (record,) = Ingest("east", None, 0).take(told, 0, 0.0)
    again = Ingest("east", record, 0)
    (settled,) = again.take(Arrivals((), START + 9 * SECOND, driven=True), 0, 0.0)
    assert settled.now == START + 5 * SECOND
    assert Ingest("east", settled, 0).take(Arrivals((), START + 50 * SECOND, driven=True), 0, 0.0) == []


def test_a_drivers_words_are_taken_in_with_the_next_record() -> None:
    ingest = Ingest("east", None, 0)
    ticks = [arrived(START, source=CLOCK, position=7), arrived(START + SECOND, event())]
    (record,) = ingest.take(Arrivals(ticks, START + 2 * SECOND, driven=True), 0, 0.0)
    assert record.causes == {ids.of("source", CLOCK): 7, ids.of("source", "gate"): 1}


def test_a_name_is_told_once_and_again_after_a_restart() -> None:
    ingest = Ingest("east", None, START)
    first, second = (
        ingest.take(live(arrived(START + i, event(), position=i)), START + i, 0.0)[0] for i in (1, 2)
    )
    assert {"gate", "L1"} <= set(first.names.values())
    assert set(second.names.values()) & {"gate", "L1"} == set()
    (third,) = Ingest("east", second, START).take(live(arrived(START + 3, event(), position=3)), START + 3, 0.0)
    assert {"gate", "L1"} <= set(third.names.values())


def test_what_cannot_be_read_is_kept_with_its_raw_and_its_reason() -> None:
    wrong = {"id": "b", "kind": "leg.flown"}
    (record,) = Ingest("east", None, START).take(live(arrived(START, event(), wrong)), START, 0.0)
    (row,) = record.rows("rejected")
    assert "leg.flown" in record.names[int(row["reason"])]
    assert b"leg.flown" in record.raws[0]
    assert (int(row["inbox"]), record.rows("event").size) == (1, 1)


def test_two_hours_of_downtime_raise_no_false_alarm() -> None:
    """The whole day lies in the inboxes: what was said in time is in time, whenever it is read."""
    messages = [m for m in envelopes(legs(80)) if b'"L' in m.data]
    positions: dict[str, int] = {}
    told = []
    for m in messages:
        positions[m.source] = positions.get(m.source, 0) + 1
        told.append(arrived(m.received, *orjson.loads(m.data), source=m.source, position=positions[m.source]))
    late = messages[-1].received + 2 * HOUR
    in_time, afterwards = Ingest("east", None, START), Ingest("east", None, late)
    straight = [r for a in told for r in in_time.take(live(a), a.received, a.received / SECOND)]
    parts = [told[k : k + 50] for k in range(0, len(told), 50)]
    caught_up = [r for part in parts for r in afterwards.take(live(*part), late, late / SECOND)]
    assert deviations(caught_up) == deviations(straight) != []


def deviations(records: list[Record]) -> list[tuple[int, int, int, str]]:
    chain, said = Chain(make), []
    for record in records:
        for d in chain.advance(record).rows("deviations"):
            said.append((int(d["kind"]), int(d["subject"]), int(d["at"]), DEVIATION_STATUS[d["status"]]))
    return sorted(said)


def test_a_gap_while_everything_was_down_is_no_jump() -> None:
    ingest = Ingest("east", None, START + 9 * HOUR)
    told = [arrived(START, event()), arrived(START + 7 * HOUR, event(), position=2)]
    assert len(ingest.take(live(*told), START + 9 * HOUR, 0.0)) == 2


def test_a_stamp_ahead_of_the_clock_here_stops_ingest_and_loses_nothing() -> None:
    ingest = Ingest("east", None, START)
    told = [arrived(START, event()), arrived(START + HOUR, event(), position=2)]
    assert [r.number for r in ingest.take(live(*told), START, 0.0)] == [1]
    for _ in range(3):
        with pytest.raises(ClockJumped, match=r"clock\.jumped: received says 2026-03-02T07:00:00.000Z") as caught:
            dry(ingest, START)
        assert "clock.accepted" in caught.value.try_
    ingest.accept(START, 0.0)
    (record,) = dry(ingest, START)
    assert (record.number, record.now) == (2, START + HOUR)


def test_time_that_passes_faster_than_it_can_stops_ingest_until_it_is_accepted() -> None:
    ingest = Ingest("east", None, START)
    ingest.take(live(arrived(START, event())), START, 100.0)
    assert dry(ingest, START + 4 * MINUTE, 101.0)[0].now == START + 4 * MINUTE
    with pytest.raises(ClockJumped):
        dry(ingest, START + HOUR, 102.0)
    ingest.accept(START + HOUR, 102.0)
    assert dry(ingest, START + HOUR, 102.0)[0].now == START + HOUR
    assert dry(ingest, START + HOUR + 2 * SECOND, 104.0)[0].now == START + HOUR + 2 * SECOND


def test_time_that_really_passed_is_no_jump() -> None:
    ingest = Ingest("east", None, START)
    ingest.take(live(arrived(START, event())), START, 100.0)
    assert dry(ingest, START + HOUR, 3700.0)[0].now == START + HOUR


def test_one_acceptance_lets_one_jump_pass() -> None:
    ingest = Ingest("east", None, START)
    yes = {"id": "a", "kind": "clock.accepted", "network": "east", "at": START, "source": "people"}
    told = [arrived(START, yes, source="people"), *(arrived(START + i * HOUR, event(), position=i) for i in (1, 2))]
    assert [r.now for r in ingest.take(live(*told), START, 0.0)] == [START, START + HOUR]
    with pytest.raises(ClockJumped):
        dry(ingest, START)


def test_only_an_event_that_accepts_accepts() -> None:
    said = {"id": "a", "kind": "clock.accepted", "network": "east", "at": START, "source": "people"}
    assert accepts(arrived(START, said).envelope, "east")
    assert not accepts(arrived(START, event(name="clock.accepted")).envelope, "east")
    assert not accepts(arrived(START, event()).envelope, "east")


def large(source: str, position: int) -> Arrived:
    """A message of nearly 7 MB of which nothing can be used."""
    data = (b'{"wrong":"' + b"y" * 1000 + b'"}\n') * 6800
    envelope = Envelope(source, START, "application/x-ndjson", data)
    return Arrived(START, source, position, ids.of("source", source), envelope)


def test_a_second_of_large_messages_makes_records_that_fit_into_a_log_on_kafka() -> None:
    said = [large("gate", 1), large("gate", 2), large("orders", 1), arrived(START, event(), source="zoo")]
    records = Ingest("east", None, START).take(live(*said), START, 0.0)
    assert sum(record.rows("rejected").size for record in records) == 3 * 6800
    assert max(len(record.encode()) for record in records) < 16 << 20
    taken_in = {"gate": 2, "orders": 1, "zoo": 1}
    assert records[-1].causes == {ids.of("source", source): position for source, position in taken_in.items()}
    assert {record.now for record in records} == {START}


def test_no_record_of_nonsense_is_larger_than_a_log_on_kafka_takes() -> None:
    nonsense = b",".join(b'{"kind":"k%d","x":"%s"}' % (number, b"y" * 20) for number in range(120_000))
    told = [Arrived(START, "gate", at, ids.of("source", "gate"), Envelope("gate", START, "application/json", data))
            for at, data in enumerate([b"[" + nonsense + b"]", b"[" + b"1," * 90_000 + b"2]"], 1)]  # fmt: skip
    records = Ingest("east", None, START).take(live(*told), START, 0.0)
    assert sum(record.rows("rejected").size for record in records) == 120_000 + 90_001
    assert max(record.rows("rejected").size for record in records) <= 4096
    assert max(len(record.encode()) for record in records) < 8 << 20
    assert records[-1].causes == {ids.of("source", "gate"): 2}
