"""The plan flow: OUTCOMES -> plans of doors, proposed through an inbox. Nothing waits for it."""

from collections.abc import Callable, Sequence
from typing import cast

from bytewax import operators as op
from bytewax.dataflow import Dataflow
from bytewax.inputs import Source
from bytewax.operators import KeyedStream

from streams import names
from streams.connect import LogSource
from streams.deliver import Delivery, Item
from streams.gate import Gates
from streams.planner import Planner
from streams.states import States
from tower import settings
from tower.logs import urls


def build(source: LogSource, sink: Delivery) -> Dataflow:
    """OUTCOMES -> proposals."""
    flow = Dataflow("plan")
    records: KeyedStream[Item] = op.input("outcomes", flow, cast("Source[tuple[str, Item]]", source))
    op.output("proposals", records, sink)
    return flow


def flow() -> Dataflow:
    """The flow of all networks that the settings name."""
    told = settings.load()
    root, states = names.root_of(told), States(names.states_of(told))
    return over(root, names.prepared(told), lambda network: Planner(root, network, states))


def over(root: str, networks: Sequence[str], planner: Callable[[str], Planner], *, ends: bool = False) -> Dataflow:
    """The flow of these networks; `ends` where OUTCOMES ends."""
    gates, planners = Gates(), {network: planner(network) for network in networks}
    start = {name: one.after for name, one in planners.items()}.__getitem__
    source = LogSource(networks, lambda name: urls.reader(names.outcomes(root, name)), start, gates, ends=ends)
    return build(source, Delivery({name: one.take for name, one in planners.items()}, gates))
