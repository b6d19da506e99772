"""Inbox: the front door for programs in this process. A message is in once it would survive a power cut."""

import threading
from collections.abc import Callable
from typing import Final

from streams import names
from streams.merge import second
from tower import clock, ids
from tower.envelope import Envelope
from tower.errors import Busy, Full
from tower.logs import LogReader, LogWriter, urls
from tower.record import Record, split

LAG_MOST: Final = 20_000
"""How many envelopes of a source may wait for ingest."""
SOON: Final = "send it again in a while: the disk must be freed"
LATER: Final = "see whether ingest runs, then send it again"


class InboxWriter:
    """The one writer of the inbox of a source. Threads may share it.

    Raises Refused if the inbox has a writer.
    """

    def __init__(self, root: str, network: str, source: str, lag_most: int = LAG_MOST) -> None:
        self.network, self.source, self.lag_most = network, source, lag_most
        self._key = ids.of("source", source)
        names.prepare(root, network, source)
        self._log: LogWriter = urls.writer(names.inbox(root, network, source))
        self._records: LogReader = urls.reader(names.log(root, network))
        self._position, self._taken = self._log.last()[0], 0
        self._turn = threading.Lock()

    def put(self, *messages: Envelope) -> int:
        """Keep messages, all or none; the position of the last of them.

        Raises Busy when the disk is full or ingest is too far behind: then none of them is in.
        """
        with self._turn:
            self._admit(len(messages))
            try:
                self._log.append(self._position + 1, [message.encode() for message in messages])
            except Full as cause:
                raise Busy(f"inbox {self.network}/{self.source} takes nothing: {cause.what}", SOON) from cause
            self._position += len(messages)
            return self._position

    def newest(self) -> Envelope | None:
        """The message that was kept last."""
        data = self._log.last()[1]
        return Envelope.decode(data) if data else None

    def close(self) -> None:
        """Let another one write."""
        self._log.close()
        self._records.close()

    def _admit(self, more: int) -> None:
        if self._position + more - self._taken <= self.lag_most:
            return
        self._taken = causes_of(self._records).get(self._key, 0)
        lag = self._position - self._taken
        if lag + more > self.lag_most:
            raise Busy(f"inbox {self.network}/{self.source}: {lag} messages wait, at most {self.lag_most} may", LATER)


def causes_of(records: LogReader) -> dict[int, int]:
    """How far each source is taken in, by the last record of LOG."""
    number, data = records.last()
    return Record.decode(number, split(data)[1]).causes if data else {}


def stamps_of(root: str, network: str) -> Callable[[], int]:
    """What to stamp messages of people and programs with: the time of the network.

    That is the wall clock, or, where a driver says how far time has passed, the last moment that it said, before the
    second that ingest waits for: so it is taken in at once. A driver speaks before anybody else does.
    """
    if names.CLOCK not in names.sources(root, network):
        return clock.wall_ms
    ticks = urls.reader(names.inbox(root, network, names.CLOCK))
    return lambda: second(driven_now(ticks) + 1) - 1


def driven_now(ticks: LogReader) -> int:
    """The newest moment that has passed wholly, by the driver's inbox."""
    data = ticks.last()[1]
    return Envelope.decode(data).received - 1 if data else 0


def tick(writer: InboxWriter, moment: int) -> int:
    """Say that all that was received before `moment` is in its inbox by now. For drivers, on inbox `clock`."""
    return writer.put(Envelope(names.CLOCK, moment, "", b""))
