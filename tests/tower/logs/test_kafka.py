from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import pairwise
from random import Random
from threading import Timer
from time import monotonic, sleep
from typing import Any

import pytest
from confluent_kafka import Message, Producer

from tests.kafka_broker.broker import Broker, free_port
from tests.kafka_broker.topic import Topic
from tests.suites.log_suite import LogSuite, MakeLog
from tower.errors import Damaged, Fenced, LogError, Lost, Trimmed
from tower.logs import Entry, kafka_client
from tower.logs.kafka import KafkaReader, KafkaWriter
from tower.logs.kafka_client import Client
from tower.logs.kafka_key import Key
from tower.logs.kafka_sender import Sender
from tower.logs.kafka_topics import delete_before

pytest_plugins = ["tests.kafka_broker.fixtures"]
pytestmark = [pytest.mark.xdist_group("kafka"), pytest.mark.timeout(120, func_only=True)]


class TestKafkaLog(LogSuite):
    @pytest.fixture
    def make_log(self, kafka: Broker) -> Iterator[MakeLog]:
        with ExitStack() as opened:
            yield lambda: Topic(kafka, opened)


def entries(first: int, last: int) -> list[bytes]:
    return [b"%d" % number for number in range(first, last + 1)]


def numbered(first: int, last: int) -> list[Entry]:
    return list(enumerate(entries(first, last), first))


def everything(reader: KafkaReader, after: int = 0) -> list[Entry]:
    found: list[Entry] = []
    while more := reader.read(after + len(found), 100):
        found += more
    return found


def void(topic: Topic, count: int = 1) -> None:
    """Messages that count for nothing, as a program that knows no better may send them."""
    producer = Producer({"bootstrap.servers": topic.bootstrap})
    for _ in range(count):
        producer.produce(topic.name, b"not ours", b"some key", 0)
    assert producer.flush(10) == 0


def die_within_an_append(topic: Topic, count: int, sent: int) -> None:
    """What a writer leaves that was killed when `sent` of the `count` messages of its append were on their way."""
    with closing(KafkaWriter(topic.bootstrap, topic.name, 0)) as writer:
        number, offset, log = writer._next, writer._offset, writer._appends.log
        keys = [(number + i, offset + i, count - 1 - i, log) for i in range(sent)]
        assert writer._sender.send([(key, b"torn") for key in keys]) == sent


def test_an_append_is_there_at_once_for_every_reader(topic: Topic) -> None:
    writer, readers = topic.writer(), [topic.reader(), topic.reader()]
    for first, last in pairwise([1, 2, 5, 6, 40, 500]):
        writer.append(first, entries(first, last - 1))
        for reader in readers:
            assert reader.read(first - 1, 1000) == numbered(first, last - 1)
            assert reader.read(last - 1, 1000) == []
    assert everything(topic.reader()) == numbered(1, 499)


def test_data_comes_back_untouched(topic: Topic) -> None:
    data = [b"", b"\x00", bytes(range(256)), b"x" * 1_000_000]
    topic.writer().append(1, data)
    assert [value for _, value in topic.reader().read(0, 9)] == data


def test_a_log_has_an_id_once_a_writer_has_opened_it(topic: Topic) -> None:
    reader = topic.reader()
    assert reader.id == ""
    made = topic.writer().id
    assert len(bytes.fromhex(made)) == 16
    assert reader.id == topic.writer().id == made
    assert topic.writer(1).id != made


def test_an_id_survives_trimming(topic: Topic) -> None:
    writer = topic.writer()
    writer.append(1, entries(1, 9))
    writer.trim(8)
    assert topic.reader().id == writer.id
    assert topic.writer().id == writer.id


@pytest.mark.parametrize(("owner", "step"), [(Client, "ends"), (Sender, "send")])
def test_two_who_make_the_log_at_once_agree_on_its_id(
    topic: Topic, monkeypatch: pytest.MonkeyPatch, owner: type, step: str
) -> None:
    others: list[KafkaWriter] = []
    real = getattr(owner, step)

    def overtaken(*given: Any) -> Any:
        monkeypatch.setattr(owner, step, real)
        found = real(*given) if step == "ends" else None  # told, and then overtaken
        others.append(topic.writer())
        return found or real(*given)

    monkeypatch.setattr(owner, step, overtaken)
    assert topic.writer().id == others[0].id


