"""Inboxes: the API's own sources, of which it is the one writer: `people` for what they do, `http` for programs."""

import threading
from collections.abc import Callable
from typing import Final

from streams.inbox import InboxWriter, stamps_of

PEOPLE: Final = "people"
PROGRAMS: Final = "http"


class Inboxes:
    """Opened for good once they are used, or at the start: then ingest has found them before anybody waits."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._writers: dict[tuple[str, str], InboxWriter] = {}
        self._stamps: dict[str, Callable[[], int]] = {}
        self._turn = threading.Lock()

    def open(self, network: str) -> None:
        """Open both of a network. Raises Refused if another API runs."""
        for source in (PEOPLE, PROGRAMS):
            self.of(network, source)
        self.stamp(network)

    def of(self, network: str, source: str) -> InboxWriter:
        """The inbox of that source."""
        with self._turn:
            if (network, source) not in self._writers:
                self._writers[network, source] = InboxWriter(self.root, network, source)
            return self._writers[network, source]

    def stamp(self, network: str) -> int:
        """The moment to stamp a message with that comes now."""
        with self._turn:
            if network not in self._stamps:
                self._stamps[network] = stamps_of(self.root, network)
            return self._stamps[network]()

    def close(self) -> None:
        """Let others write."""
        for writer in self._writers.values():
            writer.close()
