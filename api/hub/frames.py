"""Frames: everything that is said on the feed, each shape once. Checks, docs and AsyncAPI are made from these."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

SCHEMA: Final = "1.0"
SUBPROTOCOL: Final = "tower.v1+json"
PATH: Final = "/v1/stream"
HEARTBEAT_MS: Final = 2000
HELLO_S: Final = 5.0
LOWEST_HZ, HIGHEST_HZ = 0.5, 20.0
"""A heartbeat tells how far a client is, so nobody may be told less often than that."""

CHANNELS: Final = (
    "deviations", "incidents", "options", "decisions", "actions", "sites", "legs", "docks", "prices", "kpis",
    "plans", "playbooks",
)  # fmt: skip
Channel = Literal[
    "deviations", "incidents", "options", "decisions", "actions", "sites", "legs", "docks", "prices", "kpis",
    "plans", "playbooks",
]
Name = Annotated[str, Field(min_length=1, max_length=64)]


class Said(BaseModel):
    """A frame from a client: a field that nobody knows is a mistake, and told."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Resume(Said):
    """Where a client stands: the `epoch` of its welcome and the `seq` of the last heartbeat that it has seen."""

    epoch: Annotated[str, Field(max_length=64)]
    seq: Annotated[int, Field(ge=0, le=1 << 53)]


class Hello(Said):
    """The first frame, within five seconds. A key may come as `Authorization: Bearer` instead of `token`."""

    type: Literal["hello"]
    token: Annotated[str, Field(max_length=256)] = ""
    network: Annotated[str, Field(max_length=64)] = ""
    """Which network to speak of; the only one, if there is but one. `?network=` in the URL says the same."""
    resume: Resume | None = None


class Filter(Said):
    """What to leave out. `severity` means at least; a field that a channel's rows do not have passes no row."""

    site: Annotated[list[Name], Field(max_length=256)] = []
    severity: Annotated[int, Field(ge=0, le=3)] = 0
    kind: Annotated[list[Name], Field(max_length=64)] = []
    name: Annotated[list[Name], Field(max_length=64)] = []


class Subscribe(Said):
    """Ask for a channel; asking again for the same one replaces what was asked before."""

    type: Literal["subscribe"]
    id: Annotated[int, Field(ge=0, le=1 << 53)]
    channel: Channel
    filter: Filter = Filter()
    mode: Literal["state", "events"] = "state"
    """state: the newest of each row, as often as `max_hz`; events: every change, one delta a record."""
    max_hz: Annotated[float, Field(ge=LOWEST_HZ, le=HIGHEST_HZ)] = 10.0
    fresh: bool = False
    """Have a snapshot although the connection was recovered."""


class Unsubscribe(Said):
    """Hear no more of a channel."""

    type: Literal["unsubscribe"]
    id: Annotated[int, Field(ge=0, le=1 << 53)]
    channel: Channel


ClientFrame = Annotated[Hello | Subscribe | Unsubscribe, Field(discriminator="type")]
CLIENT: Final[TypeAdapter[Hello | Subscribe | Unsubscribe]] = TypeAdapter(ClientFrame)


class Told(BaseModel):
    """A frame from the hub. More fields may come: clients pass over what they do not know."""

    model_config = ConfigDict(frozen=True)


class Welcome(Told):
    """The key is good. `recovered`: what was missed since `resume` follows each subscription, instead of a snapshot."""

    type: Literal["welcome"] = "welcome"
    epoch: str
    seq: int
    recovered: bool
    heartbeat_ms: int = HEARTBEAT_MS
    schema_: Annotated[str, Field(alias="schema")] = SCHEMA
    network: str


class Result(Told):
    """The frame with this id was done."""

    id: int
    type: Literal["result"] = "result"


class Refused(Told):
    """A frame was not done: which field, what it said, and what to do. The connection stays, unless it is closed."""

    id: int | None
    type: Literal["error"] = "error"
    field: str
    value: Any = None
    fix: str


Row = dict[str, Any]


class Snapshot(Told):
    """A page of a channel as it is after record `seq`; forget what you had. `last` ends."""

    type: Literal["snapshot"] = "snapshot"
    channel: Channel
    seq: int
    page: int
    last: bool
    rows: list[Row]


class Delta(Told):
    """What has changed behind record `from` up to record `seq`. A row is whole; with `op` "del" its id is no more.

    One that is too long for one frame comes in pages, one behind the other, of which `last` ends: then it is told. Of a
    page `from` and `seq` are the same: where the delta begins, and of the last one where it leads.
    """

    type: Literal["delta"] = "delta"
    channel: Channel
    from_: Annotated[int, Field(alias="from")]
    seq: int
    page: Annotated[int | None, Field(description="none: all of it is here")] = None
    last: bool | None = None
    rows: list[Row]


class SourceAge(Told):
    """How long a source has been quiet, for how long it may be, and what it says a second by the wall."""

    source: str
    age_s: float
    age_limit_s: float | None = None
    rate: float
    simulated: bool


class Hop(Told):
    """How long a part of the way takes, ms."""

    p50: float
    p99: float


class Levels(Told):
    """From which value on a deviation is advisory, warning, critical. A level that is not there is never reached."""

    advisory: float
    warning: float | None = None
    critical: float | None = None


class Ledger(Told):
    """What came in and what became of it, all sources together; `imbalance` is 0 or somebody should look."""

    received: int
    accepted: int
    duplicate: int
    late: int
    rejected: int
    imbalance: int


class Held(Told):
    """Something that must hold: against how many things it was held, and for how many of them it does not."""

    name: str
    checked: int
    broken: int
    since: str | None = None


class Heartbeat(Told):
    """Every two seconds. All that is asked for has been told up to record `seq`: resume from there."""

    type: Literal["heartbeat"] = "heartbeat"
    server_time: str
    scenario_time: str
    """Where the driver stands; the wall's time where there is none."""
    now: str
    """The moment of record `seq`: while that is long before, the tower is catching up."""
    speed: float
    paused: bool
    mode: Literal["live", "recorded"]
    seq: int
    build: str
    network: str
    tz: str
    title: str
    sources: list[SourceAge]
    hops_ms: dict[str, Hop]
    ledger: Ledger
    invariants: list[Held] = []
    levels: dict[str, Levels] = {}
    """By kind of deviation, as its rule has them."""
    planned_at: str | None = None
    """The moment of the newest record with another plan of lines, or other options."""


HubFrame = Welcome | Result | Refused | Snapshot | Delta | Heartbeat
CLOSES: Final[dict[int, tuple[str, bool]]] = {
    4400: ("bad message: not a frame, or too many that are not", False),
    4401: ("not signed in: no key, or one that is not known", False),
    4403: ("not yours: the key may not see this network, or has too many connections", False),
    4408: ("no hello within five seconds", False),
    4008: ("slow: what was sent is not read; resume", True),
    4009: ("restarting: come back", True),
}
"""Close code -> what it means, and whether to try again as is."""
