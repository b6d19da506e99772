"""CloudEvents 1.0, batched: an array of structured ones."""

from typing import Final

from streams.adapters import json_array
from streams.adapters.cloudevent import opened
from tower.envelope import Envelope

NAME: Final = "cloudevents"
TYPES: Final = frozenset(("application/cloudevents-batch+json", "application/json"))
MEDIA_TYPE: Final = "application/cloudevents-batch+json"
LOOKED_AT: Final = 4096
"""How many bytes of an array that does not say what it is are searched for a specversion."""


def suits(envelope: Envelope) -> bool:
    """It says so, or its first object names a specversion."""
    if envelope.media_type == MEDIA_TYPE:
        return True
    return json_array.suits(envelope) and b'"specversion"' in envelope.data[:LOOKED_AT].partition(b"}")[0]


def read(envelope: Envelope) -> list[object]:
    """The events."""
    return [opened(found) for found in json_array.read(envelope)]
