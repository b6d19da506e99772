"""Adapters: what the world sends, as rows of the log. Stateless: bytes in, a sealed Batch out; nothing is made up.

Each event of a message ends up in exactly one place: accepted, or in table `rejected` with the reason why.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

from streams.adapters import (
    cloudevent,
    cloudevent_headers,
    cloudevents,
    columns,
    json_array,
    json_object,
    limits,
    ndjson,
)
from streams.adapters.events import Message, Refusals, batch_of, by_network, home, message
from streams.adapters.faults import Problem, Unreadable, brief
from streams.adapters.heads import Sender
from tower import layouts
from tower.batch import Batch, seal
from tower.envelope import Envelope

__all__ = [
    "ALL", "SHARED", "Adapter", "Problem", "checked", "chosen", "decode", "decode_all", "networks_of", "split_all",
    "split_by_network",
]  # fmt: skip
SHARED: Final = "shared-among"
"""The header of a message that several networks have in their inboxes, with the networks of the tower, the home first.
Each takes of it what is its own.
"""


class Adapter(Protocol):
    """One format. A module is one."""

    NAME: str
    TYPES: frozenset[str]
    """The content types under which it comes."""

    def suits(self, envelope: Envelope) -> bool:
        """Whether the message looks like it."""

    def read(self, envelope: Envelope) -> Batch | list[object]:
        """Its events as parsed JSON, for the checks that all formats share; or a whole batch. Never raises."""


ALL: Final[tuple[Adapter, ...]] = (
    columns, cloudevent_headers, cloudevents, cloudevent, ndjson, json_array, json_object,
)  # fmt: skip
"""Every format we read, in the order in which a message is held against them."""


def chosen(envelope: Envelope) -> Adapter:
    """The adapter for a message: of those that its content type names the first that suits, else of all."""
    named = _named(envelope.media_type)
    return next((adapter for adapter in named if adapter.suits(envelope)), named[-1])


@lru_cache(maxsize=64)
def _named(media_type: str) -> Sequence[Adapter]:
    return [adapter for adapter in ALL if media_type in adapter.TYPES] or ALL


def decode(envelope: Envelope, position: int, network: str) -> Batch:
    """The message at that position of its inbox as a sealed batch of that network's events."""
    return decode_all([(position, envelope)], network)


def decode_all(told: Iterable[tuple[int, Envelope]], network: str) -> Batch:
    """What `decode` makes of each message, one after the other, for about the price of one: read many small ones so."""
    parts = [_batch_of(found, network)[0] for found in _joined(told, (network,))]
    return Batch.concat(parts) if parts else Batch({"event": layouts.empty("event")})


def split_by_network(envelope: Envelope, position: int, networks: Sequence[str]) -> dict[str, Batch]:
    """A batch for each network that the message speaks of. The first network also takes the events that name none, and
    rejects by name those of networks that are not in the list.
    """
    return split_all([(position, envelope)], networks)


def split_all(told: Iterable[tuple[int, Envelope]], networks: Sequence[str]) -> dict[str, Batch]:
    """What `split_by_network` makes of each message, one after the other, for about the price of one."""
    parts: dict[str, list[Batch]] = {}
    for found in _joined(told, networks):
        for network, part in _parts(found, networks).items():
            parts.setdefault(network, []).append(_batch_of(part, network)[0])
    return {network: Batch.concat(batches) for network, batches in parts.items()}


def networks_of(envelope: Envelope, networks: Sequence[str]) -> list[str]:
    """Which of these networks a message speaks of; the first also has what names none of them."""
    return list(_parts(_found(0, envelope, networks), networks))


def checked(envelope: Envelope, networks: Sequence[str] = ()) -> list[Problem]:
    """All that is wrong with a message, for a door that takes it whole or not at all; [] if `decode` would reject none
    of it. Without networks any network will do.
    """
    problems: list[Problem] = []
    for network, part in _parts(_found(0, envelope, networks), networks).items():
        for i, event in _batch_of(part, network)[1].items():
            problems += [Problem(part.rows[i], fault.field, fault.why) for fault in event.faults]  # type: ignore[union-attr]
    return sorted(problems, key=lambda problem: problem.row)


@dataclass(slots=True)
class Packed:
    """A batch that came as one, not yet in its place."""

    batch: Batch
    network: str | None
    position: int


Found = Message | Packed


def _joined(told: Iterable[tuple[int, Envelope]], networks: Sequence[str]) -> list[Found]:
    """What is in the messages, neighbours in one where they can be."""
    joined: list[Found] = []
    for position, envelope in told:
        found = _share(_found(position, envelope, networks), envelope, networks)
        if joined and isinstance(found, Message) and isinstance(last := joined[-1], Message):
            last += found
        else:
            joined.append(found)
    return joined


def _found(position: int, envelope: Envelope, networks: Sequence[str]) -> Found:
    """What is in a message, not yet checked; a packed batch is, and knows its network by a header."""
    size, data = len(envelope.data), envelope.data
    sender = Sender(envelope.source, position, envelope.received)
    if size > limits.MESSAGE:
        why = f"message too long: {size:,} bytes, at most {limits.MESSAGE:,}"
        return message([Unreadable(why, data)], b"", sender)
    found = chosen(envelope).read(envelope)
    if not isinstance(found, Batch):
        return message(found, data, sender)
    network = envelope.headers.get("network")
    if network is None or not networks or network in networks:
        return Packed(found, network, position)
    return message([Unreadable(f"unknown network: {brief(network)}", data)], b"", sender)


def _share(found: Found, envelope: Envelope, networks: Sequence[str]) -> Found:
    """What of a message is this network's, where others have it too."""
    among = envelope.headers.get(SHARED)
    if among is None or not isinstance(found, Message):
        return found
    return by_network(found, among.split(",")).get(networks[0], Message())


def _parts(found: Found, networks: Sequence[str]) -> dict[str, Message] | dict[str, Packed]:
    """The same by network."""
    if isinstance(found, Packed):
        return {found.network or home(networks): found}
    return by_network(found, networks)


def _batch_of(found: Found, network: str) -> tuple[Batch, Refusals]:
    if isinstance(found, Message):
        return batch_of(found, network)
    for table in ("event", "rejected"):
        if table in found.batch.tables:
            found.batch.tables[table]["inbox"] = found.position
    return seal(found.batch), {}
