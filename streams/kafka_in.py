"""The kafka_in flow: topics `tower.in.<family>` -> inboxes. A message is kept first, as it came, and checked after.

A batch is put into the inboxes of all networks it speaks of before the next one is read, and each inbox says how far
it is: so a process that dies anywhere goes on there, and nothing is lost or twice.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Final

from bytewax import operators as op
from bytewax.dataflow import Dataflow
from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition
from bytewax.outputs import FixedPartitionedSink, StatefulSinkPartition

from streams import adapters, names
from streams.beat import HERE
from streams.ending import ASKED
from streams.kafka_inbox import KafkaInbox, envelope_of, source_of
from streams.topics_in import FAMILIES, PREFIX, At, Message, Place, TopicsIn
from tower import clock, settings
from tower.envelope import Envelope
from tower.errors import Busy, SettingError

LOGGER: Final = logging.getLogger(__name__)
WAIT_S: Final = 0.1
BUSY_S: Final = 0.2
ALL: Final = "all"
Batch = list[Message]
Topics = Callable[[Place, Callable[[At, int], None]], TopicsIn]
"""Opens the input topics: given where each partition goes on, and whom to tell of a gap."""


class Bridge:
    """From the topics of one Kafka into the inboxes of these networks; the first one has what names none."""

    def __init__(self, root: str, networks: Sequence[str], topics: Topics) -> None:
        self.root, self.networks = root, list(networks)
        self.inboxes: dict[tuple[str, str], KafkaInbox] = {}
        for network in networks:
            there = names.sources(root, network)
            for topic in (PREFIX + family for family in FAMILIES):
                if source_of(topic) in there:
                    self._inbox(network, topic)
        self.topics = topics(self.place, self.gap)
        self.is_full = False

    def place(self, topic: str, partition: int) -> int:
        """Behind what every network has: a network that is seldom spoken of need not be read for from far back."""
        found = [inbox for (_, of), inbox in self.inboxes.items() if of == topic]
        whole = max((inbox.whole.get(partition, 0) for inbox in found), default=0)
        taken = [inbox.taken.get(partition, 0) for inbox in found]
        return max(whole, min(taken) if len(taken) == len(self.networks) else 0)

    def gap(self, at: At, low: int) -> None:
        """Somebody accepts that what was to come next is gone."""
        LOGGER.warning("%s/%s: a gap is accepted, going on at offset %s", *at, low)
        for (_, topic), inbox in self.inboxes.items():
            if topic == at[0]:
                inbox.forget(at[1], low)

    def take(self) -> Batch:
        """The next messages, if the last ones are kept."""
        return [] if self.is_full else self.topics.read(WAIT_S)

    def keep(self, batch: Batch, pause: Callable[[float], None] = clock.sleep) -> None:
        """Keep a batch, and fetch nothing while an inbox takes nothing."""
        busy = self._kept(batch)
        if busy:
            LOGGER.warning("waiting: %s", busy.what)
            self.topics.pause()
            while self._kept(batch):
                pause(BUSY_S)
            self.topics.resume()

    def close(self) -> None:
        """Let another process take in."""
        self.topics.close()
        for inbox in self.inboxes.values():
            inbox.close()

    def _kept(self, batch: Batch) -> Busy | None:
        """None once all are in; what was kept of them is not kept again."""
        try:
            for topic in dict.fromkeys(message.topic for message in batch):
                self._keep_topic(topic, [message for message in batch if message.topic == topic])
        except Busy as busy:
            return busy
        return None

    def _keep_topic(self, topic: str, messages: Batch) -> None:
        whole = self._before(topic, messages)
        for network, told in self._by_network(messages).items():
            self._inbox(network, topic).keep(told, whole)

    def _before(self, topic: str, messages: Batch) -> dict[int, int]:
        """Which offset came next in each partition before these messages: all that lies before is in."""
        first = {message.partition: message.offset for message in reversed(messages)}
        return {partition: offset for (of, partition), offset in self.topics.next.items() if of == topic} | first

    def _by_network(self, messages: Batch) -> dict[str, list[tuple[Message, Envelope]]]:
        parts: dict[str, list[tuple[Message, Envelope]]] = {}
        for message in messages:
            spoken_of = self._spoken_of(message)
            envelope = envelope_of(message, self.networks if len(spoken_of) > 1 else ())
            for network in spoken_of:
                parts.setdefault(network, []).append((message, envelope))
        return parts

    def _spoken_of(self, message: Message) -> list[str]:
        if len(self.networks) == 1:
            return self.networks
        return adapters.networks_of(envelope_of(message), self.networks) or self.networks[:1]

    def _inbox(self, network: str, topic: str) -> KafkaInbox:
        found = self.inboxes.get((network, topic))
        if found is None:
            found = self.inboxes[network, topic] = KafkaInbox(self.root, network, topic)
        return found


def build(bridge: Bridge) -> Dataflow:
    """Topics -> inboxes."""
    flow = Dataflow("kafka_in")
    batches = op.input("topics", flow, TopicSource(bridge))
    op.output("inboxes", batches, InboxSink(bridge))
    return flow


def flow() -> Dataflow:
    """The flow of all networks that the settings name. Raises SettingError without a Kafka or a network."""
    told = settings.load()
    if not told.kafka_in:
        raise SettingError("kafka_in: there are no inputs to read (got none)", "TOWER_KAFKA_IN=kafka://host:9092")
    networks = names.prepared(told)
    if not networks:
        raise SettingError("networks: inputs need one to go to (got none)", "TOWER_NETWORKS=east")
    return build(Bridge(names.root_of(told), networks, opened(told)))


def opened(told: settings.Settings) -> Topics:
    """How to open the topics that the settings name."""
    bootstrap = told.kafka_in.removeprefix("kafka://")
    return lambda place, gap: TopicsIn(bootstrap, place, gap if told.kafka_gap == "accept" else None)


class TopicPartition(StatefulSourcePartition[tuple[str, Batch], None]):
    """All partitions of all topics: one consumer."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def next_batch(self) -> list[tuple[str, Batch]]:
        """The next messages, as one item; none while the last ones are not kept."""
        HERE.turn()
        if ASKED.is_set() and not self._bridge.is_full:
            raise StopIteration
        batch = self._bridge.take()
        self._bridge.is_full = self._bridge.is_full or bool(batch)
        return [(ALL, batch)] if batch else []

    def snapshot(self) -> None:
        """Positions are in the inboxes."""

    def close(self) -> None:
        """Free what is held."""
        self._bridge.close()


class TopicSource(FixedPartitionedSource[tuple[str, Batch], None]):
    """The topics."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def list_parts(self) -> list[str]:
        """One: an inbox has one writer."""
        return [ALL]

    def build_part(self, step_id: str, for_part: str, resume_state: None) -> TopicPartition:
        """All of them."""
        return TopicPartition(self._bridge)


class InboxPartition(StatefulSinkPartition[Batch, None]):
    """The inboxes."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def write_batch(self, items: list[Batch]) -> None:
        """Keep them all."""
        for batch in items:
            self._bridge.keep(batch)
        self._bridge.is_full = False

    def snapshot(self) -> None:
        """Positions are in the inboxes."""


class InboxSink(FixedPartitionedSink[Batch, None]):
    """The inboxes of all networks."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def list_parts(self) -> list[str]:
        """One: see TopicSource."""
        return [ALL]

    def build_part(self, step_id: str, for_part: str, resume_state: None) -> InboxPartition:
        """All of them."""
        return InboxPartition(self._bridge)