def test_opening_a_writer_fences_the_one_before_it_and_not_the_other_way_round(topic: Topic) -> None:
    old = topic.writer()
    old.append(1, entries(1, 1))
    new = topic.writer()
    for _ in range(2):
        with pytest.raises(Fenced, match=r"log\.\d+/0: another writer has opened it"):
            old.append(2, [b"no", b"no"])
    new.append(2, entries(2, 3))
    assert everything(topic.reader()) == numbered(1, 3)


@pytest.mark.parametrize("first", [1, 3, 5])
def test_an_append_of_another_number_than_the_next_is_fenced(topic: Topic, first: int) -> None:
    writer = topic.writer()
    writer.append(1, entries(1, 3))
    with pytest.raises(Fenced, match=f"the next number is 4, not {first}"):
        writer.append(first, [b"no"])
    writer.append(4, entries(4, 4))
    assert everything(writer) == numbered(1, 4)


def test_an_append_that_was_interrupted_ends_its_writer(topic: Topic) -> None:
    writer = topic.writer()
    send = writer._sender._produce

    def interrupted(*message: Any) -> None:
        send(*message)
        raise KeyboardInterrupt

    writer._sender._produce = interrupted  # type: ignore[method-assign,assignment]
    with pytest.raises(KeyboardInterrupt):
        writer.append(1, [b"1", b"2"])
    with pytest.raises(LogError, match="was interrupted"):
        writer.append(1, [b"1", b"2"])
    topic.writer().append(1, entries(1, 2))
    assert everything(topic.reader()) == numbered(1, 2)


def test_an_append_whose_writer_dies_in_the_middle_is_nothing(topic: Topic) -> None:
    topic.writer().append(1, entries(1, 2))
    reader = topic.reader()
    die_within_an_append(topic, count=5, sent=4)
    assert reader.last() == (2, b"2")
    assert everything(reader) == numbered(1, 2)
    topic.writer().append(3, entries(3, 4))
    assert everything(reader, 2) == numbered(3, 4)
    assert everything(topic.reader()) == numbered(1, 4)


def test_messages_of_others_are_no_entries_and_stop_nobody(topic: Topic) -> None:
    writer = topic.writer()
    for first in range(1, 20, 3):
        void(topic, first % 5)
        writer.append(first, entries(first, first + 2))
    assert writer.last() == (21, b"21")
    assert everything(topic.reader()) == numbered(1, 21)


def test_an_append_that_meets_a_message_of_another_in_its_middle_stays_whole(topic: Topic) -> None:
    writer, reader = topic.writer(), topic.reader()
    send = writer._sender.send

    def met(messages: list[tuple[Key, bytes]]) -> int:
        writer._sender.send = send  # type: ignore[method-assign]
        assert send(messages[:2]) == 2
        void(topic)
        return 2 + send(messages[2:])

    writer._sender.send = met  # type: ignore[method-assign,assignment]
    writer.append(1, entries(1, 4))
    writer.append(5, entries(5, 5))
    assert everything(reader) == numbered(1, 5)


def test_any_number_is_found_whatever_lies_between(topic: Topic) -> None:
    draw, number = Random(7), 0
    for _ in range(12):
        writer = topic.writer()
        for _ in range(draw.randrange(4)):
            more = draw.randrange(1, 40)
            writer.append(number + 1, entries(number + 1, number + more))
            number += more
        void(topic, draw.randrange(4))
        die_within_an_append(topic, 9, draw.randrange(9))
    reader = topic.reader()
    for after in [0, number, *draw.sample(range(number), 12)]:
        assert everything(reader, after)[:3] == numbered(after + 1, min(after + 3, number))


