"""The bridge from a real Kafka, killed with -9 again and again: the inboxes are those of a straight run."""

import fcntl
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from pathlib import Path
from random import Random

import orjson
import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from streams import names
from streams.entries import entries
from streams.kafka_inbox import AT
from tests.determinism.worker import Worker
from tests.kafka_broker.broker import Broker
from tower.envelope import Envelope
from tower.logs import urls
from tower.logs.kafka_topics import delete_before

pytest_plugins = ["tests.kafka_broker.fixtures"]
pytestmark = [pytest.mark.full, pytest.mark.xdist_group("kafka"), pytest.mark.timeout(300, func_only=True)]

TOPICS = {"tower.in.carrier": 3, "tower.in.order": 2}
EVENTS = 30_000
KILLS = 5
numbers = count(1)


@pytest.fixture
def inputs(kafka: Broker) -> Iterator[Broker]:
    """The input topics, gone when the test is over. Names are fixed: one test at a time, on whichever worker."""
    with Path(tempfile.gettempdir(), f"tower-inputs-{kafka.bootstrap.rpartition(':')[2]}.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
        try:
            made = admin.create_topics([NewTopic(name, partitions, 1) for name, partitions in TOPICS.items()])
            for future in made.values():
                future.result()
            yield kafka
        finally:
            for future in admin.delete_topics(list(TOPICS)).values():
                future.exception()
            while set(TOPICS) & set(admin.list_topics().topics):
                time.sleep(0.05)


def produce(kafka: Broker, events: int, seed: int = 1) -> None:
    draw, producer = Random(seed), Producer({"bootstrap.servers": kafka.bootstrap, "linger.ms": 5})
    for _ in range(events):
        number, topic = next(numbers), draw.choice(list(TOPICS))
        said = {"id": f"e{number}", "kind": "leg.departed", "leg": f"L{number}", "at": "2026-03-02T06:00:00Z"}
        data = orjson.dumps(said) if draw.random() < 0.95 else b"{broken"
        producer.produce(topic, data, partition=draw.randrange(TOPICS[topic]), headers=[("ce_note", b"x")])
        producer.poll(0)
    assert producer.flush(30) == 0


def bridge(kafka: Broker, root: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Worker:
    monkeypatch.setenv("TOWER_KAFKA_IN", f"kafka://{kafka.bootstrap}")
    folder.mkdir(exist_ok=True)
    return Worker("kafka_in", root, "east", folder)


def kept(root: str) -> dict[str, list[Envelope]]:
    """What is in, by topic and partition, in its order."""
    found: dict[str, list[Envelope]] = {}
    for source in ("kafka-carrier", "kafka-order"):
        with closing(urls.reader(names.inbox(root, "east", source))) as inbox:
            for _, data in entries(inbox):
                envelope = Envelope.decode(data)
                found.setdefault(f"{source}/{envelope.headers[AT].partition(':')[0]}", []).append(envelope)
    return found


@contextmanager
def counted(root: str) -> Iterator[Callable[[], int]]:
    """How many are in, to be asked again and again: with a reader for each question, a Kafka has hundreds of
    connections to open in a second.
    """
    with ExitStack() as opened:
        readers = [
            opened.enter_context(closing(urls.reader(names.inbox(root, "east", source))))
            for source in ("kafka-carrier", "kafka-order")
        ]
        yield lambda: sum(reader.last()[0] for reader in readers)


def reach(one: Worker, size: Callable[[], int], number: int) -> None:
    one.until(lambda: size() >= number)


def said(found: dict[str, list[Envelope]]) -> dict[str, list[tuple[object, ...]]]:
    return {at: [(e.data, e.received, e.headers[AT], e.headers["ce_note"]) for e in told] for at, told in found.items()}


def test_a_bridge_that_is_killed_gives_the_inboxes_of_a_straight_run(
    inputs: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    straight, killed = f"file:{tmp_path}/straight", f"file:{tmp_path}/killed"
    draw = Random(3)
    with counted(killed) as size:
        for part in range(KILLS):
            was = size()
            produce(inputs, EVENTS // KILLS, seed=part)
            with bridge(inputs, killed, tmp_path / "b", monkeypatch) as one:
                reach(one, size, was + draw.randint(1, EVENTS // KILLS))
        with bridge(inputs, killed, tmp_path / "b", monkeypatch) as one:
            reach(one, size, EVENTS)
    with bridge(inputs, straight, tmp_path / "a", monkeypatch) as one, counted(straight) as size:
        reach(one, size, EVENTS)
    whole = kept(straight)
    assert {at: [e.headers[AT] for e in told] for at, told in whole.items()} == {
        at: [f"{at[-1]}:{n}" for n in range(len(told))] for at, told in whole.items()
    }
    assert said(kept(killed)) == said(whole)
    assert sum(map(len, whole.values())) == EVENTS


def test_a_bridge_waits_out_a_broker_and_takes_in_what_comes_after(
    inputs: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = f"file:{tmp_path}/logs"
    produce(inputs, 500)
    with bridge(inputs, root, tmp_path, monkeypatch) as one, counted(root) as size:
        reach(one, size, 500)
        inputs.kill()
        time.sleep(1)
        inputs.start()
        produce(inputs, 500, seed=2)
        reach(one, size, 1000)
    assert sum(map(len, kept(root).values())) == 1000


def test_inputs_and_logs_may_be_on_one_kafka(inputs: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = f"kafka://{inputs.bootstrap}"
    produce(inputs, 2000)
    names.prepare(root, "east", "kafka-carrier", "kafka-order")
    for _ in range(2):
        with bridge(inputs, root, tmp_path, monkeypatch) as one, counted(root) as size:
            reach(one, size, 2000)
    assert sum(map(len, kept(root).values())) == 2000


def test_messages_that_are_gone_stop_it_with_one_line_and_a_fix(
    inputs: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = f"file:{tmp_path}/logs"
    produce(inputs, 1000)
    with bridge(inputs, root, tmp_path, monkeypatch) as one, counted(root) as size:
        reach(one, size, 1000)
    produce(inputs, 1000, seed=2)
    for partition in range(3):
        delete_before(inputs.bootstrap, ("tower.in.carrier", partition), -1)
    one = bridge(inputs, root, tmp_path, monkeypatch)
    assert one.process.wait(60) == 1
    assert "are gone and were never taken in" in one.output.read_text()
    assert "Try: bring the topic back, or set TOWER_KAFKA_GAP=accept" in one.output.read_text()
    monkeypatch.setenv("TOWER_KAFKA_GAP", "accept")
    with bridge(inputs, root, tmp_path, monkeypatch) as one, counted(root) as size:
        one.until(lambda: one.output.read_text().count("a gap is accepted") == 3 and size() > 1000)
