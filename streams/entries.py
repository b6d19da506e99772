"""Entries: a log read to its end."""

from collections.abc import Iterator
from typing import Final

from tower.logs import LogReader
from tower.record import Record, split

READ: Final = 256


def entries(log: LogReader, after: int = 0) -> Iterator[tuple[int, bytes | memoryview]]:
    """Every entry behind that number, or from the oldest that is left if `after` is 0."""
    after = after or log.first() - 1
    while found := log.read(after, READ):
        yield from found
        after = found[-1][0]


def records(log: LogReader, after: int = 0) -> Iterator[Record]:
    """Those entries as records."""
    for number, data in entries(log, after):
        yield Record.decode(number, split(data)[1])
