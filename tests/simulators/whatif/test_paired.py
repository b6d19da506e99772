"""Two variants with all other luck in common; intervals are Student's."""

from typing import Any

import pytest
from scipy.stats import ttest_1samp

from simulators.whatif import paired, variant
from simulators.whatif.scores import Score
from simulators.whatif.variant import Variant, read
from tests.suites.tower_folder import say
from tower.errors import UsageError


def luck(seed: int) -> float:
    return (seed * 7919 % 101) / 10


def made_up(asked: Variant, seed: int) -> Score:
    """Much luck that both share, a little of their own, and a plan that is worth 2."""
    is_greedy = asked.plan == "greedy"
    return {"cost_cents": 100 + luck(seed) - 2 * is_greedy + (seed % 3) / 10 * is_greedy, "legs_cancelled": 982}


def test_the_interval_is_that_of_a_paired_t_test() -> None:
    seeds = range(1, 9)
    row = paired.compare(read("blizzard"), read("blizzard,plan=greedy"), seeds, made_up)[0]
    differences = [-2 + (seed % 3) / 10 for seed in seeds]
    expected: Any = ttest_1samp(differences, 0).confidence_interval(0.95)
    assert row.low == pytest.approx(expected.low)
    assert row.high == pytest.approx(expected.high)
    assert row.difference == pytest.approx(sum(differences) / len(differences))
    assert (row.n, row.validity) == (8, "assumed")


def test_of_one_seed_nothing_is_known_but_the_difference() -> None:
    row = paired.compare(read("blizzard"), read("blizzard,plan=greedy"), [3], made_up)[0]
    assert (row.low, row.high, row.n) == (None, None, 1)


def test_what_no_plan_can_change_is_told_as_replayed() -> None:
    rows = paired.compare(read("blizzard"), read("blizzard,plan=greedy"), [1, 2], made_up)
    assert {row.kpi: row.validity for row in rows} == {"cost_cents": "assumed", "legs_cancelled": "replayed"}


@pytest.mark.parametrize(("text", "why"), [
    ("christmas", "no world answers back"), ("blizzard,plan=best", "nobody plans so"),
    ("blizzard,snow=much", "no such change"), ("nowhere", "does not exist"), ("blizzard,plan", "nobody plans so"),
])  # fmt: skip
def test_a_variant_that_can_not_be_read_is_refused(text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        variant.read(text)


def test_the_command_prints_each_figure_of_a_real_run(capfd: pytest.CaptureFixture[str]) -> None:
    said = say(capfd, "compare", "blizzard", "blizzard,plan=greedy,late=UA/2h", "--seeds", "1")
    assert said.code == 0
    rows = {line.split()[0]: line.split() for line in said.lines[1:]}
    assert float(rows["legs_late"][2].replace(",", "")) > float(rows["legs_late"][1].replace(",", ""))
    assert rows["legs_cancelled"][-1] == "replayed"
    assert rows["cost_cents"][-1] == "assumed"


def test_too_many_seeds_are_refused(capfd: pytest.CaptureFixture[str]) -> None:
    assert "--seeds: 1 to 100 (got 0)" in say(capfd, "compare", "blizzard", "blizzard", "--seeds", "0").err
