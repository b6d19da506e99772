"""A writer that dies at its n-th append, before or after it is done."""

from collections.abc import Sequence

from tower.logs import Entry, LogWriter


class Died(BaseException):
    """It did."""


class Dying:
    """Writes like `writer` until it dies."""

    def __init__(self, writer: LogWriter, appends: int, *, before: bool) -> None:
        self.writer, self.appends, self.before = writer, appends, before

    @property
    def id(self) -> str:
        return self.writer.id

    def append(self, first: int, entries: Sequence[bytes]) -> None:
        self.appends -= 1
        if self.appends < 0 and self.before:
            raise Died
        self.writer.append(first, entries)
        if self.appends < 0:
            raise Died

    def first(self) -> int:
        return self.writer.first()

    def last(self) -> Entry:
        return self.writer.last()

    def read(self, after: int, count: int, wait_s: float = 0.0) -> list[Entry]:
        return self.writer.read(after, count, wait_s)

    def trim(self, upto: int) -> None:
        self.writer.trim(upto)

    def close(self) -> None:
        self.writer.close()
