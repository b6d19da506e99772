"""Follow: a thread that reads one network's OUTCOMES and hands on its records as they come."""

import logging
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Final

from streams import names
from tower import clock
from tower.errors import Damaged, LogError, Lost, Trimmed
from tower.logs import Entry, LogReader, urls
from tower.record import Record, split

AT_ONCE: Final = 64
"""Records between two looks at whoever else wants the loop."""
WAIT_S: Final = 0.5
AGAIN_S: Final = 1.0
LOGGER: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Decided:
    """A record of OUTCOMES, and the moment of the wall at which it was written, ms; 0 if it does not say."""

    record: Record
    stamp: int
    logged: int = 0
    """When its record of LOG was written; 0 if nobody knows."""


Give = Callable[[str, list[Decided]], None]


class Follow(threading.Thread):
    """Reads behind `after` until told to stop; `give` takes some records and returns once they are taken in.

    A log that is away is waited for. One that is another, trimmed or damaged ends it: `failed` is why.
    """

    def __init__(self, root: str, network: str, after: int, give: Give) -> None:
        super().__init__(name=f"follow {network}", daemon=True)
        self.root, self.network, self.after, self.give = root, network, after, give
        self.failed: BaseException | None = None
        self._ends = threading.Event()

    def run(self) -> None:
        """Read and give."""
        try:
            outcomes, log = names.outcomes(self.root, self.network), names.log(self.root, self.network)
            with closing(urls.reader(outcomes)) as decided, closing(urls.reader(log)) as logged:
                while not self._ends.is_set():
                    self._once(decided, logged)
        except Exception as error:  # noqa: BLE001  # whoever started it asks
            self.failed = error
            self.give(self.network, [])

    def _once(self, outcomes: LogReader, log: LogReader) -> None:
        try:
            entries = outcomes.read(self.after, AT_ONCE, WAIT_S)
        except (Lost, Trimmed, Damaged):
            raise
        except LogError as cause:
            LOGGER.warning("OUTCOMES of %s cannot be read, trying again: %s", self.network, cause)
            clock.sleep(AGAIN_S)
            return
        if entries:
            logged = stamps(log, self.after, len(entries))
            self.give(self.network, [decided(entry, logged.get(entry[0], 0)) for entry in entries])
            self.after = entries[-1][0]

    def stop(self) -> None:
        """End soon."""
        self._ends.set()


def stamps(log: LogReader, after: int, count: int) -> dict[int, int]:
    """When those records of LOG were written, by number; nothing where LOG does not say: nobody relies on it."""
    with suppress(LogError):
        return {number: written(split(data)[0]) for number, data in log.read(after, count)}
    return {}


def decided(entry: Entry, logged: int = 0) -> Decided:
    """The record of an entry, with its stamps."""
    number, data = entry
    stamp, body = split(data)
    return Decided(Record.decode(number, body), written(stamp), logged)


def written(stamp: bytes) -> int:
    """The moment that a hop stamp begins with, ms of the wall; 0 if it has none."""
    return int.from_bytes(stamp[:8], "little") if len(stamp) >= 8 else 0
