"""Carriers: what is told of legs."""

from typing import NamedTuple

import numpy as np

from simulators.recorded.blocks import Block
from simulators.scenarios.sources.said import Columns, Said
from tower.events import MODES

NOTHING: int = -1


class LegFacts(NamedTuple):
    """Legs as they are told; moments in ms, NOTHING (-1) where there is none.

    told       when its carrier tells of the leg; `named`: when it says which vehicle goes
    noticed    when its cancellation is told; `revised`: when its only new estimate is
    loads      capacity, -1 unknown
    """

    names: list[str]
    carrier: list[str]
    vehicle: list[str]
    origin: list[str]
    dest: list[str]
    planned: np.ndarray
    arrives: np.ndarray
    departed: np.ndarray
    arrived: np.ndarray
    told: np.ndarray
    named: np.ndarray
    noticed: np.ndarray
    revised: np.ndarray
    loads: np.ndarray


def recorded(said: Said, legs: LegFacts) -> list[Block]:
    """What was recorded of the legs: plan, carrier, vehicle, departure, arrival.

    The vehicle is told late and only of legs that went: told with the plan it would give cancellations away.
    """
    leg, carrier = said.ids("leg", legs.names), said.ids("carrier", legs.carrier)
    vehicle, went, there = said.ids("vehicle", legs.vehicle), legs.departed >= 0, legs.arrived >= 0
    plan: Columns = {
        "mode": MODES.index("air"), "origin": said.ids("site", legs.origin), "dest": said.ids("site", legs.dest),
        "dep_planned": legs.planned, "arr_planned": legs.arrives, "capacity_loads": legs.loads,
    }  # fmt: skip
    named = legs.named >= 0
    crew = {"carrier": carrier[named], "vehicle": vehicle[named]}
    return [
        said.block("leg.planned", legs.told, leg, plan),
        said.block("leg.assigned", legs.told, leg, {"carrier": carrier}),
        said.block("leg.assigned", legs.named[named], leg[named], crew),
        said.block("leg.departed", legs.departed[went], leg[went], {}),
        said.block("leg.arrived", legs.arrived[there], leg[there], {}),
    ]


def notices(said: Said, legs: LegFacts) -> list[Block]:
    """Cancellations, and estimates that say what then happened: recorded facts told at simulated moments."""
    leg, off, late = said.ids("leg", legs.names), legs.noticed >= 0, legs.revised >= 0
    estimate: Columns = {"dep_estimated": legs.departed[late], "arr_estimated": legs.arrived[late]}
    return [
        said.block("leg.cancelled", legs.noticed[off], leg[off], {}),
        said.block("leg.estimated", legs.revised[late], leg[late], estimate),
    ]
