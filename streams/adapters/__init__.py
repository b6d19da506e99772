"""Adapters: what the world sends, as rows of the log. Stateless: bytes in, a sealed Batch out; nothing is made up.

Each event of a message ends up in exactly one place: accepted, or in table `rejected` with the reason why.
"""

from collections.abc import Iterator, Sequence
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
from tower.batch import Batch, seal
from tower.envelope import Envelope

__all__ = ["ALL", "Adapter", "Problem", "checked", "chosen", "decode", "split_by_network"]


Decoded = tuple[Batch, Refusals]


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
    named = [adapter for adapter in ALL if envelope.media_type in adapter.TYPES] or ALL
    return next((adapter for adapter in named if adapter.suits(envelope)), named[-1])


def decode(envelope: Envelope, position: int, network: str) -> Batch:
    """The message at that position of its inbox as a sealed batch of that network's events."""
    sender = Sender(envelope.source, position, network, envelope.received)
    return _batch_of(_found(envelope, (network,)), sender)[0]


def split_by_network(envelope: Envelope, position: int, networks: Sequence[str]) -> dict[str, Batch]:
    """A batch for each network that the message speaks of. The first network also takes the events that name none, and
    rejects by name those of networks that are not in the list.
    """
    return {network: batch for network, (batch, _) in _parts(envelope, position, networks)}


def checked(envelope: Envelope, networks: Sequence[str] = ()) -> list[Problem]:
    """All that is wrong with a message, for a door that takes it whole or not at all; [] if `decode` would reject none
    of it. Without networks any network will do.
    """
    parts = [refused for _, (_, refused) in _parts(envelope, 0, networks)]
    faults = [(row, fault) for refused in parts for row, event in refused.items() for fault in event.faults]
    return [Problem(row, fault.field, fault.why) for row, fault in sorted(faults, key=lambda found: found[0])]


def _parts(envelope: Envelope, position: int, networks: Sequence[str]) -> Iterator[tuple[str, Decoded]]:
    found = _found(envelope, networks)
    if isinstance(found, Batch):
        parts: dict[str, Batch | Message] = {envelope.headers.get("network", home(networks)): found}
    else:
        parts = {**by_network(found, networks)}
    for network, part in parts.items():
        yield network, _batch_of(part, Sender(envelope.source, position, network, envelope.received))


def _found(envelope: Envelope, networks: Sequence[str]) -> Batch | Message:
    """What is in a message, not yet checked; a batch is, and knows its network by a header."""
    size, data = len(envelope.data), envelope.data
    if size > limits.MESSAGE:
        return message([Unreadable(f"message too long: {size:,} bytes, at most {limits.MESSAGE:,}", data)], b"")
    found = chosen(envelope).read(envelope)
    if not isinstance(found, Batch):
        return message(found, data)
    network = envelope.headers.get("network")
    if network is None or not networks or network in networks:
        return found
    return message([Unreadable(f"unknown network: {brief(network)}", data)], b"")


def _batch_of(found: Batch | Message, sender: Sender) -> Decoded:
    if isinstance(found, Message):
        return batch_of(found, sender)
    for table in ("event", "rejected"):
        if table in found.tables:
            found.tables[table]["inbox"] = sender.position
    return seal(found), {}
