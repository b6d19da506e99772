"""Every bench tells its figures in one shape; how fast they are is nobody's test."""

import json
from itertools import islice
from typing import Any

import pytest

from api import cli
from api.commands import bench as command
from simulators import bench, scenarios
from simulators.bench import figures, items, replay, spine, stream
from simulators.bench.bound import Bound
from simulators.bench.figures import row
from simulators.feed import merge
from tower.clock import DAY
from tower.errors import UsageError


@pytest.fixture(scope="module")
def quick() -> list[dict[str, object]]:
    return bench.run("spine", quick=True)


def test_a_figure_says_what_the_contract_says(quick: list[dict[str, object]]) -> None:
    assert {tuple(figure) for figure in quick} == {bench.COLUMNS}
    json.dumps(quick, allow_nan=False)


def test_the_spine_stands_beside_its_bound_and_beside_items(quick: list[dict[str, object]]) -> None:
    peers = {str(figure["peer"]) for figure in quick if str(figure["name"]).startswith("chain, ")}
    assert peers == {"kernels alone (bound)", "bytewax stateful_map per item"}


def test_the_spine_tells_each_size_and_both_kinds_of_logs(quick: list[dict[str, object]]) -> None:
    names = {str(figure["name"]) for figure in quick}
    assert {f"chain, {size} a record" for size in spine.QUICK} <= names
    assert {"through memory logs, 100 a record", "through file logs, 4096 a record"} <= names


def test_the_parts_of_a_record_are_the_whole(quick: list[dict[str, Any]]) -> None:
    for size in spine.QUICK:
        parts = [f for f in quick if f["name"].endswith(f", {size} a record") and f["peer"] == "whole chain"]
        assert sum(part["ratio"] for part in parts) == pytest.approx(1, abs=0.01)
        assert {"legs", "calls and the rest"} <= {part["name"].partition(",")[0] for part in parts}


def test_only_a_bench_that_plays_data_sets_takes_one() -> None:
    with pytest.raises(UsageError, match="bench spine: plays no data set"):
        bench.run("spine", quick=True, data="somewhere")


@pytest.mark.full
def test_a_feed_that_is_fed_by_days_is_cut_as_if_it_were_whole() -> None:
    assert [number for number, _ in replay.records("christmas", 40)] == list(range(1, 41))
    feed = scenarios.load("christmas")
    at_once = (second for second, _, _ in merge(feed.advance(feed.start_ms + 2 * DAY)))
    by_day = (second for second, _, _ in replay.fed(scenarios.load("christmas")))
    assert list(islice(by_day, 500)) == list(islice(at_once, 500))


def test_the_same_seed_gives_the_same_stream() -> None:
    one, two = (stream.moved(500), stream.moved(500))
    assert one.rows("event").tobytes() == two.rows("event").tobytes()
    assert stream.moved(500, seed=2).rows("event").tobytes() != one.rows("event").tobytes()


def test_a_stream_becomes_records_of_the_asked_size_in_a_row() -> None:
    records = list(stream.records(stream.moved(25), 10, after=5))
    assert [(r.number, r.rows("event").size) for r in records] == [(6, 10), (7, 10), (8, 5)]


def test_the_bound_and_the_chain_leave_the_same_legs() -> None:
    before, batch = stream.before(), stream.moved(300)
    chain, alone = spine.started(before), Bound(spine.started(before))
    for record in stream.records(batch, 300, len(before)):
        chain.advance(record)
    alone.play(batch)
    legs = next(table for name, table, _ in chain.tables if name == "legs")
    assert alone.tables["legs"].to_bytes() == legs.to_bytes()


def test_items_do_the_job_too_lateness_opens_and_closes_once() -> None:
    told = {"id": 1, "leg": "L", "at": 0, "kind": stream.DEPARTED, "arr_estimated": -1}
    late = {**told, "id": 2, "kind": stream.ESTIMATED, "at": 1, "arr_estimated": 7_200_000}
    state, first = items.advance(None, told)
    state, second = items.advance(state, late)
    _, again = items.advance(state, late)
    assert (first, bool(second), again) == (None, True, None)


def test_a_ratio_is_ours_to_the_peers_and_a_target_is_for_one_of_both() -> None:
    high = row("b", "n", 50, "1/s", "high", "none", peer="p", against=100, target=0.5, of="ratio")
    low = row("b", "n", 30, "ms", "low", "none", target=25)
    assert (high["ratio"], high["met"], low["ratio"], low["met"]) == (0.5, True, None, False)


def test_works_take_turns_after_one_round_that_warms() -> None:
    turns: list[str] = []
    figures.medians([lambda: turns.append("a"), lambda: turns.append("b")], 2)
    assert turns == ["a", "b"] * 3


def test_an_unknown_bench_is_a_wrong_call_with_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bench", "spin"]) == cli.WRONG_CALL
    said = capsys.readouterr()
    assert said.out == ""
    assert "spine" in said.err


def test_the_command_prints_the_machine_first_and_ends_well_where_targets_are_missed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    missed = [row("spine", "chain", 1.0, "events/cpu-s", "high", "none", target=2.0)]
    monkeypatch.setattr(bench, "run", lambda name, *, quick: missed)
    assert cli.main(["bench", "spine"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == figures.environment().rpartition(", load")[0] + lines[0][lines[0].index(", load") :]
    assert "missed" in lines[-1]


def test_json_is_one_array_and_nothing_else_on_stdout(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [row("idle", "control, CPU", float("nan"), "%", "low", "none")]
    monkeypatch.setattr(bench, "run", lambda name, *, quick: told)
    assert cli.main(["bench", "idle", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [{**told[0], "value": None}]


def test_every_bench_has_its_row_in_the_readme() -> None:
    page = (figures.__file__).replace("figures.py", "README.md")
    with open(page, encoding="utf-8") as file:
        text = file.read()
    assert [name for name in bench.ALL if f"`{name}`" not in text] == []


def test_numbers_are_written_for_people() -> None:
    assert command.cells(row("b", "n", 1234.4, "1/s", "high", "l", peer="p", against=2))[1:4] == ("1,234", "1/s", "p 2")
