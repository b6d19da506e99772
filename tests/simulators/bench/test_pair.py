"""Two processes between an inbox and its outcomes: what is measured of them is there."""

import pytest

from simulators import bench


@pytest.mark.full
@pytest.mark.parametrize(("name", "figures"), [("latency", 4), ("idle", 4), ("start", 1)])
def test_a_bench_of_processes_tells_all_its_figures(name: str, figures: int) -> None:
    rows = bench.run(name, quick=True)
    assert [tuple(row) for row in rows] == [bench.COLUMNS] * figures
    assert all(row["value"] >= 0 for row in rows)


@pytest.mark.full
def test_a_replay_is_measured_on_a_recorded_day() -> None:
    row, *shares = bench.run("replay", quick=True)
    assert (row["bench"], row["name"], row["peer"]) == ("replay", "christmas", "decoding alone (bound)")
    assert len(shares) > 5
