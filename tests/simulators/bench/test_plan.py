"""The bench of plans tells every row of its table, beside its peers, and what the peers say is right."""

import pytest

from simulators import bench
from simulators.bench import instances, plan, plan_peers, referee, yards
from simulators.bench.plan_storm import SOLVED, WHOLE


@pytest.mark.full
def test_each_target_has_its_row() -> None:
    rows = bench.run("plan", quick=True)
    assert [tuple(row) for row in rows] == [bench.COLUMNS] * len(rows)
    names = {row["name"] for row in rows}
    assert {"1,000 x 20 cold", "1,000 x 20 1 % changed", "1,000 x 20 one event", "240 visits x 30 doors"} <= names
    assert {"stock x throughput, 2,000 lines cold", "doors again after a delay"} <= names
    lost = {row["name"]: row for row in rows if row["name"].startswith("blizzard, one cancelled leg")}
    assert [(row["load"].split()[0], row["target"]) for row in lost.values()] == [("5", None), ("5", 5.0)] * 2
    parts, whole = (lost[f"blizzard, one cancelled leg, {name}, p95"]["value"] for name in (SOLVED, WHOLE))
    assert 0 < parts < whole
    assert all(row["peer_value"] > 0 for row in lost.values())
    assert all(row["met"] for row in rows if row["name"] == "1,000 x 20 certified gap")


def test_rules_cost_more_than_the_optimum() -> None:
    instance = instances.regional(300, 12)
    best = referee.least_cost(instance)
    assert best < plan_peers.regret(instance)
    assert best < plan_peers.greedy(instance)


def test_highs_finds_the_same_cost() -> None:
    instance = instances.regional(200, 8)
    assert round(plan_peers.highs(instance)[1]) == referee.least_cost(instance)


def test_where_a_peer_is_not_installed_the_row_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(referee, "is_there", lambda: False)
    told = plan_peers.cp_sat(yards.heavy(4, 2), 1)
    assert plan.peer("CP-SAT", told) == {"peer": "CP-SAT (not installed)"}
