"""A fork played on: all branches have the past that was, and what is told of them adds up."""

import json
from typing import Any

import numpy as np
import pytest

from api import cli
from simulators.scenarios.blizzard import SCENARIO
from simulators.scenarios.obeying import Errand
from simulators.scenarios.sources.carriers import NOTHING
from simulators.scenarios.week import week
from simulators.whatif.branch import Branch, Played, Root, facts_of, orders, played
from simulators.whatif.days import STORM
from simulators.whatif.figures import counted
from simulators.whatif.run import told
from simulators.whatif.scores import fate
from simulators.whatif.shifts import leg_told, outcome
from simulators.whatif.stopping import Looks
from simulators.whatif.trial import Trial
from simulators.whatif.variant import read
from simulators.world.tell import LINE_BOOKED
from tower.clock import HOUR, parse
from tower.ids import of, pairs

MOMENT = parse("2013-02-08T12:58:00-05:00")
SEED = SCENARIO.seed
ROOT = Root(SEED, MOMENT)
AS_RUN = Branch(read("blizzard"))


@pytest.fixture(scope="module")
def trial() -> Trial:
    """Two lucks of a base and another plan with a hub shut."""
    changed = read("blizzard,plan=greedy,shut=EWR/2013-02-08T11:00:00-05:00/4h")
    return Trial(ROOT, {"base": AS_RUN, "A": Branch(changed)}, Looks(2, 1, 0.01))


@pytest.fixture(scope="module")
def known(trial: Trial) -> dict[str, Any]:
    pages = list(trial.go())
    assert [page["runs_done"] for page in pages] == [1, 2]
    return pages[-1]


@pytest.fixture(scope="module")
def as_run() -> Played:
    return played(ROOT, AS_RUN, SEED)


def test_as_run_with_the_scenarios_luck_is_the_week_itself(as_run: Played) -> None:
    assert np.array_equal(as_run.told, told(week(SEED), "fifo", SEED))


def test_whatever_the_luck_the_past_is_the_same_and_checked(known: dict[str, Any], trial: Trial) -> None:
    assert known["proof"]["equal_until_fork"] is True
    assert known["proof"]["seeds"] == [SEED, SEED + 1]
    assert known["proof"]["told_before"] > 10_000
    trial.pasts.add("another")
    assert trial.known()["proof"]["equal_until_fork"] is False
    trial.pasts.remove("another")


def test_other_luck_changes_only_what_is_still_to_come() -> None:
    was, other = week(SEED), facts_of(ROOT, AS_RUN.variant, SEED + 1)
    before = was.lines.placed < MOMENT
    sites = np.array(was.lines.site) == np.array(other.lines.site)
    assert sites[before].all()
    assert not sites[~before].all()
    assert (was.lines.promise == other.lines.promise)[before].all()
    for name in ("noticed", "revised"):
        said, now = getattr(was.legs, name), getattr(other.legs, name)
        known = (said != NOTHING) & (said < MOMENT)
        assert (said == now)[known].all()
        assert (now[said != now] >= MOMENT).all()
    assert (was.legs.noticed != other.legs.noticed).any()
    assert was.shelves == other.shelves != week(SEED + 1).shelves


def test_the_figures_have_what_they_rest_on_and_an_interval(known: dict[str, Any]) -> None:
    kpis = {one["name"]: one for one in known["kpis"]}
    assert kpis["legs_cancelled"]["validity"] == "mixed", "a hub was shut"
    assert (kpis["on_time"]["validity"], kpis["on_time"]["assumed"]) == ("modelled", True)
    net = kpis["net_cost"]["of"]["A"]
    assert net["diff_lo"] < net["diff_mean"] < net["diff_hi"]
    assert net["value"] - kpis["net_cost"]["baseline"] == pytest.approx(net["diff_mean"], abs=2)
    assert kpis["net_cost"]["baseline"] == pytest.approx(
        kpis["value_lost"]["baseline"] + kpis["extra_cost"]["baseline"], abs=2
    )  # fmt: skip
    assert net["runs"] == known["runs_done"] == 2
    assert known["stopped_because"] == "all 2 runs are played"


def test_lanes_are_one_until_the_fork_and_end_at_the_figure(known: dict[str, Any]) -> None:
    lanes = known["lanes"]
    base, other, band = lanes["series"]["base"], lanes["series"]["A"], lanes["diff"]["A"]
    assert len(base) == len(other) == len(band["mean"]) == len(band["lo"]) == len(band["hi"]) <= 401
    until = (MOMENT - parse(lanes["from"])) // (1000 * lanes["step_s"])
    assert base[:until] == other[:until]
    kpi = next(one for one in known["kpis"] if one["name"] == "on_time")
    assert base[-1] == pytest.approx(kpi["baseline"], abs=0.01)
    assert other[-1] == pytest.approx(kpi["of"]["A"]["value"], abs=0.01)
    assert [mark["text"].partition(" lines ")[2] or mark["text"] for mark in lanes["marks"]["base"]] == [
        "first line late", "wait for a leg", "nine of ten have a leg again",
    ]  # fmt: skip
    assert all(lanes["from"] <= mark["at"] <= lanes["to"] for mark in [*lanes["clock"], *lanes["marks"]["A"]])


