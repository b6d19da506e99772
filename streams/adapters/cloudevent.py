"""CloudEvents 1.0, structured: one object with `type`, `source`, `id`, `time` and our fields in `data`."""

from typing import Final

import orjson

from streams.adapters.faults import Unreadable, got
from streams.adapters.json_object import loaded
from tower.envelope import Envelope

NAME: Final = "cloudevent"
TYPES: Final = frozenset(("application/cloudevents+json", "application/json"))
MEDIA_TYPE: Final = "application/cloudevents+json"
VERSION: Final = "1.0"
OURS: Final = {"id": "id", "type": "kind"}
"""Attributes that say what a field of ours says, and that `data` cannot overrule; nor can it the source."""
EXTENSIONS: Final = ("network", "sequence", "classifier")
"""Attributes that may also stand in `data`, which then counts."""


def suits(envelope: Envelope) -> bool:
    """It says so, or it is an object that names its specversion."""
    return envelope.media_type == MEDIA_TYPE or _is_cloudevent(envelope.data)


def _is_cloudevent(data: bytes) -> bool:
    found = loaded(data) if data.lstrip()[:1] == b"{" and b'"specversion"' in data else None
    return isinstance(found, dict) and "specversion" in found


def read(envelope: Envelope) -> list[object]:
    """The event."""
    return [opened(loaded(envelope.data))]


def opened(outer: object) -> object:
    """The event inside a CloudEvent; what is none stays as it is, for the checks to name."""
    if not isinstance(outer, dict):
        return outer
    if outer.get("specversion") != VERSION:
        return Unreadable(f"field specversion: not {VERSION} {got(outer.get('specversion'))}", orjson.dumps(outer))
    if "data_base64" in outer:
        return Unreadable("field data_base64: not read, send data", orjson.dumps(outer))
    data = outer.get("data", {})
    if not isinstance(data, dict):
        return Unreadable(f"field data: not an object {got(data)}", orjson.dumps(outer))
    return joined(outer, data)


def joined(attributes: dict[str, object], data: dict[str, object]) -> dict[str, object]:
    """Attributes and data as one event: `time` is when it happened unless data says `at`."""
    told: dict[str, object] = {name: attributes[name] for name in EXTENSIONS if name in attributes}
    if "time" in attributes:
        told["at"] = attributes["time"]
    sequence = told.get("sequence")
    if isinstance(sequence, str) and sequence.isdecimal() and sequence.isascii() and len(sequence) < 19:
        told["sequence"] = int(sequence)
    ours = {field: attributes.get(name) for name, field in OURS.items()}
    return {**told, **data, **ours, "source": attributes.get("source") or ""}
