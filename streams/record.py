"""The record flow: OUTCOMES and LOG -> history in ClickHouse, range by range."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from bytewax import operators as op
from bytewax.dataflow import Dataflow

from sinks.clickhouse.insert import MOST, Log, Warehouse
from sinks.clickhouse.store import ClickHouse
from sinks.patience import patiently
from streams import names
from streams.connect import LogSource
from streams.deliver import Delivery, checked_from, secret
from streams.gate import Gates
from streams.ranges import Ranges
from streams.words import OURS
from tower import settings
from tower.errors import SettingError
from tower.logs import urls

FILL: Final = timedelta(seconds=2)
"""How long a range waits for more records: history lags so much, and ClickHouse is spared small inserts."""
WHERE: Final[dict[Log, Callable[[str, str], str]]] = {"OUTCOMES": names.outcomes, "LOG": names.log}
Sides = dict[Log, tuple[LogSource, Delivery]]


def build(sides: Sides, fill: timedelta = FILL) -> Dataflow:
    """OUTCOMES -> ranges -> warehouse, and LOG likewise."""
    flow = Dataflow("record")
    for log, (source, sink) in sides.items():
        records = op.input(f"{log.lower()}_read", flow, source)
        ranges = op.stateful_batch(f"{log.lower()}_ranges", records, lambda _: Ranges(MOST, fill))
        op.output(f"{log.lower()}_warehouse", ranges, sink)
    return flow


def flow() -> Dataflow:
    """The flow of all networks that the settings name; makes the database. Raises SettingError without a ClickHouse."""
    told = settings.load()
    if not told.clickhouse_url:
        raise SettingError("clickhouse_url: the record flow needs a ClickHouse (got none)",
                           "TOWER_CLICKHOUSE_URL=http://host:8123")  # fmt: skip
    key = secret(told.clickhouse_password) or ""
    store: Callable[[], ClickHouse] = lambda: ClickHouse(told.clickhouse_url, key, told.clickhouse_user)
    patiently("clickhouse", store().make)
    return over(names.root_of(told), names.prepared(told), lambda name, log: Warehouse(store(), name, log, OURS))


def over(
    root: str, networks: Sequence[str], writer: Callable[[str, Log], Warehouse], *, ends: bool = False
) -> Dataflow:
    """The flow of these networks; `ends` where the logs end."""
    return build({log: side(root, networks, writer, log, ends=ends) for log in WHERE})


def side(
    root: str, networks: Sequence[str], writer: Callable[[str, Log], Warehouse], log: Log, *, ends: bool
) -> tuple[LogSource, Delivery]:
    """One log of each network, from where its warehouse is, and that warehouse."""
    gates, writers = Gates(MOST), {network: writer(network, log) for network in networks}
    start = {name: checked_from(one.position) for name, one in writers.items()}.__getitem__
    source = LogSource(networks, lambda name: urls.reader(WHERE[log](root, name)), start, gates, ends=ends)
    return source, Delivery({name: one.take for name, one in writers.items()}, gates)
