"""Topic: alerts on Kafka as CloudEvents, structured, keyed by what they are about. Acknowledged by all, or not sent."""

from typing import Any, Final

import orjson

from sinks.webhooks.outbox import Message
from sinks.webhooks.post import Tried
from tower.logs.kafka_security import security

ANSWER_S: Final = 10.0
STRUCTURED: Final = b"application/cloudevents+json"


class Topics:
    """Publishes at a broker; connects when it is first asked."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._producer: Any = None
        self._made: set[str] = set()

    def __call__(self, topic: str, message: Message) -> Tried:
        """Send one message and wait until it is acknowledged."""
        if not self._bootstrap:
            return Tried(why="no Kafka is set: kafka_in or logs name one")
        from confluent_kafka import KafkaException

        said: list[str] = []
        key = orjson.loads(message.body)["subject"].encode()
        try:
            self._make(topic)
            self._opened().produce(topic, message.body, key, headers=[("content-type", STRUCTURED)],
                                   on_delivery=lambda error, _: said.append(error.str() if error else ""))  # fmt: skip
            self._producer.flush(ANSWER_S)
        except (KafkaException, BufferError, TimeoutError) as cause:
            return Tried(why=(str(cause) or "no answer")[:200])
        if said == [""]:
            return Tried(status=200)
        return Tried(why=(said or ["not acknowledged"])[0][:200])

    def _make(self, topic: str) -> None:
        """Make the topic where there is none; the broker's own words decide partitions and copies."""
        from confluent_kafka import KafkaError, KafkaException
        from confluent_kafka.admin import AdminClient
        from confluent_kafka.cimpl import NewTopic

        if topic in self._made:
            return
        admin = AdminClient({**security(), "bootstrap.servers": self._bootstrap, "log_level": 0})
        asked = admin.create_topics([NewTopic(topic, -1, -1)], operation_timeout=ANSWER_S, request_timeout=ANSWER_S)
        try:
            asked[topic].result(ANSWER_S)
        except KafkaException as cause:
            if cause.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise
        self._made.add(topic)

    def _opened(self) -> Any:
        if self._producer is None:
            from confluent_kafka import Producer

            self._producer = Producer({**security(), "bootstrap.servers": self._bootstrap, "acks": "all",
                                       "enable.idempotence": True, "delivery.timeout.ms": 8000,
                                       "log_level": 2})  # fmt: skip
        return self._producer
