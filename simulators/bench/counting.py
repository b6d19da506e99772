"""Counting: a proxy on 127.0.0.1 that counts what comes through it, for whatever heeds HTTPS_PROXY and HTTP_PROXY.

It looks into nothing: it passes tunnels (CONNECT) and plain requests on, through the proxy that one has already if any.
"""

import os
import socket
import threading
from contextlib import suppress
from typing import Final, Self
from urllib.parse import urlsplit

READ: Final = 1 << 16
WAIT_S: Final = 60.0
HEAD_MOST: Final = 1 << 16


class Counting:
    """`url` is for the environment; `received` is how many bytes have come from outside."""

    def __init__(self) -> None:
        self.received, self._turn = 0, threading.Lock()
        self._door = socket.create_server(("127.0.0.1", 0))
        self._beyond = urlsplit(os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy") or "")
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._door.getsockname()[1]}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._door.close()

    def _serve(self) -> None:
        with suppress(OSError):  # closed
            while True:
                near, _ = self._door.accept()
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with near, suppress(OSError, ValueError):
            head, rest = read_head(near)
            with self._opened(near, head, rest) as far:
                upwards = threading.Thread(target=pump, args=(near, far), daemon=True)
                upwards.start()
                self._count_down(far, near)
                upwards.join(WAIT_S)

    def _opened(self, near: socket.socket, head: bytes, rest: bytes) -> socket.socket:
        """The way out for a request, with what it says already said."""
        method, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
        if self._beyond.hostname:
            far = socket.create_connection((self._beyond.hostname, self._beyond.port or 80), WAIT_S)
            far.sendall(head + rest)
        elif method == "CONNECT":
            host, _, port = target.rpartition(":")
            far = socket.create_connection((host.strip("[]"), int(port)), WAIT_S)
            near.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            far.sendall(rest)
        else:
            where = urlsplit(target)
            far = socket.create_connection((where.hostname or "", where.port or 80), WAIT_S)
            far.sendall(head + rest)  # servers take the whole address too
        return far

    def _count_down(self, far: socket.socket, near: socket.socket) -> None:
        while data := far.recv(READ):
            with self._turn:
                self.received += len(data)
            near.sendall(data)
        near.shutdown(socket.SHUT_WR)


def pump(near: socket.socket, far: socket.socket) -> None:
    """Carry one way until that side ends."""
    with suppress(OSError):
        while data := near.recv(READ):
            far.sendall(data)
        far.shutdown(socket.SHUT_WR)


def read_head(near: socket.socket) -> tuple[bytes, bytes]:
    """A request's head, and what came behind it; raises ValueError if it has no end."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = near.recv(READ)
        data += more
        if not more or len(data) > HEAD_MOST:
            raise ValueError("no head of a request")
    head, _, rest = data.partition(b"\r\n\r\n")
    return head + b"\r\n\r\n", rest
