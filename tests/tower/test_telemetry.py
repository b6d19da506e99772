"""Telemetry: each metric once, named as Prometheus wants it, and no process tells one that is not listed."""

import re

import prometheus_client
import pytest
from prometheus_client import CollectorRegistry

from api.hub.metrics import REGISTRY
from tower.telemetry import BY_NAME, METRICS, Metric, counter, gauge, made

PROMISED = {
    "tower_events_total", "tower_log_lag_records", "tower_source_age_seconds", "tower_latency_seconds",
    "tower_step_seconds", "tower_plan_seconds", "tower_deviations_open", "tower_feed_clients",
    "tower_feed_conflated_total", "tower_ledger_imbalance",
}  # fmt: skip
IDS = {"leg", "visit", "order", "line", "deviation", "id", "site", "key"}


def told(registry: CollectorRegistry) -> set[str]:
    """The names that a registry tells."""
    return set(re.findall(r"^# TYPE (\w+)", prometheus_client.generate_latest(registry).decode(), re.MULTILINE))


def test_every_promised_metric_is_there() -> None:
    assert PROMISED - set(BY_NAME) == set()
    assert len(BY_NAME) == len(METRICS)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_metric_is_named_as_prometheus_wants_it(metric: Metric) -> None:
    assert re.fullmatch(r"tower(_[a-z]+)+", metric.name)
    assert (metric.kind == "counter") == metric.name.endswith("_total")
    assert (metric.kind == "histogram") <= metric.name.endswith("_seconds")
    assert IDS & set(metric.labels) == set()
    registry = CollectorRegistry()
    made(metric.name, registry)
    assert metric.name in told(registry)


def test_one_that_is_taken_for_another_kind_is_a_fault() -> None:
    with pytest.raises(AssertionError, match="is a gauge"):
        counter("tower_feed_clients", CollectorRegistry())


def test_one_that_is_not_listed_cannot_be_made() -> None:
    with pytest.raises(KeyError):
        gauge("tower_nonsense", CollectorRegistry())


def test_the_hub_tells_none_that_is_not_listed() -> None:
    names = {name for name in told(REGISTRY) if not name.endswith("_created")}
    assert names - set(BY_NAME) == set()
