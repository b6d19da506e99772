"""Candidates: on which other legs a line could go, and what each would cost more or less than where it stands.

Legs and lines are as the network is now; freight and policy are those of the newest state, so a leg that was announced
since has no price yet. A cost is freight, lateness as the leg is expected to come, and what moving the line costs: one
future, the expected one, where the plan weighs several.
"""

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from fastapi import APIRouter, Request
from pydantic import BaseModel

from api.http.here import Here, here_of
from api.http.present import Present
from api.http.problems import Problem
from api.http.rules import Ruled
from streams import names
from tower import clock, ids
from tower.ids import UNKNOWN

if TYPE_CHECKING:
    from operators.planning.settings import Money

MOST: Final = 20


class Candidate(BaseModel):
    """A leg. `is_here`: the line is on it; `room`: loads that it has left; `has_room`: enough for the line; cents
    are of the line; `diff_cents`: against where it stands.
    """

    leg: str
    origin: str | None
    dep: str
    arr: str
    room: int
    has_room: bool
    late_min: int
    cost_cents: int
    diff_cents: int | None
    is_here: bool


class Candidates(BaseModel):
    """The cheapest first."""

    network: str
    now: str
    order: str
    line: str
    items: list[Candidate]


class Known(NamedTuple):
    """Of the newest state: freight by leg, and how the plan weighs."""

    freight: dict[int, int]
    money: "Money"


def router() -> APIRouter:
    """The route."""
    routes, kept = APIRouter(route_class=Ruled, tags=["decisions"]), dict[tuple[str, int], Known]()

    @routes.get("/v1/candidates", summary="On which legs a line could go, and what each costs")
    def candidates(request: Request, order: str, line: str, network: str = "") -> Candidates:
        """For who adjusts a decision: no leg that has left, or is without time or goods for the line."""
        here, name = here_of(request), request.state.network
        present = here.present(name)
        with present.lock:
            row = present.tables["lines"].get(paired(ids.of("order", order), ids.of("line", line)))
        if row is None:
            raise Problem(404, f"there is no line {order[:64]}/{line[:64]}", "GET /v1/lines lists them")
        known = known_of(here, name, kept)
        with present.lock:
            found = list(priced(present, row, known))
            here_costs = next((one.cents for one in found if one.is_here), None)
            items = [told(present, row, one, here_costs) for one in sorted(found, key=lambda one: one[:2])[:MOST]]
        return Candidates(network=name, now=clock.render(present.now), order=order, line=line, items=items)

    return routes


def known_of(here: Here, network: str, kept: dict[tuple[str, int], Known]) -> Known:
    """What the newest state knows, read once. Raises Problem 503 where there is none yet."""
    from operators.planning import rows
    from operators.policies import PRICE_LIST, said_by
    from simulators.whatif.policy import policy_by
    from streams.states import States
    from tower.table import rows_of

    states = States(names.states_of(here.told))
    number = max(states.numbers(network), default=0)
    if not number:
        raise Problem(503, "candidates: no state was left yet, so no leg has a price", "ask again in a while",
                      Retry_After="20")  # fmt: skip
    if (network, number) not in kept:
        saved = states.load(network, number)
        ways = rows_of(rows.WAY, saved["plans"]["ways"])
        clauses = said_by(rows_of(PRICE_LIST, saved["policies"]["price_list"]))
        kept.clear()
        kept[network, number] = Known(dict(zip(ways["key"].tolist(), ways["freight"].tolist(), strict=True)),
                                      policy_by("in force", clauses).settings.money)  # fmt: skip
    return kept[network, number]


class Priced(NamedTuple):
    """Cents, the id of a leg, its row, how late the line would come, whether it is on it."""

    cents: int
    key: int
    leg: np.void
    late_min: int
    is_here: bool


def priced(present: Present, line: np.void, known: Known) -> list[Priced]:
    """The legs that a line could take, and the one that it is on, with what each costs."""
    legs, now, found = present.tables["legs"].rows, present.now, list[Priced]()
    good = ((legs["dest"] == line["ship_to"]) & (legs["cancelled_at"] < 0) & (legs["departed_at"] < 0)
            & (legs["dep_expected"] > now) & (legs["arr_expected"] >= 0)
            & (legs["dep_expected"] <= now + known.money.horizon))  # fmt: skip
    for leg in legs[good]:
        is_here = bool(leg["key"] == line["on_leg"] and line["stranded_at"] < 0)
        freight = known.freight.get(int(leg["key"]))
        if freight is None or not (is_here or could(present, line, leg, known.money)):
            continue
        moving = 0 if is_here or line["on_leg"] == UNKNOWN else int(known.money.switch[rank(line)])
        late = late_min(line, int(leg["arr_expected"]))
        cents = loads_of(line) * freight + late_cents(line, known.money, late, now) + moving
        found.append(Priced(cents, int(leg["key"]), leg, late, is_here))
    return found


def could(present: Present, line: np.void, leg: np.void, money: "Money") -> bool:
    """Whether there is time and goods for a line on a leg."""
    is_picked, there = line["picked_at"] >= 0, leg["origin"] == line["site"]
    lead = money.cutoff_lead if is_picked else money.pick_lead
    if leg["dep_expected"] < present.now + lead or (is_picked and not there):
        return False
    return bool(there or free(present, int(leg["origin"]), int(line["sku"])) >= line["quantity"])


def room(present: Present, leg: np.void) -> int:
    """Loads that a leg has left."""
    load = present.tables["loads"].get(int(leg["key"]))
    return int(leg["capacity_loads"]) - (0 if load is None else int(load["loads"]))


def loads_of(line: np.void) -> int:
    """How many loads a line takes of its leg: one where nobody told."""
    return max(int(line["loads"]), 1)


def paired(a: int, b: int) -> int:
    """The id of what two ids name together."""
    return int(ids.pairs(np.array([a], "u8"), np.array([b], "u8"))[0])


def free(present: Present, site: int, sku: int) -> int:
    """Units of a sku at a site that nobody has claimed."""
    row = present.tables["stock"].get(paired(site, sku))
    return 0 if row is None else int(row["balance"]) - max(int(row["allocated"]), 0)


def rank(line: np.void) -> int:
    """Its priority's place in a price list."""
    return min(int(line["priority"]), 2)


def late_min(line: np.void, arrives: int) -> int:
    """Minutes behind its promise at its ship-to."""
    from operators.orders import LAST_MILE

    behind = arrives + LAST_MILE - int(line["promised_by"])
    return max(behind, 0) // clock.MINUTE if line["promised_by"] >= 0 else 0


def late_cents(line: np.void, money: "Money", minutes: int, now: int) -> int:
    """What that costs, as the plan weighs it."""
    if not minutes:
        return 0
    days = max(now - now % clock.HOUR - int(line["promised_by"]), 0) / clock.DAY
    growth = 1.0 + money.ageing[rank(line)] / 100.0 * days
    return int(money.fee[rank(line)] + money.hour[rank(line)] * (minutes / 60.0) * growth)


def told(present: Present, line: np.void, one: Priced, here_costs: int | None) -> Candidate:
    """A candidate as it is told."""
    leg, more = one.leg, None if here_costs is None else one.cents - here_costs
    left = room(present, leg)
    return Candidate(
        leg=present.of(one.key), origin=present.of(int(leg["origin"])), dep=clock.render(int(leg["dep_expected"])),
        arr=clock.render(int(leg["arr_expected"])), room=max(left, 0), has_room=left >= loads_of(line),
        late_min=one.late_min, cost_cents=one.cents, diff_cents=more, is_here=one.is_here,
    )  # fmt: skip
