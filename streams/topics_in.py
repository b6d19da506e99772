"""Topics in: what stands in the topics `tower.in.<family>`, read by one consumer for all partitions of a process."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from confluent_kafka import (
    OFFSET_BEGINNING,
    TIMESTAMP_NOT_AVAILABLE,
    Consumer,
    KafkaError,
    KafkaException,
    TopicPartition,
)
from confluent_kafka import Message as Raw

from tower import clock
from tower.errors import LogError, Lost, Trimmed
from tower.logs.kafka_client import CONNECT_S, FINAL, READ, away, patiently
from tower.logs.kafka_security import security

PREFIX: Final = "tower.in."
FAMILIES: Final = ("carrier", "dock", "order", "weather", "stock", "labour", "supply", "reference", "people")
AT_ONCE: Final = 2000
DISCOVER_S: Final = 5.0
QUEUE_KBYTES: Final = 32 << 10
"""How much is fetched ahead, over all partitions."""
ACCEPT: Final = "bring the topic back, or set TOWER_KAFKA_GAP=accept: then what is lost is lost, and reading goes on"
At = tuple[str, int]
Place = Callable[[str, int], int]
"""Which offset of a topic's partition comes next; 0: nothing of it was taken in yet."""


class Message(NamedTuple):
    """A message and its place. `stamp` is Kafka's timestamp, ms; 0 if there is none."""

    topic: str
    partition: int
    offset: int
    stamp: int
    headers: Sequence[tuple[str, bytes | str | None]]
    data: bytes


class TopicsIn:
    """The partitions of all input topics, each from where `place` says; those made later are found by and by.

    Raises Trimmed if what comes next is gone, Lost if the partition ends before it (it was emptied), unless `accepted`
    is told of each gap: then it goes on with what is there.
    """

    def __init__(
        self,
        bootstrap: str,
        place: Place,
        accepted: Callable[[At, int], None] | None = None,
        consumer: Callable[[dict[str, Any]], Any] = Consumer,
    ) -> None:
        self.bootstrap, self._place, self._accepted = bootstrap, place, accepted
        said = {**READ, **security(), "bootstrap.servers": bootstrap, "queued.max.messages.kbytes": QUEUE_KBYTES}
        self._consumer = consumer(said)
        self.next: dict[At, int] = {}
        self._looked = -DISCOVER_S
        self._discover(self._topics())

    def read(self, wait_s: float, count: int = AT_ONCE) -> list[Message]:
        """The next messages, those of a partition in their order; waits for the first one up to `wait_s`."""
        self._look()
        first = self._consumer.poll(wait_s)  # consume(n, wait) would wait for all of n
        found = [] if first is None else [first, *self._consumer.consume(count - 1, 0)]
        return [self._taken(raw) for raw in found if self._is_message(raw)]

    def pause(self) -> None:
        """Fetch nothing until `resume`."""
        self._consumer.pause([TopicPartition(*at) for at in self.next])

    def resume(self) -> None:
        """Fetch again."""
        self._consumer.resume([TopicPartition(*at) for at in self.next])

    def close(self) -> None:
        """Free the connection."""
        self._consumer.close()

    def _look(self) -> None:
        """Take in the partitions that were made since; while the broker is away there are none."""
        if clock.steady_s() - self._looked < DISCOVER_S:
            return
        try:
            self._discover(self._topics())
        except LogError:
            self._looked = clock.steady_s()

    def _topics(self) -> Any:
        try:
            return self._consumer.list_topics(timeout=CONNECT_S).topics
        except KafkaException as cause:
            raise away(self.bootstrap, cause) from cause

    def _discover(self, topics: Any) -> None:
        self._looked = clock.steady_s()
        for at in partitions_in(topics):
            if at not in self.next:
                self._go(at, self._place(*at))

    def _go(self, at: At, offset: int) -> None:
        self.next[at] = offset
        self._consumer.incremental_assign([TopicPartition(*at, offset or OFFSET_BEGINNING)])

    def _is_message(self, raw: Raw) -> bool:
        """Whether it is one; raises for an error that does not pass by itself. Librdkafka sees to the others."""
        error = raw.error()
        if error is None:
            return True
        if error.fatal() or error.code() in FINAL:
            self._refuse(raw, error)
        return False

    def _taken(self, raw: Raw) -> Message:
        topic, partition, offset = raw.topic() or "", raw.partition() or 0, raw.offset() or 0
        self.next[topic, partition] = offset + 1
        kind, stamp = raw.timestamp()
        stamp = 0 if kind == TIMESTAMP_NOT_AVAILABLE else stamp
        told = raw.headers() or ()
        headers = list(told.items() if isinstance(told, dict) else told)
        return Message(topic, partition, offset, stamp, headers, raw.value() or b"")

    def _refuse(self, raw: Raw, error: KafkaError) -> None:
        at = (raw.topic() or "", raw.partition() or 0)
        if error.code() != KafkaError._AUTO_OFFSET_RESET:  # noqa: SLF001
            where = f"{at[0]}/{at[1]}" if raw.topic() else f"Kafka at {self.bootstrap}"
            raise LogError(f"read {where}: {error.str()}", "see what happened to the topic")
        self._gap(at)

    def _gap(self, at: At) -> None:
        low, end = self._ends(at)
        lost = gap(at, self.next[at], low, end)
        if self._accepted is None:
            raise lost
        self._accepted(at, low)
        self._consumer.incremental_unassign([TopicPartition(*at)])
        self._go(at, low)

    def _ends(self, at: At) -> tuple[int, int]:
        ask = lambda: self._consumer.get_watermark_offsets(TopicPartition(*at), timeout=CONNECT_S)
        return patiently(f"ask for the ends of {at[0]}/{at[1]}", ask)


def partitions_in(topics: Any) -> Iterator[At]:
    """The partitions of input topics among those that a broker has."""
    for family in FAMILIES:
        if found := topics.get(PREFIX + family):
            yield from ((PREFIX + family, partition) for partition in sorted(found.partitions))


def gap(at: At, offset: int, low: int, end: int) -> Lost | Trimmed:
    """What it means that a partition does not have the offset that comes next."""
    if offset < low:
        what = f"{at[0]}/{at[1]}: messages {offset} to {low - 1} are gone and were never taken in"
        return Trimmed(what, low, ACCEPT)
    return Lost(f"{at[0]}/{at[1]} ends at offset {end}, before {offset}: it was emptied or cut", ACCEPT)


def family_of(topic: str) -> str:
    """The family that a topic brings.

    >>> family_of("tower.in.carrier")
    'carrier'
    """
    return topic.removeprefix(PREFIX)


def headers_of(told: Sequence[tuple[str, bytes | str | None]]) -> dict[str, str]:
    """What the sender says about a message: attributes of a CloudEvent, and its content type; nothing else counts.

    >>> headers_of([("CE_id", b"7"), ("traceparent", b"x"), ("content-type", b"application/json")])
    {'ce_id': '7', 'content-type': 'application/json'}
    """
    named = ((name.lower(), value) for name, value in told)
    return {name: _text(value) for name, value in named if name.startswith("ce_") or name == "content-type"}


def _text(value: bytes | str | None) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value or ""
