"""What a world has said before a fork is what the log of its network has, or not, byte for byte."""

from pathlib import Path

import numpy as np
import pytest

from simulators.driver import Player
from simulators.scenarios import load
from simulators.scenarios.blizzard import SCENARIO
from simulators.scenarios.week import week
from simulators.whatif.prefix import agreement
from simulators.whatif.run import told
from tower.clock import HOUR

MOMENT = SCENARIO.start_ms + 9 * HOUR


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Logs into which the first hours of the week were driven."""
    found = f"file:{tmp_path_factory.mktemp('prefix')}"
    player = Player(load("blizzard"), found, "blizzard")
    player.until(MOMENT + HOUR)
    player.close()
    return found


@pytest.fixture(scope="module")
def before() -> np.ndarray:
    """What a world that is played anew tells by then."""
    rows = told(week(SCENARIO.seed), "fifo", SCENARIO.seed)
    return rows[rows[:, 0] < MOMENT]


def test_a_world_that_is_played_anew_has_said_what_the_log_has(root: str, before: np.ndarray) -> None:
    found = agreement(root, "blizzard", before, MOMENT)
    assert found is not None
    assert found.equal
    assert found.messages > 300


def test_a_world_with_another_past_has_not(root: str, before: np.ndarray) -> None:
    found = agreement(root, "blizzard", np.delete(before, len(before) // 2, 0), MOMENT)
    assert found is not None
    assert not found.equal


def test_where_nothing_was_driven_there_is_nothing_to_compare_with(tmp_path: Path, before: np.ndarray) -> None:
    assert agreement(f"file:{tmp_path}", "blizzard", before, MOMENT) is None
