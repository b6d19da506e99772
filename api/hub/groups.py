"""Groups: all who have asked for the same are told the same, by frames that are made once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from api.hub import filters, metrics, wire
from api.hub.boards.board import Rows
from api.hub.client import Client
from api.hub.frames import Subscribe
from api.hub.picture import Picture
from tower import clock

MISSED: Final = 20_000
"""Rows that a slow client may be behind; beyond that it gets a snapshot."""


@dataclass(eq=False, slots=True)
class Subscription:
    """One client's share in a group. `behind`: the rows it was not told because it did not read."""

    client: Client
    group: "Group"
    told: int
    behind: dict[str, None] = field(default_factory=dict)

    def tell(self, frames: list[bytes], rows: Rows) -> bool:
        """Send shared frames; whether the socket took them at once.

        A client that does not read is told later what stands then, or is closed.
        """
        if not self.behind and self.client.takes(frames):
            self.told = self.group.told
            return True
        full = self.client.is_full()
        if full and self.group.is_events:
            self.client.end(4008, "slow: what was sent is not read")
        elif full or self.behind:
            self.behind.update(dict.fromkeys(rows))
            metrics.CONFLATED.inc(len(rows))
            if not full:
                self.catch_up()
        else:
            self.client.write(*frames)
            self.told = self.group.told
        return False

    def catch_up(self) -> bool:
        """Tell what it is behind with, if it reads again; whether it is behind no more."""
        if self.behind and not self.client.is_full():
            group = self.group
            if len(self.behind) > MISSED:
                self.client.write_all(group.snapshot())
            else:
                rows = {id: group.row(id) for id in self.behind}
                self.client.write(*wire.delta(group.channel, self.told, group.picture.seq, rows))
            self.told, self.behind = group.picture.seq, {}
        return not self.behind


class Group:
    """The members, what they are to be told next, and up to which record they have been told."""

    def __init__(self, picture: Picture, asked: Subscribe) -> None:
        self.picture, self.channel, self.is_events = picture, asked.channel, asked.mode == "events"
        self.key = key_of(picture.network, asked)
        self.passes = filters.passes(asked.channel, asked.filter)
        self.members: dict[Client, Subscription] = {}
        self.interval_s = 1 / asked.max_hz
        self.told, self.pending, self.oldest = picture.seq, Rows(), 0
        self.next_at = 0.0
        self.inside = {id for id, row in picture.rows(self.channel).items() if self.passes(row)}
        self._pages: tuple[int, list[bytes]] = (-1, [])

    def row(self, id: str) -> dict[str, Any] | None:
        """The row of that id, if it is there and wanted."""
        row = self.picture.rows(self.channel).get(id)
        return row if row is not None and self.passes(row) else None

    def take(self, seq: int, rows: Rows, stamp: int) -> None:
        """Note what a record has changed; in mode events tell it at once."""
        for id, row in rows.items():
            if row is not None and self.passes(row):
                self.inside.add(id)
                self._note(id, row)
            elif id in self.inside:
                self.inside.discard(id)
                self._note(id, None)
        self.oldest = self.oldest or stamp
        if self.is_events:
            self.flush(seq)

    def _note(self, id: str, row: dict[str, Any] | None) -> None:
        if id in self.pending:
            metrics.CONFLATED.inc(len(self.members))
            del self.pending[id]
        self.pending[id] = row

    def flush(self, seq: int) -> float | None:
        """Tell what is pending, up to that record; ms since the oldest of it was decided, None if nothing was."""
        if not self.pending:
            return None  # `told` stays: a delta begins where the last one ended, whatever was heard between
        rows, start = self.pending, self.told
        self.pending, self.told = Rows(), seq
        frames = wire.delta(self.channel, start, seq, rows)
        metrics.BUILT.inc(len(frames))
        metrics.FRAMES.inc(sum([one.tell(frames, rows) for one in list(self.members.values())]))
        took, self.oldest = clock.wall_ms() - self.oldest, 0
        return float(took)

    def snapshot(self) -> list[bytes]:
        """The pages of everything as it is, made once a record."""
        if self._pages[0] != self.picture.seq:
            rows = self.picture.rows(self.channel)
            wanted = (rows[id] for id in rows if self.passes(rows[id]))
            self._pages = self.picture.seq, wire.snapshot(self.channel, self.picture.seq, wanted)
            metrics.BUILT.inc(len(self._pages[1]))
        return self._pages[1]

    def missed(self, seq: int) -> list[bytes]:
        """The deltas since that record: one a record in mode events, else one of all. The last leads up to now."""
        changes, now = self.picture.missed(self.channel, seq), self.picture.seq
        if self.is_events:
            told = [(at, self._seen(rows)) for at, rows in changes]
            told += [(now, {})] if not told or told[-1][0] < now else []
        else:
            told = [(now, {id: self.row(id) for id in dict.fromkeys(id for _, rows in changes for id in rows)})]
        return list(self._chained(seq, told)) if now > seq else []

    def _seen(self, rows: Rows) -> Rows:
        """The rows as this group tells them: what it does not want is no more."""
        return {id: row if row is not None and self.passes(row) else None for id, row in rows.items()}

    def _chained(self, seq: int, changes: Iterable[tuple[int, Rows]]) -> Iterable[bytes]:
        for at, rows in changes:
            yield from wire.delta(self.channel, seq, at, rows)
            seq = at


def key_of(network: str, asked: Subscribe) -> tuple[object, ...]:
    """Equal for those who ask for the same."""
    hz = 0.0 if asked.mode == "events" else asked.max_hz
    return network, asked.channel, asked.mode, hz, filters.key(asked.filter)
