import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._config import ConfigResource
from confluent_kafka.cimpl import NewTopic

from tests.kafka_broker.broker import Broker, free_port
from tests.kafka_broker.topic import Topic
from tower.errors import LogError
from tower.logs import kafka_topics
from tower.logs.kafka import KafkaWriter, create_topics

pytest_plugins = ["tests.kafka_broker.fixtures"]
pytestmark = [pytest.mark.xdist_group("kafka"), pytest.mark.timeout(120, func_only=True)]


@pytest.mark.parametrize(
    ("name", "settings", "why"),
    [
        ("a.day", {"retention.ms": "86400000"}, r"'a\.day' has retention\.ms=86400000: a log needs -1"),
        ("merged", {"cleanup.policy": "compact"}, r"'merged' has cleanup\.policy=compact: a log needs delete"),
        ("in.memory", {"retention.ms": "-1"}, r"'in\.memory' acknowledges what a power cut would take"),
    ],
)
def test_a_topic_that_would_lose_entries_is_refused(
    kafka: Broker, name: str, settings: dict[str, str], why: str
) -> None:
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    admin.create_topics([NewTopic(name, 1, config=settings)])[name].result()
    with pytest.raises(LogError, match=why) as refused:
        KafkaWriter(kafka.bootstrap, name, 0)
    assert "set " in refused.value.try_


def test_topics_for_logs_survive_a_power_cut_of_their_one_node(topic: Topic) -> None:
    admin, resource = AdminClient({"bootstrap.servers": topic.bootstrap}), ConfigResource("topic", topic.name)
    settings = admin.describe_configs([resource])[resource].result()
    assert settings["flush.messages"].value == "1"
    assert settings["max.message.bytes"].value == str(16 << 20)


def test_topics_that_exist_are_left_alone(topic: Topic) -> None:
    topic.writer().append(1, [b"1"])
    create_topics(topic.bootstrap, [topic.name, topic.name + ".new"], 4)
    assert topic.reader().last() == (1, b"1")


def test_topics_cannot_be_made_at_a_missing_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_topics, "CONNECT_S", 0.5)
    with pytest.raises(LogError, match=r"Kafka at 127\.0\.0\.1:\d+ does not answer") as away:
        create_topics(f"127.0.0.1:{free_port()}", ["t"], 1)
    assert away.value.try_
