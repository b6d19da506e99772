"""Topics that logs can live in: made, checked and trimmed."""

from collections.abc import Iterable
from concurrent.futures import Future
from typing import Any, Final

from confluent_kafka import KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._config import ConfigResource
from confluent_kafka.admin._metadata import ClusterMetadata
from confluent_kafka.cimpl import NewTopic

from tower.errors import LogError
from tower.logs.kafka_client import BOTH, CONNECT_S, MESSAGE_BYTES, At, away
from tower.logs.kafka_security import security

KEPT: Final = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
"""A log is trimmed by its writer alone: retention would take the newest entry too, and with it the next number."""
SETTINGS: Final = KEPT | {"max.message.bytes": str(MESSAGE_BYTES), "unclean.leader.election.enable": "false"}
COPIES: Final = 3
SYNCED: Final = {"flush.messages": "1"}
"""Fewer nodes than COPIES: each append is on the disk before it is acknowledged, which Kafka does not do by itself."""
COPIED: Final = {"min.insync.replicas": "2"}
"""COPIES nodes: each append is on two of them."""
FRAME_BYTES: Final = 512
"""More than what a message has around its data."""


def create_topics(bootstrap: str, names: Iterable[str], partitions: int) -> None:
    """Make topics for logs, one log a partition, that survive a power cut; those that exist stay as they are."""
    admin = _admin(bootstrap)
    copies = min(COPIES, len(_connected(admin, bootstrap).brokers))
    settings = SETTINGS | (COPIED if copies == COPIES else SYNCED)
    wanted = [NewTopic(name, partitions, copies, config=settings) for name in names]
    for name, made in admin.create_topics(wanted, operation_timeout=CONNECT_S).items():
        _answer(f"create topic {name!r} at {bootstrap}", made, KafkaError.TOPIC_ALREADY_EXISTS)


def _connected(admin: AdminClient, bootstrap: str) -> ClusterMetadata:
    """What the server says of itself. A client that is asked before it is connected may stall for 3 s."""
    try:
        return admin.list_topics(timeout=CONNECT_S)
    except KafkaException as cause:
        raise away(bootstrap, cause) from cause


def entry_bytes(bootstrap: str, topic: str) -> int:
    """The largest entry that a topic takes; raises LogError if it would lose entries, by itself or in a power cut."""
    resource = ConfigResource(ConfigResource.Type.TOPIC, topic)
    admin = _admin(bootstrap)
    _connected(admin, bootstrap)
    asked = admin.describe_configs([resource])[resource]
    settings = {name: entry.value for name, entry in _answer(f"read the settings of topic {topic!r}", asked).items()}
    for name, value in KEPT.items():
        if settings[name] != value:
            raise LogError(f"topic {topic!r} has {name}={settings[name]}: a log needs {value}", f"set {name}={value}")
    if settings.get("flush.messages") != "1" and int(settings["min.insync.replicas"]) < 2:
        what = f"topic {topic!r} acknowledges what a power cut would take"
        raise LogError(what, "set min.insync.replicas=2 if it has three replicas, else flush.messages=1")
    return min(int(settings["max.message.bytes"]), MESSAGE_BYTES) - FRAME_BYTES


def delete_before(bootstrap: str, at: At, offset: int) -> None:
    """Forget the messages of a partition that lie before `offset`."""
    admin, where = _admin(bootstrap), TopicPartition(*at, offset)
    _connected(admin, bootstrap)
    _answer(f"trim {at[0]}/{at[1]}", admin.delete_records([where])[where])


def _admin(bootstrap: str) -> AdminClient:
    """To be held until it has answered: what it was asked dies with it."""
    where = {**security(), "bootstrap.servers": bootstrap}
    return AdminClient({**BOTH, **where, "socket.timeout.ms": int(CONNECT_S * 1000)})


def _answer(what: str, asked: Future[Any], fine: int = KafkaError.NO_ERROR) -> Any:
    try:
        return asked.result(CONNECT_S + 1)
    except KafkaException as cause:
        if cause.args[0].code() == fine:
            return None
        raise LogError(f"{what}: {cause.args[0].str()}", "see whether the broker is up and lets you do that") from cause
