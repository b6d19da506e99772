"""Redocking: the plan of a site's doors as an option of the incident that its docks are in, beside leaving it.

Options and their moves are rows of the step before, which offers those about lines and leaves these alone.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import numpy as np

from operators.blame import DOCKS
from operators.holding import paired
from operators.step import Step
from operators.trades import DOCKING
from operators.work import Work, mask_of
from operators.yards.doorplans import DROPPED
from tower import clock
from tower.events import PRIORITIES
from tower.ids import UNKNOWN
from tower.outcomes import OPTIONS
from tower.table import Table, touch, upsert

LEAVING: Final = OPTIONS.index("nothing")
GOOD_FOR: Final = 15 * clock.MINUTE
"""How long an option is good at least: of who is at a door by then nobody asks anything."""
TOLD: Final = mask_of(("options",))


class Redocks(Step):
    """No tables of its own."""

    watches: ClassVar = ("yards", "doorplans", "incidents")

    def __init__(self, saved: Mapping[str, bytes] | None, incidents: Table, doorplans: Table, yards: Table,
                 options: Table, moves: Table) -> None:  # fmt: skip
        super().__init__(saved)
        self.incidents, self.plans, self.yards, self.options, self.moves = incidents, doorplans, yards, options, moves

    def concerns(self, work: Work) -> bool:
        """A site's plan is new, or its incident is."""
        return len(self.yards) > 0 and bool(self.yards.touched().size or self.incidents.touched().size)

    def room(self, work: Work) -> int:
        """Whoever adds a row makes room for it."""
        return 0

    def run(self, work: Work) -> None:
        """Say the options of incidents at docks, and take back those that do not stand any more."""
        stand: set[int] = set()
        for row in self.incidents.rows[self._at_docks()]:
            i = self.yards.find(int(row["site"]))
            if i >= 0 and self.yards.rows["moves"][i] > 0:
                stand |= self._offer(int(row["key"]), self.yards.rows[i], work.now)
        self._take_back(stand, work.now)
        work.present |= TOLD

    def _at_docks(self) -> Any:
        rows = self.incidents.rows
        return (rows["cause"] == DOCKS) & (rows["closed_at"] < 0) & (rows["merged_into"] == UNKNOWN)

    def _offer(self, incident: int, yard: Any, now: int) -> set[int]:
        """The options of one incident; their keys."""
        rows = self.plans.rows
        plans = rows[(rows["site"] == yard["key"]) & (rows["why"] < DROPPED)]
        digest = 0
        for plan in plans:
            digest ^= paired(paired(int(plan["visit"]), int(plan["door"])), int(plan["start"]))
        keys = {kind: paired(incident, paired(kind, digest or 1)) for kind in (DOCKING, LEAVING)}
        if self.options.find(keys[DOCKING]) < 0:
            self.options.reserve(2)
            self.moves.reserve(len(plans))
            for rank, (kind, key) in enumerate(keys.items(), 1):
                option = self._say(key, incident, rank, kind, digest or 1)
                option["basis"] = yard["basis"]
                option["expires_at"] = max(now + GOOD_FOR, int(plans["start"].min(initial=now)))
                if kind == DOCKING:
                    fill(option, yard, len(plans))
            for plan in plans:
                self._move(keys[DOCKING], plan)
        return set(keys.values())

    def _say(self, key: int, incident: int, rank: int, kind: int, digest: int) -> Any:
        """An option that saves nothing yet."""
        option: Any = self.options.t.rows[upsert(self.options.t, np.uint64(key))]
        option["incident"], option["rank"], option["kind"], option["digest"] = incident, rank, kind, digest
        for name in SAVED:
            option[name] = 0
        for name in ("lines", "churn_lines", "moves", "unserved"):
            option[name] = 0
        option["keep_until"] = -1
        return option

    def _move(self, option: int, plan: Any) -> None:
        row: Any = self.moves.t.rows[upsert(self.moves.t, np.uint64(paired(option, int(plan["visit"]))))]
        row["option"], row["visit"], row["cost_cents"] = option, plan["visit"], -plan["saved_cents"]
        row["from_site"], row["to_site"] = plan["site"], plan["site"]
        row["from_door"], row["to_door"] = plan["before_door"], plan["door"]
        row["from_start"], row["to_start"], row["keep_until"] = plan["before_start"], plan["start"], -1

    def _take_back(self, stand: set[int], now: int) -> None:
        """Options that do not stand are over; their rows go with the hour."""
        rows = self.options.rows
        leaves = (rows["kind"] == LEAVING) & (rows["digest"] != 0)
        mine = ((rows["kind"] == DOCKING) | leaves) & (rows["keep_until"] < 0)
        for i in np.flatnonzero(mine).tolist():
            if int(rows["key"][i]) not in stand:
                self.options.t.rows["keep_until"][i] = now
                touch(self.options.t, np.int64(i))
                self.moves.rows["keep_until"][self.moves.rows["option"] == rows["key"][i]] = now


SAVED: Final = ("net_cents", "net_p10_cents", "net_p90_cents", "cost_cents", "value_kept_cents", "lines_kept",
                "on_time_delta", *(f"{name}_cents" for name in PRIORITIES),
                *(f"{name}_on_time" for name in PRIORITIES))  # fmt: skip
"""Of an option, against leaving it."""


def fill(option: Any, yard: Any, moves: int) -> None:
    """What the plan of a yard is worth."""
    saved = int(yard["before_cents"]) - int(yard["cost_cents"])
    option["net_cents"], option["value_kept_cents"], option["moves"] = saved, saved, moves
    for name in ("net_p10_cents", "net_p90_cents", "confidence"):
        option[name] = yard[name]
    option["price_cents"] = max(0, int(yard["next_door_cents"]))
