"""Whole scenarios and data sets through `towerctl replay`, in processes of their own."""

import json
import os
import resource
import subprocess
import sys
from typing import Any

import pytest

from tests.simulators.recorded.told import shared

RUNS = ("0", "1", "2")
EVENTS = {"blizzard": 300_000, "christmas": 600_000, "nycflights13": 1_300_000, "us_flights_1999dec": 700_000}
PEAK_KB = 1_500_000

pytestmark = [pytest.mark.long, pytest.mark.timeout(7200)]


def said(what: str, seed: str) -> dict[str, Any]:
    """What a replay prints, less what it cost."""
    command = [sys.executable, "-m", "api.cli", "replay", what, "--json"]
    out = subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed}).stdout
    return {name: value for name, value in json.loads(out).items() if "cpu" not in name}


@pytest.mark.parametrize("name", EVENTS)
def test_three_replays_balance_and_say_the_same(name: str) -> None:
    what = name if name in ("blizzard", "christmas") else shared(name)
    first, *others = [said(what, seed) for seed in RUNS]
    assert others == [first] * (len(RUNS) - 1)
    assert first["events"] >= EVENTS[name]
    for row in first["ledger"]:
        assert row["received"] == row["accepted"] + row["duplicate"] + row["late"] + row["rejected"] > 0
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < PEAK_KB
