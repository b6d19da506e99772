"""Turnarounds: a vehicle arrives with one leg and leaves with the next; between them it is a visit."""

from typing import Final

import numpy as np

from simulators.recorded.blocks import Block
from simulators.scenarios.sources.carriers import LegFacts
from simulators.scenarios.sources.said import Said
from tower.clock import HOUR, MINUTE

SHORTEST: Final = 10 * MINUTE
LONGEST: Final = 720 * MINUTE
"""Planned time between two legs; a longer one is a night or a hangar, not a visit."""
BOOKED: Final = 12 * HOUR
"""How long before it is planned to arrive a visit is told of."""
LOAD, LIVE = 0, 0


def chained(legs: LegFacts) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (inbound, outbound) of one vehicle's successive legs that meet at one site.

    About 98 % of a vehicle's legs start where its last one ended.
    """
    went = np.flatnonzero((legs.departed >= 0) & np.array([bool(v) for v in legs.vehicle]))
    vehicle, origin, dest = (np.array(c) for c in (legs.vehicle, legs.origin, legs.dest))
    order = went[np.lexsort((legs.departed[went], vehicle[went]))]
    into, out = order[:-1], order[1:]
    turn = legs.planned[out] - legs.arrives[into]
    meets = (vehicle[into] == vehicle[out]) & (dest[into] == origin[out]) & (legs.arrived[into] <= legs.departed[out])
    kept = meets & (turn >= SHORTEST) & (turn <= LONGEST)
    return into[kept], out[kept]


def visits(said: Said, legs: LegFacts, start: int) -> list[Block]:
    """Each turnaround as a visit named after the leg it ends with; nothing in between was recorded."""
    into, out = chained(legs)
    visit = said.ids("visit", [f"{legs.names[i]}-turn" for i in out.tolist()])
    what = {
        "site": said.ids("site", [legs.origin[i] for i in out.tolist()]), "leg": said.ids("leg", legs.names)[out],
        "trailer": said.ids("trailer", legs.vehicle)[out],
    }  # fmt: skip
    window = {"window_start": legs.arrives[into], "window_end": legs.planned[out]}
    told = np.maximum(start, legs.arrives[into] - BOOKED)
    return [
        said.block("visit.booked", told, visit, {"stop": 0, "purpose": LOAD, "handling": LIVE, **what, **window}),
        said.block("visit.arrived", legs.arrived[into], visit, {}),
        said.block("visit.left", legs.departed[out], visit, {}),
    ]
