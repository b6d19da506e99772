"""A JSON object: one event a message."""

from typing import Final

import orjson

from streams.adapters.faults import Unreadable
from tower.envelope import Envelope

NAME: Final = "json object"
TYPES: Final = frozenset(("application/json", "text/json"))


def suits(envelope: Envelope) -> bool:
    """Anything may turn out to be an object."""
    return True


def read(envelope: Envelope) -> list[object]:
    """The event."""
    return [loaded(envelope.data)]


def loaded(data: bytes) -> object:
    """What the JSON says, or why it is none.

    >>> loaded(b"[1]")
    [1]
    """
    if not data or data.isspace():
        return Unreadable("empty message", data)
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        return Unreadable(f"not JSON: {error}", data)
