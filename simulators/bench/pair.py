"""Pair: ingest and control as two processes on file logs in a folder of their own; no servers."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from streams import names
from streams.inbox import InboxWriter
from tower import clock
from tower.envelope import Envelope
from tower.errors import TowerError
from tower.logs import urls

NETWORK, SOURCE = "bench", "carrier"
FLOWS: Final = ("ingest", "control")
RUN: Final = "from streams.{0} import flow; from bytewax.run import cli_main; cli_main(flow())"
ROOT: Final = Path(__file__).parents[2]
LONGEST_S: Final = 60.0
TICKS_S: Final = os.sysconf("SC_CLK_TCK")
PAGE_MB: Final = os.sysconf("SC_PAGE_SIZE") / 1e6


@dataclass(frozen=True, slots=True)
class Flow:
    """A running flow."""

    name: str
    process: "subprocess.Popen[bytes]"

    def cpu_s(self) -> float:
        """CPU seconds it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_S

    def rss_mb(self) -> float:
        """Memory it holds, MB."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text("utf-8").split()[1]) * PAGE_MB


@contextmanager
def pair(folder: str, network: str = NETWORK, which: Sequence[str] = FLOWS) -> Iterator[list[Flow]]:
    """Both flows, or more, ended at the end. The inbox has to be there before: `said`."""
    flows = [Flow(name, _started(name, folder, network)) for name in which]
    try:
        yield flows
    finally:
        for flow in flows:
            flow.process.kill()
            flow.process.wait()


def _started(name: str, folder: str, network: str) -> "subprocess.Popen[bytes]":
    told = {"TOWER_DATA": folder, "TOWER_NETWORKS": network, "PYTHONPATH": str(ROOT)}
    with Path(f"{folder}/{name}.out").open("wb") as out:
        return subprocess.Popen([sys.executable, "-c", RUN.format(name)], env=os.environ | told, stdout=out, stderr=out)


def root(folder: str) -> str:
    """Where the logs are."""
    return f"file:{folder}/logs"


def message(events: Sequence[dict[str, Any]]) -> Envelope:
    """Events as a carrier sends them, received now."""
    return Envelope(SOURCE, clock.wall_ms(), "application/json", orjson.dumps(list(events)))


def leg_event(number: int, at: int) -> dict[str, Any]:
    """A movement of one of some thousand legs."""
    return {"id": f"m{number}", "kind": ("leg.departed", "leg.arrived")[number // 5000 % 2], "leg": f"L{number % 5000}",
            "at": at}  # fmt: skip


def said(folder: str, events: int) -> None:
    """Put a first message."""
    with closing(InboxWriter(root(folder), NETWORK, SOURCE)) as door:
        door.put(message([leg_event(-1 - i, clock.wall_ms()) for i in range(events)]))


def first_outcome(folder: str, flows: Sequence[Flow], network: str = NETWORK) -> None:
    """Wait until there is an outcome. Raises TowerError if a flow ends or it takes a minute."""
    end = clock.steady_s() + LONGEST_S
    while clock.steady_s() < end:
        with suppress(TowerError), closing(urls.reader(names.outcomes(root(folder), network))) as log:
            if log.last()[0]:
                return
        if any(flow.process.poll() is not None for flow in flows):
            break
        clock.sleep(0.01)
    words = "; ".join(Path(f"{folder}/{flow.name}.out").read_text("utf-8")[-300:] for flow in flows)
    raise TowerError(f"bench: no first outcome: {words}", "run `towerctl doctor`")
