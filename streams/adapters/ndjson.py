"""NDJSON: one event a line; a broken line spoils no other."""

from typing import Final

import orjson

from streams.adapters import limits
from streams.adapters.faults import Unreadable
from streams.adapters.json_object import loaded
from tower.envelope import Envelope

NAME: Final = "ndjson"
TYPES: Final = frozenset(("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"))


def suits(envelope: Envelope) -> bool:
    """Its first line is a whole object, and there are others."""
    first, _, others = envelope.data.strip().partition(b"\n")
    return bool(others) and first[:1] == b"{" and isinstance(loaded(first), dict)


def read(envelope: Envelope) -> list[object]:
    """The events; blank lines are none."""
    lines = [line for line in envelope.data.split(b"\n") if line and not line.isspace()]
    if not lines:
        return [Unreadable("empty message", envelope.data)]
    if len(lines) > limits.EVENTS:
        return list(lines)  # nobody reads so many: see `events.message`
    try:
        return [orjson.loads(line) for line in lines]
    except orjson.JSONDecodeError:
        return [loaded(line) for line in lines]
