"""A destination whose plan counts on goods that an urgent plan lets another have does not wait for the ten minutes."""

import pytest

from operators.planning import scene
from operators.planning.plans import Plans
from operators.work import Work
from tests.operators.planning.network import over_taken, played

SEEDS = (26, 27, 32, 50, 51, 54)
"""Of networks: four show it, two do not."""


def over_taken_after_each(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """What is taken twice behind each plan between the ten minutes, by legs that can still be booked: where one can
    not any more, its lines are planned anew at the ten minutes.
    """
    found, made = list[list[int]](), Plans.plan

    def plan(step: Plans, work: Work) -> None:
        made(step, work)
        wants, ways = step.tables["wants"].rows, step.tables["ways"].rows
        ahead = ways[(ways["is_open"] == 1) & (ways["dep"] >= work.now + step.settings.money.cutoff_lead)]
        legs = {int(way["key"]): way for way in ahead}
        if work.now % step.settings.every:
            found.append(over_taken(wants[wants["keep_until"] < 0], legs, step.facts.stock.rows))

    monkeypatch.setattr(Plans, "plan", plan)
    for seed in SEEDS:
        played(seed)
    return found


def test_no_goods_are_planned_twice_between_the_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    found = over_taken_after_each(monkeypatch)
    assert len(found) > len(SEEDS)
    assert [cells for cells in found if cells] == []


def test_they_were_where_it_waited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene, "OUTBID", 0)
    assert [cells for cells in over_taken_after_each(monkeypatch) if cells]
