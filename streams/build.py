"""Build: which build a network is on. It knows that from its log, as it knows everything."""

from typing import Final

import orjson

from operators.chain import ACTIVATED
from streams.inbox import InboxWriter, stamps_of
from tower import ids
from tower.envelope import Envelope
from tower.record import Record

SOURCE: Final = "build"


def id_of(build: str) -> int:
    """What outcomes' headers carry: 0 as long as no build was activated."""
    return ids.of("build", build)


def activated(record: Record) -> int:
    """The build that a record activates; 0 if none."""
    if "document" not in record.tables:
        return 0
    heads = record.rows("event")
    found = heads["subject"][heads["kind"] == ACTIVATED]
    return int(found[-1]) if found.size else 0


def activate(root: str, network: str, build: str, begins: int = 0) -> int:
    """Send `build.activated`; its position in inbox `build`. From its record on, outcomes are that build's.

    begins  the moment of it, in ms, where a driven network has not begun yet
    """
    inbox = InboxWriter(root, network, SOURCE)
    try:
        at = max(stamps_of(root, network)(), begins)
        said = {"id": f"{build}@{at}", "kind": "build.activated", "build": build, "at": at, "source": SOURCE}
        return inbox.put(Envelope(SOURCE, at, "application/json", orjson.dumps(said)))
    finally:
        inbox.close()


