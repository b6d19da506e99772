"""Proposing: a plan of a site's doors as an event for the log, where it is better than first come, first served."""

from typing import Any, Final

import numpy as np

from operators.allocation import doors as search
from operators.allocation.visits import NOWHERE, Doors, Visits
from operators.yards.crews import up
from operators.yards.futures import futures
from operators.yards.rules import Rules
from operators.yards.yard import Yard
from tower import clock
from tower.outcomes import WORK_BY

ABOUT: Final = "doors"
BOOKED, PREDICTED = range(len(WORK_BY))
Event = dict[str, Any]


def wanted(yard: Yard) -> bool:
    """Whether first come, first served makes anybody late by so much that a search may be worth it."""
    return yard.before_cents() >= yard.rules.better_cents + yard.bound_cents()


def proposed(yard: Yard, network: str, basis: int, now: int, *, is_told: bool) -> Event | None:
    """The event that proposes the best plan found, with all that it is checked by.

    None where it is not better by as much as the rules ask; but where a plan of before stands (`is_told`), it is taken
    back.
    """
    found = searched(yard.problem, yard.rules, yard.rules.tries) if wanted(yard) else None
    if found is None or yard.before_cents() - found.cost_cents < yard.rules.better_cents:
        return event(yard, network, basis, now, [], kept(yard)) if is_told else None
    return event(yard, network, basis, now, moves(yard, found), certificate(yard, found))


def searched(problem: Visits, rules: Rules, tries: int) -> Doors:
    """What so many moves find, counted: the same on any machine; fewer where each needs the whole yard looked at."""
    return search.again(problem, min(tries, rules.crewed_tries) if problem.is_crewed else tries)


def event(yard: Yard, network: str, basis: int, now: int, listed: list[Event], proof: Event) -> Event:
    """The event. Its id is made of what it was worked out from: whoever proposes that again says it once."""
    site = told(yard.site)
    return {"id": f"{ABOUT}/{basis}/{site[1:]}", "kind": "plan.proposed", "network": network, "at": now,
            "plan": ABOUT, "site": site, "basis": basis, "moves": listed, "certificate": proof}  # fmt: skip


def moves(yard: Yard, found: Doors) -> list[Event]:
    """Visits that come to another door, or at another minute, than they would by their turn.

    Also those that wait as long as before, so that who does it knows of all whose turn it is when.
    """
    p = yard.problem
    differs = (found.door != p.door) | (found.start != p.start)
    waits = found.start > [up(visit.window_start - yard.base) for visit in yard.visits]
    return [_move(yard, found, i) for i in np.flatnonzero(differs | waits).tolist()]


def _move(yard: Yard, found: Doors, i: int) -> Event:
    visit, p = yard.visits[i], yard.problem
    before, after = (int(p.weight[i]) * max(0, int(start[i]) + visit.work - int(p.due[i]))
                     for start in (p.start, found.start))  # fmt: skip
    return {
        "visit": told(visit.key), "seen": told(visit.seen),
        "door": told(lane(yard, found.door[i])), "start": moment(yard, found.start[i]),
        "from_door": told(lane(yard, p.door[i])), "from_start": moment(yard, p.start[i]),
        "saved_cents": before - after, "work_min": visit.work,
        "work_by": WORK_BY[PREDICTED if visit.is_foreseen else BOOKED],
    }  # fmt: skip


def lane(yard: Yard, row: int) -> int:
    """Which door that is."""
    door = yard.doors[row]
    assert door is not None
    return door.door


def certificate(yard: Yard, found: Doors) -> Event:
    """What the plan costs, what it is compared with, how long it was looked for, what a door is worth."""
    after = found.cost_cents
    saved = np.sort(futures(yard, found))
    every = range(len(yard.doors))
    fewer = yard.with_doors(every[:-1]) if len(every) > 1 else None
    return {
        "visits": len(yard.visits), "doors": len(every), "before_cents": yard.before_cents(), "cost_cents": after,
        "bound_cents": yard.bound_cents(), "before_wait_min": yard.waits(yard.problem.start),
        "wait_min": yard.waits(found.start), "tried": found.tried,
        "next_door_cents": max(0, after - best(yard.with_doors([*every, NOWHERE]), yard.rules)),
        "last_door_cents": max(0, best(fewer, yard.rules) - after) if fewer is not None else 0,
        "net_p10_cents": int(saved[saved.size // 10]), "net_p90_cents": int(saved[saved.size * 9 // 10]),
        "confidence": float(np.count_nonzero(saved > 0) / saved.size),
    }  # fmt: skip


def kept(yard: Yard) -> Event:
    """The same where nothing is better than first come, first served; nobody has looked for what a door is worth."""
    cost, waits = yard.before_cents(), yard.waits(yard.problem.start)
    return {"visits": len(yard.visits), "doors": len(yard.doors), "before_cents": cost, "cost_cents": cost,
            "bound_cents": yard.bound_cents(), "before_wait_min": waits, "wait_min": waits, "tried": 0,
            "next_door_cents": 0, "last_door_cents": 0, "net_p10_cents": 0, "net_p90_cents": 0,
            "confidence": 0.0}  # fmt: skip


def best(problem: Visits, rules: Rules) -> int:
    """The least cents that a short search finds; whom no door is for is done as the horizon ends."""
    found = searched(problem, rules, rules.pricing_tries)
    late = np.maximum(0, rules.horizon_min - problem.due[found.unplaced])
    return found.cost_cents + int((problem.weight[found.unplaced] * late).sum())


def moment(yard: Yard, minute: int) -> int:
    """A minute of the yard as ms."""
    return yard.base + int(minute) * clock.MINUTE


def told(key: int) -> str:
    """An id as it is written."""
    return f"#{key:016x}"
