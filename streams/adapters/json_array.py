"""A JSON array: many events a message."""

from typing import Final

from streams.adapters.json_object import TYPES, loaded
from tower.envelope import Envelope

__all__ = ["NAME", "TYPES", "read", "suits"]
NAME: Final = "json array"


def suits(envelope: Envelope) -> bool:
    """It opens with a bracket."""
    return envelope.data.lstrip()[:1] == b"["


def read(envelope: Envelope) -> list[object]:
    """The events."""
    found = loaded(envelope.data)
    return found if isinstance(found, list) else [found]
