"""Wire: one connection to Redis that sends bytes packed by hand and never sends anything twice by itself."""

from collections.abc import Iterator
from typing import Any, Final

import redis
from redis import exceptions as refused
from redis.backoff import NoBackoff
from redis.retry import Retry

from sinks.patience import Away
from tower.errors import SettingError, TowerError

TIMEOUT_S: Final = 1.0
PASSING: Final = (
    refused.BusyLoadingError, refused.OutOfMemoryError, refused.ReadOnlyError, refused.MasterDownError,
    refused.ClusterDownError, refused.TryAgainError,
)  # fmt: skip
"""Refusals that somebody mends without the tower."""
PASSING_WORDS: Final = ("BUSY", "MISCONF")


class Wire:
    """A connection that opens when it is used. redis-py's own retries would do things twice: they are off.

    Raises SettingError for a URL or a password that Redis does not know.
    """

    def __init__(self, url: str, password: str | None = None, timeout_s: float = TIMEOUT_S) -> None:
        self.url = url
        try:
            pool = redis.ConnectionPool.from_url(
                url, password=password, protocol=2, retry=Retry(NoBackoff(), 0), socket_timeout=timeout_s,
                socket_connect_timeout=TIMEOUT_S,
            )  # fmt: skip
        except ValueError as cause:
            raise SettingError(f"redis_url: {cause} (got {url})", "redis://host:port/db") from None
        self._connection: Any = pool.make_connection()  # one for good: a pool counts those it has made

    def ask(self, data: bytes, count: int) -> list[Any]:
        """The `count` replies to these commands. Raises Away if it breaks off: they may have been done or not."""
        try:
            self._connection.send_packed_command([data], check_health=False)
            replies = [self._reply() for _ in range(count)]
        except refused.AuthenticationError as cause:
            raise SettingError(f"redis_password: {self.url}: {cause}", "TOWER_REDIS_PASSWORD_FILE") from None
        except (refused.RedisError, OSError) as cause:
            self.close()
            raise Away(f"{self.url}: {cause}") from cause
        self._stop_at_refusals(replies)
        return replies

    def _reply(self) -> Any:
        try:
            return self._connection.read_response(disconnect_on_error=False)
        except refused.ResponseError as refusal:
            return refusal

    def _stop_at_refusals(self, replies: list[Any]) -> None:
        for refusal in _refusals(replies):
            self.close()
            if isinstance(refusal, PASSING) or str(refusal).startswith(PASSING_WORDS):
                raise Away(f"{self.url}: {refusal}")
            raise TowerError(f"redis {self.url}: {refusal}", "see what else writes keys that begin with tower:")

    def close(self) -> None:
        """Hang up. Twice is fine."""
        self._connection.disconnect()


def _refusals(replies: list[Any]) -> Iterator[refused.ResponseError]:
    for reply in replies:
        if isinstance(reply, refused.ResponseError):
            yield reply
        elif isinstance(reply, list):
            yield from _refusals(reply)
