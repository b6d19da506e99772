"""Settings of planning, part of policy: prices that only the plan knows, and how far and how often it looks.

All are in the document of `policy.set` or in `network.declared`: prices under `prices`, the rest under `plan`.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.prices import Prices
from tower import clock

PERMILLE: Final = {
    "switch_cents": (800, 1667, 2500), "break_promise_cents": (0, 1250, 3750), "wait_cents": (12, 25, 38),
    "rush_cents": (200, 417, 625),
}  # fmt: skip
"""Prices of the plan that are thousandths of the late fee where nobody has set them in cents: who halves the fees
halves what is weighed against them too, and a plan keeps its habits."""
PERCENT: Final = {"late_weight_percent": (100, 140, 200), "ageing_percent": (50, 100, 300)}
PRICED: Final = (*PERMILLE, *PERCENT)
"""Clauses of `prices`, by priority, for the plan alone: for moving a line; for moving it off a leg that keeps its
promise; for each hour that it waits for its leg, in time or not, so that no seat leaves empty that somebody could have;
for booking it within `rush_lead_min`; what the fee of a broken promise counts; by how much of itself the price of an
hour grows with each day that a line is late by now. The second and the last two keep the cheap class from paying for
the dear one."""

PLAN: Final = {
    "pick_lead_min": (150, 0, 10_000), "release_lead_min": (360, 0, 10_000), "cutoff_lead_min": (60, 0, 10_000),
    "rush_lead_min": (480, 0, 10_000), "horizon_h": (72, 1, 10_000), "every_min": (10, 1, 1440),
    "urgent_s": (5, 1, 60), "options_every_min": (15, 1, 1440), "work_a_minute": (400_000, 1, 1 << 40),
    "moves_most": (200, 1, 10_000), "futures": (32, 1, 1024), "futures_ahead": (8, 1, 64),
    "second_try_h": (8, 0, 240), "own_chances_percent": (101, 1, 101), "own_lateness_min": (10_080, 1, 10_080),
}  # fmt: skip
"""Clauses of `plan`: what is usual, the least and the most.

pick_lead_min     a line is booked at least so long before its leg leaves
release_lead_min  so long before that it is moved no more, nor onto that leg from another that goes: usually two hours
                  before the pickers have it
cutoff_lead_min   a line that is picked already can be booked until so long before
rush_lead_min     booking a line that is not picked costs more so long before and later: `rush_cents`
horizon_h         legs that leave later are not looked at
every_min         a plan is made anew that often where nothing urgent has happened
urgent_s          when a line was stranded or a leg cancelled so long ago, or that minute is over: what comes together
                  is planned together
options_every_min options are worked out anew with the first plan made after so long, sooner where they do not hold or
                  many more lines are at risk
work_a_minute     lines times legs that are weighed in a minute of the log; what is beyond waits for the next
moves_most        moves that an option has, as long as one destination does not need more
futures           sampled futures that an option is weighed in
futures_ahead     futures that a plan is weighed in where something is forecast of a leg
second_try_h      in a future in which a leg does not fly, its lines go by the next that leaves so much later
own_chances_percent  our own chances that a leg does not fly count as a forecast does where they are so many percent and
                  more; 101: never
own_lateness_min  legs that we predict to be so late and later count as late; 10080: never
"""
CLAUSES: Final = (*PRICED, *(f"plan_{name}" for name in PLAN))


class Money(NamedTuple):
    """What kernels weigh with: cents by priority, moments in ms."""

    fee: Any
    hour: Any
    ageing: Any
    broken: Any
    switch: Any
    wait: Any
    rush: Any
    left_cents: int
    left_share: float
    pick_lead: int
    release_lead: int
    cutoff_lead: int
    rush_lead: int
    horizon: int


class Settings(NamedTuple):
    """`money` and the rest of the clauses; own_chance: 0..1, own_late: minutes."""

    money: Money
    every: int
    urgent: int
    offers_every: int
    work: int
    moves_most: int
    futures: int
    futures_ahead: int
    second_try: int
    own_chance: float
    own_late: int

    @property
    def hears(self) -> bool:
        """Whether anything that we predict ourselves counts."""
        return self.own_chance <= 1 or self.own_late < PLAN["own_lateness_min"][2]


def settings_of(prices: Prices, found: dict[str, Any]) -> Settings:
    """The settings in force: `found` has the clauses that somebody has set."""
    usual = PERCENT | {name: prices.fee_cents * np.array(share) // 1000 for name, share in PERMILLE.items()}
    priced = {name: np.array(found.get(name, cents), "i8") for name, cents in usual.items()}
    plan = {name: int(found.get(f"plan_{name}", usual)) for name, (usual, _, _) in PLAN.items()}
    cutoff, pick = plan["cutoff_lead_min"], max(plan["pick_lead_min"], plan["cutoff_lead_min"])
    money = Money(
        prices.fee_cents * priced["late_weight_percent"] // 100, prices.hour_cents, priced["ageing_percent"],
        priced["break_promise_cents"], priced["switch_cents"], priced["wait_cents"], priced["rush_cents"],
        prices.undelivered_cents, prices.undelivered_share, pick * clock.MINUTE,
        max(plan["release_lead_min"], cutoff) * clock.MINUTE, cutoff * clock.MINUTE,
        plan["rush_lead_min"] * clock.MINUTE, plan["horizon_h"] * clock.HOUR,
    )  # fmt: skip
    every, offers = plan["every_min"] * clock.MINUTE, plan["options_every_min"] * clock.MINUTE
    return Settings(money, every, plan["urgent_s"] * clock.SECOND, offers, plan["work_a_minute"], plan["moves_most"],
                    plan["futures"], plan["futures_ahead"], plan["second_try_h"] * clock.HOUR,
                    plan["own_chances_percent"] / 100, plan["own_lateness_min"])  # fmt: skip


def contradiction(plan: dict[str, int]) -> str:
    """What cannot hold together of these clauses of `plan` and what is usual of the others; "" if nothing."""
    said = {name: plan.get(f"plan_{name}", usual) for name, (usual, _, _) in PLAN.items()}
    for longer, shorter in (("pick_lead_min", "cutoff_lead_min"), ("release_lead_min", "cutoff_lead_min")):
        if said[longer] < said[shorter]:
            return f"clause plan.{longer}: shorter than {shorter} (got {said[longer]} and {said[shorter]})"
    if said["horizon_h"] * 60 <= said["pick_lead_min"]:
        return f"clause plan.horizon_h: no leg could be booked within it (got {said['horizon_h']})"
    return ""
