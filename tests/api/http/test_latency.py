"""Latency: what rides beside the records of a network is counted, once."""

from pathlib import Path

from api.http.latency import REGISTRY, Latency
from streams.hops import LAST
from tests.suites.small_day import small_day


def counted(hop: str) -> float:
    return REGISTRY.get_sample_value("tower_latency_seconds_count", {"hop": hop}) or 0.0


def test_the_newest_outcomes_are_counted_once_however_often_somebody_asks(tmp_path: Path) -> None:
    day = small_day(str(tmp_path))
    before, latency = counted("outcome"), Latency(day.root, ["east"])
    latency.take()
    latency.take()
    assert len(day.outcomes) > LAST
    assert counted("outcome") == before + LAST
    latency.close()


def test_a_network_without_logs_tells_nothing(tmp_path: Path) -> None:
    before = counted("outcome")
    Latency(f"file:{tmp_path}", ["nobody"]).take()
    assert counted("outcome") == before
