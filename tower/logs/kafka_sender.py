"""Sends the messages of one append and learns where they lie."""

from collections.abc import Sequence
from typing import Final, NoReturn

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from tower.clock import steady_s
from tower.errors import LogError
from tower.logs.kafka_client import PATIENCE_S, At, Client
from tower.logs.kafka_key import Key, pack

AGAIN: Final = "open the log again: what is last there is what counts"


class Sender:
    """One writer's way to its partition."""

    def __init__(self, client: Client, at: At) -> None:
        client.producer()  # connected before it is in a hurry
        self._client, self._at = client, at
        self._offsets: list[int] = []
        self._error: KafkaError | None = None

    def send(self, messages: Sequence[tuple[Key, bytes]]) -> int:
        """How many messages lie where they were expected: all before the first that does not.

        Returns when all are durable. Raises LogError if one may not be, or is not after PATIENCE_S; then nobody knows
        what is there.
        """
        producer, until, self._offsets = self._client.producer(), steady_s() + PATIENCE_S, []
        for key, data in messages:
            self._produce(producer, pack(key), data, until)
        while len(self._offsets) < len(messages):
            self._wait(producer, until)
        hits = (key[1] == offset for (key, _), offset in zip(messages, self._offsets, strict=True))
        return next((place for place, hit in enumerate(hits) if not hit), len(messages))

    def _produce(self, producer: Producer, key: bytes, data: bytes, until: float) -> None:
        while True:
            try:
                return producer.produce(self._at[0], data, key, self._at[1], self._delivered)
            except BufferError:  # the queue is full until some are acknowledged
                self._wait(producer, until)
            except KafkaException as cause:
                self._refuse(producer, cause.args[0].str())

    def _wait(self, producer: Producer, until: float) -> None:
        """For answers."""
        came = producer.poll(0.1)
        if self._error:
            self._refuse(producer, self._error.str())
        if not came and steady_s() > until:
            self._refuse(producer, f"not acknowledged within {PATIENCE_S:.0f} s")

    def _delivered(self, error: KafkaError | None, message: Message) -> None:
        offset = message.offset()
        if error or offset is None or offset < 0:  # acknowledged again after a lost answer: its place is not told
            self._error = self._error or error or KafkaError(KafkaError._FAIL, "acknowledged without a place")  # noqa: SLF001
        else:
            self._offsets.append(offset)

    def _refuse(self, producer: Producer, why: str) -> NoReturn:
        self._client.drop(producer)
        raise LogError(f"append to {self._at[0]}/{self._at[1]}: {why}", AGAIN)
