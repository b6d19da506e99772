import logging
from collections.abc import Callable
from random import Random

import orjson
import pytest
from confluent_kafka import KafkaError

from streams import adapters, ingest, names
from streams.entries import entries, records
from streams.inbox import InboxWriter, tick
from streams.kafka_in import Bridge
from streams.kafka_inbox import AT, KEPT_BYTES, KafkaInbox
from streams.topics_in import At, TopicsIn
from tests.suites.small_kafka import SmallKafka, Told
from tests.suites.small_world import memory_root, run
from tower import clock
from tower.envelope import Envelope
from tower.errors import Busy, LogError, Lost, Refused, TowerError, Trimmed
from tower.logs import urls

CARRIER, ORDER = "tower.in.carrier", "tower.in.order"
EAST = ["east"]
BOTH = ["east", "west"]


def departed(number: int, network: str | None = None) -> dict[str, object]:
    at = 1_772_431_200_000 + number
    named = {"network": network} if network else {}
    return {"id": f"d{number}", "kind": "leg.departed", "leg": f"L{number}", "at": at, **named}


def kafka(messages: int = 40, partitions: int = 3) -> SmallKafka:
    small = SmallKafka()
    small.make(CARRIER, partitions)
    for number in range(messages):
        small.put(CARRIER, orjson.dumps(departed(number)), number % partitions)
    return small


def bridge(root: str, small: SmallKafka, networks: list[str] | None = None, *, accept: bool = False) -> Bridge:
    def topics(place: Callable[[str, int], int], gap: Callable[[At, int], None]) -> TopicsIn:
        return TopicsIn("small:9092", place, gap if accept else None, small.consumer)

    return Bridge(root, networks or EAST, topics)


def drain(one: Bridge) -> None:
    try:
        while batch := one.take() or one.take():  # a read that meets a gap brings nothing
            one.keep(batch)
    finally:
        one.close()


def inbox(root: str, network: str = "east", source: str = "kafka-carrier") -> list[Envelope]:
    return [Envelope.decode(data) for _, data in entries(urls.reader(names.inbox(root, network, source)))]


def places(found: list[Envelope]) -> list[str]:
    return [envelope.headers[AT] for envelope in found]


def whole(small: SmallKafka, topic: str = CARRIER) -> set[str]:
    return {f"{at[1]}:{m.offset()}" for at, told in small.held.items() if at[0] == topic for m in told}


def events(root: str, network: str) -> list[str]:
    run(ingest.over(root, [network], ends=True))
    told = list(records(urls.reader(names.log(root, network))))
    texts = {code: text for record in told for code, text in record.names.items()}
    return sorted(texts[int(h["subject"])] for record in told for h in record.rows("event"))


def test_a_message_is_kept_as_it_came_with_its_place_and_the_moment_that_kafka_had_it() -> None:
    root, small = memory_root(), kafka(0)
    said = [("ce_id", b"7"), ("ce_time", None), ("content-type", b"application/json"), ("traceparent", b"x")]
    small.put(CARRIER, b'{"a" :1}', 2, said)
    drain(bridge(root, small))
    (kept,) = inbox(root)
    assert (kept.data, kept.content_type, kept.source) == (b'{"a" :1}', "application/json", "kafka-carrier")
    assert (kept.headers["ce_id"], kept.headers["ce_time"], kept.headers[AT]) == ("7", "", "2:0")
    assert "traceparent" not in kept.headers
    assert kept.received == small.held[CARRIER, 2][0].stamp[1]


def test_a_stamp_that_is_still_to_come_or_none_gives_way_to_the_clock_here() -> None:
    root, small = memory_root(), kafka(2, 1)
    small.held[CARRIER, 0][0].stamp = (1, clock.wall_ms() + clock.HOUR)
    small.held[CARRIER, 0][1].stamp = (0, -1)
    before = clock.wall_ms()
    drain(bridge(root, small))
    assert all(before <= envelope.received <= clock.wall_ms() for envelope in inbox(root))


def test_in_a_driven_network_a_message_comes_when_its_driver_is() -> None:
    root, small = memory_root(), kafka(1, 1)
    tick(InboxWriter(root, "east", names.CLOCK), 9_100)
    drain(bridge(root, small))
    assert [envelope.received for envelope in inbox(root)] == [8_999]


