"""A topic of a test's own."""

from contextlib import ExitStack
from itertools import count
from time import monotonic, sleep
from typing import Any

from confluent_kafka.admin import AdminClient

from tests.kafka_broker.broker import Broker
from tower.logs.kafka import KafkaReader, KafkaWriter, create_topics

PARTITIONS = 4
GONE_S = 10.0
numbers = count(1)


class Topic:
    """A new topic and what was opened in it."""

    def __init__(self, broker: Broker, opened: ExitStack) -> None:
        self.broker, self.name, self.bootstrap = broker, f"log.{next(numbers)}", broker.bootstrap
        self._opened = opened
        create_topics(broker.bootstrap, [self.name], PARTITIONS)

    def reader(self, partition: int = 0) -> KafkaReader:
        """One more reader."""
        return self._keep(KafkaReader(self.bootstrap, self.name, partition))

    def writer(self, partition: int = 0) -> KafkaWriter:
        """One more writer."""
        return self._keep(KafkaWriter(self.bootstrap, self.name, partition))

    def remake(self) -> None:
        """Delete the topic and make it anew."""
        admin = AdminClient({"bootstrap.servers": self.bootstrap})
        admin.delete_topics([self.name])[self.name].result()
        until = monotonic() + GONE_S
        while self.name in admin.list_topics().topics and monotonic() < until:
            sleep(0.05)
        create_topics(self.bootstrap, [self.name], PARTITIONS)

    def _keep(self, log: Any) -> Any:
        self._opened.callback(log.close)
        return log
