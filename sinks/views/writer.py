"""The writer of one network's live views: a transaction a batch, refused by position, one round trip each."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sinks.patience import patiently
from sinks.position import Position
from sinks.views.conflate import Change, conflate
from sinks.views.keys import LIVE, NETWORKS, key_of
from sinks.views.resp import command, deletes, puts, texts
from sinks.views.wire import Wire
from tower import layouts
from tower.errors import Fenced, Lost
from tower.record import Record

MOST_ROWS: Final = 20_000
"""How many rows of records go into one transaction, so that it takes a few tens of milliseconds."""
AGAIN: Final = "start the views flow again: it goes on from where the views are"


class ViewsWriter:
    """Keeps the views of a network as OUTCOMES says. `position` is how far they are.

    After a batch the position is watched, so the next transaction fails whole if anyone else has moved it: a second
    writer raises Fenced; views that went back, because Redis was emptied or lost its newest writes, raise Lost. Either
    way a new writer starts from the position that it finds: from the first record, where there is none.
    """

    def __init__(self, wire: Wire, network: str) -> None:
        self._wire, self._network, self._what = wire, network, f"views of {network}"
        self._key = key_of(network, "position")
        self._look = command(b"WATCH", self._key) + command(b"HMGET", self._key, b"number", b"mark", b"now")
        self._watched = True
        self.position = patiently(f"{self._what} at {wire.url}", self._watch)

    def write(self, records: Sequence[Record]) -> None:
        """Bring the views behind these records; those they are behind already are left out.

        Waits while Redis is away. Raises Diverged at a gap or at another history, Fenced, Lost.
        """
        for batch in batches(self.position.behind(self._what, records)):
            then = Position.of(batch[-1])
            body = transaction(self._network, batch, then)
            patiently(f"{self._what} at {self._wire.url}", lambda: self._commit(body, then))  # noqa: B023  # done now

    def close(self) -> None:
        """Hang up."""
        self._wire.close()

    def _watch(self) -> Position:
        return position_of(self._wire.ask(self._look, 2)[1])

    def _commit(self, body: list[bytes], then: Position) -> None:
        """Send a transaction, unless it turns out to have been done before the connection broke."""
        if self._watched or not self._was_done(then):
            self._watched = False
            replies = self._wire.ask(b"".join(body) + self._look, len(body) + 2)
            found = position_of(replies[-1])
            if replies[-3] is None or found != then:  # EXEC says nil: the position was touched since it is watched
                raise moved(self._what, self.position, found)
        self.position, self._watched = then, True

    def _was_done(self, then: Position) -> bool:
        found = self._watch()
        if found not in (self.position, then):
            raise moved(self._what, self.position, found)
        return found == then


def moved(what: str, mine: Position, found: Position) -> Fenced | Lost:
    """Why the views are not where their writer left them."""
    if found.number < mine.number:
        return Lost(f"{what} went back from {mine.number} to {found.number}: Redis was emptied or lost writes", AGAIN)
    return Fenced(f"{what} are at {found.number}, not at {mine.number}: somebody else writes them", AGAIN)


def batches(records: Sequence[Record]) -> Iterator[list[Record]]:
    """The records in parts of about MOST_ROWS live rows."""
    batch: list[Record] = []
    rows = 0
    for record in records:
        batch.append(record)
        rows += sum(rows.size for table, rows in record.tables.items() if table in LIVE or table == "gone")
        if rows >= MOST_ROWS:
            yield batch
            batch, rows = [], 0
    if batch:
        yield batch


def transaction(network: str, records: Sequence[Record], then: Position) -> list[bytes]:
    """The commands that bring the views behind these records, all or none of them."""
    commands = [command(b"MULTI"), command(b"SADD", NETWORKS, network.encode())]
    for table, change in conflate(records).items():
        commands += changes(key_of(network, table), table, change)
    names = {code: text for record in records for code, text in record.names.items()}
    if names:
        commands.append(texts(key_of(network, "names"), names))
    told = (b"number", b"%d" % then.number, b"mark", b"%016x" % then.mark, b"now", b"%d" % then.now)
    return [*commands, command(b"HSET", key_of(network, "position"), *told), command(b"EXEC")]


def changes(key: bytes, table: str, change: Change) -> Iterator[bytes]:
    """The commands that change a table so."""
    yield from deletes(key, change.gone)
    yield from puts(key, layouts.of(table).number, change.keys, change.rows)


def position_of(reply: list[Any]) -> Position:
    """The position by its three fields; where there is none, nothing is in."""
    number, mark, now = reply
    return Position(int(number), int(mark, 16), int(now)) if number is not None else Position()
