"""Through logs: columns in an inbox -> ingest -> LOG -> control -> OUTCOMES, both flows in this process, to the end."""

import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, Final, cast

from bytewax.dataflow import Dataflow
from bytewax.testing import cluster_main

from simulators.bench import stream
from simulators.bench.figures import Row, medians, row
from streams import control, inbox, ingest, names
from streams.adapters import columns
from streams.advance import Home
from streams.inbox import InboxWriter
from streams.states import States
from tower import clock, ids
from tower.batch import Batch
from tower.envelope import Envelope

NETWORK, SOURCE = "bench", "carrier"
TARGET: Final = 300_000
SIZES: Final = (100, 4096)
MESSAGE: Final = 4096
"""Events an envelope."""
_fresh = count(1)


def rows(events: int, rounds: int) -> list[Row]:
    """Events a CPU second of both flows together, on files beside the same in memory."""
    with tempfile.TemporaryDirectory() as folder:
        return [one for size in SIZES for one in of_size(folder, size, min(events, 500 * size), rounds)]


def of_size(folder: str, size: int, events: int, rounds: int) -> Iterator[Row]:
    """Files and memory take turns."""
    messages = envelopes(events)
    on_files, in_memory = medians(
        [played(folder, "file:{folder}/{fresh}/logs", messages, size),
         played(folder, "memory:bench{fresh}", messages, size)], rounds)  # fmt: skip
    load = f"{events} leg events as columns, {MESSAGE} a message, at most {size} a record, median of {rounds}"
    yield row("spine", f"through memory logs, {size} a record", events / in_memory, "events/cpu-s", "high", load,
              target=TARGET)  # fmt: skip
    yield row("spine", f"through file logs, {size} a record", events / on_files, "events/cpu-s", "high", load,
              peer="memory logs", against=events / in_memory, target=TARGET)  # fmt: skip


def envelopes(events: int) -> list[Envelope]:
    """The plans, then the stream."""
    batches = [part for whole in (stream.planned(), stream.moved(events)) for part in cut(whole)]
    return [Envelope(SOURCE, stream.START, columns.MEDIA_TYPE, columns.packed(part)) for part in batches]


def cut(batch: Batch) -> Iterator[Batch]:
    """Pieces of a message each, all said by one source."""
    batch.rows("event")["source"] = ids.of("source", SOURCE)
    for start in range(0, len(batch), MESSAGE):
        yield batch.slice(start, start + MESSAGE)


def played(folder: str, root: str, messages: list[Envelope], size: int) -> Callable[[], None]:
    """Fills new inboxes and runs both flows; CPU time counts all of it, delivery included."""

    def work() -> None:
        fresh = next(_fresh)
        where = root.format(folder=folder, fresh=fresh)
        deliver(where, messages)
        run(ingest.over(where, [NETWORK], ends=True, most=size))
        run(control.over(Home(where, States(f"{folder}/{fresh}/states"), control.make), [NETWORK], ends=True))

    return work


def deliver(root: str, messages: list[Envelope]) -> None:
    """Put the messages into their inbox, and say that time has passed."""
    door, ticks = InboxWriter(root, NETWORK, SOURCE), InboxWriter(root, NETWORK, names.CLOCK)
    door.put(*messages)
    inbox.tick(ticks, stream.START + clock.MINUTE)
    door.close()
    ticks.close()


def run(flow: Dataflow) -> None:
    """Run a flow to its end, here."""
    cast("Callable[..., Any]", cluster_main)(flow, [], 0)
