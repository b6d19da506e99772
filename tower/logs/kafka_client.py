"""The connections that all logs of a thread share: one consumer and one producer, whatever the number of partitions."""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import local
from typing import Any, Final, TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from tower.clock import sleep, steady_s
from tower.errors import LogError
from tower.logs.kafka_security import security

At = tuple[str, int]
T = TypeVar("T")

CONNECT_S: Final = 6.0
OLD_S: Final = 2.0
"""How long a connection that was good before is waited for; then another one is made."""
SPREAD_S: Final = 2.0
"""How long it may take until every node knows a new topic."""
PATIENCE_S: Final = 30.0
"""How long a call waits out a broker that is away."""
BATCH: Final = 2000
HELD_BYTES: Final = 16 << 20
"""How much of a partition is held while nobody reads it."""
MESSAGE_BYTES: Final = 16 << 20

BOTH: Final = {
    "reconnect.backoff.ms": 20,
    "reconnect.backoff.max.ms": 500,
    "retry.backoff.ms": 20,
    "retry.backoff.max.ms": 200,
    "log_level": 2,  # what matters is raised
}
WRITE: Final = BOTH | {
    "enable.idempotence": True,
    "enable.gapless.guarantee": True,  # what follows a lost message is lost with it, so no place is taken by chance;
    "delivery.timeout.ms": 0,  # the guarantee does not cover messages that time out, so none does: the sender gives up
    "acks": "all",
    "linger.ms": 0,
    "compression.type": "lz4",
    "message.max.bytes": MESSAGE_BYTES + 65_536,
}
READ: Final = BOTH | {
    "group.id": "none",
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "auto.offset.reset": "error",  # the others jump over what is gone, silently
    "fetch.wait.max.ms": 20,  # a seek waits out the fetch under way
    "fetch.queue.backoff.ms": 5,  # the default, 1000, leaves the consumer idle
    "fetch.error.backoff.ms": 20,
    "fetch.message.max.bytes": 4 << 20,
    "queued.max.messages.kbytes": 16 << 10,
}
FINAL: Final = {
    KafkaError._AUTO_OFFSET_RESET,  # said once, not as fatal, and then there is silence  # noqa: SLF001
    KafkaError._UNKNOWN_PARTITION,  # noqa: SLF001
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
}
"""Errors of a partition that do not pass by themselves."""


class Feed:
    """What came in of one partition and was not taken yet; `offset` is that of the next message to take."""

    def __init__(self) -> None:
        self.messages: deque[Message] = deque()
        self.error: KafkaError | None = None
        self.offset, self.held, self.flows = 0, 0, False

    def restart(self, offset: int) -> None:
        """Forget all and expect `offset`."""
        self.messages.clear()
        self.error = None
        self.offset, self.held, self.flows = offset, 0, True

    def put(self, message: Message) -> None:
        """Keep what has come; an error is kept if it does not pass by itself."""
        error = message.error()
        if error is None:
            self.messages.append(message)
            self.held += len(message)
        elif error.fatal() or error.code() in FINAL:
            self.error = error

    def take(self) -> Message:
        """The oldest message."""
        message = self.messages.popleft()
        self.held -= len(message)
        self.offset = (message.offset() or 0) + 1
        return message


