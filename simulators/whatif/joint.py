"""Joint: the tower's own planner in a world without a tower: every line that can still move is decided anew, together.

The kernels and the prices are those of the tower's chain (`operators/planning`); only where lines, legs and goods are
read from differs. What the chain does at each event, this does each half hour, as the other clerks do.
"""

from typing import Any, Final

import numpy as np

from operators.planning.allotting import Allotter, Legs
from operators.planning.futures import ANY, NOTHING_SAID, SAYING, outlook_of
from operators.planning.plotting import Plotter
from operators.planning.rows import BOOKED, NOWHERE, OPEN, STAGED, WANT, WAY, picked
from operators.planning.scene import Scene
from operators.planning.settings import Settings
from simulators.scenarios.overlay.forecasts import Forecast
from simulators.scenarios.week import HUBS, Week
from simulators.whatif.predicted import Predicted
from simulators.world import rows
from simulators.world.rows import ASSIGN, COVERED, MINUTE, PLANNED, UNASSIGN, W
from simulators.world.world import ROW, World
from tower.clock import HOUR

HALF_HOUR: Final = 30 * MINUTE


class Joint:
    """Decides for all lines that nobody has begun to pick, and those that were left behind."""

    every = HALF_HOUR

    def __init__(self, week: Week, world: World, settings: Settings, forecast: Forecast | None = None) -> None:
        self.settings, self.forecast, self.plotter, self.allotter = settings, forecast, Plotter(), Allotter()
        self.wants, self.ways = wants_of(week, world), ways_of(week, world)
        self.predicted = Predicted(week) if settings.hears else None
        self.hubs = np.arange(len(HUBS)).astype("u8")

    def decide(self, world: World) -> np.ndarray:
        """Decisions of this moment, from what the world knows now: first what leaves its leg, then what takes one."""
        scene, now = self.scene(world.w, world.now), world.now
        moved, onto = [np.zeros(0, "i8")], [np.zeros(0, "i8")]
        for goal in range(scene.first_want.size - 1):
            lines, legs = self.solved(scene, goal, now)
            moved.append(lines)
            onto.append(legs)
        return decisions(now, world.w.lines["leg"], np.concatenate(moved), np.concatenate(onto))

    def solved(self, scene: Scene, goal: int, now: int) -> tuple[np.ndarray, np.ndarray]:
        """Lines to one destination that the plan has elsewhere than they are, and the legs it has them on, or -1."""
        lines, at, taken = self.plotter.plan_one(scene, goal, self.settings, now)
        begin, end = scene.first_way[goal], scene.first_way[goal + 1]
        self.ways["price"][scene.numbers[begin:end]] = scene.ways["price"][begin:end]
        which = np.flatnonzero(taken != at)
        legs = np.append(scene.numbers[begin:end], NOWHERE)
        return scene.rows[lines[which]], legs[taken[which]]

    def scene(self, w: W, now: int) -> Scene:
        """All that may be planned now."""
        lines = self.open_lines(w, now)
        numbers = self.open_legs(w, now)
        wants, ways = picked(self.wants, lines), picked(self.ways, numbers)
        is_booked, is_staged = w.lines["leg"][lines] >= 0, w.lines["place"][lines] >= 0
        wants["stand"] = np.where(is_booked, BOOKED, np.where(is_staged, STAGED, OPEN))
        origin = w.offered["origin"][np.maximum(w.lines["leg"][lines], 0)]
        wants["place"] = np.where(wants["stand"] == STAGED, w.lines["place"][lines], origin)
        ways["dep"], ways["arr"], ways["is_open"] = w.legs["etd"][numbers], w.legs["eta"][numbers], 1
        if self.predicted is not None:
            self.predicted.tell(ways, self.settings, now)
        goals = np.arange(w.stock.shape[0] + 1)
        place = np.full(len(w.legs), NOWHERE)
        place[numbers] = np.arange(numbers.size)
        at = np.where(w.lines["leg"][lines] >= 0, place[np.maximum(w.lines["leg"][lines], 0)], NOWHERE)
        there = at != NOWHERE
        held = np.bincount(at[there], wants["loads"][there], numbers.size).astype("i8")
        room = w.offered["room"][numbers] - w.legs["used"][numbers] + held
        legs = Legs(ways, w.offered["origin"][numbers].astype("i8"), (room - held).astype("i8"))
        stock, plays = np.ascontiguousarray(w.stock["free"][: len(HUBS)].T).astype("i8"), np.ones(lines.size, "?")
        allow, scarce = self.allotter.allot(wants, at, plays, legs, self.hubs, stock, len(w.stock), self.settings.money,
                                            now)  # fmt: skip
        return Scene(
            lines, wants, at, plays, allow, numbers, ways, legs.hub, np.maximum(room, held).astype("i8"), legs.seats,
            np.searchsorted(wants["at_goal"], goals), np.searchsorted(ways["at_goal"], goals),
            outlook_of(self.said(now), ways, self.settings.futures_ahead, self.settings.second_try),
            scarce=scarce,
        )  # fmt: skip

    def said(self, now: int) -> np.ndarray:
        """What is said of legs by now."""
        if self.forecast is None or now < self.forecast.issued[0]:
            return NOTHING_SAID
        n = int(np.searchsorted(self.forecast.issued, now, "right")) - 1
        hub, hour = np.nonzero(self.forecast.chance[n])
        said = np.zeros(hub.size, SAYING)
        said["origin"], said["dest"], said["carrier"] = hub, ANY, ANY
        said["begin"] = self.forecast.issued[n] + hour * HOUR
        said["end"], said["p"], said["late"] = said["begin"] + HOUR, self.forecast.chance[n][hub, hour], 0
        return said

    def open_lines(self, w: W, now: int) -> np.ndarray:
        """Lines that may be decided anew, by destination."""
        state, leg = w.lines["state"], w.lines["leg"]
        loose = (leg < 0) & ((state == rows.OPEN) | (state == rows.STAGED))
        away = w.legs["etd"][np.maximum(leg, 0)] - self.settings.money.release_lead > now
        found = np.flatnonzero(loose | ((state == rows.BOOKED) & away))
        return found[np.argsort(self.wants["at_goal"][found], kind="stable")]

    def open_legs(self, w: W, now: int) -> np.ndarray:
        """Legs that can be booked now, or that lines stand on, by destination and departure."""
        state, etd, money = w.legs["state"], w.legs["etd"], self.settings.money
        is_open = (state >= PLANNED) & (state <= COVERED)
        found = np.flatnonzero(is_open & (etd > now + money.cutoff_lead) & (etd <= now + money.horizon))
        return found[np.lexsort((found, etd[found], self.ways["at_goal"][found]))]


