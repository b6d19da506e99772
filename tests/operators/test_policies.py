"""What is set of prices is what lines and deviations are valued by, in any order; nonsense is refused."""

from itertools import permutations
from typing import Any

import numpy as np
import pytest

from operators.policies import Policies, prices_in
from operators.prices import USUAL
from streams.control import make
from tests.suites.story import Event, Story, at, event, planned

FEES = {"late_fee_cents": [2500, 1200, 800], "late_cents_per_hour": [400, 120, 60], "late_hours_most": 72,
        "undelivered_share": 0.2, "undelivered_cents": 1000}  # fmt: skip
HALF: dict[str, Any] = {"late_fee_cents": [1250, 600, 400], "late_cents_per_hour": [200, 60, 30], "late_hours_most": 72,
                        "undelivered_share": 0.1, "undelivered_cents": 500}  # fmt: skip


def setting(version: object, prices: object, when: float = 0, policy: str = "fees") -> Event:
    return event("policy.set", when, policy=policy, version=version, document={"prices": prices})


def declared(prices: object, when: float = 0) -> Event:
    return event("network.declared", when, currency="USD", tz="UTC", prices=prices)


def order(promise: float = 200) -> list[Event]:
    lines = [{"line": "1", "sku": "S", "quantity": 1, "value_cents": 10_000}]
    placed = event("order.placed", -60, order="O1", customer="C", priority="standard", ship_to="B",
                   promise_by=at(promise), lines=lines)  # fmt: skip
    return [planned(), placed, event("line.booked", -50, order="O1", line="1", leg="L1", site="A")]


def risk(story: Story) -> int:
    return int(story.table("lines")["risk_cents"][0])


def prices(story: Story) -> dict[str, Any]:
    found = prices_in(next(s for s in story.chain.steps if isinstance(s, Policies)).tables["price_list"])
    return {"late_fee_cents": found.fee_cents.tolist(), "late_cents_per_hour": found.hour_cents.tolist(),
            "late_hours_most": found.hours_most, "undelivered_share": found.undelivered_share,
            "undelivered_cents": found.undelivered_cents}  # fmt: skip


def reasons(story: Story) -> list[str]:
    return [o.names[int(row["reason"])] for o in story.outcomes for row in o.rows("rejected")]


def test_without_a_policy_prices_are_the_usual_ones() -> None:
    assert prices(Story()) == FEES
    assert USUAL.hours_most == 72


@pytest.mark.parametrize("stranded", [False, True])
def test_halved_fees_halve_what_is_at_risk_of_a_line_that_is_late_or_stranded(stranded: bool) -> None:
    story = Story()
    story.tell(0, *order())
    if stranded:
        story.tell(1, event("leg.cancelled", 1, leg="L1"))
    before = risk(story)
    outcome = story.tell(2, setting(1, HALF))
    assert before > 0
    assert risk(story) * 2 == before
    assert outcome.rows("lines")["risk_cents"].tolist() == [before // 2]


def test_a_deviation_that_opens_later_is_valued_by_the_policy_in_force() -> None:
    at_risk = []
    for policy in (FEES, HALF):
        story = Story()
        story.tell(-60, setting(1, policy), *order())
        story.tell(1, event("leg.cancelled", 1, leg="L1"))
        rows = np.concatenate([o.rows("deviations") for o in story.outcomes])
        at_risk.append(rows["value_at_risk_cents"][rows["value_at_risk_cents"] > 0].tolist())
    assert at_risk[0] == [2 * cents for cents in at_risk[1]] != []


def test_a_policy_overrules_what_the_network_declares_clause_by_clause() -> None:
    story = Story()
    story.tell(0, declared({"late_fee_cents": [900, 800, 700], "late_hours_most": 10}, when=5))
    story.tell(1, setting(1, {"late_fee_cents": {"express": 30, "standard": 20, "economy": 10}}))
    assert prices(story) == {**FEES, "late_fee_cents": [30, 20, 10], "late_hours_most": 10}


@pytest.mark.parametrize("ordered", list(permutations(range(4))))
def test_it_does_not_matter_in_which_order_policies_come(ordered: tuple[int, ...]) -> None:
    told = [declared({"late_hours_most": 5}, 1), declared({"late_hours_most": 7}, 2),
            setting(1, {"undelivered_cents": 1}, 3), setting(2, {"undelivered_cents": 2}, 1)]  # fmt: skip
    story = Story()
    for number, i in enumerate(ordered):
        story.tell(10 + number, {"id": f"p{i}", **told[i]})
    assert prices(story) == {**FEES, "late_hours_most": 7, "undelivered_cents": 2}


@pytest.mark.parametrize("version, prices_, clause", [
    (None, {}, "clause version: not a whole number from 1"), (0, {}, "clause version: not a whole number from 1"),
    (1, [], "clause prices: not an object"),
    (1, {"late_fee_cents": [1, 2]}, "clause prices.late_fee_cents: not three amounts, for express, standard, economy"),
    (1, {"late_fee_cents": [3, 2, -1]}, "clause prices.late_fee_cents[economy]: not a whole number from 0"),
    (1, {"late_fee_cents": {"express": 5, "standard": 4}}, "clause prices.late_fee_cents[economy]: not a whole number"),
    (1, {"late_cents_per_hour": [1, 2, 3]}, "clause prices.late_cents_per_hour: standard costs more than express"),
    (1, {"late_hours_most": 0}, "clause prices.late_hours_most: not a whole number from 1"),
    (1, {"late_hours_most": True}, "clause prices.late_hours_most: not a whole number from 1"),
    (1, {"undelivered_share": 1.5}, "clause prices.undelivered_share: not between 0 and 1 (got 1.5)"),
    (1, {"undelivered_cents": "7"}, "clause prices.undelivered_cents: not a whole number from 0"),
])  # fmt: skip
def test_a_policy_that_cannot_hold_is_refused_by_clause_and_the_old_one_stays(
    version: object, prices_: object, clause: str
) -> None:
    story = Story()
    story.tell(0, setting(1, HALF, policy="old"))
    story.tell(1, setting(version, prices_))
    assert [reason.startswith(clause) for reason in reasons(story)] == [True], reasons(story)
    assert prices(story) == HALF
    assert story.ledger() == {"received": 2, "accepted": 1, "duplicate": 0, "late": 0, "rejected": 1}


def test_a_document_that_is_none_is_refused() -> None:
    story = Story()
    story.tell(0, event("policy.set", 0, policy="fees", version=1, document=[1]))
    assert reasons(story) == ["clause document: not an object"]


def test_a_version_that_was_set_otherwise_or_is_not_in_force_any_more_contradicts() -> None:
    story = Story()
    story.tell(0, setting(2, HALF, when=0))
    story.tell(1, setting(2, {"undelivered_cents": 1}, when=1))
    story.tell(2, setting(1, {"undelivered_cents": 1}, when=2))
    assert reasons(story) == ["clause version: 2 has been set otherwise before",
                              "clause version: 1 is set, and version 2 is in force"]  # fmt: skip
    assert prices(story) == HALF


def test_what_is_in_force_is_in_the_state() -> None:
    story = Story()
    story.tell(0, setting(1, HALF), *order())
    again = Story()
    again.count = story.count
    again.chain = type(story.chain)(make, story.chain.saved(), story.chain.after)
    again.tell(1, event("leg.cancelled", 1, leg="L1"))
    story.tell(1, event("leg.cancelled", 1, leg="L1"))
    assert (prices(again), risk(again)) == (HALF, risk(story))
