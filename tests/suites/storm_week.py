"""The blizzard's whole week as sources that deliver every ten minutes tell it: both logs in files, in seconds."""

from collections.abc import Iterator
from pathlib import Path

from simulators import scenarios
from simulators.feed import gathered
from sinks.clickhouse.insert import Log, Warehouse
from sinks.clickhouse.store import ClickHouse
from streams.entries import records
from streams.record import WHERE
from streams.replay import Arrival, Keep, Replay
from streams.words import OURS
from tower.clock import MINUTE
from tower.logs import urls

NETWORK = "blizzard"
EACH = 10 * MINUTE
TOGETHER = 256


def arrivals() -> Iterator[Arrival]:
    """What the week says, in the second in which the next ten minutes are over."""
    return gathered(scenarios.load(NETWORK), EACH)


def play(folder: Path) -> str:
    """Play the week; the root of its logs."""
    root = f"file:{folder}"
    keep = Keep(root, NETWORK)
    Replay(NETWORK, keep, tick=EACH).play(arrivals())
    keep.close()
    return root


def record(root: str, store: ClickHouse) -> None:
    """Put all of it into a history."""
    for log in WHERE:
        fill(root, store, log)


def fill(root: str, store: ClickHouse, log: Log) -> None:
    warehouse = Warehouse(store, NETWORK, log, OURS)
    found = list(records(urls.reader(WHERE[log](root, NETWORK))))
    for at in range(0, len(found), TOGETHER):
        warehouse.take(found[at : at + TOGETHER])
