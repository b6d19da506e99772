"""The board: every plan on days, price lists and seeds; what is asked of the tower's plan is judged cell by cell."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from simulators.whatif import board, boarding, days, policy
from simulators.whatif.board import Cells, Where
from simulators.whatif.days import Day
from simulators.whatif.policy import Policy
from simulators.whatif.scores import Score
from simulators.whatif.verdicts import gap_interval, verdicts
from tests.suites.tower_folder import say

COST = {"fifo": 120, "greedy": 100, "greedy_priority": 98, "joint": 70, "forecast": 61, "predicted": 69, "close": 65,
        "bound": 40}  # fmt: skip
STORM, AFTER, MAY, CALM = days.REPORTED


def made_up(which: Sequence[Day], plan: str, policy: Policy, seed: int) -> list[Score]:
    """Costs as above; seed 2 has luck: the tower's plan is dearer and loses some lines and some of a class."""
    bad = plan == "joint" and seed == 2
    found = {"cost_cents": 1e5 * (COST[plan] + 6 * bad), "on_time_express": 0.5, "on_time_standard": 0.5,
             "on_time_economy": 0.5 - 0.06 * bad, "undelivered": 3 + bad, "moves_a_line_day": 0.1,
             "moves_near_pick": 0}  # fmt: skip
    return [found | {"lines": len(policy.name) + len(day.name)} for day in which]


def cells(of: Sequence[Day] = days.REPORTED, seeds: Sequence[int] = (1, 2)) -> Cells:
    return dict(board.fill(of, [policy.USUAL], seeds, {}, made_up))


def test_days_of_one_week_are_one_run() -> None:
    asked: list[tuple[list[str], str]] = []

    def plays(which: Sequence[Day], plan: str, policy: Policy, seed: int) -> list[Score]:
        asked.append(([day.name for day in which], plan))
        return made_up(which, plan, policy, seed)

    found = dict(board.fill([STORM, AFTER, MAY], [policy.USUAL], [1], {}, plays))
    assert asked[0] == ([STORM.name, AFTER.name], "fifo")
    assert (len(asked), len(found)) == (16, 24)


def test_what_a_file_has_of_this_build_is_not_played_again() -> None:
    found = cells([STORM])
    lines = [board.line_of(where, score, "b1") for where, score in found.items()]
    assert board.cells_in(lines, "b1") == found
    assert board.cells_in(lines, "b2") == {}
    assert list(board.fill([STORM], [policy.USUAL], [1, 2], board.cells_in(lines, "b1"), made_up)) == []


def test_each_thing_asked_is_judged_where_it_is_asked_and_the_worst_is_named() -> None:
    found = {verdict.name: verdict for verdict in verdicts(cells())}
    share = found["share of the gap greedy to bound closed"]
    kept = found["calm: share of the joint saving kept"]
    told = {verdict.name: (verdict.met, verdict.n) for verdict in found.values()}
    assert told == {
        share.name: (3, 6), "points that a class loses on time": (4, 8), "undelivered more than greedy": (4, 8),
        "voluntary moves a line and day": (8, 8), "voluntary moves within 2 h of pick": (8, 8), kept.name: (0, 2),
        "forecast: share of the gap closed": (6, 6), "forecast: points that a class loses": (8, 8),
        "calm, forecast: share that it costs more": (2, 2), "own predictions: share that it costs more": (8, 8),
    }  # fmt: skip
    assert found["forecast: share of the gap closed"].worst == pytest.approx(0.65)
    assert share.worst == pytest.approx(0.4)
    assert kept.worst == pytest.approx(24 / 35)
    assert (share.where.seed, kept.where.day) == (2, CALM.name)


def test_the_interval_of_the_share_is_over_seeds() -> None:
    expected = [0.45, 0.45 - 12.7062 * 0.05, 0.45 + 12.7062 * 0.05]
    assert list(gap_interval(cells(), STORM.name, "usual")) == pytest.approx(expected, abs=1e-4)
    assert gap_interval(cells(seeds=[1]), STORM.name, "usual")[1:] == (None, None)


def test_what_was_not_played_is_not_judged() -> None:
    some = {where: score for where, score in cells().items() if where.plan not in ("bound", "predicted")}
    assert list(verdicts(some)) == []
    told = {where: score for where, score in cells().items() if where.plan != "close"}
    assert {verdict.where.plan for verdict in verdicts(told)} == {"forecast", "predicted"}
    assert "plan" in "\n".join(boarding.table(some))


@pytest.mark.full
def test_on_two_days_of_the_storm_the_plan_is_worth_what_is_asked(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    plans = [word for plan in ("greedy", "joint", "forecast", "bound") for word in ("--plan", plan)]
    said = say(capfd, "compare", "--day", "2013-02-08", "--day", "2013-02-09", "--policy", "usual", *plans,
               "--seeds", "1", "--out", str(tmp_path), "--json")  # fmt: skip
    rows = json.loads("".join(said.lines))
    runs = {(row["day"], row["plan"]): row for row in rows}
    assert len(rows) == 8
    for day in ("2013-02-08", "2013-02-09"):
        greedy, joint, told, bound = (runs[day, plan] for plan in ("greedy", "joint", "forecast", "bound"))
        assert greedy["cost_cents"] - told["cost_cents"] > 0.6 * (greedy["cost_cents"] - bound["cost_cents"])
        assert greedy["cost_cents"] - joint["cost_cents"] > 0.42 * (greedy["cost_cents"] - bound["cost_cents"])
        for name in ("express", "standard", "economy"):
            assert joint[f"on_time_{name}"] > greedy[f"on_time_{name}"] - 0.05
            assert told[f"on_time_{name}"] > greedy[f"on_time_{name}"] - 0.05
    assert joint["moves_a_line_day"] < 0.2
    text, lines = sorted(tmp_path.glob("plans-*.txt")), sorted(tmp_path.glob("plans-*.jsonl"))
    assert text[0].read_text().startswith("./towerctl compare --day 2013-02-08 --day 2013-02-09 --policy usual")
    assert len(lines[0].read_text().splitlines()) == 8


@pytest.mark.parametrize(("words", "why"), [
    (["--day", "2013-02-30"], "day: not one of those"), (["--plan", "best"], "--plan: nobody plans so (got best)"),
    (["--policy", "nowhere"], "policy: cannot be read"), (["blizzard"], "one variant has nothing"),
    (["blizzard", "blizzard", "--out", "x"], "no --plan or --out"),
    (["blizzard", "blizzard,day=yesterday"], "day: not one of those"),
])  # fmt: skip
def test_what_can_not_be_compared_is_refused(capfd: pytest.CaptureFixture[str], words: list[str], why: str) -> None:
    said = say(capfd, "compare", *words)
    assert said.code == 2
    assert why in said.err


def test_a_cell_names_its_run() -> None:
    assert boarding.placed(Where("2013-02-08", "usual", 7, "joint")) == "2013-02-08, usual, seed 7"