def test_a_far_number_is_jumped_to(topic: Topic, monkeypatch: pytest.MonkeyPatch) -> None:
    writer, reader = topic.writer(), topic.reader()
    for first in range(1, 8001, 1000):
        void(topic, 900)
        writer.append(first, entries(first, first + 999))
    monkeypatch.setattr("tower.logs.kafka_reader.STRIDE", 50)
    taken: list[int] = []
    take = reader._feed.take

    def counted() -> Message:
        taken.append(reader._feed.offset)
        return take()

    monkeypatch.setattr(reader._feed, "take", counted)
    assert reader.read(7500, 2) == numbered(7501, 7502)
    assert len(taken) < 4000


def test_a_read_waits_for_an_entry_and_not_longer(topic: Topic) -> None:
    writer, reader = topic.writer(), topic.reader()
    timer = Timer(0.3, writer.append, [1, [b"1"]])
    begun = monotonic()
    timer.start()
    assert reader.read(0, 5, 10.0) == [(1, b"1")]
    assert monotonic() - begun > 0.2
    timer.join()
    begun = monotonic()
    assert reader.read(1, 5, 0.2) == []
    assert monotonic() - begun > 0.15


def test_a_reader_is_ready_when_something_has_come(topic: Topic) -> None:
    writer, reader = topic.writer(), topic.reader()
    assert reader.read(0, 5) == []
    assert not reader.ready()
    writer.append(1, entries(1, 1))
    until = monotonic() + 60
    while not reader.ready():
        assert monotonic() < until
        sleep(0.005)
    assert reader.read(0, 5) == numbered(1, 1)
    assert not reader.ready()


def test_trimming_moves_the_start_and_leaves_the_newest(topic: Topic) -> None:
    writer, reader = topic.writer(), topic.reader()
    writer.append(1, entries(1, 100))
    assert reader.first() == 1
    writer.trim(60)
    assert reader.first() == 61
    assert everything(reader, 60) == numbered(61, 100)
    with pytest.raises(Trimmed, match=r"log\.\d+/0: the oldest entry left is 61, 60 is gone") as gone:
        reader.read(59, 5)
    assert gone.value.first == 61
    writer.trim(3)
    writer.trim(1000)
    assert (reader.first(), reader.last()) == (100, (100, b"100"))
    writer.append(101, entries(101, 101))
    assert everything(topic.reader(), 99) == numbered(100, 101)


def test_an_empty_log_has_nothing_first_and_nothing_to_trim(topic: Topic) -> None:
    for log in (topic.reader(), topic.writer()):
        assert (log.first(), log.last(), log.read(0, 5)) == (1, (0, b""), [])
    topic.writer().trim(7)
    topic.writer().append(1, entries(1, 1))
    assert topic.reader().read(0, 5) == numbered(1, 1)


def test_a_reader_that_trimming_overtakes_is_told(topic: Topic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kafka_client.READ, "queued.max.messages.kbytes", 64)
    monkeypatch.setitem(kafka_client.READ, "fetch.message.max.bytes", 65_536)
    writer, reader = topic.writer(), topic.reader(0)
    for first in range(1, 2001, 100):
        writer.append(first, [Random(first).randbytes(5000) for _ in range(100)])
    assert reader.read(0, 1)
    writer.trim(1990)
    with pytest.raises(Trimmed, match="the oldest entry left is 1991") as gone:
        everything(reader, 1)
    assert gone.value.first == 1991
    assert reader.read(1990, 1)[0][0] == 1991


def test_a_position_beyond_the_end_is_lost(topic: Topic) -> None:
    reader = topic.reader()
    with pytest.raises(Lost, match="ends at 0, before 4"):
        reader.read(4, 1)
    topic.writer().append(1, entries(1, 3))
    with pytest.raises(Lost, match="ends at 3, before 4"):
        reader.read(4, 1)
    assert reader.read(3, 1) == []


def test_a_log_emptied_and_written_again_is_another_log(topic: Topic) -> None:
    writer, reader = topic.writer(), topic.reader()
    writer.append(1, entries(1, 5))
    assert reader.read(0, 9) == numbered(1, 5)
    old = writer.id
    topic.remake()
    again = topic.writer()
    again.append(1, entries(1, 9))
    assert again.id != old
    with pytest.raises(LogError):  # Lost, or that the topic is gone: the client may notice either first
        reader.read(5, 5, 10.0)
    assert topic.reader().read(0, 9) == numbered(1, 9)


