"""Sends the messages of one append and learns where they lie."""

from collections.abc import Sequence

from confluent_kafka import KafkaError, KafkaException, Message

from tower.errors import LogError
from tower.logs.kafka_client import At, Client
from tower.logs.kafka_key import Key, pack

AGAIN = "open the log again: what is last there is what counts"


class Sender:
    """One writer's way to its partition."""

    def __init__(self, client: Client, at: At) -> None:
        self._client, self._at = client, at
        self._producer = client.producer()
        self._offsets: list[int] = []
        self._error: KafkaError | None = None

    def send(self, messages: Sequence[tuple[Key, bytes]]) -> int:
        """How many messages lie where they were expected: all before the first that does not.

        Returns when all are durable. Raises LogError if one may not be; then nobody knows what is there.
        """
        self._offsets = []
        for key, data in messages:
            self._produce(pack(key), data)
        while len(self._offsets) < len(messages) and not self._error:
            self._producer.poll(0.1)
        if self._error:
            self._refuse(self._error)
        hits = (key[1] == offset for (key, _), offset in zip(messages, self._offsets, strict=True))
        return next((place for place, hit in enumerate(hits) if not hit), len(messages))

    def _produce(self, key: bytes, data: bytes) -> None:
        while not self._error:
            try:
                return self._producer.produce(self._at[0], data, key, self._at[1], self._delivered)
            except BufferError:  # the queue is full until some are acknowledged
                self._producer.poll(0.1)
            except KafkaException as cause:
                self._refuse(cause.args[0])
        return None

    def _delivered(self, error: KafkaError | None, message: Message) -> None:
        offset = message.offset()
        if error or offset is None or offset < 0:  # acknowledged again after a lost answer: its place is not told
            self._error = self._error or error or KafkaError(KafkaError._FAIL, "acknowledged without a place")  # noqa: SLF001
        else:
            self._offsets.append(offset)

    def _refuse(self, error: KafkaError) -> None:
        self._client.drop(self._producer)
        raise LogError(f"append to {self._at[0]}/{self._at[1]}: {error.str()}", AGAIN)
