"""Picture: what the hub knows of one network, as it is after the last record of OUTCOMES that was taken in."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from api.hub.boards import DRAWS, Board
from api.hub.boards.board import Rows
from api.hub.facts import Facts
from api.hub.names import Names
from tower.clock import HOUR
from tower.record import Record

RING: Final = 2048
"""How many records back a client may have been away."""
RING_ROWS: Final = 200_000
PLANNED: Final = ("plans", "options")
"""What a record tells where lines were planned anew."""


@dataclass(frozen=True, slots=True)
class Change:
    """How the channels differ behind a record."""

    seq: int
    channels: Mapping[str, Rows]

    @property
    def size(self) -> int:
        """How many rows it tells."""
        return sum(map(len, self.channels.values()))


class Picture:
    """Facts, names and boards of a network, and its newest changes. `seq` is the last record, `now` its moment.

    Until it is drawn it only takes in facts: a long log is caught up with quickly. Records up to `known` were in it
    when it was made, and are taken in again for the sake of those who were away. `planned`: the moment of the newest
    record with another plan or other options, 0 while none was seen.
    """

    def __init__(self, network: str) -> None:
        self.network, self.seq, self.now, self.build = network, 0, 0, 0
        self.planned = 0
        self.facts, self.names = Facts(), Names()
        self.boards = {channel: Board(draw(self.facts, self.names)) for channel, draw in DRAWS.items()}
        self.ring: deque[Change] = deque()
        self.ring_rows, self.since, self.known = 0, 0, 0
        self.is_drawn = False

    def take(self, record: Record) -> Change:
        """Take in the next record; what is new on the channels. A record that was taken in changes nothing more."""
        return Change(record.number, {channel: rows for channel, rows in self.taking(record) if rows})

    def taking(self, record: Record) -> Iterator[tuple[str, Rows]]:
        """The same channel by channel, what people act upon first: a board is drawn when it is asked for, so that a
        channel can be told before the next is drawn. Until the last was asked for the picture is not whole.
        """
        self.names.learn(record.names)
        changed = self.facts.take(record)
        self.seq, self.now, self.build = record.number, record.now, record.build
        if any(record.rows(table).size for table in PLANNED):
            self.planned = record.now
        if not self.is_drawn:
            return
        told: dict[str, Rows] = {}
        for channel, board in self.boards.items():
            if rows := board.take(changed, self.hour, again=record.number <= self.known):
                told[channel] = rows
            yield channel, rows
        self._remember(Change(record.number, told))

    @property
    def hour(self) -> int:
        """The moment down to its hour."""
        return self.now // HOUR * HOUR

    def draw(self) -> None:
        """Draw every board; from now on changes are told, and remembered behind this record."""
        for board in self.boards.values():
            board.fill(self.hour)
        self.is_drawn, self.since = True, self.seq

    def _remember(self, change: Change) -> None:
        self.ring.append(change)
        self.ring_rows += change.size
        while len(self.ring) > RING or self.ring_rows > RING_ROWS:
            gone = self.ring.popleft()
            self.ring_rows -= gone.size
            self.since = gone.seq

    def remembers(self, seq: int) -> bool:
        """Whether all that has changed behind that record can still be told."""
        return self.since <= seq <= self.seq

    def missed(self, channel: str, seq: int) -> list[tuple[int, Rows]]:
        """What has changed on a channel behind that record, a record each, oldest first."""
        back = len(self.ring)
        while back and self.ring[back - 1].seq > seq:
            back -= 1
        newer = (self.ring[i] for i in range(back, len(self.ring)))
        return [(change.seq, change.channels[channel]) for change in newer if channel in change.channels]

    def rows(self, channel: str) -> Mapping[str, dict[str, object]]:
        """The rows of a channel."""
        board = self.boards.get(channel)
        return {} if board is None else board.rows
