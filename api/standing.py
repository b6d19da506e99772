"""Standing: how far each flow of an embedded tower is, read from its logs without disturbing them."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from sinks.webhooks.outbox import Outbox
from streams import names
from streams.beat import heard
from streams.inbox import causes_of
from tower import clock, ids
from tower.errors import TowerError
from tower.events import SEVERITIES
from tower.logs import Entry, urls
from tower.record import Record, split

Given = TypeVar("Given")


@dataclass(frozen=True, slots=True)
class Standing:
    """Positions of one network: messages waiting for ingest, then records in LOG and OUTCOMES."""

    waiting: int
    log: int
    outcomes: int
    now: int

    def is_through(self) -> bool:
        """Whether control has said something to all that came in."""
        return not self.waiting and self.outcomes == self.log

    def worded(self) -> str:
        """One line for people."""
        moment = clock.render(self.now)[:16].replace("T", " ") if self.now else "-"
        return f"{moment}Z  record {self.outcomes:,} of {self.log:,}, {self.waiting:,} messages wait"


def standing(root: str, network: str) -> Standing:
    """Where a network stands."""
    with closing(urls.reader(names.log(root, network))) as log:
        causes, end = causes_of(log), log.last()[0]
    inboxes = [(s, last(names.inbox(root, network, s))[0]) for s in names.sources(root, network)]
    waiting = sum(newest - causes.get(ids.of("source", s), 0) for s, newest in inboxes if s != names.CLOCK)
    number, data = last(names.outcomes(root, network))
    now = Record.decode(number, split(data)[1]).now if data else 0
    return Standing(waiting, end, number, now)


def last(url: str) -> Entry:
    """The newest entry of a log."""
    with closing(urls.reader(url)) as log:
        return log.last()


class Delivered:
    """How far live state and history of a network are; 0 where nobody answers."""

    def __init__(self, redis_url: str, clickhouse_url: str, network: str) -> None:
        from sinks.clickhouse.store import ClickHouse
        from sinks.views import Views

        self.network, self.views, self.store = network, Views(redis_url), ClickHouse(clickhouse_url)

    def __call__(self) -> tuple[int, int, int]:
        """The last record of OUTCOMES in live state, then that of OUTCOMES and that of LOG in history."""
        return self.shown(), *self.stored()

    def shown(self) -> int:
        """The last record in live state."""
        return answered(lambda: self.views.position(self.network).number, 0)

    def stored(self) -> tuple[int, int]:
        """The last records of OUTCOMES and of LOG in history."""
        return answered(self._stored, (0, 0))

    def _stored(self) -> tuple[int, int]:
        asked = "SELECT network, log, max(last) FROM tower.progress WHERE state = 'done' GROUP BY network, log"
        found = {str(log): int(last) for network, log, last in self.store.rows(asked) if network == self.network}
        return found.get("OUTCOMES", 0), found.get("LOG", 0)


def alerted(data: Path, network: str) -> int:
    """The last record of OUTCOMES that is in the outbox for alerts, as the flow said it last; 0 if it never did."""
    return passed(data, "alerts", network)


def passed(data: Path, flow: str, network: str) -> int:
    """The last record of OUTCOMES that a flow is done with, as it said it last; 0 if it never did."""
    beat = answered(lambda: heard(data, flow), None)
    return beat.passed.get(network, 0) if beat else 0


def untold(data: Path, network: str) -> int:
    """How many alerts nobody has tried to send yet. Those that nobody takes wait for hours, and are not among them."""
    from streams.alerts import outbox_of

    path = outbox_of(data, network)
    if not path.exists():
        return 0
    with closing(Outbox(path)) as box:
        return int(box.ask("SELECT count(*) FROM messages WHERE state = 'waiting' AND tries = 0")[0][0])


def answered(ask: Callable[[], Given], otherwise: Given) -> Given:
    """What is answered; something else where the system is away or not made yet."""
    try:
        return ask()
    except TowerError:
        return otherwise


class Balance:
    """The newest ledger of a network and its open deviations, followed through OUTCOMES."""

    def __init__(self, root: str, network: str) -> None:
        self.log, self.after = urls.reader(names.outcomes(root, network)), 0
        self.texts: dict[int, str] = {}
        self.ledger: dict[int, dict[str, int]] = {}
        self.open: dict[int, int] = {}
        self.raised = 0

    def follow(self) -> None:
        """Read what is new."""
        while entries := self.log.read(self.after, 256):
            for number, data in entries:
                self._take(Record.decode(number, split(data)[1]))
                self.after = number

    def _take(self, record: Record) -> None:
        self.texts.update(record.names)
        for row in record.rows("ledger"):
            self.ledger[int(row["source"])] = {n: int(row[n]) for n in row.dtype.names or () if n != "source"}
        for row in record.rows("deviations"):
            self._deviation(row)

    def _deviation(self, row: np.void) -> None:
        key = int(row["id"])
        self.raised += int(row["status"] == 0)
        if row["status"] <= 1:
            self.open[key] = int(row["severity"])
        else:
            self.open.pop(key, None)

    def by_severity(self) -> dict[str, int]:
        """How many deviations are open, by severity."""
        return {word: sum(1 for s in self.open.values() if s == i) for i, word in enumerate(SEVERITIES) if i}

    def rows(self) -> list[dict[str, Any]]:
        """The ledger by source, with its name."""
        return [{"source": self.texts.get(k, f"#{k:016x}"), **counts} for k, counts in sorted(self.ledger.items())]

    def is_balanced(self) -> bool:
        """received == accepted + duplicate + late + rejected, for each source, and something was received."""
        return bool(self.ledger) and all(
            c["received"] == c["accepted"] + c["duplicate"] + c["late"] + c["rejected"] for c in self.ledger.values()
        )
