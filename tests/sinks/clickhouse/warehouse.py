"""A warehouse in a process of its own, asked as plainly as HTTP allows."""

import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Self
from urllib.parse import quote, urlencode

ROOT = Path(__file__).parents[3]
KEY = "a-key-for-tests-only"
SAMPLE = (
    "CREATE TABLE tower.sample (a UInt64, b String) ENGINE = MergeTree ORDER BY a"
    " SETTINGS non_replicated_deduplication_window = 1000"
)
COMMAND = [sys.executable, "-m", "sinks.clickhouse.embedded"]


@dataclass(frozen=True, slots=True)
class Told:
    """A response."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def code(self) -> int:
        """ClickHouse's code of the exception, 0 for none."""
        return int(self.headers.get("X-ClickHouse-Exception-Code", 0))


class Warehouse:
    """The process over a folder, ready when made."""

    def __init__(self, path: Path, port: int = 0) -> None:
        self.process = subprocess.Popen(
            command(path, port), cwd=ROOT, env=environment(), stderr=subprocess.PIPE, text=True
        )
        assert self.process.stderr is not None
        self.ready = next((line for line in self.process.stderr if not line.startswith("Warning")), "")
        found = re.search(r"http://127\.0\.0\.1:(\d+)", self.ready)
        assert found, self.ready + self.process.stderr.read()
        self.url, self.port = found[0], int(found[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def ask(
        self, statement: str = "", body: bytes | str = b"", headers: dict[str, str] | None = None, **url: str
    ) -> Told:
        """Ask as a reader: the statement in the body, or in the URL if a body is given."""
        said = url | ({"query": statement} if body and statement else {})
        return self.http("POST", f"/?{urlencode(said, quote_via=quote)}", body or statement, headers)

    def write(self, statement: str, body: bytes | str = b"", headers: dict[str, str] | None = None, **url: str) -> Told:
        """Ask with the key, and expect to be served."""
        told = self.ask(statement, body, (headers or {}) | {"X-ClickHouse-Key": KEY}, **url)
        assert told.status == 200, told.body
        return told

    def http(self, method: str, target: str, body: bytes | str = b"", headers: dict[str, str] | None = None) -> Told:
        """One request on a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, target, body.encode() if isinstance(body, str) else body, headers or {})
        response = connection.getresponse()
        told = Told(response.status, response.read(), dict(response.getheaders()))
        connection.close()
        return told

    def value(self, statement: str) -> str:
        """The answer to a reader's statement, as text."""
        told = self.ask(statement)
        assert told.status == 200, told.body
        return told.body.decode().strip()

    def kill(self) -> None:
        """End it as a power cut of this process alone would."""
        self.process.kill()
        self.ended()

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.ended()

    def ended(self) -> int:
        """Its exit code, once it has ended."""
        code = self.process.wait(20)
        if self.process.stderr:
            self.process.stderr.close()
        return code


def command(path: Path, port: int = 0) -> list[str]:
    return [*COMMAND, "--path", str(path), "--port", str(port)]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "TOWER_CLICKHOUSE_PASSWORD": KEY, **more}


def failed(path: Path, port: int = 0, **more: str) -> tuple[int, str]:
    """The exit code and the words of a start that must fail."""
    done = subprocess.run(
        command(path, port), check=False, cwd=ROOT, env=environment(**more), capture_output=True, text=True, timeout=30
    )
    return done.returncode, done.stderr


def python(script: str, *arguments: str) -> str:
    """What a script prints in a process of its own."""
    words = [sys.executable, "-c", script, *arguments]
    return subprocess.run(words, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=60).stdout