def test_what_groups_classes_and_hubs_gain_is_the_difference_in_cost(known: dict[str, Any], trial: Trial) -> None:
    diff = known["diff"]["A"]
    net = trial.scores["base"][0]["net_cost"] - trial.scores["A"][0]["net_cost"]
    assert sum(diff["gain_by"]["class"].values()) == sum(diff["gain_by"]["hub"].values()) == pytest.approx(net)
    assert diff["lines"] == int(counted(week(SEED), STORM).sum()) == diff["changed"] + diff["unchanged"]
    assert diff["changed"] == sum(group["lines"] for group in diff["groups"]) + diff["others"]["lines"]
    for group in diff["groups"]:
        assert group["lines"] == len(group["moves"]) + group["more"]
        assert all(move["before"] != move["after"] for move in group["moves"])


def test_samples_are_told_as_they_ended(known: dict[str, Any], trial: Trial) -> None:
    move = known["diff"]["A"]["groups"][0]["moves"][0]
    lines = trial.first["base"].week.lines
    at = [f"{order}/{line}" for order, line in zip(lines.order, lines.line, strict=True)].index(move["line"])
    assert (move["before"], move["before_outcome"]) == (
        leg_told(trial.first["base"], at), outcome(trial.first["base"], at),
    )  # fmt: skip
    assert (move["after"], move["outcome"]) == (leg_told(trial.first["A"], at), outcome(trial.first["A"], at))
    gain = trial.first["base"].cents[at] - trial.first["A"].cents[at]
    assert move["gain_cents"] == gain


def movable(as_run: Played, at: int) -> tuple[int, int, int]:
    """A line that is booked before a moment and can still be moved, its leg, and another one it could take."""
    legs, told = as_run.week.legs, as_run.told
    used = np.bincount(told[told[:, 1] == LINE_BOOKED][:, 3], minlength=len(legs.names))
    booked = as_run.told[(as_run.told[:, 1] == LINE_BOOKED) & (as_run.told[:, 0] < at)]
    for _, _, line, leg, _ in booked[::-1].tolist():
        if legs.planned[leg] < at + 12 * HOUR:
            continue
        for other in np.flatnonzero((np.array(legs.dest) == legs.dest[leg]) & (legs.planned > at + 12 * HOUR)).tolist():
            is_free = used[other] < legs.loads[other] // 2
            if other != leg and is_free and legs.origin[other] == legs.origin[leg] and legs.told[other] < at:
                return line, leg, other
    raise AssertionError("no line can be moved")


def test_what_is_approved_is_done_at_the_fork(as_run: Played) -> None:
    line, leg, other = movable(as_run, MOMENT - HOUR)
    lines, legs = as_run.week.lines, as_run.week.legs
    ids = (np.array([of(*one)], "u8") for one in (("order", lines.order[line]), ("line", lines.line[line])))
    key = int(pairs(*ids)[0])
    errand = Errand(f"#{key:016x}", lines.order[line], lines.line[line], legs.names[other], was_on_leg=True)
    strange = Errand("#00000000000000ff", "O", "1", "nowhere", was_on_leg=False)
    assert len(orders(as_run.week, [errand, strange], MOMENT)) == 2, "one is lifted and put, the other is not known"
    run = played(ROOT, Branch(read("blizzard"), (errand, strange)), SEED)
    moved = run.told[(run.told[:, 1] == LINE_BOOKED) & (run.told[:, 2] == line) & (run.told[:, 3] == other)]
    assert MOMENT in moved[:, 0].tolist()
    assert np.array_equal(run.told[run.told[:, 0] < MOMENT], as_run.told[as_run.told[:, 0] < MOMENT])
    assert fate(len(lines.sku), as_run.told).leg[line] != other or leg != other


def test_the_command_tells_the_same(
    known: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Trial, "go", lambda _: iter([known]))
    words = ["compare", "blizzard", "blizzard,plan=greedy", "--fork", "2013-02-08T12:58:00-05:00"]
    assert cli.main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(known))
    assert cli.main(words) == 0
    rows = capsys.readouterr().out.splitlines()
    assert len(rows) == len(known["kpis"]) + 1
    assert rows[1].split()[0] == "legs_cancelled"


@pytest.mark.parametrize("words", [
    ["--fork", "2013-02-08T12:58:00-05:00"], ["blizzard", "blizzard", "--fork", "noon"],
    ["blizzard", "blizzard,plan=bound", "--fork", "2013-02-08T12:58:00-05:00"],
    ["blizzard", "blizzard,day=2013-05-23", "--fork", "2013-02-08T12:58:00-05:00"],
    ["blizzard", "blizzard", "--fork", "2014-02-08T12:58:00-05:00"],
])  # fmt: skip
def test_the_command_forks_only_where_that_can_be(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compare", *words]) == 2
    assert capsys.readouterr().err.startswith("Error: --fork: ")
