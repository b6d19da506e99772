"""A tower under load, as a process: `python -m tests.faults.small_tower DATA REDIS_PORT CLICKHOUSE_PORT`.

Runs until it is killed. When the producer has ended it drains, stops the flows and says `drained`; live state and
history stay.
"""

import sys
from contextlib import closing
from pathlib import Path

from api.demo import healer
from api.embedded import Tower, key_of
from api.programs import Program, python
from api.standing import Delivered, standing
from api.supervisor import Folder, Supervisor, tell
from streams.mend import mend

NETWORK = "east"


def made(data: Path, redis: int, clickhouse: int) -> Tower:
    """The tower of these tests."""
    data.mkdir(parents=True, exist_ok=True)
    return Tower(data, (NETWORK,), redis, clickhouse, key_of(data))


def producer(here: Tower) -> Program:
    words = python("tests.faults.producer", here.root, NETWORK, str(here.data / "notes"))
    return Program("producer", words, "producer ready", here.environment(), ends=True)


def main(data: str, redis: str, clickhouse: str) -> None:
    here = made(Path(data), int(redis), int(clickhouse))
    with closing(Folder(here.data)):
        mend(here.root)
        with closing(Supervisor([producer(here), *here.programs()], here.data, healer(here))) as supervisor:
            supervisor.start()
            tell("tower is up")
            while not supervisor.is_done():
                look(supervisor)
            drain(supervisor, here)
            tell("drained")
            while True:
                look(supervisor)


def drain(supervisor: Supervisor, here: Tower) -> None:
    """A live network ticks for ever: ingest is stopped once it has taken everything in."""
    while standing(here.root, NETWORK).waiting:
        look(supervisor)
    supervisor.stop("ingest")
    delivered = Delivered(here.redis_url, here.clickhouse_url, NETWORK)
    while not (at := standing(here.root, NETWORK)).is_through() or delivered() != (at.log, at.log, at.log):
        look(supervisor)
    supervisor.stop("control", "views", "record")


def look(supervisor: Supervisor) -> None:
    supervisor.watch()
    supervisor.rest(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
