"""How fast logs in Kafka are, beside the bare client doing as much as it can with the same topics.

Runs against TOWER_BENCH_KAFKA (host:port), else against a broker of its own where a checkout and Java are at hand;
where there is none, there are no figures.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from confluent_kafka import Consumer, Producer, TopicPartition

from tower.logs.kafka import KafkaReader, KafkaWriter, create_topics
from tower.logs.kafka_client import READ, WRITE

ENTRY = os.urandom(50).hex().encode()
RECORD = os.urandom(10_000).hex().encode()
MANY = 200_000
GROUP = 500
PLAIN_S = 0.05
"""The least wait of a plain consumer for more messages."""

Row = dict[str, Any]


def run() -> list[dict[str, Any]]:
    """Each figure with its peer's in the same run; single calls are medians."""
    with broker() as bootstrap:
        if not bootstrap:
            return []
        create_topics(bootstrap, [f"bench.{os.getpid()}", f"plain.{os.getpid()}"], 4)
        return [
            one_by_one(bootstrap, 0, "100 B", ENTRY),
            one_by_one(bootstrap, 1, "20 kB", RECORD),
            pipelined(bootstrap),
            reading(bootstrap),
            live(bootstrap),
        ]


def one_by_one(bootstrap: str, partition: int, size: str, entry: bytes) -> Row:
    """One entry an append, acknowledged when it is durable; plain: produce and flush."""
    with closing(KafkaWriter(bootstrap, ours(), partition)) as log:
        numbers = iter(range(1, 1 << 60))
        value = median_ms(lambda: log.append(next(numbers), [entry]), 500)
    producer = Producer({**WRITE, "bootstrap.servers": bootstrap})

    def plainly() -> None:
        producer.produce(plain(), entry, partition=partition)
        producer.flush()

    return row(f"append {size}, one by one", value, "ms", "low", "produce + flush", median_ms(plainly, 500), 1.25)


def pipelined(bootstrap: str) -> Row:
    """Many entries an append, all under way at once."""
    with closing(KafkaWriter(bootstrap, ours(), 2)) as log:
        group = [ENTRY] * GROUP
        begin = time.perf_counter()
        for first in range(1, MANY, GROUP):
            log.append(first, group)
        value = MANY / (time.perf_counter() - begin)
    return row(f"append 100 B, {GROUP} at once", value, "1/s", "high", "produce, flush each", produced(bootstrap), 0.5)


def produced(bootstrap: str) -> float:
    """The same messages from a plain producer that counts its acknowledgements."""
    producer = Producer({**WRITE, "bootstrap.servers": bootstrap})
    acknowledged: list[int | None] = []
    told = lambda _, message: acknowledged.append(message.offset())
    begin = time.perf_counter()
    for _ in range(0, MANY, GROUP):
        for _ in range(GROUP):
            producer.produce(plain(), ENTRY, b"k" * 37, 2, told)
        producer.flush()
    return len(acknowledged) / (time.perf_counter() - begin)


def reading(bootstrap: str) -> Row:
    """All that `pipelined` wrote; plain: consume, value by value."""
    with closing(KafkaReader(bootstrap, ours(), 2)) as log:
        begin, after = time.perf_counter(), 0
        while entries := log.read(after, 1000):
            after = entries[-1][0]
        value = after / (time.perf_counter() - begin)
    return row("read 100 B entries", value, "1/s", "high", "consume", consumed(bootstrap), 0.5)


def consumed(bootstrap: str) -> float:
    """The same messages through a plain consumer."""
    with Consumer({**READ, "bootstrap.servers": bootstrap}) as consumer:
        consumer.list_topics()
        begin, count = time.perf_counter(), 0
        consumer.assign([TopicPartition(plain(), 2, 0)])
        while count < MANY:
            count += sum(message.value() is not None for message in consumer.consume(2000, PLAIN_S))
        return count / (time.perf_counter() - begin)


def live(bootstrap: str) -> Row:
    """From before an append until a waiting reader has the entry; plain: produce, flush, poll."""
    with closing(KafkaWriter(bootstrap, ours(), 3)) as log, closing(KafkaReader(bootstrap, ours(), 3)) as reader:
        numbers = iter(range(1, 1 << 60))

        def ours_once() -> None:
            number = next(numbers)
            log.append(number, [ENTRY])
            assert reader.read(number - 1, 1, 5.0)[0][0] == number

        value = median_ms(ours_once, 300)
    return row("append to read, 100 B", value, "ms", "low", "produce + flush + poll", plainly_live(bootstrap), 1.25)


def plainly_live(bootstrap: str) -> float:
    """The same with a plain producer and consumer, ms."""
    producer = Producer({**WRITE, "bootstrap.servers": bootstrap})
    with Consumer({**READ, "bootstrap.servers": bootstrap}) as consumer:
        consumer.assign([TopicPartition(plain(), 3, 0)])

        def once() -> None:
            producer.produce(plain(), ENTRY, partition=3)
            producer.flush()
            assert consumer.poll(5.0)

        return median_ms(once, 300)


def ours() -> str:
    """The topic of our logs."""
    return f"bench.{os.getpid()}"


def plain() -> str:
    """The topic of the peer."""
    return f"plain.{os.getpid()}"


def row(name: str, value: float, unit: str, better: str, peer: str, peer_value: float, target: float) -> Row:
    """One figure; ratio is ours to the peer's, and the target is for the ratio."""
    ratio = value / peer_value
    return {
        "bench": "kafka",
        "name": name,
        "value": round(value, 2),
        "unit": unit,
        "better": better,
        "peer": peer,
        "peer_value": round(peer_value, 2),
        "ratio": round(ratio, 3),
        "target": target,
        "met": ratio >= target if better == "high" else ratio <= target,
        "load": round(os.getloadavg()[0], 2),
    }


def median_ms(call: Callable[[], object], times: int) -> float:
    """Milliseconds a call, the median of so many."""
    spans = []
    for _ in range(times):
        begin = time.perf_counter()
        call()
        spans.append(time.perf_counter() - begin)
    return statistics.median(spans) * 1e3


@contextmanager
def broker() -> Iterator[str]:
    """The address of a broker, empty if there is none to be had."""
    if told := os.environ.get("TOWER_BENCH_KAFKA"):
        yield told
        return
    command = [sys.executable, "-m", "tests.kafka_broker"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as own:
        yield own.stdout.readline().strip() if own.stdout else ""
        own.communicate()
