"""SmallRedis: the few commands that the live views use, in memory; it can fail to answer and lose its newest writes."""

import random
from collections.abc import Iterator
from typing import Any

from sinks.patience import Away

Hash = dict[bytes, bytes]


class SmallRedis:
    """Hashes by key. A write is whole or not there; `saved` are the newest contents, as after each write."""

    def __init__(self) -> None:
        self.keys: dict[bytes, Hash] = {}
        self.saved: list[dict[bytes, Hash]] = [{}]

    def go_back(self, writes: int) -> None:
        """Lose so many of the newest writes, as a server does that ends before it has synced."""
        del self.saved[max(1, len(self.saved) - writes) :]
        self.keys = copied(self.saved[-1])

    def keep(self) -> None:
        """A write is done."""
        self.saved = [*self.saved[-4:], copied(self.keys)]

    def rows(self, network: str, table: str) -> list[bytes]:
        """The packed rows of a live table, sorted."""
        return sorted(value[2:] for value in self.keys.get(f"tower:{network}:{table}".encode(), {}).values())

    def run(self, words: list[bytes]) -> Any:
        """The reply to one command."""
        held = self.keys.setdefault(words[1], {})
        if words[0] == b"HMGET":
            return [held.get(field) for field in words[2:]]
        if words[0] == b"HSET":
            held.update(zip(words[2::2], words[3::2], strict=True))
        elif words[0] == b"HDEL":
            for field in words[2:]:
                held.pop(field, None)
        return 1


class SmallWire:
    """A connection, as `sinks.views.wire.Wire`; now and then the answer is lost, before or after the work is done."""

    url = "redis://small"

    def __init__(self, server: SmallRedis, draw: random.Random) -> None:
        self._server, self._draw = server, draw
        self._watched: dict[bytes, Hash] = {}
        self._queue: list[list[bytes]] | None = None
        self.fails = 0.1

    def ask(self, data: bytes, count: int) -> list[Any]:
        """The replies to these commands; raises Away."""
        if self._draw.random() < self.fails:
            raise self._hang_up("before")
        replies = [self._do(words) for words in commands(data)]
        assert len(replies) == count
        if self._draw.random() < self.fails:
            raise self._hang_up("after")
        return replies

    def close(self) -> None:
        """Hang up."""
        self._watched, self._queue = {}, None

    def _hang_up(self, when: str) -> Away:
        self.close()
        return Away(f"the connection broke {when} the work was done")

    def _do(self, words: list[bytes]) -> Any:
        match words[0]:
            case b"WATCH":
                self._watched[words[1]] = dict(self._server.keys.get(words[1], {}))
                return b"OK"
            case b"MULTI":
                self._queue = []
                return b"OK"
            case b"EXEC":
                return self._exec()
        if self._queue is None:
            return self._server.run(words)
        self._queue.append(words)
        return b"QUEUED"

    def _exec(self) -> list[Any] | None:
        watched, queue = self._watched, self._queue or []
        self.close()
        if any(self._server.keys.get(key, {}) != held for key, held in watched.items()):
            return None
        replies = [self._server.run(words) for words in queue]
        self._server.keep()
        return replies


def commands(data: bytes) -> Iterator[list[bytes]]:
    """The words of each command."""
    at = 0
    while at < len(data):
        at, count = number(data, at)
        words = []
        for _ in range(count):
            at, size = number(data, at)
            words.append(data[at : at + size])
            at += size + 2
        yield words


def number(data: bytes, at: int) -> tuple[int, int]:
    """Behind a line such as `*3` or `$8`, and the number in it."""
    end = data.index(b"\r\n", at)
    return end + 2, int(data[at + 1 : end])


def copied(keys: dict[bytes, Hash]) -> dict[bytes, Hash]:
    """Contents that no later write changes."""
    return {key: dict(held) for key, held in keys.items()}
