"""Reading: a `plan.proposed` about doors, read strictly from the document that says it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from operators.acts import Unfit, moment
from operators.verdicts import digits
from operators.yards.proposing import ABOUT, BOOKED
from tower.outcomes import WORK_BY

MOST_MOVES: Final = 10_000
MOST: Final = 1 << 40
FIGURES: Final = ("visits", "doors", "before_cents", "cost_cents", "bound_cents", "before_wait_min", "wait_min",
                  "tried", "next_door_cents", "last_door_cents")  # fmt: skip
"""Of a certificate; whole numbers, not negative."""
EITHER: Final = ("net_p10_cents", "net_p90_cents")
"""Of either sign."""


@dataclass(frozen=True, slots=True)
class Seating:
    """A visit and the door that it is to come to, from `start` on; before: without a plan; `seen`: how it stood.

    work_min, work_by: for how long it was planned to be there, and who says so; -1 and booked where that was not told.
    """

    visit: int
    door: int
    start: int
    from_door: int
    from_start: int
    saved_cents: int
    seen: int
    work_min: int
    work_by: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan of a site's doors, worked out from the state after record `basis`."""

    site: int
    basis: int
    moves: tuple[Seating, ...]
    certificate: Mapping[str, int | float]


def proposal(said: Mapping[str, Any], number: int) -> Proposal | None:
    """What a document proposes; None if it is about something else. Raises Unfit.

    number: of the record that it is in, which its basis comes before.
    """
    if said.get("plan") != ABOUT:
        return None
    listed, proof = said.get("moves"), said.get("certificate")
    if not isinstance(listed, list) or len(listed) > MOST_MOVES or not all(isinstance(one, dict) for one in listed):
        raise Unfit(f"moves: not a list of at most {MOST_MOVES:,} moves")
    if not isinstance(proof, dict):
        raise Unfit("certificate: not an object")
    found: dict[str, int | float] = {name: whole(proof, name) for name in FIGURES}
    found |= {name: cents(proof, name) for name in EITHER} | {"confidence": share(proof)}
    if found["cost_cents"] > found["before_cents"]:
        raise Unfit("certificate: the plan costs more than the one in force")
    basis = whole(said, "basis")
    if not 0 < basis < number:
        raise Unfit("basis: not a record before this one")
    seatings = tuple(seating(one) for one in listed)
    if len({one.visit for one in seatings}) < len(seatings):
        raise Unfit("moves: a visit twice")
    return Proposal(digits(said, "site"), basis, seatings, found)


def seating(one: Mapping[str, Any]) -> Seating:
    """One move. Raises Unfit."""
    return Seating(digits(one, "visit"), digits(one, "door"), moment(one.get("start")), digits(one, "from_door"),
                   moment(one.get("from_start")), cents(one, "saved_cents"), digits(one, "seen"),
                   whole(one, "work_min") if "work_min" in one else -1,
                   teller(one.get("work_by", WORK_BY[BOOKED])))  # fmt: skip


def teller(said: object) -> int:
    """Who says how long a visit takes."""
    if said not in WORK_BY:
        raise Unfit(f"work_by: not one of {', '.join(WORK_BY)}")
    return WORK_BY.index(str(said))


def whole(said: Mapping[str, Any], name: str) -> int:
    """A whole number, not negative."""
    found = said.get(name)
    if type(found) is not int or not 0 <= found <= MOST:
        raise Unfit(f"{name}: not a whole number")
    return found


def cents(said: Mapping[str, Any], name: str) -> int:
    """Whole cents of either sign."""
    found = said.get(name)
    if type(found) is not int or abs(found) > MOST:
        raise Unfit(f"{name}: not a whole number")
    return found


def share(said: Mapping[str, Any]) -> float:
    """How sure somebody is, 0 to 1."""
    found = said.get("confidence")
    if not isinstance(found, int | float) or isinstance(found, bool) or not 0 <= found <= 1:
        raise Unfit("confidence: not a number from 0 to 1")
    return float(found)
