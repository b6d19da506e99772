"""Heads: what every event says, whatever its kind."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import numpy as np

from streams.adapters import values
from streams.adapters.faults import Unfit, brief, got
from streams.adapters.sheet import Sheet
from tower import clock, events, ids, layouts
from tower.events import Kind
from tower.fields import Field, id_of

HEAD: Final = {f.name: f for f in events.HEAD}
EVENT_ID: Final = id_of("event", "id")
COMMON: Final = frozenset(
    ("id", "kind", "network", "at", "source", "sequence", "said_at", "corrects", "classifier"),
)
"""The fields that any event may have."""


@dataclass(frozen=True, slots=True)
class Sender:
    """What is known about a message before it is opened: its inbox, its place there, when it came."""

    source: str
    position: int
    received: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where events come from, one by one: the message of each, its row there; and the network they are for."""

    senders: list[Sender]
    rows: list[int]
    network: str

    @property
    def sender(self) -> Sender | None:
        """The message of all of them, if they are of one."""
        return self.senders[0] if self.senders[0] is self.senders[-1] else None


def heads_of(kind: Kind, sheet: Sheet, place: Place) -> np.ndarray:
    """The heads of these events of one kind; their ids and subjects too, but not yet what `seal` fills."""
    heads = layouts.empty("event", len(sheet))
    heads["kind"], heads["row"] = kind.number, place.rows
    heads["inbox"] = place.sender.position if place.sender else [sender.position for sender in place.senders]
    heads["id"], heads["source"] = _senders(sheet, place)
    heads["at"] = _moments(sheet, place)
    for name in ("said_at", "sequence", "classifier"):
        heads[name] = sheet.column(HEAD[name])
    if len(kind.subject) == 1:
        heads["subject"] = subject(kind.subject[0], sheet, place)
    _check_network(sheet, place.network)
    return heads


def subject(of: Field, sheet: Sheet, place: Place) -> np.ndarray:
    """Ids of what the events are about; about their network, if it is one and they do not say which."""
    return sheet.column(of, required=True, default=place.network if of.name == "network" else None)


def _moments(sheet: Sheet, place: Place) -> np.ndarray:
    at = sheet.column(HEAD["at"], required=True)
    one = place.sender
    received = one.received if one else np.array([sender.received for sender in place.senders])
    for i in np.flatnonzero(at > received + clock.AHEAD):
        sheet.fault(int(i), "at", f"more than 400 days ahead {got(sheet.events[i]['at'])}")
    return at


def _senders(sheet: Sheet, place: Place) -> tuple[np.ndarray, np.ndarray]:
    """The ids of events and of their sources."""
    named, own = sheet.values("source"), sheet.values("id")
    if None in named:
        named = [sender.source if name is None else name for name, sender in zip(named, place.senders, strict=True)]
    source = sheet.read(HEAD["source"], named)
    try:
        return event_ids(named, own), source
    except (Unfit, TypeError, AttributeError):
        return _one_by_one(sheet, named, own), source


def event_ids(sources: list[object], own: list[object]) -> np.ndarray:
    """hash(source, the source's own id) of each, as `ids.of` has it; raises if one cannot be."""
    encoded = [text.encode() for text in own]  # type: ignore[attr-defined]
    if not all(encoded) or max(map(len, encoded)) > ids.LONGEST or b"\0" in b"".join(encoded):
        raise Unfit("not all names")
    started = {s: blake2b(f"event\0{s}\0".encode(), digest_size=8) for s in set(sources)}
    digests = []
    for name, text in zip(sources, encoded, strict=True):
        digest = started[name].copy()
        digest.update(text)
        digests.append(digest.digest())
    codes = np.frombuffer(b"".join(digests), "<u8")
    return np.where(codes < ids.UNKNOWN, codes, ids.UNKNOWN - np.uint64(1))


def event_id(source: object, own: object) -> int:
    """The id of one event; raises Unfit."""
    if own is None:
        raise Unfit("missing")
    values.read(EVENT_ID, own)
    return ids.of("event", f"{source}\0{own}")


def _one_by_one(sheet: Sheet, sources: list[object], own: list[object]) -> np.ndarray:
    out = np.full(len(own), ids.UNKNOWN)
    for i, (source, text) in enumerate(zip(sources, own, strict=True)):
        try:
            out[i] = event_id(source, text)
        except Unfit as unfit:
            sheet.fault(i, "id", str(unfit))
    return out


def _check_network(sheet: Sheet, network: str) -> None:
    if sheet.values("network").count(network) == len(sheet):
        return
    for i, name in sheet.told("network"):
        if isinstance(name, str) and name != network:
            sheet.fault(i, "", f"unknown network: {brief(name)}")
        elif name != network:
            sheet.fault(i, "network", f"not a name {got(name)}")
