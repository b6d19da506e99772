"""Redriving: messages of which something was rejected go through the front door again, as they came.

They go into an inbox of their own, `redrive`, under the name of the source they came from: what was accepted then is a
duplicate now, what was rejected is looked at anew. A header says where each lay first.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from api.evidence import Message, kept, record_at, taken_from
from api.reading import Texts, learned, opened
from streams import names
from streams.adapters import decode
from streams.entries import entries
from streams.inbox import InboxWriter, stamps_of
from tower.build import build
from tower.envelope import Envelope
from tower.logs import urls

INBOX: Final = "redrive"
CAME_AS, BUILD = "redriven-from", "redriven-by"
BATCH: Final = 256

Place = tuple[str, int]
"""An inbox, and a position in it."""


@dataclass(slots=True)
class Refusal:
    """A message of which something was rejected, and why; `message` None if its inbox has been trimmed."""

    message: Message | None
    reasons: dict[str, int] = field(default_factory=dict)


def refusals(root: str, network: str, texts: Texts, source: str | None, reason: str | None) -> list[Refusal]:
    """The messages that a reason (a part of its text) was told for, each once, in the order of their places.

    Those that were sent again count for the message that came first.
    """
    found: dict[Place, Refusal] = {}
    for record in learned(opened(root, network, log=False), texts):
        for row in record.rows("rejected"):
            why = texts.of(int(row["reason"]))
            if (reason or "") not in why or source not in (None, texts.of(int(row["source"]))):
                continue
            place, message = origin(root, network, record.number, row)
            refusal = found.setdefault(place, Refusal(message))
            refusal.reasons[why] = refusal.reasons.get(why, 0) + 1
    return [found[place] for place in sorted(found)]


def origin(root: str, network: str, number: int, row: np.void) -> tuple[Place, Message | None]:
    """Where the message of a rejected row lay first, and the message if it is still there."""
    position = int(row["inbox"])
    sources = taken_from(root, network, record_at(root, network, number), position)
    there = [message for source in sources if (message := kept(root, network, source, position)) is not None]
    says = [message for message in there if len(there) == 1 or refuses(message, network, row)]
    if not says:
        return (sources[0] if sources else "", position), None
    came = says[0].envelope.headers.get(CAME_AS)
    if came is None:
        return (says[0].source, position), says[0]
    source, _, first = came.rpartition("/")
    return (source, int(first)), kept(root, network, source, int(first))


def refuses(message: Message, network: str, row: np.void) -> bool:
    """Whether reading this message leads to that rejected row, or to an event that was rejected later."""
    batch = decode(message.envelope, message.position, network)
    rejected, heads = batch.rows("rejected"), batch.rows("event")
    return bool(np.any((rejected["row"] == row["row"]) & (rejected["reason"] == row["reason"])) or
                np.any((heads["row"] == row["row"]) & (heads["id"] == row["id"])))  # fmt: skip


def sent(root: str, network: str) -> set[Place]:
    """The places of messages that this build has looked at again already."""
    if INBOX not in names.sources(root, network):
        return set()
    again = (Envelope.decode(data) for _, data in entries(urls.reader(names.inbox(root, network, INBOX))))
    came = (envelope.headers[CAME_AS].rpartition("/") for envelope in again if envelope.headers[BUILD] == build())
    return {(source, int(position)) for source, _, position in came}


def send(root: str, network: str, messages: list[Message]) -> int:
    """Put messages in again, all of them durable when it returns; the position of the last.

    Raises Busy where the tower takes nothing at the moment, and Refused while another redrive runs.
    """
    door, stamp = InboxWriter(root, network, INBOX), stamps_of(root, network)
    try:
        return max(door.put(*some) for some in batches(messages, stamp()))
    finally:
        door.close()


def batches(messages: list[Message], received: int) -> Iterator[list[Envelope]]:
    """The messages as they go in, stamped anew."""
    by = build()
    for first in range(0, len(messages), BATCH):
        yield [
            replace(m.envelope, received=received,
                    headers={**m.envelope.headers, CAME_AS: f"{m.source}/{m.position}", BUILD: by})
            for m in messages[first : first + BATCH]
        ]  # fmt: skip
