"""Plans: the plan in the chain. Every line that is not picked is weighed anew where something has changed that matters.

Records only note what has changed: which destinations are dirty. The plan itself is made some seconds after a line was
stranded or a leg cancelled, else every few minutes; within a minute's budget of counted work, so that no record waits
for long. What is over the budget waits for the next minute, and a note says so. Each destination is solved exactly, so
a plan does not depend on what was planned before, on restarts, or on how records are cut.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import numpy as np

from operators.planning import rates, rows
from operators.planning.allotting import Allotter, Scarce
from operators.planning.bulk import bulk_of
from operators.planning.futures import Told
from operators.planning.offers import Offers
from operators.planning.own import HEAR, subjects
from operators.planning.plotting import Plotter, next_moments
from operators.planning.pricing import tell_goods
from operators.planning.scene import Facts, Scene, scene_of
from operators.planning.taking import TAKE_LEGS, TAKE_LINES, TAKE_LOADS, Desk
from operators.planning.telling import (
    COUNT_PRICES,
    DROP_PLANS,
    DROP_PRICES,
    TELL_PLANS,
    TELL_PRICES,
)
from operators.policies import settings_in
from operators.step import Step, gone_rows
from operators.work import Work, mask_of
from tower import clock, layouts
from tower.fields import FOREVER
from tower.table import Table, look_at, upsert

LINES, LEGS, DOCUMENTS = mask_of(("lines",)), mask_of(("legs",)), mask_of(("document",))
SOONER: Final = mask_of(("stock", "incidents"))
TOLD: Final = mask_of(("forecasts", "advisories", "stations"))
PREDICTED: Final = mask_of(("predictions",))
EVER: Final = 1
KEPT_BACK: Final = 4
"""One part in so many of a minute's budget is kept for what is urgent."""


