from pathlib import Path
from typing import Any

import pytest

from streams import rest
from streams.rest import DRY, Rest
from tower import clock
from tower.logs import urls


class Away:
    """A reader far away, as one of Kafka: it is ready once it has been asked so often."""

    def __init__(self, after: int) -> None:
        self.asked, self.after = 0, after

    def ready(self) -> bool:
        self.asked += 1
        return self.asked > self.after


def rested(reader: Any, wait_s: float) -> float:
    """How long a worker sleeps on that reader."""
    resting, begun = Rest(), clock.steady_s()
    for _ in range(DRY + 1):
        resting.dry("east", [reader], wait_s)
    return clock.steady_s() - begun


def test_a_worker_whose_log_is_away_asks_until_there_is_something() -> None:
    reader = Away(after=5)
    assert rested(reader, wait_s=60.0) < 30.0
    assert reader.asked == 6


def test_a_worker_whose_log_is_away_wakes_in_time_for_a_tick() -> None:
    assert 0.05 <= rested(Away(after=1_000_000), wait_s=0.05) < 30.0


def test_a_worker_whose_logs_are_files_sleeps_by_the_bell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[float] = []
    monkeypatch.setattr(rest, "wait_any", lambda readers, wait_s: rung.append(wait_s))
    rested(urls.reader(f"file:{tmp_path}/log"), wait_s=7.0)
    assert rung == [7.0]


def test_a_worker_with_one_busy_input_does_not_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(clock, "sleep", slept.append)
    resting = Rest()
    for _ in range(100):
        resting.busy("west")
        resting.dry("east", [urls.reader("memory:rest")])
    assert slept == []
