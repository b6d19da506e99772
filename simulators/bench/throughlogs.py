"""Through logs: columns in an inbox -> ingest -> LOG -> control -> OUTCOMES, both flows in this process, to the end."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from typing import Any, Final, cast

from bytewax.dataflow import Dataflow
from bytewax.testing import cluster_main

from simulators.bench import stream
from simulators.bench.figures import Row, medians, row
from streams import control, inbox, ingest, names
from streams.adapters import columns
from streams.advance import Home
from streams.entries import records
from streams.inbox import InboxWriter
from streams.states import States
from tower import clock, ids
from tower.batch import Batch
from tower.envelope import Envelope
from tower.errors import TowerError
from tower.logs import urls

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
    messages, events = envelopes(events), events + stream.LEGS
    works = [Played(folder, root, messages, size) for root in ("file:{folder}/{fresh}/logs", "memory:bench{fresh}")]
    on_files, in_memory = medians(works, rounds)
    for work in works:
        work.check(events)
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


class Played:
    """Each call fills new inboxes and runs both flows; CPU time counts all of it, delivery included."""

    def __init__(self, folder: str, root: str, messages: list[Envelope], size: int) -> None:
        self.folder, self.form, self.messages, self.size, self.root = folder, root, messages, size, ""

    def __call__(self) -> None:
        """Deliver, ingest, control."""
        fresh = next(_fresh)
        self.root = self.form.format(folder=self.folder, fresh=fresh)
        deliver(self.root, self.messages)
        run(ingest.over(self.root, [NETWORK], ends=True, most=self.size))
        home = Home(self.root, States(f"{self.folder}/{fresh}/states"), control.make)
        run(control.over(home, [NETWORK], ends=True))

    def check(self, events: int) -> None:
        """Raises TowerError unless the last call's outcomes accept all events: what refuses is fast."""
        with closing(urls.reader(names.outcomes(self.root, NETWORK))) as log:
            ledgers = [rows for record in records(log) if (rows := record.rows("ledger")).size]
        accepted = int(ledgers[-1]["accepted"][0]) if ledgers else 0
        if accepted != events:
            raise TowerError(f"bench: {accepted} of {events} events came through", "run `towerctl test`")


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
