"""Alerts on a real Kafka: a CloudEvent each, keyed by the deviation; what is not acknowledged stays."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from confluent_kafka import Consumer, Message

from sinks.webhooks.courier import Courier
from sinks.webhooks.outbox import Message as Alert
from sinks.webhooks.outbox import Outbox
from sinks.webhooks.post import Tried
from sinks.webhooks.subscription import subscription
from sinks.webhooks.topic import Topics
from tests.kafka_broker.broker import Broker
from tower import clock

pytest_plugins = ["tests.kafka_broker.fixtures"]
pytestmark = [pytest.mark.full, pytest.mark.xdist_group("kafka")]
SAID = {"subscription": "bus", "topic": "tower.alerts"}


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Outbox]:
    opened = Outbox(tmp_path / "east.sqlite")
    opened.subscribe("bus", SAID)
    for number in range(5):
        body = orjson.dumps({"specversion": "1.0", "id": f"msg_{number}", "subject": f"#{number % 2}"})
        opened.tell(Alert(f"msg_{number}", "bus", "t", body), number, (1.0, 1, 0))
    yield opened
    opened.close()


def turn(box: Outbox, bootstrap: str) -> None:
    Courier(box, Path(), lambda *_: Tried(), Topics(bootstrap), clock.wall_ms).turn("bus", subscription(SAID))


def read(bootstrap: str, count: int) -> list[Message]:
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "t", "auto.offset.reset": "earliest"})
    consumer.subscribe(["tower.alerts"])
    found: list[Message] = []
    until = clock.steady_s() + 60
    while len(found) < count and clock.steady_s() < until:
        found += [m for m in consumer.consume(count, 1.0) if not m.error()]
    consumer.close()
    return found


def test_alerts_are_cloudevents_on_their_topic(box: Outbox, kafka: Broker) -> None:
    turn(box, kafka.bootstrap)
    found = read(kafka.bootstrap, 5)
    assert sorted(orjson.loads(m.value() or b"")["id"] for m in found) == [f"msg_{n}" for n in range(5)]
    assert {m.key() for m in found} == {b"#0", b"#1"}
    assert {dict(m.headers() or [])["content-type"] for m in found} == {b"application/cloudevents+json"}
    assert box.counts() == {"bus": {"delivered": 5}}


def test_without_an_answer_an_alert_waits(box: Outbox) -> None:
    turn(box, "127.0.0.1:9")
    assert box.counts() == {"bus": {"waiting": 5}}
    assert box.log()[0]["why"]
