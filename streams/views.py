"""The views flow: OUTCOMES -> live views in Redis."""

from collections.abc import Callable, Sequence
from typing import cast

from bytewax import operators as op
from bytewax.dataflow import Dataflow
from bytewax.inputs import Source
from bytewax.operators import KeyedStream

from sinks.views import ViewsWriter
from sinks.views.wire import Wire
from streams import names
from streams.connect import LogSource
from streams.deliver import Delivery, Item, checked_from, secret
from streams.gate import Gates
from tower import settings
from tower.errors import SettingError
from tower.logs import urls


def build(source: LogSource, sink: Delivery) -> Dataflow:
    """OUTCOMES -> views."""
    flow = Dataflow("views")
    records: KeyedStream[Item] = op.input("outcomes", flow, cast("Source[tuple[str, Item]]", source))
    op.output("views", records, sink)
    return flow


def flow() -> Dataflow:
    """The flow of all networks that the settings name. Raises SettingError without a Redis."""
    told = settings.load()
    if not told.redis_url:
        raise SettingError("redis_url: the views flow needs a Redis (got none)", "TOWER_REDIS_URL=redis://host:6379/0")
    password = secret(told.redis_password)
    networks = names.prepared(told)
    return over(names.root_of(told), networks, lambda name: ViewsWriter(Wire(told.redis_url, password), name))


def over(root: str, networks: Sequence[str], writer: Callable[[str], ViewsWriter], *, ends: bool = False) -> Dataflow:
    """The flow of these networks; `ends` where OUTCOMES ends."""
    gates, writers = Gates(), {network: writer(network) for network in networks}
    start = {name: checked_from(one.position) for name, one in writers.items()}.__getitem__
    source = LogSource(networks, lambda name: urls.reader(names.outcomes(root, name)), start, gates, ends=ends)
    return build(source, Delivery({name: one.write for name, one in writers.items()}, gates))
