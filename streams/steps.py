"""The control chain as a list: which steps, in which order, and who may read whose tables."""

from collections.abc import Sequence

import detectors
from detectors.judge import Judge
from detectors.rule import Detector
from operators.admit import Admit
from operators.chain import State
from operators.legs import Legs, Stops
from operators.orders import Lines, Orders
from operators.plain import Charges, Labour, Tenders, Trailers, Transfers, WeatherAlerts
from operators.sites import Sites
from operators.sources import Sources
from operators.step import Step
from operators.stock import Stock
from operators.supply import Supply
from operators.visits import Doors, Visits
from operators.weather import Hazards, Weather


def make(saved: State, judged: Sequence[Detector] = detectors.ALL) -> list[Step]:
    """admit > sites > legs > visits > orders > stock > labour > weather > supply > judge, from their saved tables."""
    legs, visits, orders = Legs(saved.get("legs")), Visits(saved.get("visits")), Orders(saved.get("orders"))
    lines = Lines(saved.get("lines"), orders.things, legs.things)
    sites, weather = Sites(saved.get("sites")), Weather(saved.get("weather"))
    plain = [step(saved.get(step.__name__.lower())) for step in (Labour, Trailers, Charges, Tenders, Transfers)]
    facts: list[Step] = [
        Admit(saved.get("admit")), Sources(saved.get("sources")), sites, legs, Stops(saved.get("stops")), visits,
        Doors(saved.get("doors"), visits.things), orders, lines,
        Stock(saved.get("stock"), lines.things, legs.things), *plain, weather,
        WeatherAlerts(saved.get("weatheralerts")),
        Hazards(saved.get("hazards"), weather.things, legs.things, sites.tables["stations"]),
        Supply(saved.get("supply"), legs.things),
    ]  # fmt: skip
    tables = {name: table for step in facts for name, table in step.tables.items()}
    return [*facts, Judge(saved.get("judge"), judged, tables)]