def wants_of(week: Week, world: World) -> Any:
    """What each line wants, as the planner's rows; keys are row numbers."""
    ordered, lines = world.w.ordered, week.lines
    wants = np.repeat(WANT, len(ordered))
    wants["key"], wants["at_goal"], wants["shelf"] = np.arange(len(ordered)) + 1, ordered["site"], ordered["sku"]
    wants["sku"], wants["quantity"], wants["loads"] = ordered["sku"], ordered["quantity"], ordered["loads"]
    wants["priority"], wants["promised_by"], wants["value_cents"] = lines.priority, lines.promise, lines.value_cents
    return wants


def ways_of(week: Week, world: World) -> Any:
    """Each leg as the planner's row."""
    offered = world.w.offered
    ways = np.repeat(WAY, len(offered))
    ways["key"], ways["at_goal"], ways["origin"] = np.arange(len(offered)) + 1, offered["dest"], offered["origin"]
    ways["capacity"], ways["freight"] = offered["room"], week.freight
    return ways


def decisions(now: int, leg: np.ndarray, moved: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """Rows (at, kind, a, b, c) that take lines off their legs, then put them on others."""
    off, on = moved[leg[moved] >= 0], onto >= 0
    found = np.zeros((off.size + int(on.sum()), ROW), "i8")
    found[:, 0] = now
    found[: off.size, 1], found[: off.size, 2] = UNASSIGN, off
    found[off.size :, 1], found[off.size :, 2], found[off.size :, 3] = ASSIGN, moved[on], onto[on]
    return found
