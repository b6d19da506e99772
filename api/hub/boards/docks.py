"""Channel `docks`: a row a door with who stands there and who stood there last; a row a site with who comes next."""

import heapq
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import numpy as np

from api.hub.boards.board import ALL_BITS, Draw, Told, id_of, moment, told
from api.hub.boards.sites import is_closed
from api.hub.facts import Changed, Row
from tower import ids
from tower.outcomes import DOOR_WHYS, LIVES

LAST: Final = 3
"""Visits that are over, told for each door."""
NEXT: Final = 50
"""Visits without a door, told for each site: the first by window."""
Place = tuple[int, int]
"""A site and a door of it."""
Order = tuple[bool, int, int]
DROPPED: Final = DOOR_WHYS.index("changed")
"""From this reason on a planned move did not hold."""
OVERRUN: Final = ids.of("deviation", "visit.overrun")


class Docks(Draw):
    """One row a door, and one a site for the visits that have no door."""

    def all(self) -> Iterable[str]:
        """Every door and every gate; learns which visits belong to each on the way."""
        self.at: dict[Place, dict[int, Order]] = defaultdict(dict)
        self.over: dict[int, set[int]] = defaultdict(set)
        self.places: dict[str, Place] = {}
        for key, visit in self.facts.all("visits"):
            self._stand(key, visit)
        for key, row in self.facts.all("deviations"):
            if row["kind"] == OVERRUN:
                self.over[row["subject"]].add(key)
        doors = {(row["site"], row["door"]) for _, row in self.facts.all("doors")}
        return [self.name(place) for place in {*doors, *self.at} if place[0] != ALL_BITS]

    def name(self, place: Place) -> str:
        """What a door, or a gate, is called."""
        site, door = place
        last = "waiting" if door == ALL_BITS else self.names.of(door)
        name = f"{self.names.of(site)}/{last}"
        self.places[name] = place
        return name

    def touched(self, changed: Changed) -> Iterable[str]:
        """The doors that are told of, and those that a visit leaves or takes."""
        places: dict[Place, None] = {}
        for key, before in changed.get("visits", {}).items():
            places |= dict.fromkeys(self._moved(key, before, self.facts.get("visits", key)))
        for key in changed.get("doorplans", {}):
            visit = self.facts.get("visits", key)
            places |= {} if visit is None else {place_of(visit): None}
        for key, before in changed.get("deviations", {}).items():
            places |= dict.fromkeys(self._overrun(key, before or self.facts.get("deviations", key)))
        for key, before in changed.get("doors", {}).items():
            row = self.facts.get("doors", key) or before
            places |= {} if row is None else {(row["site"], row["door"]): None}
        return [self.name(place) for place in places if place[0] != ALL_BITS]

    def _moved(self, key: int, before: Row | None, now: Row | None) -> Iterable[Place]:
        if before is not None:
            self.at[place_of(before)].pop(key, None)
            yield place_of(before)
        if now is not None:
            self._stand(key, now)
            yield place_of(now)

    def _stand(self, key: int, visit: Row) -> None:
        """Note where a visit belongs; at a gate only who is still to come to a door."""
        if visit["door"] != ALL_BITS or is_to_come(visit):
            self.at[place_of(visit)][key] = order_of(key, visit)

    def _overrun(self, key: int, row: Row | None) -> Iterable[Place]:
        if row is not None and row["kind"] == OVERRUN:
            (self.over[row["subject"]].add if key in self.facts.tables["deviations"]
             else self.over[row["subject"]].discard)(key)  # fmt: skip
            visit = self.facts.get("visits", row["subject"])
            if visit is not None:
                yield place_of(visit)

    def draw(self, id: str) -> Told | None:
        """The door, or the gate."""
        place = self.places[id]
        site, there = self.names.of(place[0]), self.at[place]
        if place[1] == ALL_BITS:
            first = [self._waits(key) for _, _, key in heapq.nsmallest(NEXT, there.values())]
            return told(id=id, site=site, waiting=first, more=len(there) - len(first)) if first else None
        visits = [(key, visit) for key in there if (visit := self.facts.get("visits", key)) is not None]
        door = self.facts.get("doors", pair(*place))
        if door is None:
            return None
        closed = moment(door["closed_at"]) if is_closed(door) else None
        return told(id=id, site=site, door=self.names.of(place[1]), closed_at=closed,
                    occupants=max(door["occupants"], 0), slots=self._slots(visits, closed is not None))  # fmt: skip

    def _slots(self, visits: list[tuple[int, Row]], is_blocked: bool) -> list[Told]:
        """Who stands there, and the last that stood, by when they came."""
        ordered = sorted(visits, key=lambda one: (began(one[1]), one[0]))
        ended = [key for key, visit in ordered if is_over(visit)][-LAST:]
        return [self._slot(key, visit, is_blocked) for key, visit in ordered if not is_over(visit) or key in ended]

    def _slot(self, key: int, visit: Row, is_blocked: bool) -> Told:
        over = max(visit["left_at"], visit["finished_at"])
        state = ("on_plan" if is_over(visit) else "overrun" if self.over.get(key)
                 else "blocked" if is_blocked else "on_plan" if began(visit) >= 0 else "booked")  # fmt: skip
        start = began(visit) if began(visit) >= 0 else visit["window_start"]
        end = over if over >= 0 else visit["over_at"] if visit["over_at"] >= 0 else visit["window_end"]
        return told(visit=self.names.of(key) or id_of(key), start=moment(start), end=moment(end), state=state,
                    leg=self.names.of(visit["leg"]), over=is_over(visit) or None)  # fmt: skip

    def _waits(self, key: int) -> Told:
        visit, plan = self.facts.get("visits", key) or {}, self.facts.get("doorplans", key)
        if plan is None or plan["why"] >= DROPPED:
            seat: Told = {}
        else:
            seat = {"planned_door": self.names.of(plan["door"]), "planned_start": moment(plan["start"])}
        return told(visit=self.names.of(key) or id_of(key), window_start=moment(visit["window_start"]),
                    window_end=moment(visit["window_end"]), arrived_at=moment(visit["arrived_at"]),
                    leg=self.names.of(visit["leg"]), **seat,
                    life=LIVES[visit["life"]] if visit["life"] < len(LIVES) else None)  # fmt: skip


def place_of(visit: Row) -> Place:
    """Its site and its door; the site's gate where it has no door."""
    return visit["site"], visit["door"]


def began(visit: Row) -> int:
    """When it came to its door; negative if it has not."""
    return max(visit["docked_at"], visit["started_at"])


def is_over(visit: Row) -> bool:
    """Whether its work is done, one way or the other."""
    return visit["finished_at"] >= 0 or visit["left_at"] >= 0 or visit["cancelled_at"] >= 0


def is_to_come(visit: Row) -> bool:
    """Whether it waits, or is booked and not over."""
    return not is_over(visit) and began(visit) < 0


def order_of(key: int, visit: Row) -> Order:
    """Those who are there first, then by when they should be."""
    return visit["arrived_at"] < 0, visit["window_start"], key


@lru_cache(maxsize=1 << 16)
def pair(site: int, door: int) -> int:
    """The id of a door at a site."""
    return int(ids.pairs(np.array([site], "u8"), np.array([door], "u8"))[0])
