"""A real Apache Kafka (one node, KRaft) on 127.0.0.1 for tests, without containers.

    with Broker() as broker:
        Producer({"bootstrap.servers": broker.bootstrap})
        broker.kill(); broker.start()

It dies with the thread that started it, so that a killed pytest leaves none behind: start it from the main thread.
"""

import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from tests.kafka_broker.jars import cache, jars

JVM = ["-Xmx256m", "-Xms64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xlog:disable"]
TIED = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
CLUSTER = "AAAAAAAAAAAAAAAAAAAAAA"  # any 16 bytes in url-safe base64
READY_S = 60.0
STOP_S = 20.0
PORTS = range(15_000, 32_000)  # below the ephemeral range, in which a client that retries can connect to itself
SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.listener.names": "CONTROLLER",
    "auto.create.topics.enable": "false",
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "broker.heartbeat.interval.ms": 300,  # a node that was killed is refused until its old session ends:
    "broker.session.timeout.ms": 1500,  # up in 2.3 s instead of 11
    "log.initial.task.delay.ms": 500,  # 30 s: what was trimmed stays on the disk that long
    "log.retention.check.interval.ms": 500,
    "log.segment.delete.delay.ms": 500,
    "log.cleaner.dedupe.buffer.size": 4 << 20,  # 128 MiB of the heap
    "num.network.threads": 2,
    "num.io.threads": 4,
}


@dataclass(frozen=True, slots=True)
class Secured:
    """How clients are let in: the protocol's name, and what node and clients are told for it."""

    protocol: str = "PLAINTEXT"
    node: Mapping[str, str] = field(default_factory=dict)
    client: Mapping[str, str] = field(default_factory=dict)


class Broker:
    """One node. Port and data stay the same over `kill` and `start`, until `close`."""

    def __init__(self, secured: "Secured | None" = None) -> None:
        self.secured = secured or Secured()
        self.home = Path(tempfile.mkdtemp(prefix="tower-kafka-"))
        self.port, controller = free_port(), free_port()
        self.bootstrap = f"127.0.0.1:{self.port}"
        self._java: subprocess.Popen[bytes] | None = None
        self._properties(controller)
        self._run("kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", str(self._file)).wait(READY_S)

    @property
    def _file(self) -> Path:
        return self.home / "server.properties"

    def _properties(self, controller: int) -> None:
        name = self.secured.protocol
        own = {
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "listeners": f"{name}://{self.bootstrap},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"{name}://{self.bootstrap}",
            "listener.security.protocol.map": f"{name}:{name},CONTROLLER:PLAINTEXT",
            "security.inter.broker.protocol": name,
            "log.dirs": self.home / "data",
            **self.secured.node,
        }
        self._file.write_text("".join(f"{key}={value}\n" for key, value in {**SETTINGS, **own}.items()))

    def _run(self, *command: str) -> subprocess.Popen[bytes]:
        path = ":".join(map(str, jars()))
        with (self.home / "broker.log").open("ab") as out:
            java = [*TIED, "java", *JVM, "-cp", path, *command]
            return subprocess.Popen(java, stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd=self.home)

    def start(self) -> Self:
        """Start the node and wait until it answers."""
        self._java = self._run(*self._archive(), "kafka.Kafka", str(self._file))
        until = time.monotonic() + READY_S
        while not self._ready():
            if self._java.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the broker does not start:\n{self.said()}")
            time.sleep(0.05)
        return self

    def _archive(self) -> list[str]:
        """Class data of an earlier run: halves the start and its CPU. The first clean stop on a machine writes it."""
        if (shared := shared_archive()).exists():
            return [f"-XX:SharedArchiveFile={shared}"]
        return [f"-XX:ArchiveClassesAtExit={self.home}/kafka.jsa"]

    def _ready(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 0.5).close()  # a client that came too early backs off
            admin = AdminClient({**self.secured.client, "bootstrap.servers": self.bootstrap, "log_level": 0})
            return any(b.port == self.port for b in admin.list_topics(timeout=1).brokers.values())
        except (OSError, KafkaException):
            return False

    def said(self, most: int = 4000) -> str:
        """The end of what the node printed."""
        return (self.home / "broker.log").read_text(errors="replace")[-most:]

    def stacks(self) -> str:
        """Where each of its threads is, behind what it printed before; the machine's load."""
        self._signal(signal.SIGQUIT)
        time.sleep(1)
        return f"load {os.getloadavg()}\n{self.said(60_000)}"

    def kill(self) -> None:
        """End the node as a power cut ends a process."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End the node in good order."""
        self._end(signal.SIGTERM)
        if (made := self.home / "kafka.jsa").exists():
            shutil.move(made, shared_archive())

    def pause(self) -> None:
        """Let the node hang."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, what: signal.Signals) -> None:
        if self._java:
            self._java.send_signal(what)

    def _end(self, how: signal.Signals) -> None:
        if self._java is None:
            return
        self._java.send_signal(how)
        try:
            self._java.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._java.kill()
            self._java.wait()
        self._java = None

    def close(self) -> None:
        """Stop the node and drop its data."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *raised: object) -> None:
        self.close()


def shared_archive() -> Path:
    """The class data for this build of Java and these jars."""
    java = Path(shutil.which("java") or "java").resolve()
    return cache() / f"{jars()[0].parent.name}-{java.stat().st_mtime_ns}.jsa"


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)):
                return port
