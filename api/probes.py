"""Probes: whether a server of the tower answers, asked as its clients ask, for whoever watches over its process.

An answer is a step and there is always one to be had, so that a server that hangs looks like a flow that does:
api.vitals says for how long that is borne. What is answered does not matter, only that it is.
"""

import socket
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from typing import Final

from api.vitals import Ask, Vitals

ANSWER_S: Final = 2.0
EVERY: Final = ("", "0.0.0.0", "::")  # noqa: S104  # addresses to listen on, not to be asked at


class Answers:
    """Asks once each time it is called, and counts the answers."""

    def __init__(self, ask: Callable[[], object]) -> None:
        self._ask, self.count = ask, 0

    def __call__(self) -> Vitals:
        """How often it has answered."""
        try:
            self._ask()
            self.count += 1
        except (OSError, HTTPException):
            pass
        return Vitals(self.count, waits=True)


def http(port: int, path: str, host: str = "127.0.0.1") -> Ask:
    """Asks for a page."""

    def ask() -> None:
        connection = HTTPConnection(near(host), port, timeout=ANSWER_S)
        try:
            connection.request("GET", path)
            connection.getresponse().read()
        finally:
            connection.close()

    return Answers(ask)


def redis(port: int) -> Ask:
    """Asks for a PONG."""

    def ask() -> None:
        with socket.create_connection(("127.0.0.1", port), ANSWER_S) as connection:
            connection.sendall(b"PING\r\n")
            if not connection.recv(64):
                raise ConnectionError("closed without a word")

    return Answers(ask)


def near(host: str) -> str:
    """Where somebody on this machine finds whoever listens there."""
    return "127.0.0.1" if host in EVERY else host.strip("[]")
