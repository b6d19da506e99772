"""Small API: the app in this process over a folder of its own, told by hand, asked as a client would."""

import asyncio
import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import orjson

from api.http.app import made
from api.http.here import Here
from api.http.inboxes import PEOPLE
from api.http.opened import opened
from api.http.rates import Rates
from api.hub.follow import Decided
from api.keys import ROLES
from streams import names
from tower import ids, layouts
from tower.logs import urls
from tower.record import Record, entry
from tower.settings import Settings

NOW = 1_360_314_000_000
NETWORKS = ("east", "west")
KEYS = {**{role: (role, None) for role in ROLES}, **{f"{role}-east": (role, ["east"]) for role in ROLES},
        "second": ("dispatcher", None)}  # fmt: skip
"""Keys by name; a key's token is its name."""


class SmallApi:
    """The app, and the networks behind it. Nothing computes: `tell` says what came out."""

    def __init__(self, here: Here) -> None:
        self.here, self.app = here, made(here)
        here.rates = Rates(1e9, 1e9)

    def ask(self, method: str, path: str, key: str = "viewer-east", **more: Any) -> httpx.Response:
        """One request."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return asyncio.run(self._ask(method, path, headers={**headers, **more.pop("headers", {})}, **more))

    async def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.request(method, path, **more)

    def get(self, path: str, key: str = "viewer-east", **more: Any) -> Any:
        """What a GET that succeeds says."""
        answer = self.ask("GET", path, key, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def tell(self, network: str = "east", texts: Mapping[int, str] | None = None, **tables: np.ndarray) -> None:
        """The next outcome has these rows."""
        present = self.here.networks[network]
        number = present.seq + 1
        present.take([Decided(Record(number, NOW + number * 1000, tables, names=dict(texts or {})), 0)])

    def inbox(self, source: str, network: str = "east") -> int:
        """How many messages an inbox has."""
        with closing(urls.reader(names.inbox(self.here.root, network, source))) as log:
            return log.last()[0]


@contextmanager
def small_api(folder: Path) -> Iterator[SmallApi]:
    """An app over a folder; what lies there from before is found."""
    listed = [{"name": name, "role": role, "networks": networks, "sha256": hashlib.sha256(name.encode()).hexdigest()}
              for name, (role, networks) in KEYS.items()]  # fmt: skip
    (folder / "keys.json").write_bytes(orjson.dumps(listed))
    here, threads = opened(Settings(data=folder, networks=",".join(NETWORKS)))
    try:
        yield SmallApi(here)
    finally:
        for thread in threads:
            thread.stop()
        for thread in threads:
            thread.join(60)
        here.close()


def rows(table: str, *said: Mapping[str, Any]) -> np.ndarray:
    """Rows of a table; what is not said is unknown."""
    found = np.repeat(layouts.blank(table), len(said))
    for row, fields in zip(found, said, strict=True):
        for name, value in fields.items():
            row[name] = value
    return found


def legs(*texts: str, **fields: Any) -> dict[str, Any]:
    """Rows of legs of these names, and the names."""
    said = [{"key": ids.of("leg", text), "arr_planned": NOW, **fields} for text in texts]
    return {"legs": rows("legs", *said), "texts": {ids.of("leg", text): text for text in texts}}


def deviation(id: int, severity: int = 2, subject: str = "L1", **fields: Any) -> dict[str, Any]:
    """A row of deviations."""
    known = {"since": NOW, "at": NOW, "value": 20.0, "limit": 15.0, "opening": 1, "status": 0}
    return {"id": id, "kind": ids.of("deviation", "leg.overdue"), "severity": severity,
            "subject": ids.of("leg", subject), **known, **fields}  # fmt: skip


class SmallTower(threading.Thread):
    """Stands in for ingest and control: what comes into inbox `people` is a record, and has an outcome."""

    def __init__(self, root: str, network: str = "east", **tables: np.ndarray) -> None:
        super().__init__(daemon=True)
        self.root, self.network, self.tables = root, network, tables
        self.log = urls.writer(names.log(root, network))
        self.outcomes = urls.writer(names.outcomes(root, network))
        self.said: list[dict[str, Any]] = []
        self._ends = threading.Event()

    def run(self) -> None:
        """Decide on each message as it comes."""
        from tower.envelope import Envelope

        after = 0
        with closing(urls.reader(names.inbox(self.root, self.network, PEOPLE))) as inbox:
            while not self._ends.is_set():
                for number, data in inbox.read(after, 10, 0.05):
                    after = number
                    self.said += orjson.loads(Envelope.decode(data).data)
                    self.decide({ids.of("source", PEOPLE): number})

    def decide(self, causes: dict[int, int]) -> None:
        """One more record, and its outcome."""
        number = self.log.last()[0] + 1
        self.log.append(number, [entry(Record(number, NOW + number, {}, causes).encode())])
        self.outcomes.append(number, [entry(Record(number, NOW + number, self.tables).encode())])

    def close(self) -> None:
        """End it."""
        self._ends.set()
        if self.is_alive():
            self.join(60)
        self.log.close()
        self.outcomes.close()
