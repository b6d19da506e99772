"""A Kafka in memory as one consumer sees it: partitions with messages, some of which may be gone."""

from collections import defaultdict
from types import SimpleNamespace
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, KafkaError, TopicPartition

At = tuple[str, int]


class Told:
    """A message, or an error of a partition."""

    def __init__(self, at: At, offset: int, value: bytes, headers: object = None, error: object = None) -> None:
        self.at, self._offset, self._value, self._headers, self._error = at, offset, value, headers, error
        self.stamp = (1, 1_772_431_200_000 + offset)

    def topic(self) -> str:
        return self.at[0]

    def partition(self) -> int:
        return self.at[1]

    def offset(self) -> int:
        return self._offset

    def value(self) -> bytes:
        return self._value

    def headers(self) -> object:
        return self._headers

    def timestamp(self) -> tuple[int, int]:
        return self.stamp

    def error(self) -> object:
        return self._error


GONE = KafkaError._AUTO_OFFSET_RESET
"""What librdkafka says, once and not as fatal, of an offset that is not there."""


class SmallKafka:
    """Partitions by (topic, number); `low` is the first offset that is left of each."""

    def __init__(self) -> None:
        self.held: dict[At, list[Told]] = {}
        self.low: dict[At, int] = defaultdict(int)

    def make(self, topic: str, partitions: int = 1) -> None:
        self.held |= {(topic, number): [] for number in range(partitions)}

    def put(self, topic: str, value: bytes, partition: int = 0, headers: object = None) -> None:
        messages = self.held[topic, partition]
        messages.append(Told((topic, partition), len(messages), value, headers))

    def consumer(self, said: dict[str, Any]) -> "SmallConsumer":
        assert said["auto.offset.reset"] == "error"
        return SmallConsumer(self)


class SmallConsumer:
    """Reads the partitions that it is assigned, one after the other."""

    def __init__(self, kafka: SmallKafka) -> None:
        self.kafka, self.at, self.is_paused = kafka, dict[At, int](), False
        self.pauses = 0

    def list_topics(self, timeout: float) -> Any:
        topics: dict[str, Any] = defaultdict(lambda: SimpleNamespace(partitions={}))
        for topic, number in self.kafka.held:
            topics[topic].partitions[number] = None
        return SimpleNamespace(topics=dict(topics))

    def incremental_assign(self, parts: list[TopicPartition]) -> None:
        for part in parts:
            at = (part.topic, part.partition)
            self.at[at] = self.kafka.low[at] if part.offset == OFFSET_BEGINNING else part.offset

    def incremental_unassign(self, parts: list[TopicPartition]) -> None:
        for part in parts:
            self.at.pop((part.topic, part.partition), None)

    def poll(self, wait_s: float) -> Told | None:
        return next(iter(self.consume(1, wait_s)), None)

    def consume(self, count: int, wait_s: float) -> list[Told]:
        found: list[Told] = []
        for at, offset in list(self.at.items()):
            if self.is_paused or len(found) >= count:
                break
            if offset < self.kafka.low[at] or offset > len(self.kafka.held[at]):
                del self.at[at]
                return [*found, Told(at, -1, b"", error=KafkaError(GONE))]
            some = self.kafka.held[at][offset : offset + count - len(found)]
            self.at[at] += len(some)
            found += some
        return found

    def pause(self, parts: list[TopicPartition]) -> None:
        self.is_paused, self.pauses = True, self.pauses + 1

    def resume(self, parts: list[TopicPartition]) -> None:
        self.is_paused = False

    def get_watermark_offsets(self, part: TopicPartition, timeout: float) -> tuple[int, int]:
        at = (part.topic, part.partition)
        return self.kafka.low[at], len(self.kafka.held[at])

    def close(self) -> None:
        self.at.clear()
