"""Told: a file of JSON events as arrivals: received when they say they happened, in that order."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

import orjson

from streams import adapters
from tower import clock
from tower.batch import Batch
from tower.clock import SECOND
from tower.envelope import Envelope
from tower.errors import UsageError

SOURCE: Final = "file"
NETWORK: Final = "main"
TOGETHER: Final = 1000


def events_in(path: str) -> list[dict[str, Any]]:
    """The events of a file: an array, an object, or one a line. Raises UsageError."""
    with open(path, "rb") as file:
        data = file.read().strip()
    try:
        found = orjson.loads(data) if data[:1] == b"[" else [orjson.loads(line) for line in data.splitlines() if line]
    except orjson.JSONDecodeError as error:
        raise UsageError(f"{path}: not JSON events: {error}", "one array, or one event a line") from None
    if not all(isinstance(event, dict) for event in found):
        raise UsageError(f"{path}: not JSON events", "one array, or one event a line")
    return found


def networks_in(events: list[dict[str, Any]]) -> list[str]:
    """The networks that they name, or `main`."""
    return sorted({str(event["network"]) for event in events if event.get("network")}) or [NETWORK]


def arrivals(events: list[dict[str, Any]], network: str) -> Iterator[tuple[int, str, Batch]]:
    """The network's events, a batch for each second and source; one that has no time comes with the one before."""
    stamp, stamped = 0, []
    for event in events:
        if event.get("network", network) == network:
            stamp = _moment(event.get("at")) or stamp
            stamped.append((stamp, str(event.get("source", SOURCE)), event))
    stamped.sort(key=lambda told: told[:2])
    for (second, source), group in groupby(stamped, key=lambda told: (told[0] // SECOND * SECOND, told[1])):
        data = orjson.dumps([event for _, _, event in group])
        yield second, source, adapters.decode(Envelope(source, second, "application/json", data), 0, network)


def _moment(at: object) -> int:
    """The moment that is said, 0 if none is."""
    try:
        return at if isinstance(at, int) else clock.parse(str(at))
    except ValueError:
        return 0
