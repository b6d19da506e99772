"""Post: one try to hand over a message, with an end. No redirect is followed, no proxy is between."""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from sinks.webhooks.addresses import Forbidden, Network, Resolve, is_allowed, reachable, resolved

CONNECT_S: Final = 5.0
ANSWER_S: Final = 15.0
"""From connected to the answer's head; whoever drips is cut off."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it: the status, 0 for no answer; why not; how many seconds the receiver asks to be left alone."""

    status: int = 0
    why: str = ""
    wait_s: int = 0

    @property
    def is_delivered(self) -> bool:
        """Whether the receiver has it."""
        return 200 <= self.status < 300


Post = Callable[[str, bytes, Mapping[str, str]], Tried]


def poster(allowed: Sequence[Network], resolve: Resolve = resolved) -> Post:
    """What posts to public addresses and to these networks."""
    return lambda url, body, headers: post(url, body, headers, allowed, resolve)


def post(url: str, body: bytes, headers: Mapping[str, str], allowed: Sequence[Network], resolve: Resolve) -> Tried:
    """One try."""
    where = urlsplit(url)
    host = where.hostname or ""
    is_secure = where.scheme == "https"
    try:
        port = where.port or (443 if is_secure else 80)
        addresses = reachable(host, port, allowed, resolve)
        if not is_secure and not all(is_allowed(address, allowed) for address in addresses):
            return Tried(why=f"{host} is public: only https goes there")
        connection = Checked(host, port, str(addresses[0]), is_secure=is_secure)
        return asked(connection, where._replace(scheme="", netloc="", fragment="").geturl() or "/", body, headers)
    except Forbidden as cause:
        return Tried(why=str(cause))
    except (OSError, http.client.HTTPException, ValueError) as cause:
        return Tried(why=f"{type(cause).__name__}: {cause}"[:200])


class Checked(http.client.HTTPConnection):
    """A connection to one address, under the name of the host."""

    def __init__(self, host: str, port: int, address: str, *, is_secure: bool) -> None:
        super().__init__(host, port, timeout=CONNECT_S)
        self.address, self.is_secure = address, is_secure
        self.default_port = 443 if is_secure else 80

    def connect(self) -> None:
        """To the address that was checked; a certificate must be the host's."""
        self.sock = socket.create_connection((self.address, self.port), CONNECT_S)
        if self.is_secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)
        self.sock.settimeout(ANSWER_S)


def asked(connection: Checked, path: str, body: bytes, headers: Mapping[str, str]) -> Tried:
    """Send, and read the answer's head."""
    with contextlib.closing(connection):
        connection.connect()
        cut = threading.Timer(ANSWER_S, shut, (connection.sock,))
        cut.daemon = True
        cut.start()
        try:
            connection.request("POST", path, body, dict(headers))
            answer = connection.getresponse()
            return Tried(answer.status, "" if answer.status < 300 else answer.reason[:100], seconds(answer))
        finally:
            cut.cancel()


def shut(sock: socket.socket) -> None:
    """End whatever waits for it."""
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def seconds(answer: http.client.HTTPResponse) -> int:
    """What Retry-After says, where it says seconds."""
    said = answer.headers.get("Retry-After", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 7 else 0
