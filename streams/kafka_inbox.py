"""Kafka inbox: the inbox of one topic of one network. Its newest message says how far each partition is taken in.

    kafka-at     where the message stood, `3:1207`
    kafka-taken  on the last message of an append: which offset of each partition comes next, as JSON
    kafka-whole  the same for what every network has by then, so that nobody reads from further back

An append is kept whole or not at all, through a crash too: so what is in and what is said to be in cannot differ.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import orjson

from streams.adapters import SHARED, columns
from streams.inbox import InboxWriter, stamps_of
from streams.topics_in import Message, family_of, headers_of
from tower import clock
from tower.envelope import Envelope

AT, TAKEN, WHOLE = "kafka-at", "kafka-taken", "kafka-whole"
APPEND_BYTES: Final = 8 << 20
KEPT_BYTES: Final = 15 << 20
"""More than a message may have, less than an entry of a log on Kafka: a longer one is kept so far, and rejected."""
Offsets = dict[int, int]


class KafkaInbox:
    """Takes in messages of one topic, each once. Raises Refused if another process does so."""

    def __init__(self, root: str, network: str, topic: str) -> None:
        self.source = source_of(topic)
        self.door = InboxWriter(root, network, self.source)
        self._stamps = stamps_of(root, network)
        newest = self.door.newest()
        said = newest.headers if newest else {}
        self.taken, self.whole = offsets_in(said, TAKEN), offsets_in(said, WHOLE)

    def keep(self, messages: Sequence[tuple[Message, Envelope]], whole: Offsets) -> None:
        """Keep those that are not in yet. Raises Busy: then call again with the same."""
        fresh = [(m, envelope) for m, envelope in messages if m.offset >= self.taken.get(m.partition, 0)]
        for some in bounded(fresh):
            self._append(some, whole)

    def _append(self, some: Sequence[tuple[Message, Envelope]], whole: Offsets) -> None:
        taken = {**self.taken, **{m.partition: m.offset + 1 for m, _ in some}}
        kept = [replace(envelope, source=self.source, received=self._received(m)) for m, envelope in some]
        said = {**kept[-1].headers, TAKEN: written(taken), WHOLE: written(whole)}
        self.door.put(*kept[:-1], replace(kept[-1], headers=said))
        self.taken = taken

    def _received(self, message: Message) -> int:
        """When Kafka had it: what waits there while nobody reads is not late. Never a moment that is still to come."""
        now = self._stamps()
        return min(message.stamp, now) if message.stamp >= clock.OLDEST else now

    def forget(self, partition: int, low: int) -> None:
        """Go on at that offset: what was to come next is lost."""
        self.taken[partition] = low

    def close(self) -> None:
        """Let another process take in."""
        self.door.close()


def source_of(topic: str) -> str:
    """The source that an event of a topic counts for unless it names one itself.

    >>> source_of("tower.in.carrier")
    'kafka-carrier'
    """
    return f"kafka-{family_of(topic)}"


def envelope_of(message: Message, among: Sequence[str] = ()) -> Envelope:
    """The message as it came, not yet stamped; `among` are the networks of a tower where it speaks of several."""
    headers = headers_of(message.headers)
    kind = headers.pop("content-type", "")
    if columns.MEDIA_TYPE in kind.lower():
        kind = ""  # only our own programs speak so
    headers |= {SHARED: ",".join(among)} if among else {}
    headers[AT] = f"{message.partition}:{message.offset}"
    return Envelope("", 0, kind, message.data[:KEPT_BYTES], headers)


def bounded(messages: Sequence[tuple[Message, Envelope]]) -> Iterator[list[tuple[Message, Envelope]]]:
    """The messages in stretches of some megabytes, or of one."""
    some: list[tuple[Message, Envelope]] = []
    size = 0
    for message, envelope in messages:
        size += len(envelope.data)
        if some and size > APPEND_BYTES:
            yield some
            some, size = [], len(envelope.data)
        some.append((message, envelope))
    if some:
        yield some


def written(offsets: Offsets) -> str:
    """Offsets as a header's value."""
    return orjson.dumps({str(partition): offset for partition, offset in sorted(offsets.items())}).decode()


def offsets_in(headers: Mapping[str, str], name: str) -> Offsets:
    """The offsets that a header tells; {} where it is not."""
    said = headers.get(name)
    return {int(partition): offset for partition, offset in orjson.loads(said).items()} if said else {}
