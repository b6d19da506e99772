"""Speech: what the world tells (rows of numbers) as events of its two sources."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from simulators.feed import Arrivals
from simulators.recorded.blocks import Block, arrivals
from simulators.scenarios.sources.said import stamps
from simulators.world.rows import REASONS
from tower.batch import PAIRED
from tower.clock import SECOND
from tower.events import BY_NAME, BY_NUMBER
from tower.ids import pairs

AT, KIND, A, B, C = range(5)
DOCKS: Final = "world.docks"
WAREHOUSE: Final = "world.warehouse"
LOAD, LIVE = 0, 0


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids behind the world's row numbers.

    order, line, sku, quantity   of each line; leg, origin: of each leg; visit, work_min: of each visit (4 a leg)
    site                         of each site; dock_group: of each hub; door: of each hub by number
    reason                       of each of `rows.REASONS`
    """

    names: dict[int, str]
    order: np.ndarray
    line: np.ndarray
    sku: np.ndarray
    quantity: np.ndarray
    leg: np.ndarray
    origin: np.ndarray
    visit: np.ndarray
    work_min: np.ndarray
    site: np.ndarray
    door: np.ndarray
    reason: np.ndarray
    dock_group: np.ndarray


Columns = dict[str, np.ndarray | float]
Says = Callable[[Ids, np.ndarray], Columns]


def _line(i: Ids, r: np.ndarray) -> Columns:
    return {"order": i.order[r[:, A]], "line": i.line[r[:, A]]}


def _shelf(i: Ids, r: np.ndarray) -> Columns:
    return {"site": i.site[r[:, B]], "sku": i.sku[r[:, A]], "quantity": r[:, C]}


def _window(i: Ids, r: np.ndarray) -> Columns:
    return {"window_start": r[:, B], "window_end": r[:, C]}


def _booking(i: Ids, r: np.ndarray) -> Columns:
    leg = r[:, A] >> 2
    what = {"site": i.site[i.origin[leg]], "leg": i.leg[leg], "stop": r[:, A] & 3, "work_min": i.work_min[r[:, A]]}
    return _window(i, r) | what | {"purpose": LOAD, "handling": LIVE, "dock_group": i.dock_group[i.origin[leg]]}


SAYS: Final[dict[str, Says]] = {
    "line.booked": lambda i, r: _line(i, r) | {"leg": i.leg[r[:, B]], "site": i.site[r[:, C]]},
    "line.held": lambda i, r: _line(i, r) | {"held_for": r[:, B]},
    "line.picked": lambda i, r: _line(i, r) | {"quantity": r[:, B]},
    "line.shorted": lambda i, r: _line(i, r) | {"quantity": r[:, B]},
    "line.shipped": lambda i, r: _line(i, r) | {"leg": i.leg[r[:, B]], "quantity": r[:, C]},
    "line.delivered": lambda i, r: _line(i, r) | {"quantity": r[:, B], "refused": 0},
    "line.failed": lambda i, r: _line(i, r) | {"reason": i.reason[r[:, B]], "leg": i.leg[r[:, C]],
                                              "quantity": i.quantity[r[:, A]]},
    "stock.moved": _shelf,
    "stock.adjusted": _shelf,
    "visit.booked": _booking,
    "visit.rescheduled": _window,
    "visit.docked": lambda i, r: {"door": i.door[i.origin[r[:, A] >> 2], r[:, B]]},
    **{f"visit.{word}": lambda *_: {} for word in ("arrived", "started", "finished", "left", "cancelled")},
}  # fmt: skip
"""What each kind of row says: kinds that are not in here the world never tells."""


def say(i: Ids, told: np.ndarray) -> list[Arrivals]:
    """The rows as what docks and warehouse say; both hear of a thing at the next whole second."""
    kinds, marks = told[:, KIND], stamps(0, *told.T)
    blocks: dict[str, list[Block]] = {DOCKS: [], WAREHOUSE: []}
    for number in np.unique(kinds).tolist():
        name = BY_NUMBER[number].name
        source = DOCKS if name.startswith("visit.") else WAREHOUSE
        blocks[source].append(_block(i, name, told[kinds == number], marks[kinds == number]))
    return [_shared(i, arrivals(source, found, {})) for source, found in blocks.items() if found]


def _shared(i: Ids, said: Arrivals) -> Arrivals:
    """All batches share one dict of names: copying it for a handful of events would cost more than they do."""
    said.batch.names = i.names
    return said


def _block(i: Ids, name: str, r: np.ndarray, marks: np.ndarray) -> Block:
    columns = {n: np.broadcast_to(c, len(r)) for n, c in SAYS[name](i, r).items()}
    paired = PAIRED.get(BY_NAME[name].family)
    subject = pairs(columns[paired[0]], columns[paired[1]]) if paired else i.visit[r[:, A]]
    return Block(name, marks, r[:, AT], subject, columns, received=-(-r[:, AT] // SECOND) * SECOND)


def reasons(name: Callable[[str, str], int]) -> np.ndarray:
    """The ids of the world's reasons."""
    return np.array([name("text", text) for text in REASONS], "u8")
