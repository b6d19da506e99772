"""Visits: appointments at a site's gate and doors, who waits, and who stands where."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import numpy as np

from operators.legs import KEEP, NO_SUCH, lateness, life
from operators.registers import Registers
from operators.step import Step
from operators.work import Work
from tower import clock
from tower.events import CLIMATES, NUMBER, PURPOSES
from tower.fields import CODES, Type
from tower.ids import UNKNOWN
from tower.outcomes import VISIT_KINDS
from tower.pairing import pair
from tower.table import TOUCHED, Direct, Table, kernel, look_at, touch_due, touched, upsert

AWAY, WAITING, DOCKED = range(3)
DECLARED: Final = NUMBER["door.declared"]
USUAL_WORK_MIN: Final = 60.0
"""Minutes of work at a door when the booking does not say."""
UNSAID: Final = int(CODES[Type.CODE][1])


@kernel
def expect(visit, now):
    """Fill what follows from the registers."""
    moved = visit.rescheduled_at >= 0
    visit.window_start = visit.rescheduled_window_start if moved else visit.booked_window_start
    visit.window_end = visit.rescheduled_window_end if moved else visit.booked_window_end
    limit = visit.window_end if visit.window_end >= 0 else visit.window_start
    visit.life = life(limit, NO_SUCH, visit.arrived_at, now)
    start = max(visit.docked_at, visit.started_at)
    work_min = visit.work_min if visit.work_min >= 0 else USUAL_WORK_MIN
    visit.over_at = start + np.int64(work_min * clock.MINUTE) if start >= 0 else NO_SUCH
    visit.wait_min = lateness(start, visit.arrived_at)
    visit.dwell_min = lateness(visit.left_at, visit.arrived_at)


@kernel
def is_over(visit):
    """Whether its work is done, one way or the other."""
    return visit.finished_at >= 0 or visit.left_at >= 0 or visit.cancelled_at >= 0


@kernel
def next_moment(visit, now):
    """When it will be a no-show or over time if nobody says anything."""
    if is_over(visit):
        return NO_SUCH
    moment = visit.over_at if visit.over_at >= 0 else visit.window_end if visit.arrived_at < 0 else NO_SUCH
    return moment if moment > now else NO_SUCH


@kernel
def settle(t, now):
    """Look anew at touched visits, and at those whose moment has come."""
    touch_due(t, now)
    for n in range(t.meta[TOUCHED]):
        i = touched(t, n)
        visit = t.rows[i]
        expect(visit, now)
        look_at(t, i, next_moment(visit, now))
        end = max(visit.left_at, visit.finished_at, visit.cancelled_at, visit.window_end)
        visit.keep_until = end + KEEP if visit.left_at >= 0 or visit.cancelled_at >= 0 else -1


SETTLE: Final = Direct(settle)


class Visits(Registers):
    """Table `visits`: one row a visit."""

    families: ClassVar = ("visit",)
    publishes: ClassVar = ("visits",)
    kinds: ClassVar = VISIT_KINDS

    def settle(self, work: Work) -> None:
        """Touched visits, and those whose moment has come."""
        SETTLE.call(self.things.t, work.now)


@kernel
def stands(visit):
    """What a visit counts as at its site."""
    if is_over(visit):
        return AWAY
    if visit.docked_at >= 0 or visit.started_at >= 0:
        return DOCKED
    return WAITING if visit.arrived_at >= 0 else AWAY


@kernel
def recount(visits, numbers, doors, queues):
    """Move touched visits from where they were counted to where they stand."""
    for i in numbers:
        visit = visits.rows[i]
        now_counted = stands(visit)
        if visit.site != UNKNOWN and visit.counted != now_counted:
            queue = queues.rows[upsert(queues, visit.site)]
            count(queue, visit.counted, -1)
            count(queue, now_counted, 1)
            visit.counted = now_counted
        if visit.site != UNKNOWN and visit.arrived_at >= 0:  # also one that came and went within a record
            queue = queues.rows[upsert(queues, visit.site)]
            queue.changed_at = max(queue.changed_at, visit.arrived_at, visit.docked_at, visit.left_at)
            queue.position = max(queue.position, visit.arrived_position)
        door = pair(visit.site, visit.door) if now_counted == DOCKED and visit.door != UNKNOWN else UNKNOWN
        if door != visit.at_door:
            occupy(doors, visit, visit.at_door, -1)
            occupy(doors, visit, door, 1)
            visit.at_door = door


@kernel
def count(queue, counted, more):
    """One more or one less in a queue; whoever is away, or was never counted, is in none."""
    if queue.waiting < 0:
        queue.waiting, queue.docked = 0, 0
    if counted == WAITING:
        queue.waiting += more
    elif counted == DOCKED:
        queue.docked += more


@kernel
def occupy(doors, visit, door, more):
    """One more or one less at a door."""
    if door == UNKNOWN:
        return
    row = doors.rows[upsert(doors, door)]
    row.occupants = more if row.occupants < 0 else row.occupants + more
    row.site, row.door = visit.site, visit.door
    row.changed_at = max(row.changed_at, visit.docked_at)
    row.position = max(row.position, visit.docked_position)


RECOUNT: Final = Direct(recount)


class Doors(Registers):
    """Tables `doors` (who stands where, what is closed) and `queues` (who waits at a site)."""

    families: ClassVar = ("door_note",)
    watches: ClassVar = ("visits", "document")
    publishes: ClassVar = ("doors", "queues")
    kinds: ClassVar = ("door.closed", "door.opened")

    def __init__(self, saved: Mapping[str, bytes] | None, visits: Table) -> None:
        super().__init__(saved)
        self.visits = visits

    def room(self, work: Work) -> int:
        """A row per note, and per visit that moves a door it leaves and one it takes."""
        return Step.room(self, work) + 2 * int(self.visits.touched().size) + int(work.rows("document").size)

    def settle(self, work: Work) -> None:
        """Recount what the touched visits changed; a door that is declared is there before anybody stands at it."""
        if work.rows("document").size:
            self._declare(work)
        if (notes := work.rows("door_note")).size:
            names(notes, work.heads, self.things.t)
        RECOUNT.call(self.visits.t, self.visits.touched(), self.things.t, self.tables["queues"].t)

    def _declare(self, work: Work) -> None:
        """Doors stand there; what the newest declaration says of each is what it is for."""
        for head, _, said in work.documents(DECLARED):
            site, door = said.get("site"), said.get("door")
            if isinstance(site, str) and isinstance(door, str):
                i = stand(np.uint64(work.id_of("site", site)), np.uint64(work.id_of("door", door)), self.things.t)
                row: Any = self.things.t.rows[i]
                rank = int(head["at"]), int(head["id"])
                if row["declared_at"] < 0 or rank >= (int(row["declared_at"]), int(row["declared_event"])):
                    row["declared_at"], row["declared_event"] = rank
                    describe(row, work, said)


def describe(row: Any, work: Work, said: Mapping[str, Any]) -> None:
    """What a door is for; what is not said, or not so, is unknown: then it is for all."""
    row["dock_group"] = work.id_of("dock_group", said.get("dock_group"))
    for name, words in (("purpose", PURPOSES), ("climate", CLIMATES)):
        row[name] = words.index(said[name]) if said.get(name) in words else UNSAID
    length = said.get("length_m")
    is_length = isinstance(length, int | float) and not isinstance(length, bool) and length > 0
    row["length_m"] = length if is_length else np.nan


@kernel
def stand(site, door, doors):
    """A door is there; its row."""
    i = upsert(doors, pair(site, door))
    row = doors.rows[i]
    row.site, row.door = site, door
    row.occupants = max(row.occupants, 0)
    return i


@kernel
def names(notes, heads, doors):
    """A door row says which site and door it is."""
    for note in notes:
        row = doors.rows[upsert(doors, heads[note.event].subject)]
        row.site, row.door = note.site, note.door
        row.occupants = max(row.occupants, 0)
