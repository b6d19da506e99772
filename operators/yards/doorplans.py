"""Door plans: what was proposed for a site's doors, as far as it still holds; a row goes once its visit has come to a
door.

A proposal was worked out elsewhere, from the state after an older record. Of its moves those are taken in whose visit
stands as it did then and whose door is open; the others are listed with the reason. The newest proposal of a site takes
the place of all that was said of it before. A replay finds the proposals in the log, and makes none.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import numpy as np

from operators.acts import Unfit
from operators.policies import refuse
from operators.step import Step, gone_rows
from operators.work import Work, mask_of
from operators.yards.reading import Proposal, Seating, proposal
from operators.yards.standing import Door, Visit
from tower import clock
from tower.events import NUMBER
from tower.outcomes import DOOR_WHYS
from tower.pairing import pair
from tower.table import Table, look_at, touch, upsert

PROPOSED: Final = NUMBER["plan.proposed"]
DOCUMENTS, VISITS = mask_of(("document",)), mask_of(("visits",))
SOONER, MAKES_ROOM, OTHER_DOOR, KEEPS_PLACE, CHANGED, CLOSED, NO_VISIT, NO_DOOR, WRONG_KIND, FIXED = range(
    len(DOOR_WHYS))  # fmt: skip
UNTOLD: Final = -1
DROPPED: Final = CHANGED
"""From this reason on a move was not taken in."""
KEEP: Final = clock.HOUR
"""How long it is told of a move that it did not hold."""
PRICED: Final = 30 * clock.MINUTE
"""How long what a door is worth is told after a plan."""


class DoorPlans(Step):
    """Tables `doorplans`, by visit, and `yards`, by site: the newest proposal and its certificate."""

    watches: ClassVar = ("document", "visits")
    publishes: ClassVar = ("doorplans", "yards")

    def __init__(self, saved: Mapping[str, bytes] | None, ledger: Table, visits: Table, doors: Table) -> None:
        super().__init__(saved)
        self.ledger, self.visits, self.doors = ledger, visits, doors

    def concerns(self, work: Work) -> bool:
        """Documents; visits while a plan of them stands; prices that are not known any more."""
        is_due = self.tables["yards"].next_look() <= work.now
        return bool(is_due or work.present & DOCUMENTS or len(self.tables["doorplans"]))

    def room(self, work: Work) -> int:
        """Whoever adds a row makes room for it."""
        return 0

    def run(self, work: Work) -> None:
        """What has become of planned visits and what is proposed: first rows go, then rows are said."""
        for i in self.tables["yards"].due(work.now).tolist():
            forget_prices(self.tables["yards"], i)
        over = self._over() if work.present & VISITS and len(self.tables["doorplans"]) else set()
        heard = self._hear(work) if work.present & DOCUMENTS else {}
        plans = self.tables["doorplans"]
        said = {one.visit for found, _ in heard.values() for one in found.moves}
        for row in plans.rows:
            visit = int(row["visit"])
            if visit not in said and (visit in over or int(row["site"]) in heard):
                row["keep_until"] = 0
        if (gone := plans.evict(1)).size:
            work.found.setdefault("gone", []).append(gone_rows({"doorplans": gone}))
        for found, at in heard.values():
            self._take(found, at, work.now)

    def _over(self) -> set[int]:
        """Planned visits that stand at a door by now, or come to none any more."""
        numbers = self.visits.touched()
        planned = np.flatnonzero(np.isin(self.visits.rows["key"][numbers], self.tables["doorplans"].rows["visit"]))
        found = [Visit.of(self.visits.rows[numbers[n]]) for n in planned.tolist()]
        return {visit.key for visit in found if visit.is_at_door or visit.is_over}

    def _hear(self, work: Work) -> dict[int, tuple[Proposal, int]]:
        """The newest proposal of each site, and the moment of its basis: one on an older basis says nothing."""
        refused: list[tuple[np.void, str]] = []
        heard: dict[int, tuple[Proposal, int]] = {}
        for head, _, said in work.documents(PROPOSED):
            try:
                found = proposal(said, work.number)
            except Unfit as unfit:
                refused.append((head, str(unfit)))
                continue
            if found is not None and found.basis > self._basis(found.site, heard):
                heard[found.site] = found, int(head["at"])
        if refused:
            refuse(work, self.ledger, refused)
        return heard

    def _basis(self, site: int, heard: Mapping[int, tuple[Proposal, int]]) -> int:
        """The basis of the newest proposal of a site; 0 if there is none."""
        if site in heard:
            return heard[site][0].basis
        i = self.tables["yards"].find(site)
        return int(self.tables["yards"].rows["basis"][i]) if i >= 0 else 0

    def _take(self, found: Proposal, at: int, now: int) -> None:
        """Say the rows of a proposal."""
        yards = self.tables["yards"]
        yards.reserve(1)
        self.tables["doorplans"].reserve(len(found.moves))
        whys = [self._say(found, one, now) for one in found.moves]
        i = upsert(yards.t, np.uint64(found.site))
        yard: Any = yards.t.rows[i]
        yard["site"], yard["basis"], yard["at"] = found.site, found.basis, at
        yard["moves"], yard["dropped"] = sum(why < KEEPS_PLACE for why in whys), sum(why >= DROPPED for why in whys)
        for name, value in found.certificate.items():
            yard[name] = value
        look_at(yards.t, np.int64(i), now + PRICED)

    def _say(self, found: Proposal, one: Seating, now: int) -> int:
        """The row of a move, and why it is so."""
        table, why = self.tables["doorplans"], self._why(found.site, one)
        row: Any = table.t.rows[upsert(table.t, np.uint64(one.visit))]
        row["visit"], row["site"], row["door"], row["start"] = one.visit, found.site, one.door, one.start
        row["before_door"], row["before_start"] = one.from_door, one.from_start
        row["saved_min"] = (one.from_start - one.start) // clock.MINUTE
        row["saved_cents"], row["basis"], row["why"] = one.saved_cents, found.basis, why
        row["work_min"], row["work_by"] = one.work_min, one.work_by
        row["keep_until"] = -1 if why < DROPPED else now + KEEP
        return why

    def _why(self, site: int, one: Seating) -> int:
        """Why a visit is to come to another door or minute, or why the move does not hold."""
        i, j = self.visits.find(one.visit), self.doors.find(int(pair(np.uint64(site), np.uint64(one.door))))
        if i < 0 or self.visits.rows["site"][i] != np.uint64(site):
            return NO_VISIT
        if j < 0:
            return NO_DOOR
        if (why := does_not_hold(Visit.of(self.visits.rows[i]), Door.of(self.doors.rows[j]), one)) >= 0:
            return why
        if one.start != one.from_start:
            return SOONER if one.start < one.from_start else MAKES_ROOM
        return OTHER_DOOR if one.door != one.from_door else KEEPS_PLACE


def forget_prices(yards: Table, i: int) -> None:
    """Nobody knows any more what a door of that site is worth."""
    row: Any = yards.t.rows[i]
    row["next_door_cents"] = row["last_door_cents"] = UNTOLD
    look_at(yards.t, np.int64(i), np.int64(UNTOLD))
    touch(yards.t, np.int64(i))


def does_not_hold(visit: Visit, door: Door, one: Seating) -> int:
    """Why a visit does not come to that door then; -1 if it does."""
    if visit.seen != one.seen:
        return CHANGED
    if door.is_closed:
        return CLOSED
    if not door.takes(visit):
        return WRONG_KIND
    return FIXED if visit.is_fixed and (one.door, one.start) != (one.from_door, one.from_start) else -1
