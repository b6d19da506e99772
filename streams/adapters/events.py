"""Events: parsed objects to a Batch, kind by kind; the same way for every format that is JSON in the end."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
import orjson

from streams.adapters import bodies, depth, limits, values
from streams.adapters.faults import Fault, Unfit, Unreadable, brief, got
from streams.adapters.heads import HEAD, Place, Sender, heads_of
from streams.adapters.sheet import Sheet
from tower import events, ids, layouts
from tower.batch import BODIES, RAW_MOST, Batch, seal
from tower.events import Kind

TOLD_MOST: Final = 1000
"""So many refused events of what is read at once are told in full."""
RAWS_MOST: Final = 4 << 20
"""And so many bytes of them."""


@dataclass(slots=True)
class Message:
    """The events of a message, of many or of a part of one, not yet believed.

    senders  the message of each; `rows` its row there
    deep     whether something may lie too deep, so that each event must be looked at
    """

    events: list[object] = field(default_factory=list)
    senders: list[Sender] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    deep: bool = False

    def __iadd__(self, other: "Message") -> Self:
        self.events += other.events
        self.senders += other.senders
        self.rows += other.rows
        self.deep |= other.deep
        return self

    def place(self, at: list[int], network: str) -> Place:
        """Where the events there come from."""
        if len(at) == len(self.events):
            return Place(self.senders, self.rows, network)
        return Place([self.senders[i] for i in at], [self.rows[i] for i in at], network)


@dataclass(slots=True)
class Refused:
    """One event that cannot be accepted: what is wrong with it, and its id where that could be read."""

    event: object
    faults: list[Fault] = field(default_factory=list)
    id: int = int(ids.UNKNOWN)


Refusals = dict[int, Refused]
"""By the event's place in its Message."""


def message(found: list[object], data: bytes, sender: Sender) -> Message:
    """The events that an adapter found in a message."""
    if len(found) > limits.EVENTS:
        found = [Unreadable(f"too many events: {len(found):,} in one message, at most {limits.EVENTS:,}", data)]
    types = set(map(type, found))
    broken = Unreadable in types  # then quotes in the data may not pair
    deep = broken or depth.may_exceed(data, limits.DEPTH, len(found) if types == {dict} else 0)
    return Message(found, [sender] * len(found), list(range(len(found))), deep)


def home(networks: Sequence[str]) -> str:
    """The network of events that name none."""
    return networks[0] if networks else "any"


def by_network(told: Message, networks: Sequence[str]) -> dict[str, Message]:
    """The events by the network that they name, or their home if they name none of these. Without networks all are."""
    parts: dict[str, Message] = {}
    for event, sender, row in zip(told.events, told.senders, told.rows, strict=True):
        named = event.get("network") if isinstance(event, dict) else None
        known = isinstance(named, str) and (not networks or named in networks)
        part = parts.setdefault(str(named) if known else home(networks), Message(deep=told.deep))
        part.events.append(event)
        part.senders.append(sender)
        part.rows.append(row)
    return parts


def batch_of(told: Message, network: str) -> tuple[Batch, Refusals]:
    """What can be accepted as a sealed batch, the rest in its `rejected`; and all that is wrong with it, by place."""
    refused: Refusals = {}
    parts = [_group(kind, told, at, network, refused) for kind, at in _by_kind(told, refused).items()]
    batch = Batch.concat(batch for batch, _ in parts) if parts else Batch({"event": layouts.empty("event")})
    batch = arranged(batch, [i for _, at in parts for i in at])
    reject(batch, told, refused)
    return seal(batch), refused


def _by_kind(told: Message, refused: Refusals) -> dict[Kind, list[int]]:
    """Places of events by kind; an event that has none, or is none, is refused."""
    if (only := _only_kind(told)) is not None:
        return {only: list(range(len(told.events)))}
    groups: dict[str, list[int]] = {}
    for i, event in enumerate(told.events):
        fault = _misfit(event, told.deep)
        if fault is None:
            groups.setdefault(event["kind"], []).append(i)  # type: ignore[index]
        else:
            refused[i] = Refused(event, [fault])
    return {events.BY_NAME[name]: places for name, places in groups.items()}


def _only_kind(told: Message) -> Kind | None:
    """The kind of all events, where they are of one, as they mostly are."""
    try:
        names = {event["kind"] for event in told.events}  # type: ignore[index]
        return events.BY_NAME[names.pop()] if len(names) == 1 and not told.deep else None
    except (TypeError, KeyError):
        return None


def _misfit(event: object, deep: bool) -> Fault | None:
    """Why an event belongs to no kind."""
    try:
        if event["kind"] in events.BY_NAME and not deep:  # type: ignore[index]
            return None
    except (TypeError, KeyError):
        pass
    if isinstance(event, Unreadable):
        return Fault("", event.why)
    if not isinstance(event, dict):
        return Fault("", f"not an object {got(event)}")
    if deep and depth.of(event) > limits.DEPTH:
        return Fault("", f"deeper than {limits.DEPTH} levels")
    return _unknown(event.get("kind"))


def _unknown(kind: object) -> Fault | None:
    if kind is None:
        return Fault("kind", "missing")
    if not isinstance(kind, str):
        return Fault("kind", f"not a name {got(kind)}")
    return None if kind in events.BY_NAME else Fault("", f"unknown kind: {brief(kind)}")


