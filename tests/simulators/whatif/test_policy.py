"""A policy of a comparison is read as the tower reads one, and is what runs are played and judged by."""

import json
from pathlib import Path
from typing import Any

import pytest

from operators.prices import USUAL
from simulators.scenarios.week import Week, week
from simulators.whatif import policy
from simulators.whatif.run import told
from simulators.whatif.scores import score
from simulators.whatif.variant import read
from tower.clock import MINUTE
from tower.errors import UsageError

SEED = 20130208


@pytest.fixture(scope="module")
def facts() -> Week:
    return week(SEED)


def test_usual_is_what_the_tower_has_without_a_policy() -> None:
    assert policy.USUAL.prices.fee_cents.tolist() == USUAL.fee_cents.tolist()
    assert policy.USUAL.prices._replace(fee_cents=USUAL.fee_cents, hour_cents=USUAL.hour_cents) == USUAL


def test_a_file_says_prices_and_how_it_is_planned(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    prices = {"late_fee_cents": [9, 8, 7], "switch_cents": [6, 5, 4]}
    path.write_text(json.dumps({"prices": prices, "plan": {"every_min": 5}}))
    found = policy.read(str(path))
    assert found.prices.fee_cents.tolist() == [9, 8, 7]
    assert found.prices.hour_cents.tolist() == USUAL.hour_cents.tolist()
    assert (found.settings.money.switch.tolist(), found.settings.every) == ([6, 5, 4], 5 * MINUTE)
    assert (found.close.money.switch.tolist(), found.close.every) == ([50, 50, 50], 5 * MINUTE)
    assert read(f"blizzard,policy={path}").policy.prices.fee_cents.tolist() == [9, 8, 7]


def test_doubled_fees_double_what_lateness_costs_of_the_same_run(facts: Week) -> None:
    rows = told(facts, "fifo", SEED)
    once, twice = (score(facts, rows, prices=policy.read(name).prices) for name in ("usual", "doubled"))
    assert twice["late_cents"] == pytest.approx(2 * once["late_cents"], rel=1e-3)
    assert twice["freight_cents"] == once["freight_cents"]


@pytest.mark.parametrize(("document", "why"), [
    ({"prices": {"late_fee_cents": [1, 2, 3]}}, "clause prices.late_fee_cents: standard costs more than express"),
    ({"plan": {"every_min": 0}}, "clause plan.every_min: not a whole number from 1 to 1,440"),
    ({"rates": {}}, "clause rates: there is no such clause"), ([], "not an object"),
])  # fmt: skip
def test_a_policy_that_cannot_hold_is_refused_by_its_clause(tmp_path: Path, document: Any, why: str) -> None:
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(document))
    with pytest.raises(UsageError, match=why):
        policy.read(str(path))


@pytest.mark.parametrize(("text", "why"), [("", "got nothing"), ("nowhere.json", r"cannot be read.*got nowhere\.json")])
def test_what_is_no_policy_is_refused(text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        policy.read(text)


def test_what_is_not_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "torn.json"
    path.write_text("{")
    with pytest.raises(UsageError, match="not JSON"):
        policy.read(str(path))