class Plans(Step):
    """Tables `plans`, `prices`, `options` and `moves`; the others are its own."""

    watches: ClassVar = ("lines", "legs", "stock", "incidents", "document", "forecasts", "advisories", "stations",
                         "predictions")  # fmt: skip
    publishes: ClassVar = ("plans", "prices", "options", "moves")
    keeps: ClassVar = (
        ("wants", rows.WANT), ("ways", rows.WAY), ("goals", rows.GOAL), ("shelves", rows.SHELF), ("rates", rows.RATE),
        ("flown", rows.FLOWN), ("offers", rows.OFFER), ("rounds", rows.ROUND),
    )  # fmt: skip

    def __init__(
        self, saved: Mapping[str, bytes] | None, price_list: Table, legs: Table, lines: Table, loads: Table,
        stock: Table, incidents: Table, links: Table, forecasts: Table, advisories: Table, stations: Table,
        predictions: Table,
    ) -> None:  # fmt: skip
        super().__init__(saved)
        self.price_list, self.legs, self.lines, self.predictions = price_list, legs, lines, predictions
        self.facts = Facts(loads, stock, Told(forecasts, advisories, stations))
        self.settings = settings_in(price_list)
        self._plotter, self._allotter, self._offers = Plotter(), Allotter(), Offers(self.tables, incidents, links)
        self._timer = self.tables["rounds"]

    def apply(self, work: Work) -> None:
        """Note what has changed; plan when it is time. A network without lines or legs pays nothing."""
        if work.present & DOCUMENTS:
            self._declare(work)
        if not len(self._timer) and not self._wakes(work.now):
            return
        if work.present & TOLD:
            self._soil_all(work.now)
        if work.present & PREDICTED and self.settings.hears and self._hear(subjects(self.predictions), work.now):
            self._wait_for_next(work.now)
        self._wait(work.now, self._take(work) | (EVER if work.present & (SOONER | TOLD) else 0))
        if self._timer.due(work.now).size:
            self.plan(work)
            for table, bit in self._bits:
                if table.touched().size:
                    work.present |= bit

    # --- what has changed

    def _declare(self, work: Work) -> None:
        """Freight, and the settings in force."""
        if rates.declare(work, self.tables["rates"]) and len(self._timer):
            self._take_all(work.now)
        if self.price_list.touched().size:
            self.settings = settings_in(self.price_list)
            self._soil_all(work.now)
            self._hear(self.tables["ways"].rows["key"].copy(), work.now)
            if len(self._timer):
                self._wait(work.now, EVER)

    def _soil_all(self, now: int) -> None:
        """Every destination is to be planned anew: settings and forecasts are about any leg."""
        goals = self.tables["goals"].rows
        goals["since"][goals["is_dirty"] == 0], goals["is_dirty"] = now, 1

    def _wakes(self, now: int) -> bool:
        """Lines and legs are there for the first time: all that came before counts."""
        if not len(self.lines) or not len(self.legs):
            return False
        upsert(self._timer.t, np.uint64(0))
        self._take_all(now)
        return True

    def _take_all(self, now: int) -> None:
        desk = self._desk(len(self.lines) + len(self.legs))
        TAKE_LEGS.call(desk, self.legs.t, np.arange(len(self.legs), dtype="i4"), now)
        TAKE_LINES.call(desk, self.lines.t, self.legs.t, np.arange(len(self.lines), dtype="i4"), now)
        if self.settings.hears:
            self._hear(self.legs.rows["key"].copy(), now)
        self._wait(now, EVER)

    def _take(self, work: Work) -> int:
        found = 0
        if work.present & LEGS and (numbers := self.legs.touched()).size:
            found = TAKE_LEGS.call(self._desk(numbers.size), self.legs.t, numbers, work.now)
            if self.settings.hears:
                self._hear(self.legs.rows["key"][numbers], work.now)
        if work.present & LINES and (numbers := self.lines.touched()).size:
            found |= TAKE_LINES.call(self._desk(numbers.size), self.lines.t, self.legs.t, numbers, work.now)
        if work.present & LINES and (numbers := self.facts.loads.touched()).size:
            found |= TAKE_LOADS.call(self._desk(0), self.facts.loads.t, numbers, work.now)
        return found

    def _hear(self, legs: Any, now: int) -> bool:
        """Listen to what is predicted of these legs; whether that is another than before of any."""
        ways, goals, told = self.tables["ways"].t, self.tables["goals"].t, self.settings
        return bool(HEAR.call(self.predictions.t, ways, goals, legs, told.own_chance, told.own_late, now))

    def _desk(self, more: int) -> Desk:
        """The tables with room for what so many lines or legs can add."""
        for name in ("wants", "ways", "goals", "shelves"):
            self.tables[name].reserve(more)
        return Desk(*(self.tables[name].t for name in ("wants", "ways", "goals", "shelves", "rates")))

    def _wait(self, now: int, found: int) -> None:
        """Look at the plan in seconds, at the minute's end at the latest, or when some minutes are over; not at all
        where nothing has changed.
        """
        if not found:
            return
        row: Any = self._timer.t.rows[0]
        if row["is_urgent"] or (found == EVER and row["is_calm"]):
            return
        row["is_calm"], row["is_urgent"] = 1, found != EVER
        every, soon = self.settings.every, now + self.settings.urgent
        over = now - now % clock.MINUTE + clock.MINUTE
        self._at(now - now % every + every if found == EVER else min(soon, over))

    def _wait_for_next(self, now: int) -> None:
        """Look at the plan when the minutes are over in which something was predicted: now, if that is now."""
        row: Any = self._timer.t.rows[0]
        if not row["is_urgent"] and not row["is_calm"]:
            row["is_calm"] = 1
            self._at(-(-now // self.settings.every) * self.settings.every)

    def _at(self, moment: int) -> None:
        """Look at the plan at that moment, or before if that was asked for."""
        before = int(self._timer.t.rows[0]["look_at"])
        if before < 0 or moment < before:
            look_at(self._timer.t, 0, moment)

    # --- the plan

    def plan(self, work: Work) -> None:
        """Plan what is due; may be watched from outside, and is called for nothing else."""
        now, goals = work.now, self.tables["goals"].rows
        row: Any = self._timer.t.rows[0]
        row["is_calm"], row["is_urgent"], row["look_at"] = 0, 0, -1
        late = (goals["moment"] >= 0) & (goals["moment"] <= now)
        goals["since"][late & (goals["is_dirty"] == 0)] = now
        goals["is_dirty"][late], goals["moment"][late] = 1, -1
        scene = scene_of(self._desk(0), self.tables, self.facts, self._allotter, self.settings, now)
        scene = bulk_of(self.lines, self.tables["ways"], scene)
        solved, left = self._solve(scene, now)
        goals["moment"][solved] = next_moments(self.tables["ways"], scene, solved, self.settings, now)
        scene.wants["gives"] = 0  # an option is for its incident, not for lines that want goods
        gone = self._offers.renew(self._plotter, scene, self.settings, work.number, now)
        self._tell(work, scene.scarce, gone)
        self._look_again(now, goals, left)
        if left:
            note(work, f"{left} of {left + len(solved)} destinations wait to be planned: the budget is spent")

    def _solve(self, scene: Scene, now: int) -> tuple[Any, int]:
        """The goals that were planned, and how many are left over though they are due."""
        goals, wants, ways = self.tables["goals"].rows, self.tables["wants"], self.tables["ways"]
        is_due, has_waited = goals["is_dirty"] == 1, goals["since"] <= now - 2 * self.settings.every
        if now % self.settings.every:
            is_due &= goals["is_urgent"] > 0
        comes_first = is_due & ((goals["is_urgent"] == rows.URGENT) | has_waited)
        spent, work, planned = self._spent(now), self.settings.work, [np.zeros(0, "i8")]
        for some, most in ((comes_first, work), (is_due & ~comes_first, work - work // KEPT_BACK)):
            due = np.flatnonzero(some)
            due = due[np.lexsort((goals["key"][due], goals["since"][due]))]
            done = self._plotter.plan(scene, due, self.settings._replace(work=most), now, spent, wants, ways)
            planned.append(due[:done])
            rest = due[done:]
            goals["is_urgent"][rest] = np.where(goals["is_urgent"][rest] == rows.URGENT, rows.URGENT, rows.LEFT_OVER)
        self._timer.t.rows["spent"][0] = spent[0]
        found = np.concatenate(planned)
        goals["is_dirty"][found], goals["is_urgent"][found] = 0, 0
        goals["stamp"][found] += 1
        return found, int(np.count_nonzero(is_due)) - found.size

    def _spent(self, now: int) -> np.ndarray:
        """(1,) the work that was spent in this minute."""
        row: Any = self._timer.t.rows[0]
        if row["minute"] != now // clock.MINUTE:
            row["minute"], row["spent"] = now // clock.MINUTE, 0
        return np.array([row["spent"]])

    def _look_again(self, now: int, goals: np.ndarray, left: int) -> None:
        """When the plan is looked at next, as things stand."""
        if left:
            self._at(now - now % clock.MINUTE + clock.MINUTE)
        every = self.settings.every
        if goals["is_dirty"].any():
            self._at(now - now % every + every)
        if self._offers.waits_until < FOREVER:
            self._at(-(-max(self._offers.waits_until, now + 1) // every) * every)
        ahead = goals["moment"][goals["moment"] > now]
        if ahead.size:
            self._at(-(-int(ahead.min()) // every) * every)

    # --- what is said

    def _tell(self, work: Work, scarce: Scarce, gone: dict[str, np.ndarray]) -> None:
        wants, ways = self.tables["wants"].t, self.tables["ways"].t
        plans, prices = self.tables["plans"], self.tables["prices"]
        soonest = work.now + self.settings.money.cutoff_lead
        new = np.empty(len(self.tables["wants"]), "i8")
        dropped, count = DROP_PLANS.call(wants, plans.t, new)
        if dropped:
            gone["plans"] = plans.evict(1)
        DROP_PRICES.call(ways, prices.t, soonest)
        tell_goods(prices, self.tables["shelves"], scarce)
        if (over := prices.evict(1)).size:
            gone["prices"] = over
        if gone:
            work.found.setdefault("gone", []).append(gone_rows(gone))
        plans.reserve(count)
        TELL_PLANS.call(wants, ways, self.lines.t, plans.t, work.number, new[:count])
        prices.reserve(COUNT_PRICES.call(ways, soonest))
        TELL_PRICES.call(ways, prices.t, soonest)

    def activate(self, work: Work) -> None:
        """Earlier builds did not plan lines of several loads, and had a stand of their own for them."""
        super().activate(work)
        if (self.tables["wants"].rows["stand"] > rows.STAGED).any():
            self._take_all(work.now)

    def evict(self, before: int) -> dict[str, np.ndarray]:
        """Legs that are over are counted: how many of those that were to fly did."""
        rates.count(self.tables["ways"], self.tables["flown"], before)
        return super().evict(before)


def note(work: Work, text: str) -> None:
    """Say something about the plan as a whole."""
    row = layouts.empty("notes", 1)
    row["what"], row["text"] = work.id_of("note", "plan.waits"), work.id_of("text", text)
    row["position"] = work.position()
    work.found.setdefault("notes", []).append(row)