def _group(kind: Kind, told: Message, at: list[int], network: str, refused: Refusals) -> tuple[Batch, list[int]]:
    """The batch of those events of one kind that are sound, and their places. The others are refused, and it is made
    anew without them.
    """
    sheet, place = Sheet([told.events[i] for i in at]), told.place(at, network)  # type: ignore[misc]
    heads = heads_of(kind, sheet, place)
    tables, documents = _bodies(kind, sheet, place.senders)
    if not sheet.faults:
        tables = {"event": heads, **{name: rows for name, rows in tables.items() if rows.size}}
        return Batch(tables, sheet.names, documents), at
    for i, fault in sheet.faults:
        refused.setdefault(at[i], Refused(sheet.events[i], id=int(heads["id"][i]))).faults.append(fault)
    gone = {i for i, _ in sheet.faults}
    sound = [i for n, i in enumerate(at) if n not in gone]
    return _group(kind, told, sound, network, refused) if sound else (Batch({"event": heads[:0]}), [])


def _bodies(kind: Kind, sheet: Sheet, senders: list[Sender]) -> tuple[bodies.Tables, list[bytes]]:
    corrections = bodies.corrections_of(sheet, senders)
    if kind.is_document:
        tables, documents = bodies.documents_of(sheet)
        return {**tables, **corrections}, documents
    return {**bodies.body_of(kind, sheet), **bodies.parts_of(kind, sheet), **bodies.references_of(sheet),
            **corrections}, []  # fmt: skip


def arranged(batch: Batch, at: list[int]) -> Batch:
    """The batch with its events in the order of their places, and their bodies in the order of the events."""
    order = np.argsort(at, kind="stable")
    if (np.diff(order) == 1).all():
        return batch
    place = np.empty(order.size, "u4")
    place[order] = np.arange(order.size)
    batch.tables["event"] = batch.tables["event"][order]
    for name in [name for name in batch.tables if name in BODIES]:
        _move(batch, name, place)
    return batch


def _move(batch: Batch, name: str, place: np.ndarray) -> None:
    rows = batch.tables[name]
    rows["event"] = place[rows["event"]]
    order = np.argsort(rows["event"], kind="stable")
    batch.tables[name] = rows[order]
    if name == "document":
        batch.documents = [batch.documents[i] for i in order]


def reject(batch: Batch, told: Message, refused: Refusals) -> None:
    """Put what is refused into table `rejected`, in the order of places, each with its first fault as its reason.

    Every one is counted. Whoever sends nonsense by the thousand has only the first told in full: behind these, reasons
    leave out the value and the event itself is in the inbox alone.
    """
    if not refused:
        return
    at = sorted(refused)
    found = [refused[i] for i in at]
    raws, reasons = _raws(found), _reasons([one.faults[0].reason for one in found])
    codes = {text: ids.of("reason", text) for text in dict.fromkeys(reasons)}
    batch.names.update((code, text) for text, code in codes.items())
    rows = layouts.empty("rejected", len(at))
    rows["source"] = _sources(found, [told.senders[i] for i in at], batch)
    rows["inbox"], rows["row"] = [told.senders[i].position for i in at], [told.rows[i] for i in at]
    rows["reason"], rows["id"] = [codes[text] for text in reasons], np.array([one.id for one in found], "u8")
    rows["size"] = [len(raw) for raw in raws]
    batch.raws += raws
    batch.tables["rejected"] = rows


def _raws(found: list[Refused]) -> list[bytes]:
    raws, left = [], RAWS_MOST
    for one in found[:TOLD_MOST]:
        raws.append(_raw(one.event)[:left])
        left -= len(raws[-1])
    return raws + [b""] * (len(found) - len(raws))


def _raw(event: object) -> bytes:
    raw = event.raw if isinstance(event, Unreadable) else orjson.dumps(event)
    return raw[:RAW_MOST]


def _reasons(texts: list[str]) -> list[str]:
    """The reasons, of which only the first so many tell more than the next one does."""
    if len(set(texts)) <= TOLD_MOST:
        return texts
    return texts[:TOLD_MOST] + [plain(text) for text in texts[TOLD_MOST:]]


def plain(reason: str) -> str:
    """A reason without what it is about.

    >>> plain("field at: not a time (got 'x')"), plain("unknown kind: leg.flown"), plain("not JSON: line 1 column 7")
    ('field at: not a time', 'unknown kind', 'not JSON')
    """
    head = reason.partition(" (got ")[0]
    return head if head.startswith("field ") else head.partition(":")[0]


def _sources(found: list[Refused], senders: list[Sender], batch: Batch) -> np.ndarray:
    """The source that each counts for; what is no object counts for its inbox, which is looked up once."""
    own = {name: ids.of("source", name) for name in {sender.source for sender in senders}}
    codes = []
    for one, sender in zip(found, senders, strict=True):
        if type(one.event) is dict and "source" in one.event:
            codes.append(_source(one.event, sender, batch))
        else:
            codes.append(own[sender.source])
            batch.names[codes[-1]] = sender.source
    return np.array(codes, "u8")


def _source(event: object, sender: Sender, batch: Batch) -> int:
    """The source that an event counts for: the one it names, if that is a name; else its inbox."""
    named = event.get("source") if isinstance(event, dict) else None
    try:
        code = int(values.read(HEAD["source"], named))
    except Unfit:
        named = sender.source
        code = ids.of("source", sender.source)
    batch.names[code] = str(named)
    return code
