"""Tower: the hub of the networks that the settings name, wired to their logs, their live views and its port."""

import asyncio
import logging
import secrets
import threading
from contextlib import closing, suppress
from typing import Final

from websockets.asyncio.server import Server

from api import listening
from api.hub import wire
from api.hub.follow import Decided, Follow
from api.hub.frames import HEARTBEAT_MS, PATH
from api.hub.hub import Hub
from api.hub.picture import RING, Picture
from api.hub.pulse import Pulse
from api.hub.server import Door, opened
from api.hub.session import Sessions
from api.hub.start import pictured
from api.keys import FILE, Key, Keys, check
from sinks.views import Views
from streams import names
from streams.deliver import secret
from tower.errors import SettingError, TowerError
from tower.logs import urls
from tower.settings import Settings

OWNER: Final = Key("owner of the data folder", "viewer", None)
LOGGER: Final = logging.getLogger(__name__)


class Tower:
    """Everything of one hub. `ended` is set when a log cannot be followed any more; `failed` is why."""

    def __init__(self, told: Settings, ended: asyncio.Event) -> None:
        self.told, self.ended, self.root = told, ended, names.root_of(told)
        self.loop = asyncio.get_running_loop()
        self.failed: BaseException | None = None
        self.caught_up = asyncio.Event()
        self.ends: dict[str, int] = {}
        self.pictures = {network: self._pictured(network) for network in names.prepared(told)}
        self.hub = Hub(self.pictures)
        self.follows = {name: Follow(self.root, name, picture.seq, self._give)
                        for name, picture in self.pictures.items()}  # fmt: skip
        self.pulses = {name: Pulse(picture, told.data / "driver") for name, picture in self.pictures.items()}
        self.epochs: dict[str, str] = {}
        self.read_keys = 0, Keys({})
        self.own = ""
        self.tasks: set[asyncio.Task[None]] = set()

    def _pictured(self, network: str) -> Picture:
        with closing(urls.reader(names.outcomes(self.root, network))) as log:
            first, self.ends[network] = log.first(), log.last()[0]
        url = self.told.redis_url
        views = Views(url, secret(self.told.redis_password)) if url else None
        return pictured(network, views, first, self.ends[network])

    async def open(self) -> Server:
        """Start to follow, catch up, then open the port and let the heart beat."""
        for follow in self.follows.values():
            follow.start()
        self._look()
        await self.caught_up.wait()
        self.tasks = {asyncio.create_task(self._beat())}
        for task in self.tasks:
            task.add_done_callback(self._stopped)
        check(self.told, self.keys())
        door = Door(parts(self.told.origins), {*parts(self.told.hosts), self.told.host}, self.why_not)
        server = await opened(Sessions(self.hub, self.holder, self.epoch), door, self.told.host, self.told.port + 1)
        if self.told.data.is_dir():
            self.own = listening.left(self.told.data, f"ws://127.0.0.1:{self.told.port + 1}{PATH}")
        return server

    def _look(self) -> None:
        """Draw what has come as near to where its log ended as clients may have been away; note when all are there."""
        for network, picture in self.pictures.items():
            if not picture.is_drawn and picture.seq >= self.ends[network] - RING:
                picture.draw()
        if self.ended.is_set() or all(picture.seq >= self.ends[name] for name, picture in self.pictures.items()):
            self.caught_up.set()

    def _give(self, network: str, records: list[Decided]) -> None:
        """Hand records to the loop, and wait until it has taken them in. For the threads that follow."""
        taken = threading.Event()
        self.loop.call_soon_threadsafe(self._take, network, records, taken)
        taken.wait()

    def _take(self, network: str, records: list[Decided], taken: threading.Event) -> None:
        try:
            self.hub.take(network, records)
        except Exception as error:  # noqa: BLE001  # told where the process ends
            self._fail(error)
        taken.set()
        if not records:
            self._fail(self.follows[network].failed)
        if not self.caught_up.is_set():
            self._look()

    def _fail(self, error: BaseException | None) -> None:
        self.failed = self.failed or error
        self.ended.set()

    def _stopped(self, task: asyncio.Task[None]) -> None:
        """A heart that stops by itself ends the hub: whoever started it starts it again."""
        if not task.cancelled():
            self._fail(task.exception())

    async def _beat(self) -> None:
        """The heartbeats, each two seconds."""
        while True:
            for name, pulse in self.pulses.items():
                beat = pulse.beat(self.hub.recent(name))
                self.hub.beat(name, wire.packed(beat))
            await asyncio.sleep(HEARTBEAT_MS / 1000)

    def why_not(self) -> str:
        """Why the hub cannot be relied on; nothing if it can."""
        behind = [name for name, follow in self.follows.items() if not follow.is_alive()]
        return f"not followed: {', '.join(behind)}" if behind else ""

    def keys(self) -> Keys:
        """The keys that are good now: the file is read again when it has changed; nobody's where it cannot be read."""
        path = self.told.data / FILE
        stamp = path.stat().st_mtime_ns if path.exists() else 0
        if stamp != self.read_keys[0]:
            try:
                self.read_keys = stamp, Keys.read(path)
            except SettingError as error:
                LOGGER.warning("%s", error)
                self.read_keys = stamp, Keys({})
        return self.read_keys[1]

    def holder(self, token: str) -> Key | None:
        """Who has a key; whoever may read the data folder has one to listen with."""
        if self.own and secrets.compare_digest(token.encode(errors="replace"), self.own.encode()):
            return OWNER
        return self.keys().of(token)

    def epoch(self, network: str) -> str:
        """The id of the network's LOG; empty while there is none."""
        if not self.epochs.get(network):
            with suppress(TowerError), closing(urls.reader(names.log(self.root, network))) as log:
                self.epochs[network] = log.id
        return self.epochs.get(network, "")

    def close(self) -> None:
        """Tell the clients, and stop reading."""
        for task in self.tasks:
            task.cancel()
        for follow in self.follows.values():
            follow.stop()
        self.hub.close()


def parts(listed: str) -> frozenset[str]:
    """What a setting lists, by comma."""
    return frozenset(part for part in listed.split(",") if part)
