"""Reads a log in one partition of a Kafka topic."""

from collections import deque
from collections.abc import Iterator
from typing import Final

from confluent_kafka import KafkaError, Message

from tower.clock import steady_s
from tower.errors import Damaged, LogError, Lost, Trimmed
from tower.logs import Entry
from tower.logs.kafka_appends import ANEW, Appends
from tower.logs.kafka_client import PATIENCE_S, At, claim
from tower.logs.kafka_key import OPENING

STRIDE: Final = 2000
"""A seek reads on rather than jump less than this: a jump costs a fetch."""
BROKER: Final = "see whether the broker is up"
NOBODY_KNOWS: Final = "all entries are gone, so nobody knows the next number"


class KafkaReader:
    """The log in `topic`/`partition`. Logs of one thread share their connections; a call waits out a broker's restart.

    Raises LogError within 10 s if the server does not answer or lacks the partition.
    """

    def __init__(self, bootstrap: str, topic: str, partition: int) -> None:
        self._at: At = (topic, partition)
        self._name = f"{topic}/{partition}"
        self._client = claim(bootstrap, self._at)
        self._closed = False
        self._feed = self._client.feeds[self._at]
        self._appends = Appends(self._name)
        self._after = -1
        self._whole: deque[Entry] = deque()
        self._end: tuple[int, Entry] = (-1, (0, b""))

    @property
    def id(self) -> str:
        """The log's own id, 32 hex digits; empty while nobody has made the log. Its writers put it into each key."""
        if not self._appends.log:
            any(self._appends.key(message) for message in self._scan(*self._client.ends(self._at)))
        return self._appends.log.hex()

    def first(self) -> int:
        """The oldest number that can be read; last + 1 if there is none."""
        for message in self._scan(*self._client.ends(self._at)):
            if whole := self._appends.add(message):
                return whole[0][0]
        return self.last()[0] + 1

    def last(self) -> Entry:
        """The newest entry, (0, b"") in a log that never had one. Raises Damaged if all were deleted."""
        low, end = self._client.ends(self._at)
        if end != self._end[0]:
            self._end = (end, self._last(low, end))
        return self._end[1]

    def _last(self, low: int, end: int) -> Entry:
        """Looks back in growing steps: behind the last entry lie at most openings and what is void."""
        stop, back = end, 2
        found: Entry = (0, b"")
        while stop > low and not found[0]:
            start = max(low, end - back)
            for message in self._scan(start, stop):
                found = self._entry(message) or found
            stop, back = start, back * 16
        if low and not found[0]:
            raise Damaged(f"{self._name}: {NOBODY_KNOWS}", "restore it, or begin anew with another topic")
        return found

    def _entry(self, message: Message) -> Entry | None:
        """The entry that ends an append."""
        key = self._appends.key(message)
        return (key[0], message.value() or b"") if key and key[0] != OPENING and not key[2] else None

    def read(self, after: int, count: int, wait_s: float = 0.0) -> list[Entry]:
        """Up to `count` entries behind number `after`; see LogReader. A read that finds none costs a round trip."""
        if after != self._after:
            self._seek(after)
        self._gather(count)
        until = steady_s() + wait_s
        while not self._whole and (left := until - steady_s()) > 0:
            self._poll(left)
            self._gather(count)
        if not self._whole and count > 0:
            self._catch_up(count)
        return self._hand_out(count)

    def ready(self) -> bool:
        """Whether a read behind the same number would find something at once; costs no round trip."""
        if not self._whole and not self._feed.messages and not self._feed.error:
            self._poll(0)
        return bool(self._whole or self._feed.messages or self._feed.error)

    def close(self) -> None:
        """Free what is held. Twice is fine."""
        if not self._closed:
            self._closed = True
            self._client.release(self._at)

    def _seek(self, after: int) -> None:
        """Go to entry after + 1, in steps that are never too far: its offset is at least its number, and so on from
        any entry before it, for entries that run on may only have other messages between them.
        """
        if after and after > self.last()[0]:
            raise Lost(f"{self._name} ends at {self._end[1][0]}, before {after}: it was emptied or cut", ANEW)
        low, end = self._client.ends(self._at)
        self._turn(min(max(low, after), end))
        while self._feed.offset < end and (step := self._step(after)):
            if step > STRIDE:
                self._turn(min(self._feed.offset + step, end))
            else:
                self._feed.take()
        self._after = after

    def _step(self, after: int) -> int:
        """How far entry after + 1 lies ahead at least; 0 if the next message may be it or a later one."""
        key = self._appends.key(self._head())
        return max(0, after + 1 - key[0]) if key and key[0] != OPENING else 1

    def _turn(self, offset: int) -> None:
        """Let all that follows begin at `offset`."""
        self._after = -1
        self._whole.clear()
        self._appends.restart()
        self._client.turn(self._at, offset)

    def _scan(self, start: int, stop: int) -> Iterator[Message]:
        """The messages from `start` to before `stop`."""
        self._turn(start)
        while self._feed.offset < stop:
            self._head()
            yield self._feed.take()

    def _head(self) -> Message:
        """The next message, which is known to be there."""
        until = steady_s() + PATIENCE_S
        while not self._feed.messages:
            self._poll(0.1)
            if steady_s() > until:
                raise LogError(f"read {self._name}: nothing came for {PATIENCE_S:.0f} s", BROKER)
        return self._feed.messages[0]

    def _poll(self, wait_s: float) -> None:
        if self._feed.error:
            self._refuse(self._feed.error)
        if not self._feed.flows:
            self._client.turn(self._at, self._feed.offset)
        self._client.poll(wait_s)

    def _refuse(self, error: KafkaError) -> None:
        """Raise what an error means; the next read seeks anew."""
        offset, self._after = self._feed.offset, -1
        low, end = self._client.ends(self._at)
        if error.code() != KafkaError._AUTO_OFFSET_RESET:  # noqa: SLF001
            raise LogError(f"read {self._name}: {error.str()}", "see what happened to the topic")
        if offset < low:
            self._trimmed(self.first())
        raise Lost(f"{self._name} ends at offset {end}, before {offset}: it was emptied or cut", ANEW)

    def _trimmed(self, first: int) -> None:
        after, self._after = self._after, -1
        what = f"{self._name}: the oldest entry left is {first}" + (f", {after + 1} is gone" if after >= 0 else "")
        raise Trimmed(what, first, "start from a newer state, or from an archive")

    def _gather(self, count: int) -> None:
        """Take whole appends out of the feed until there are `count` entries, or no more."""
        if not self._feed.messages and not self._whole:
            self._poll(0)
        feed, whole = self._feed, self._whole
        while feed.messages and len(whole) < count:
            entries = self._appends.add(feed.take())
            if entries and entries[-1][0] > self._after:
                whole.extend(entries)

    def _catch_up(self, count: int) -> None:
        """See that what is there is not missed because it is still on its way."""
        _, end = self._client.ends(self._at)
        while not self._whole and self._feed.offset < end:
            self._head()
            self._gather(count)

    def _hand_out(self, count: int) -> list[Entry]:
        whole, after = self._whole, self._after
        while whole and whole[0][0] <= after:
            whole.popleft()
        if whole and whole[0][0] != after + 1:
            self._trimmed(whole[0][0])
        entries = [whole.popleft() for _ in range(min(count, len(whole)))]
        self._after = after + len(entries)
        return entries
