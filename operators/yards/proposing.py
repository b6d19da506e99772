"""Proposing: a plan of a site's doors as an event for the log, where it is better than first come, first served."""

from typing import Any, Final

import numpy as np

from operators.allocation import doors as search
from operators.allocation.visits import Doors, Visits
from operators.yards.futures import futures
from operators.yards.yard import Yard, up
from tower import clock

BUDGET: Final = 200_000
"""Moves that the search looks at, counted: the same input gives the same plan on any machine."""
PRICING: Final = 50_000
"""The same for what one door more or less is worth."""
BETTER_CENTS: Final = 1000
"""A plan that saves less is not worth telling anybody."""
ABOUT: Final = "doors"
Event = dict[str, Any]


def wanted(yard: Yard) -> bool:
    """Whether first come, first served makes anybody late by so much that a search may be worth it."""
    p = yard.problem
    ends = p.start + p.duration[np.arange(len(p)), p.door]
    return int((p.weight * np.maximum(0, ends - p.due)).sum()) >= BETTER_CENTS + yard.bound_cents()


def proposed(yard: Yard, network: str, basis: int, now: int, *, is_told: bool) -> Event | None:
    """The event that proposes the best plan found, with all that it is checked by.

    None where it is not better by BETTER_CENTS; but where a plan of before stands (`is_told`), it is taken back.
    """
    found = search.again(yard.problem, BUDGET) if wanted(yard) else None
    if found is None or found.before_cents - found.cost_cents < BETTER_CENTS:
        return event(yard, network, basis, now, [], kept(yard)) if is_told else None
    return event(yard, network, basis, now, moves(yard, found), certificate(yard, found))


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
        "door": told(yard.doors[found.door[i]].door), "start": moment(yard, found.start[i]),
        "from_door": told(yard.doors[p.door[i]].door), "from_start": moment(yard, p.start[i]),
        "saved_cents": before - after,
    }  # fmt: skip


def certificate(yard: Yard, found: Doors) -> Event:
    """What the plan costs, what it is compared with, how long it was looked for, what a door is worth."""
    after = found.cost_cents
    fewer, more = yard.ready[:-1], (*yard.ready, min(yard.ready))
    saved = np.sort(futures(yard, found))
    return {
        "visits": len(yard.visits), "doors": len(yard.doors), "before_cents": found.before_cents, "cost_cents": after,
        "bound_cents": yard.bound_cents(), "before_wait_min": yard.waits(yard.problem.start),
        "wait_min": yard.waits(found.start), "tried": found.tried,
        "next_door_cents": max(0, after - best(yard.with_doors(more))),
        "last_door_cents": max(0, best(yard.with_doors(fewer)) - after) if fewer else 0,
        "net_p10_cents": int(saved[saved.size // 10]), "net_p90_cents": int(saved[saved.size * 9 // 10]),
        "confidence": float(np.count_nonzero(saved > 0) / saved.size),
    }  # fmt: skip


def kept(yard: Yard) -> Event:
    """The same where nothing is better than first come, first served; nobody has looked for what a door is worth."""
    p = yard.problem
    ends = p.start + p.duration[np.arange(len(p)), p.door]
    cost, waits = int((p.weight * np.maximum(0, ends - p.due)).sum()), yard.waits(p.start)
    return {"visits": len(yard.visits), "doors": len(yard.doors), "before_cents": cost, "cost_cents": cost,
            "bound_cents": yard.bound_cents(), "before_wait_min": waits, "wait_min": waits, "tried": 0,
            "next_door_cents": 0, "last_door_cents": 0, "net_p10_cents": 0, "net_p90_cents": 0,
            "confidence": 0.0}  # fmt: skip


def best(problem: Visits) -> int:
    """The least cents that a short search finds."""
    return search.again(problem, PRICING).cost_cents


def moment(yard: Yard, minute: int) -> int:
    """A minute of the yard as ms."""
    return yard.base + int(minute) * clock.MINUTE


def told(key: int) -> str:
    """An id as it is written."""
    return f"#{key:016x}"
