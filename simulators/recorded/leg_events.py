"""Leg events: legs to what their carriers say of them."""

from typing import Final

import numpy as np

from simulators.recorded.blocks import Block
from simulators.recorded.flights import Legs, ms
from simulators.recorded.names import Names, event_ids
from tower import clock
from tower.events import MODES

SOURCE: Final = "carriers"
PLANNED_AHEAD: Final = 60 * clock.HOUR
"""When a plan is told, before the planned departure: no list records it."""
AIR: Final = MODES.index("air")


def leg_blocks(legs: Legs, names: Names) -> list[Block]:
    """A leg is planned and assigned PLANNED_AHEAD, departs and arrives when it did; it is cancelled at the planned
    departure, because the moment of notice is not recorded. All is received when it happens.
    """
    texts = [name.encode() for name in legs.name.to_pylist()]
    subject = names.of("leg", legs.name)
    planned, everyone = ms(legs.dep_planned), np.ones(len(texts), bool)

    def block(moment: str, at: np.ndarray, rows: np.ndarray, **columns: np.ndarray | int) -> Block:
        said = {name: np.broadcast_to(values, rows.size)[rows] for name, values in columns.items()}
        which = texts if rows.all() else [texts[i] for i in np.flatnonzero(rows).tolist()]
        return Block(f"leg.{moment}", event_ids(SOURCE, which, f"/{moment}"), at[rows], subject[rows], said)

    return [
        block("planned", planned - PLANNED_AHEAD, everyone, mode=AIR, origin=names.of("site", legs.origin),
              dest=names.of("site", legs.dest), dep_planned=planned, arr_planned=ms(legs.arr_planned)),
        block("assigned", planned - PLANNED_AHEAD, everyone, carrier=names.of("carrier", legs.carrier),
              vehicle=names.of("vehicle", legs.tail)),
        block("departed", ms(legs.departed), ~np.isnan(legs.departed)),
        block("arrived", ms(legs.arrived), ~np.isnan(legs.arrived)),
        block("cancelled", planned, legs.cancelled),
    ]  # fmt: skip
