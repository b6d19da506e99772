"""The control flow: LOG -> the steps, one after the other -> OUTCOMES. No clock but the log's, no input but the log."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from bytewax import operators as op
from bytewax.dataflow import Dataflow
from bytewax.operators import StatefulBatchLogic

import detectors
from detectors.judge import Judge
from detectors.rule import Detector
from operators.actions import Actions
from operators.admit import Admit
from operators.chain import State
from operators.connections import Connections
from operators.decisions import Decisions
from operators.demand import Demand
from operators.expect.clocks import Clocks
from operators.expect.cover import Cover
from operators.expect.flows import Flows
from operators.expect.shares import Shares
from operators.forecasts import Advisories, Forecasts
from operators.handling import Handling
from operators.incidents import Incidents
from operators.invariants import Invariants
from operators.kpis import Kpis
from operators.legs import Legs, Stops
from operators.orders import Lines, Orders
from operators.plain import Charges, Labour, Tenders, Trailers, Transfers, WeatherAlerts
from operators.planning.plans import Plans
from operators.playbooks import Playbooks
from operators.policies import Policies
from operators.predictions import Predictions
from operators.sites import Sites
from operators.sources import Sources
from operators.stays import Stays
from operators.step import Step
from operators.stock import Stock
from operators.supply import Supply
from operators.threats import Threats
from operators.visits import Doors, Visits
from operators.weather import Hazards, Weather
from operators.yards.doorplans import DoorPlans
from operators.yards.pricing import DoorPrices
from operators.yards.redocking import Redocks
from streams import names
from streams.advance import Advance, Home
from streams.connect import Keyed, LogSink, LogSource
from streams.gate import Gates
from streams.outcomes import OutcomeSink
from streams.states import States
from tower import settings
from tower.build import build as running
from tower.logs import LogWriter, urls
from tower.record import Record
from tower.table import Table

STEPS: Final[tuple[Callable[..., Step], ...]] = (
    Admit, Sources, Policies, Sites, Legs, Stops, Visits, Doors, Orders, Lines, Stock, Labour, Trailers, Tenders,
    Transfers, Charges, Forecasts, Advisories, Weather, WeatherAlerts, Hazards, Supply, Actions, Flows, Shares, Clocks,
    Demand, Cover, DoorPlans, Predictions, Stays, Connections, Threats, Playbooks,
)  # fmt: skip
"""The steps in order. One is given earlier ones' tables by the names of its arguments. The judge comes after them."""


def make(saved: State, judged: Sequence[Detector] = detectors.ALL) -> list[Step]:
    """The steps with the state that was saved, or from nothing."""
    steps: list[Step] = []
    tables: dict[str, Table] = {}
    for kind in STEPS:
        steps.append(given(kind, saved, tables))
        tables |= steps[-1].tables
    judge = Judge(saved.get("judge"), judged, tables)
    kinds = [detector.rule.kind for detector in judged]
    seen = (tables[name] for name in ("legs", "lines", "connections"))
    incidents = Incidents(saved.get("incidents"), kinds, judge.tables["alarms"], *seen)
    tables |= incidents.tables
    handling = Handling(saved.get("handling"), tables["ledger"])
    kpis = given(Kpis, saved, tables | handling.tables)
    invariants = given(Invariants, saved, tables)
    plans = given(Plans, saved, tables)
    door_prices = given(DoorPrices, saved, tables | plans.tables)
    redocks = given(Redocks, saved, tables | plans.tables)
    decisions = given(Decisions, saved, tables | plans.tables)
    return [*steps, judge, incidents, handling, kpis, invariants, plans, door_prices, redocks, decisions]


def given(kind: Callable[..., Step], saved: State, tables: Mapping[str, Table]) -> Step:
    """A step with its saved state, and with earlier ones' tables by the names of its arguments."""
    earlier = {name: tables[name] for name in inspect.signature(kind).parameters if name in tables}
    return kind(saved.get(kind.__name__.lower()), **earlier)


def build(source: LogSource, steps: Callable[[None], "Control"], sink: LogSink) -> Dataflow:
    """LOG -> steps -> OUTCOMES."""
    flow = Dataflow("control")
    records = op.input("log", flow, source)
    outcomes = op.stateful_batch("steps", records, steps)
    op.output("outcomes", outcomes, sink)
    return flow


def flow() -> Dataflow:
    """The flow of all networks that the settings name."""
    told = settings.load()
    home = Home(names.root_of(told), States(names.states_of(told)), make, running())
    return over(home, names.prepared(told))


def over(home: Home, networks: Sequence[str], *, ends: bool = False) -> Dataflow:
    """The flow of these networks; `ends` where LOG ends."""
    gates = Gates()
    source = LogSource(networks, home.log, lambda network: start(home, network), gates, ends=ends)
    sink = OutcomeSink(networks, lambda network: opened(home, network), gates)
    return build(source, lambda _: Control(home), sink)


def start(home: Home, network: str) -> int:
    """Behind which record to begin. First the writer of OUTCOMES cuts what a power cut tore, as sinks open late: until
    then the log shows more than it holds.
    """
    opened(home, network).close()
    return home.start(network)


def opened(home: Home, network: str) -> LogWriter:
    """The writer of OUTCOMES. What a power cut takes of it is said again."""
    return urls.writer(names.outcomes(home.root, network), durable=False)


class Control(StatefulBatchLogic[Keyed, Record, None]):
    """The steps as a Bytewax operator. Their state is in state files, not in Bytewax's recovery."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.advance: Advance | None = None

    def on_batch(self, values: list[Keyed]) -> tuple[list[Record], bool]:
        """The outcomes of these records. The first one says behind which state the source begins."""
        if self.advance is None:
            network, record = values[0]
            self.advance = Advance(self.home, network, record.number - 1)
        return [self.advance(record) for _, record in values], False

    def on_eof(self) -> tuple[list[Record], bool]:
        """Leave a state."""
        if self.advance is not None:
            self.advance.leave()
        return [], False

    def snapshot(self) -> None:
        """See `streams.states`."""
