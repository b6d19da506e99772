"""CloudEvents 1.0, binary: attributes in headers (`ce-id` in HTTP, `ce_id` in Kafka), our fields as the message."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote

import orjson

from streams.adapters.cloudevent import VERSION, joined
from streams.adapters.faults import Unreadable, got
from streams.adapters.json_object import TYPES, loaded
from tower.envelope import Envelope

__all__ = ["NAME", "TYPES", "read", "suits"]
NAME: Final = "cloudevent in headers"


def suits(envelope: Envelope) -> bool:
    """Its headers name a specversion."""
    return "ce-specversion" in envelope.headers or "ce_specversion" in envelope.headers


def read(envelope: Envelope) -> list[object]:
    """The event; a message without content has no fields of its own."""
    attributes = attributes_of(envelope.headers)
    if attributes.get("specversion") != VERSION:
        return [Unreadable(f"field specversion: not {VERSION} {got(attributes.get('specversion'))}", envelope.data)]
    data = loaded(envelope.data) if envelope.data else {}
    if isinstance(data, Unreadable):
        return [data]
    if not isinstance(data, dict):
        return [Unreadable(f"field data: not an object {got(data)}", orjson.dumps(data))]
    return [joined(attributes, data)]


def attributes_of(headers: Mapping[str, str]) -> dict[str, object]:
    """What the headers say: percent-encoded in HTTP, plain in Kafka.

    >>> attributes_of({"ce-source": "dock%207", "ce_id": "5", "host": "x"})
    {'source': 'dock 7', 'id': '5'}
    """
    http = {name[3:]: unquote(value) for name, value in headers.items() if name.startswith("ce-")}
    return {**http, **{name[3:]: value for name, value in headers.items() if name.startswith("ce_")}}