@pytest.mark.parametrize("seed", range(6))
def test_each_message_is_in_once_however_often_the_bridge_dies(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    root, small, draw = memory_root(), kafka(200), Random(seed)
    small.make(ORDER, 2)
    for number in range(60):
        both = [departed(1000 + number, draw.choice(BOTH)), departed(5000 + number)]
        small.put(ORDER, orjson.dumps(both), number % 2)
    deaths = 0
    while True:
        one = bridge(root, small, BOTH)
        with monkeypatch.context() as patched:
            patched.setattr(KafkaInbox, "_append", dying(draw))
            try:
                while batch := one.topics.read(0, draw.randint(1, 40)):
                    one.keep(batch)
                break
            except InterruptedError:
                deaths += 1
            finally:
                one.close()
    assert deaths > 0
    assert sorted(places(inbox(root))) == sorted(whole(small))
    assert events(root, "east") + events(root, "west") == straight(small)


def dying(draw: Random) -> Callable[..., None]:
    """Appends that die before or after, as a process does."""
    real = KafkaInbox._append

    def append(self: KafkaInbox, some: object, whole: object) -> None:
        fate = draw.random()
        if fate < 0.1:
            raise InterruptedError
        real(self, some, whole)  # type: ignore[arg-type]
        if fate > 0.9:
            raise InterruptedError

    return append


def straight(small: SmallKafka) -> list[str]:
    root = memory_root()
    drain(bridge(root, small, BOTH))
    return events(root, "east") + events(root, "west")


def test_a_message_of_two_networks_gives_each_its_own_and_the_first_what_names_none() -> None:
    root, small = memory_root(), kafka(0)
    told = [departed(1, "west"), departed(2), departed(3, "east"), departed(4, "nowhere"), "no event"]
    small.put(CARRIER, orjson.dumps(told))
    drain(bridge(root, small, BOTH))
    assert [envelope.data for envelope in inbox(root, "west")] == [orjson.dumps(told)]
    assert (events(root, "west"), events(root, "east")) == (["L1"], ["L2", "L3"])
    rejected = [row for record in records(urls.reader(names.log(root, "east"))) for row in record.rows("rejected")]
    assert sorted(int(row["row"]) for row in rejected) == [3, 4]


def test_a_message_that_says_nothing_is_kept_too() -> None:
    root, small = memory_root(), kafka(0)
    for said in (b"", b"[]", b"\xff\xfe{", b"[" * 100_000):
        small.put(CARRIER, said)
    drain(bridge(root, small, BOTH))
    assert [envelope.data for envelope in inbox(root)] == [b"", b"[]", b"\xff\xfe{", b"[" * 100_000]


def test_a_cloudevent_in_headers_becomes_an_event() -> None:
    root, small = memory_root(), kafka(0)
    said = [("ce_specversion", b"1.0"), ("ce_type", b"leg.departed"), ("ce_source", b"yard"), ("ce_id", b"x1"),
            ("ce_time", b"2026-03-02T06:00:00Z"), ("ce_network", b"west")]  # fmt: skip
    small.put(CARRIER, b'{"leg":"L9"}', headers=said)
    drain(bridge(root, small, BOTH))
    assert (events(root, "west"), inbox(root, "east")) == (["L9"], [])


def test_nobody_outside_can_send_packed_columns_or_say_who_shares_a_message() -> None:
    root, small = memory_root(), kafka(0)
    small.put(CARRIER, b"x", headers=[("content-type", b"application/vnd.tower.Columns"), (adapters.SHARED, b"west")])
    drain(bridge(root, small))
    (kept,) = inbox(root)
    assert (kept.content_type, adapters.SHARED in kept.headers) == ("", False)


def test_a_message_that_is_far_too_long_is_kept_as_far_as_a_log_takes_it() -> None:
    root, small = memory_root(), kafka(0)
    small.put(CARRIER, b"y" * (KEPT_BYTES + 5))
    drain(bridge(root, small))
    assert [len(envelope.data) for envelope in inbox(root)] == [KEPT_BYTES]


def test_a_topic_made_later_is_found_and_others_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.topics_in.DISCOVER_S", 0.0)
    root, small = memory_root(), kafka(2)
    small.make("tower.in.elsewhere")
    small.make("tower.east.log")
    one = bridge(root, small)
    small.make(ORDER)
    small.put(ORDER, b"{}")
    drain(one)
    assert len(inbox(root, source="kafka-order")) == 1
    assert {at[0] for at in one.topics.next} == {CARRIER, ORDER}


def test_while_an_inbox_is_busy_nothing_is_fetched_and_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    root, small = memory_root(), kafka(10)
    one, refused, slept = bridge(root, small), iter(range(3)), list[bool]()
    real = InboxWriter.put

    def put(self: InboxWriter, *messages: Envelope) -> int:
        if next(refused, None) is not None:
            raise Busy("inbox east/kafka-carrier: 20000 messages wait", "later")
        return real(self, *messages)

    monkeypatch.setattr(InboxWriter, "put", put)
    consumer = one.topics._consumer
    with caplog.at_level(logging.WARNING):
        one.keep(one.take(), lambda _: slept.append(consumer.is_paused))
    assert slept == [True, True]
    assert (consumer.is_paused, consumer.pauses) == (False, 1)
    assert [record.message for record in caplog.records] == ["waiting: inbox east/kafka-carrier: 20000 messages wait"]
    assert sorted(places(inbox(root))) == sorted(whole(small))


def test_while_a_batch_is_not_kept_no_other_is_taken() -> None:
    one = bridge(memory_root(), kafka(10))
    one.is_full = True
    assert one.take() == []


def test_what_is_gone_before_it_was_taken_in_stops_the_bridge_by_name() -> None:
    root, small = memory_root(), kafka(30)
    drain(bridge(root, small))
    for number in range(90):
        small.put(CARRIER, orjson.dumps(departed(100 + number)), 1)
    small.low[CARRIER, 1] = 60
    one = bridge(root, small)
    with pytest.raises(Trimmed, match=r"tower.in.carrier/1: messages 10 to 59 are gone and were never") as caught:
        drain(one)
    assert (caught.value.first, "TOWER_KAFKA_GAP=accept" in caught.value.try_) == (60, True)


def test_a_topic_that_was_emptied_stops_the_bridge_by_name() -> None:
    root, small = memory_root(), kafka(30)
    drain(bridge(root, small))
    small.held[CARRIER, 2] = []
    with pytest.raises(Lost, match=r"tower.in.carrier/2 ends at offset 0, before 10: it was emptied or cut"):
        drain(bridge(root, small))


@pytest.mark.parametrize("kept", [0, 20])
def test_a_gap_that_is_accepted_is_said_and_reading_goes_on(kept: int, caplog: pytest.LogCaptureFixture) -> None:
    root, small = memory_root(), kafka(30, 1)
    drain(bridge(root, small))
    small.held[CARRIER, 0] = [Told((CARRIER, 0), number, b"{}") for number in range(kept or 60)]
    small.low[CARRIER, 0] = 0 if kept else 50
    with caplog.at_level(logging.WARNING):
        drain(bridge(root, small, accept=True))
    assert f"going on at offset {small.low[CARRIER, 0]}" in caplog.text
    assert len(inbox(root)) == 30 + (kept or 10)


def test_an_error_that_does_not_pass_by_itself_is_raised_and_one_that_does_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = bridge(memory_root(), kafka(3))
    consumer = one.topics._consumer

    away, deleted = KafkaError(KafkaError._TRANSPORT), KafkaError(KafkaError.UNKNOWN_TOPIC_OR_PART)
    monkeypatch.setattr(consumer, "poll", lambda _: Told(("", 0), -1, b"", error=away))
    assert len(one.topics.read(0)) == 3
    monkeypatch.setattr(consumer, "poll", lambda _: Told((CARRIER, 0), -1, b"", error=deleted))
    with pytest.raises(LogError, match=r"read tower.in.carrier/0: "):
        one.topics.read(0)


def test_a_second_bridge_is_refused() -> None:
    root, small = memory_root(), kafka(3)
    first = bridge(root, small)
    first.keep(first.take())
    with pytest.raises(Refused):
        bridge(root, small)


def test_a_network_that_is_seldom_spoken_of_is_not_read_for_from_far_back() -> None:
    root, small = memory_root(), kafka(0, 1)
    small.put(CARRIER, orjson.dumps(departed(1, "west")))
    for number in range(2, 50):
        small.put(CARRIER, orjson.dumps(departed(number, "east")))
    one = bridge(root, small, BOTH)
    while batch := one.topics.read(0, 10):
        one.keep(batch)
    one.close()
    assert bridge(root, small, BOTH).topics.next[CARRIER, 0] == 40


def test_without_a_kafka_or_a_network_the_flow_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    from streams import kafka_in

    with pytest.raises(TowerError, match="kafka_in: there are no inputs"):
        kafka_in.flow()
    monkeypatch.setenv("TOWER_KAFKA_IN", "kafka://127.0.0.1:1")
    monkeypatch.setenv("TOWER_LOGS", "file:/nowhere/at/all")
    with pytest.raises(TowerError, match="networks: inputs need one"):
        kafka_in.flow()
