"""A flow as a process of its own, told all by its environment, to be killed at will."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Self

from streams import names
from streams.entries import records
from tower.logs import urls

WAIT_S = 120.0


class Worker:
    """`python -m api.worker <flow>` for one network; its folder holds states and what it says."""

    def __init__(self, flow: str, root: str, network: str, folder: Path) -> None:
        told = {"TOWER_LOGS": root, "TOWER_NETWORKS": network, "TOWER_DATA": str(folder)}
        self.output = folder / f"{flow}.txt"
        with self.output.open("ab") as out:
            command = [sys.executable, "-m", "api.worker", flow]
            self.process = subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, **told})

    def reach(self, url: str, number: int) -> int:
        """Wait until a log has so many entries; how many it has then."""
        with closing(urls.reader(url)) as log:  # one for all looks: each opens connections to a Kafka
            self.until(lambda: log.last()[0] >= number)
            return log.last()[0]

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for that, as long as the flow runs."""
        until = time.monotonic() + WAIT_S
        while not condition():
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < until, self.output.read_text()
            time.sleep(0.01)

    def kill(self) -> None:
        """As a power cut would."""
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.kill()


def last_of(url: str) -> int:
    """The newest number of a log."""
    with closing(urls.reader(url)) as log:
        return log.last()[0]


def outcomes(root: str, network: str) -> list[bytes]:
    """OUTCOMES, less hop stamps."""
    with closing(urls.reader(names.outcomes(root, network))) as log:
        return [record.encode() for record in records(log)]


def log(root: str, network: str) -> list[bytes]:
    """LOG, less hop stamps."""
    with closing(urls.reader(names.log(root, network))) as log:
        return [record.encode() for record in records(log)]
