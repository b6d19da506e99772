"""Writes a log in one partition of a Kafka topic."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Final
from uuid import uuid4

from tower.errors import Fenced, LogError, Refused
from tower.logs.kafka_key import OPENING
from tower.logs.kafka_reader import KafkaReader
from tower.logs.kafka_sender import AGAIN, Sender
from tower.logs.kafka_topics import delete_before, entry_bytes

TRIES: Final = 10


class KafkaWriter(KafkaReader):
    """The writer of the log in `topic`/`partition`; it opens by fencing the one before it."""

    def __init__(self, bootstrap: str, topic: str, partition: int) -> None:
        self._over: LogError | None = None
        super().__init__(bootstrap, topic, partition)
        with ExitStack() as opening:
            opening.callback(self.close)
            self._most = entry_bytes(bootstrap, topic)
            self._sender = Sender(self._client, self._at)
            self._next, self._offset = self._open()
            opening.pop_all()

    def _open(self) -> tuple[int, int]:
        """Put an opening at the end, so that whatever older writers have under way misses its place; then look back.

        An opening that misses its place takes that of a busy writer, which has to look while we try again.
        """
        for _ in range(TRIES):
            _, offset = self._client.ends(self._at)  # before the id is asked for: nobody makes the log in between
            log = bytes.fromhex(self.id) or uuid4().bytes
            if self._sender.send([((OPENING, offset, 0, log), b"")]):
                self._appends.log = log
                return self.last()[0] + 1, offset + 1
        raise Refused(f"open {self._name}: others opened it meanwhile, {TRIES} times", "stop its other writers")

    def append(self, first: int, entries: Sequence[bytes]) -> None:
        """Add entries as numbers first, first + 1, ...; all are durable when it returns. See LogWriter.

        Raises LogError for an entry that the topic would not take, before any is sent. After any other LogError the
        writer is of no more use, and the entries are in the log or not: open another and see.
        """
        self._check(first, entries)
        for _ in range(TRIES):
            if self._sent(first, entries):
                self._next += len(entries)
                self._offset += len(entries)
                return
            self._look_again()
        self._stop(LogError(f"append to {self._name}: somebody else keeps writing to the topic", "find out who does"))

    def _check(self, first: int, entries: Sequence[bytes]) -> None:
        if self._over:
            raise self._over
        if first != self._next:
            raise Fenced(f"{self._name}: the next number is {self._next}, not {first}", AGAIN)
        largest = max(map(len, entries), default=0)
        if largest > self._most:
            what = f"an entry of {largest:,} bytes: topic {self._at[0]!r} takes up to {self._most:,}"
            raise LogError(what, "make records smaller, or set the topic's max.message.bytes higher")

    def _sent(self, first: int, entries: Sequence[bytes]) -> bool:
        """Whether all lie where expected; if not, `_offset` is now the place that the first of the others missed."""
        count, at, log = len(entries), self._offset, self._appends.log
        messages = [((first + i, at + i, count - 1 - i, log), entry) for i, entry in enumerate(map(bytes, entries))]
        self._over = LogError(f"an append to {self._name} was interrupted", AGAIN)  # its answers may still come
        hits = self._sender.send(messages)
        self._over, self._missed = None, at + hits
        return hits == count

    def _look_again(self) -> None:
        """Go on behind what took our place if that is void, as a fenced writer's last words are; else we are fenced."""
        _, end = self._client.ends(self._at)
        if any(self._appends.key(message) for message in self._scan(self._missed, end)):
            self._stop(Fenced(f"{self._name}: another writer has opened it", AGAIN))
        self._offset = end

    def _stop(self, error: LogError) -> None:
        self._over = error
        raise error

    def close(self) -> None:
        """Free what is held. Twice is fine."""
        self._over = self._over or LogError(f"the writer of {self._name} is closed", AGAIN)
        super().close()

    def trim(self, upto: int) -> None:
        """Forget entries up to number `upto`, or nearly; never the newest entry."""
        upto = min(upto, self.last()[0] - 1)
        if upto >= self.first():
            self._seek(upto)
            delete_before(self._client.bootstrap, self._at, self._feed.offset)
            self._after = -1
