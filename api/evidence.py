"""Evidence: from a position to its record, its event, and the message it came in, byte for byte."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from api.reading import Texts, learned, opened
from streams import names
from streams.adapters import decode
from tower import ids
from tower.batch import BODIES, Batch
from tower.envelope import Envelope
from tower.errors import Lost, Trimmed, UsageError
from tower.logs import urls
from tower.outcomes import POSITION
from tower.record import Record, split
from tower.render import to_wire


@dataclass(frozen=True, slots=True)
class Message:
    """An entry of an inbox."""

    source: str
    position: int
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Event:
    """An event of LOG: its place, what it says, and which row of its message it is; `message` None if that is gone."""

    network: str
    number: int
    row: int
    said: dict[str, Any]
    in_message: int
    message: Message | None


@dataclass(frozen=True, slots=True)
class Told:
    """A row of `deviations`, and its record's number and moment."""

    number: int
    now: int
    row: np.void


Plans = dict[int, np.void]
"""Rows of `plans` as they were said last, by line."""


def story(root: str, network: str, deviation: int, texts: Texts) -> tuple[list[Told], Plans]:
    """Everything that was said about a deviation, oldest first, and the plan as it stands for the lines that it is
    about, or that would go on its leg; names are learned on the way.
    """
    found, plans = list[Told](), Plans()
    for record in learned(opened(root, network, log=False), texts):
        rows = record.rows("deviations")
        found += [Told(record.number, record.now, row) for row in rows[rows["id"] == deviation]]
        take(plans, record)
    about = {int(one.row["subject"]) for one in found}
    return found, {line: row for line, row in plans.items() if about & {line, int(row["resource"])} - {ids.UNKNOWN}}


def take(plans: Plans, record: Record) -> None:
    """Take in what a record says of the plan."""
    rows, gone = record.rows("plans"), record.rows("gone")
    plans.update(zip(rows["key"].tolist(), rows, strict=True))
    for key in gone["key"][gone["table"] == np.uint64(ids.of("table", "plans"))].tolist():
        plans.pop(key, None)


def event_at(root: str, network: str, position: int, texts: Texts) -> Event:
    """The event at a position (record number * 4096 + row). Raises UsageError if the log has none there."""
    number, row = divmod(position, POSITION)
    record = record_at(root, network, number)
    heads = record.rows("event")
    if row >= heads.size:
        what = f"explain: {network}/{number} has {heads.size} events (got {network}/{number}/{row})"
        raise UsageError(what, f"towerctl tail --log --network {network} --from {number}")
    texts.learn(record)
    said = to_wire(only(record, row), texts)[0]
    return Event(network, number, row, said, int(heads["row"][row]), message_of(root, network, record, heads[row]))


def only(record: Record, row: int) -> Batch:
    """One event of a record."""
    tables = {name: rows for name, rows in record.tables.items() if name == "event" or name in BODIES}
    return Batch(tables, dict(record.names), record.documents).slice(row, row + 1)


def record_at(root: str, network: str, number: int) -> Record:
    """A record of LOG. Raises UsageError if it is not there (any more)."""
    reader = opened(root, network, log=True)
    first, last = reader.first(), reader.last()[0]
    if not first <= number <= last:
        raise UsageError(f"explain: {network} has records {first} to {last} (got {number})", f"{network}/{last}/0")
    return Record.decode(number, split(reader.read(number - 1, 1)[0][1])[1])


def message_of(root: str, network: str, record: Record, head: np.void) -> Message | None:
    """The message an event came in; None if its inbox has been trimmed."""
    found = [message for source in inboxes(root, network, record, head)
             if (message := kept(root, network, source, int(head["inbox"]))) is not None]  # fmt: skip
    if len(found) == 1:
        return found[0]
    return next((message for message in found if says(message, network, head)), None)


def kept(root: str, network: str, source: str, position: int) -> Message | None:
    """A message of an inbox; None if it is not there any more."""
    with suppress(Trimmed, Lost):
        for number, data in urls.reader(names.inbox(root, network, source)).read(position - 1, 1):
            return Message(source, number, Envelope.decode(data))
    return None


def says(message: Message, network: str, head: np.void) -> bool:
    """Whether a message says an event."""
    heads = decode(message.envelope, message.position, network).rows("event")
    return bool(np.any((heads["id"] == head["id"]) & (heads["row"] == head["row"])))


def inboxes(root: str, network: str, record: Record, head: np.void) -> list[str]:
    """The inboxes that an event can have come through. It may name another source than its inbox, so its own source
    does not settle it.
    """
    return taken_from(root, network, record, int(head["inbox"]))


def taken_from(root: str, network: str, record: Record, position: int) -> list[str]:
    """The inboxes from which a record took that very position."""
    there = {ids.of("source", name): name for name in names.sources(root, network) if name != names.CLOCK}
    first = opened(root, network, log=True).first()
    before = record_at(root, network, record.number - 1).causes if record.number > first else {}
    return [there[code] for code, upto in record.causes.items()
            if code in there and before.get(code, 0) <= position <= upto]  # fmt: skip
