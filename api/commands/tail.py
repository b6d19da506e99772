"""`towerctl tail`: what the tower says, a line a deviation; or, of LOG, a record a line."""

import argparse
import json
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tower.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from api.reading import Texts
    from tower.record import Record

NAME = "tail"
HELP = "Show deviations as they come, or records of the log"
LINES = 20
WAIT_S = 0.2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to show, from where."""
    parser.add_argument("--log", action="store_true", help="records of LOG as JSON, instead of deviations")
    parser.add_argument("--network", help="only this network")
    parser.add_argument("--site", help="only deviations at this site")
    parser.add_argument("--severity", type=int, choices=(1, 2, 3), default=0,
                        help="only what has been at least this bad: 1 advisory, 2 warning, 3 critical")  # fmt: skip
    parser.add_argument("--from", dest="start", type=int, metavar="N", help=f"from record N on; else the last {LINES}")
    parser.add_argument("--follow", action="store_true", help="go on as more comes, until Ctrl-C")
    parser.add_argument("--data", metavar="DIR", help="the tower's data folder")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(arguments: argparse.Namespace) -> int:
    """Print the newest lines of each network; then, if told to follow, what comes. Raises UsageError."""
    from api import where
    from streams import names

    if arguments.start is not None and arguments.start < 1:
        raise UsageError(f"--from: records begin at 1 (got {arguments.start})", "--from 1")
    told = where.told(arguments.data)
    root = names.root_of(told)
    networks = where.networks_of(root, arguments.network)
    if len(networks) == 1 and (door := feed_of(arguments, told.data)) is not None:
        for line in listened(*door, networks[0], arguments):
            print(line, flush=True)
    tails = [Tail(root, network, arguments) for network in networks]
    for tail in tails:
        for line in tail.begin():
            print(line)
    while arguments.follow:
        follow(tails)
    return 0


def feed_of(arguments: argparse.Namespace, data: "Path") -> tuple[str, str] | None:
    """Where to listen instead of reading: the hub of the data folder, if it answers, for lines that go on."""
    from api import listening

    plain = arguments.follow and not arguments.log and not arguments.json and arguments.start is None
    return listening.found(data) if plain else None


def listened(url: str, token: str, network: str, arguments: argparse.Namespace) -> Iterator[str]:
    """Lines as the hub tells them."""
    from api import listening

    return listening.lines(url, token, network, arguments.site, arguments.severity)


def follow(tails: list["Tail"]) -> None:
    """Print what has come since; wait a moment if nothing has."""
    from tower import clock

    lines = [line for tail in tails for line in tail.more()]
    for line in lines:
        print(line, flush=True)
    if not lines:
        clock.sleep(WAIT_S)


class Tail:
    """The lines of one network, as they are asked for."""

    def __init__(self, root: str, network: str, asked: argparse.Namespace) -> None:
        from api.reading import Texts, opened

        self.network, self.asked, self.texts, self.after = network, asked, Texts(), 0
        self.reader = opened(root, network, asked.log)
        self.worst: dict[int, int] = {}

    def begin(self) -> "list[str] | deque[str]":
        """The first lines: from the record asked for, or the last few."""
        lines = self.more()
        return deque(lines, LINES) if self.asked.start is None else list(lines)

    def more(self) -> Iterator[str]:
        """The lines of what has come since. Names are told where they come first, so all is read from the start."""
        from api.reading import learned

        for record in learned(self.reader, self.texts, self.after):
            self.after = record.number
            lines = list(self.lines(record))
            if record.number >= (self.asked.start or 1):
                yield from lines

    def lines(self, record: "Record") -> Iterator[str]:
        """A record's lines."""
        from tower.render import render_record

        if self.asked.log:
            yield json.dumps({"network": self.network, **render_record(record, self.texts)})
            return
        for row in record.rows("deviations"):
            if self.wanted(row):
                yield self.line(record, row)

    def wanted(self, row: "np.void") -> bool:
        """Whether it is at the site, and is or was bad enough."""
        key = int(row["id"])
        self.worst[key] = max(self.worst.get(key, 0), int(row["severity"]))
        at = self.asked.site is None or self.texts.of(int(row["site"])) == self.asked.site
        return at and self.worst[key] >= self.asked.severity

    def line(self, record: "Record", row: "np.void") -> str:
        """One deviation, for people or as JSON."""
        from api.reading import worded

        if self.asked.json:
            return json.dumps(as_json(self.network, record, row, self.texts))
        return worded(row, record.now, self.texts)


def as_json(network: str, record: "Record", row: "np.void", texts: "Texts") -> dict[str, Any]:
    """A row of `deviations` with its place and its reason."""
    from api.reading import why
    from tower import clock
    from tower.render import render_rows

    place = {"network": network, "number": record.number, "now": clock.render(record.now)}
    return {**place, **render_rows("deviations", row.reshape(1), texts)[0], "why": why(row, texts)}
