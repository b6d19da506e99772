"""Client: clickhouse-connect, set so that it does what it is told, once."""

import logging
from typing import Any, Final, cast
from urllib.parse import urlsplit

import clickhouse_connect
from clickhouse_connect.driver.httpclient import HttpClient
from clickhouse_connect.driver.httputil import get_pool_manager_options
from urllib3 import BaseHTTPResponse, PoolManager
from urllib3.exceptions import HTTPError

CONNECT_S, ANSWER_S = 5, 60
logging.getLogger("clickhouse_connect").addHandler(logging.NullHandler())  # it logs what it raises, too
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def connect(url: str, key: str = "", user: str = "default") -> HttpClient:
    """A client of a warehouse, embedded or a server; without a key it reads.

    Safe for several threads (no session), never by a proxy from the environment, an insert is sent once whatever
    happens (a token makes the caller's repetition harmless), and loopback is not compressed. Raises DatabaseError of
    clickhouse-connect; of it, OperationalError for a full queue or no connection.
    """
    where = urlsplit(url)
    client = clickhouse_connect.get_client(
        interface=where.scheme,
        host=where.hostname or "127.0.0.1",
        port=where.port or 8123,
        username=user,
        password=key,
        compress=where.hostname not in LOOPBACK,
        connect_timeout=CONNECT_S,
        send_receive_timeout=ANSWER_S,
        query_retries=0,
        autogenerate_session_id=False,
        autogenerate_query_id=False,
        pool_mgr=Once(**get_pool_manager_options()),
    )
    http = cast(HttpClient, client)
    http.http_retries = 0
    return http


class Once(PoolManager):
    """Connections on which nothing is sent again: clickhouse-connect repeats even inserts when it sees one closed."""

    def urlopen(self, *arguments: Any, **more: Any) -> BaseHTTPResponse:
        """One request; raises a plain HTTPError if no whole answer comes."""
        try:
            response = super().urlopen(*arguments, **more)
        except HTTPError as cause:
            raise HTTPError(str(cause)) from None
        if "Content-Length" in response.headers or "Transfer-Encoding" in response.headers:
            return response
        response.close()
        raise HTTPError("the answer ended in its headers")