def test_a_log_of_which_all_was_deleted_is_damaged(topic: Topic) -> None:
    writer = topic.writer()
    writer.append(1, entries(1, 5))
    delete_before(topic.bootstrap, (topic.name, 0), 6)
    with pytest.raises(Damaged, match="nobody knows the next number"):
        topic.writer()


def test_all_logs_of_a_thread_share_one_consumer(topic: Topic) -> None:
    writers, readers = [topic.writer(k) for k in range(4)], [topic.reader(k) for k in range(4)]
    assert len({id(reader._client) for reader in readers}) == 1
    assert readers[0]._client is not writers[0]._client
    for writer in writers[:3]:
        writer.append(1, entries(1, 300))
    assert [len(everything(reader)) for reader in readers] == [300, 300, 300, 0]
    writers[3].append(1, entries(1, 1))
    assert readers[3].read(0, 5) == numbered(1, 1)


def test_where_old_connections_answer_no_more_others_are_made(topic: Topic, monkeypatch: pytest.MonkeyPatch) -> None:
    topic.writer().append(1, entries(1, 5))
    old = topic.reader(1)._client
    connected = Client._connected

    def lost(client: Client, *asked: Any) -> Any:
        if client is old:
            raise kafka_client.Away("Kafka does not answer", "start it")
        return connected(client, *asked)

    monkeypatch.setattr(Client, "_connected", lost)
    reader = topic.reader()
    assert reader._client is not old
    assert everything(reader) == numbered(1, 5)


def test_a_log_that_nobody_reads_does_not_hold_up_the_others(topic: Topic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_client, "HELD_BYTES", 10_000)
    writers, readers = [topic.writer(k) for k in range(2)], [topic.reader(k) for k in range(2)]
    for reader in readers:
        assert reader.read(0, 1) == []
    for first in range(1, 2001, 100):
        for writer in writers:
            writer.append(first, [b"%1000d" % n for n in range(first, first + 100)])
    found = [int(data) for _, data in everything(readers[0])]
    assert not readers[1]._feed.flows
    assert readers[1]._feed.held < 5_000_000
    assert found == [int(data) for _, data in everything(readers[1])] == list(range(1, 2001))


def test_a_closed_log_closes_twice_and_leaves_the_others_open(topic: Topic) -> None:
    writer, other = topic.writer(0), topic.writer(1)
    writer.close()
    writer.close()
    with pytest.raises(LogError, match="is closed"):
        writer.append(1, [b"no"])
    other.append(1, entries(1, 1))
    topic.writer(0).append(1, entries(1, 1))


def test_an_entry_that_is_too_large_leaves_nothing_of_its_append(topic: Topic) -> None:
    writer = topic.writer()
    with pytest.raises(LogError, match=r"an entry of 17,000,000 bytes: topic 'log\.\d+' takes up to 16,776,704"):
        writer.append(1, [b"1", bytes(17_000_000)])
    writer.append(1, [b"1", Random(1).randbytes(writer._most)])
    assert topic.reader().last()[0] == 2


def test_a_full_queue_is_waited_for(topic: Topic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kafka_client.WRITE, "queue.buffering.max.messages", 10)
    with closing(topic.writer()) as writer:
        writer.append(1, entries(1, 500))
        assert everything(topic.reader()) == numbered(1, 500)


def test_a_missing_partition_is_named(kafka: Broker, topic: Topic) -> None:
    with pytest.raises(LogError, match=r"has no partition 4 of a topic 'log\.\d+'"):
        topic.reader(4)
    with pytest.raises(LogError, match="has no partition 0 of a topic 'nowhere'") as missing:
        KafkaReader(kafka.bootstrap, "nowhere", 0)
    assert "create_topics" in missing.value.try_


def test_a_missing_server_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_client, "CONNECT_S", 0.5)
    bootstrap = f"127.0.0.1:{free_port()}"
    with pytest.raises(LogError, match=f"Kafka at {bootstrap} does not answer") as away:
        KafkaReader(bootstrap, "t", 0)
    assert "\n" not in away.value.what
    assert "start the broker" in away.value.try_