class Client:
    """Whoever polls polls for all; the others find theirs in their feeds."""

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self.feeds: dict[At, Feed] = {}
        said = {**READ, **security(), "bootstrap.servers": bootstrap}
        self._consumer = Consumer(said)
        self._asker = Consumer(said)  # a question behind a fetch waits 25 ms, not 1
        self._producer: Producer | None = None

    def claim(self, at: At, within_s: float) -> None:
        """Take a partition, which is nobody else's until `release`; raise Away if the server does not answer within so
        many seconds, LogError if it lacks the partition.
        """
        until = steady_s() + SPREAD_S
        self._connected(self._consumer, at[0], within_s)
        while at[1] not in self._connected(self._asker, at[0], within_s)[at[0]].partitions:
            if steady_s() > until:
                what = f"Kafka at {self.bootstrap} has no partition {at[1]} of a topic {at[0]!r}"
                raise LogError(what, "make it with create_topics, or check the name")
            sleep(0.05)
        self.feeds[at] = Feed()

    def _connected(self, connection: Consumer | Producer, topic: str | None, within_s: float) -> Any:
        """Topics. One that is used before it is connected would stall for half a second.

        A connection that breaks is made anew, a question that is lost asked again, for so many seconds in all.
        """
        until = steady_s() + within_s
        while True:
            try:
                return connection.list_topics(topic, timeout=max(until - steady_s(), 0.1)).topics
            except KafkaException as cause:
                if steady_s() > until:
                    raise away(self.bootstrap, cause) from cause
            sleep(0.05)

    def release(self, at: At) -> None:
        """Give a partition back; the last one closes the connections."""
        self._halt(at)
        del self.feeds[at]
        if not self.feeds:
            self._consumer.close()
            self._asker.close()

    def turn(self, at: At, offset: int) -> None:
        """Let a feed go on at `offset`."""
        self._halt(at)
        self.feeds[at].restart(offset)
        self._consumer.incremental_assign([TopicPartition(*at, offset)])

    def _halt(self, at: At) -> None:
        if self.feeds[at].flows:
            self._consumer.incremental_unassign([TopicPartition(*at)])
            self.feeds[at].flows = False

    def poll(self, wait_s: float) -> None:
        """Take in what has come, for all feeds; wait for it up to `wait_s`."""
        first = self._consumer.poll(wait_s)  # consume(n, wait) would wait for all of n
        if first is None:
            return
        for message in (first, *self._consumer.consume(BATCH, 0)):
            feed = self.feeds.get((message.topic() or "", message.partition() or 0))
            if feed:
                feed.put(message)
        self._put_down()

    def _put_down(self) -> None:
        """Stop the feeds that nobody reads; they go on where they stopped when somebody does."""
        for at, feed in self.feeds.items():
            if feed.held > HELD_BYTES:
                self._halt(at)

    def ends(self, at: At) -> tuple[int, int]:
        """The offset of the oldest message and the one behind the newest."""
        ask = lambda: self._asker.get_watermark_offsets(TopicPartition(*at), timeout=5)
        return patiently(f"ask for the ends of {at[0]}/{at[1]}", ask)

    def producer(self) -> Producer:
        """The producer of all writers; a new one where the last has met a fatal error."""
        if self._producer is None:
            self._producer = Producer({**WRITE, **security(), "bootstrap.servers": self.bootstrap})
            self._connected(self._producer, None, CONNECT_S)
        return self._producer

    def drop(self, producer: Producer) -> None:
        """Send nothing more of what this producer holds, and have the next append get another one."""
        producer.purge()
        if self._producer is producer:
            self._producer = None


class Away(LogError):
    """A server does not answer."""


def away(bootstrap: str, cause: KafkaException) -> Away:
    """What to say of a server that is not there."""
    what = f"Kafka at {bootstrap} does not answer: {cause.args[0].str()}"
    return Away(what, "start the broker, or check the address and kafka_security")


def patiently(what: str, ask: Callable[[], T]) -> T:
    """The answer, asked for until the broker is back; LogError after PATIENCE_S."""
    until = steady_s() + PATIENCE_S
    while True:
        try:
            return ask()
        except KafkaException as cause:
            if cause.args[0].fatal() or steady_s() > until:
                raise LogError(f"{what}: {cause.args[0].str()}", "see whether the broker is up") from cause
            sleep(0.05)


_of_thread = local()


def claim(bootstrap: str, at: At) -> Client:
    """This thread's client for a server, with `at` claimed; a second reader of one partition gets a second client, and
    so does who finds that the connections of the first, which may be old, no longer answer.
    """
    clients = [client for client in getattr(_of_thread, "clients", []) if client.feeds]  # the others are closed
    client = next((some for some in clients if some.bootstrap == bootstrap and at not in some.feeds), None)
    if client:
        with suppress(Away):
            client.claim(at, OLD_S)
            return client
    client = Client(bootstrap)
    client.claim(at, CONNECT_S)
    _of_thread.clients = [*clients, client]
    return client
